"""nginx and HAProxy with the configurations of deploy/: only addresses, paths and the log's place are put in."""

import subprocess

from harness.paths import DEPS, ROOT

DEPLOY = ROOT / "deploy"
#: The addresses of the nodes in the configurations.
PLACEHOLDERS = ["192.0.2.11:8000", "192.0.2.12:8000"]
#: The rest of nginx.conf, which a distribution brings. Another user than root might not be allowed to enter the folder, and does
#: not exist in a user namespace.
NGINX = """
    user root;
    daemon off;
    worker_processes 2;
    pid nginx.pid;
    events { worker_connections 1024; }
    http {
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; scgi_temp_path scgi;
        uwsgi_temp_path uwsgi;
        include asr2clip.conf;
    }
"""


def certificate(folder, addresses):
    """A certificate for IP addresses that is its own authority. Returns the paths of it and of its key."""
    files = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=speech.example.com", "-addext", f"subjectAltName={','.join(f'IP:{one}' for one in addresses)}"]
    subprocess.run([*command, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def filled_in(path, replacements):
    """The text of a configuration with each placeholder, which must occur, replaced."""
    text = (DEPLOY / path).read_text()
    for placeholder, value in replacements.items():
        if placeholder not in text:
            raise ValueError(f"{path} has no {placeholder}")
        text = text.replace(placeholder, str(value))
    return text


def nginx(folder, files, nodes, address=""):
    """Writes nginx's configuration into a folder, for a certificate's files and the addresses of nodes. It listens at an address
    (default: the port of the configuration), and its log is there too. Returns the command to be run in that folder, and the
    variables that this needs.
    """
    here = {"/etc/nginx/tls/fullchain.pem": files[0], "/etc/nginx/tls/key.pem": files[1]}
    here |= {"/var/log/nginx/asr2clip.log": folder / "log", "listen 443": f"listen {address or 443}"}
    (folder / "asr2clip.conf").write_text(filled_in("nginx/asr2clip.conf", dict(zip(PLACEHOLDERS, nodes, strict=True)) | here))
    (folder / "nginx.conf").write_text(NGINX)
    return [DEPS / "nginx/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf", "-e", "stderr"], {}


def haproxy(folder, files, nodes, address=""):
    """The same for HAProxy, which writes its log to standard output."""
    pem = folder / "both.pem"
    pem.write_text("".join(file.read_text() for file in files))
    here = {"/etc/haproxy/tls/asr2clip.pem": pem, "log /dev/log": "log stdout format raw"}
    here |= {"bind :443": f"bind {address or ':443'}"}
    here |= {"    user haproxy\n": "", "    group haproxy\n": ""}
    (folder / "haproxy.cfg").write_text(filled_in("haproxy/haproxy.cfg", dict(zip(PLACEHOLDERS, nodes, strict=True)) | here))
    libraries = ":".join(str(path) for path in DEPS.glob("haproxy/usr/lib/*-linux-gnu"))
    return [DEPS / "haproxy/usr/sbin/haproxy", "-db", "-f", "haproxy.cfg"], {"LD_LIBRARY_PATH": libraries}
