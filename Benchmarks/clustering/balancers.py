"""nginx and HAProxy with the configurations of deploy/: only addresses, paths and the log's place are put in."""

import collections
import re
import resource
import subprocess
from dataclasses import dataclass

from harness.paths import DEPS, ROOT

from clustering.namespaces import SCRATCH
from clustering.nodes import PORT, until

DEPLOY = ROOT / "deploy"
#: The addresses of the nodes in the configurations.
PLACEHOLDERS = ["192.0.2.11:8000", "192.0.2.12:8000"]
PACKAGES = ["nginx", "haproxy", "prometheus"]


def missing():
    """The packages that scripts/setup --test has not unpacked."""
    return [name for name in PACKAGES if not list(DEPS.glob(f"{name}/usr/*bin/{name}"))]


def certificate(machines):
    """A certificate of its own authority for the balancers' addresses. Returns the paths of it and of its key."""
    files = SCRATCH / "certificate.pem", SCRATCH / "key.pem"
    names = ",".join(f"IP:{machine.address}" for machine in machines)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=speech.example.com", "-addext", f"subjectAltName={names}"]
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


@dataclass
class Passage:
    """A request's line in a balancer's log."""

    #: When it arrived and when it was over, in seconds since 1970.
    begin: float
    end: float
    #: The names of the nodes that it was sent to, in order: nginx lists all, HAProxy only the last.
    nodes: list
    #: How often it was tried again.
    retries: int
    status: int


class Balancer:
    """One on a machine of its own. `limit`: the largest upload that it can send to a second node, in bytes."""

    name = ""
    limit = None

    def __init__(self, machine, nodes, files):
        self.machine, self.nodes, self.files = machine, nodes, files
        self.folder = SCRATCH / self.name
        self.folder.mkdir()
        self.url = f"https://{machine.address}"
        self.log = self.folder / "log"
        self.errors = self.folder / "errors"

    def addresses(self):
        return dict(zip(PLACEHOLDERS, [node.authority for node in self.nodes], strict=True))

    def run(self, command, **options):
        with self.log.open("a") as log, self.errors.open("a") as errors:
            self.process = self.machine.popen(command, stdout=log, stderr=errors, cwd=self.folder, **options)
        until(f"{self.name} listens", self._listens)

    def _listens(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.errors.read_text()}")
        # Column 2: the local address and port (443); column 4: the state, 0A for listening (proc(5)).
        rows = [line.split() for line in self.machine.run("cat", "/proc/net/tcp").splitlines()[1:]]
        return any(row[1].endswith(":01BB") and row[3] == "0A" for row in rows)

    def passages(self):
        """The requests in its log, by their ids: one for each time that the client sent it."""
        found = collections.defaultdict(list)
        for match in self.LINE.finditer(self.log.read_text()):
            found[match["id"]].append(self.passage(match))
        return found


class Nginx(Balancer):
    name = "nginx"
    #: The rest of nginx.conf, which a distribution brings. In a user namespace there is only root.
    MAIN = """
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
    LINE = re.compile(r'end=(?P<end>\S+) took=(?P<took>\S+) \S+ \S+ (?P<status>\d+) id=(?P<id>\S+) nodes="(?P<nodes>[^"]*)"')

    def start(self):
        paths = {
            "/etc/nginx/tls/fullchain.pem": self.files[0], "/etc/nginx/tls/key.pem": self.files[1],
            "/var/log/nginx/asr2clip.log": self.log,
        }
        (self.folder / "asr2clip.conf").write_text(filled_in("nginx/asr2clip.conf", {**self.addresses(), **paths}))
        (self.folder / "nginx.conf").write_text(self.MAIN)
        for line in (DEPLOY / "nginx/asr2clip-sysctl.conf").read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.split(" = ")
                path = f"/proc/sys/{name.replace('.', '/')}"
                self.machine.run("sh", "-c", 'echo "$0" > "$1"', value, path)
        self.run([DEPS / "nginx/usr/sbin/nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "stderr"])

    def passage(self, match):
        names = {node.authority: node.name for node in self.nodes}
        addresses = re.split(r", | : ", match["nodes"])
        nodes = [names[address] for address in addresses if address in names]
        end, took = float(match["end"]), float(match["took"])
        return Passage(end - took, end, nodes, max(0, len(nodes) - 1), int(match["status"]))


class HAProxy(Balancer):
    name = "HAProxy"
    LINE = re.compile(
        r"end=(?P<end>\d+) took=(?P<took>\d+) \S+ \S+ (?P<status>\d+) id=(?P<id>\S+) node=(?P<node>\S+) "
        r"retries=\+?(?P<retries>\d+)"
    )

    def start(self):
        pem = self.folder / "both.pem"
        pem.write_text("".join(file.read_text() for file in self.files))
        here = {
            "/etc/haproxy/tls/asr2clip.pem": pem, "log /dev/log": "log stdout format raw", "user haproxy": "user root",
            "group haproxy": "group root",
        }
        text = filled_in("haproxy/haproxy.cfg", {**self.addresses(), **here})
        self.limit = int(re.search(r"tune.bufsize (\d+)", text)[1])
        (self.folder / "haproxy.cfg").write_text(text)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        libraries = ":".join(str(path) for path in DEPS.glob("haproxy/usr/lib/*-linux-gnu"))
        command = [DEPS / "haproxy/usr/sbin/haproxy", "-db", "-f", "haproxy.cfg"]
        self.run(command, env={"LD_LIBRARY_PATH": libraries})

    def passage(self, match):
        end, took = int(match["end"]) / 1000, int(match["took"]) / 1000
        nodes = [node.name for node in self.nodes if node.name == match["node"]]
        return Passage(end - took, end, nodes, int(match["retries"]), int(match["status"]))


BALANCERS = [Nginx, HAProxy]
