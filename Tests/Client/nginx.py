"""An nginx in front of the server, with the configuration of docs/server.md: it keeps its connections to the server, and passes
upgrades on."""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from conftest import REPOSITORY, URL

PROGRAM = REPOSITORY / ".deps/nginx/usr/sbin/nginx"
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    # Half of nginx's own: only the server's pings keep a quiet session open.
    proxy_read_timeout 30s;
    {documented}
}}
"""


def configuration(port):
    """What the documentation says, with the addresses of this test."""
    [documented] = re.findall(r"```nginx\n(.*?)```", (REPOSITORY / "docs/server.md").read_text(), re.DOTALL)
    for address, here in ("127.0.0.1:8000", urlsplit(URL).netloc), ("127.0.0.1:8080", f"127.0.0.1:{port}"):
        assert documented.count(address) == 1
        documented = documented.replace(address, here)
    # Otherwise a worker of root's becomes somebody who must not enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return CONFIGURATION.format(user=user, documented=documented)


class Nginx:
    """A running nginx: its address, and what it is connected to."""

    def __init__(self, port, process):
        self.address = f"http://127.0.0.1:{port}"
        self.process = process

    def connections(self):
        """Its connections to the server, by the ports of its own ends (proc(5))."""
        sockets = set()
        for descriptor in (entry for worker in workers(self.process) for entry in Path(f"/proc/{worker}/fd").iterdir()):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                sockets.add(os.readlink(descriptor))
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        established, server = "01", f":{urlsplit(URL).port:04X}"
        return {
            int(row[1].split(":")[1], 16)
            for row in rows
            if row[2].endswith(server) and row[3] == established and f"socket:[{row[9]}]" in sockets
        }


@contextlib.contextmanager
def running():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while True:
            port = free_port()
            (folder / "nginx.conf").write_text(configuration(port))
            with (folder / "log").open("w") as log:
                process = subprocess.Popen([PROGRAM, "-p", name, "-c", "nginx.conf", "-e", "stderr"], stderr=log)
            try:
                if listens(process):
                    yield Nginx(port, process)
                    return
            finally:
                process.terminate()
                process.wait()
            message = (folder / "log").read_text()
            # Another program has taken the port meanwhile.
            assert "Address already in use" in message, message


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def workers(process):
    """The process ids of its workers."""
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def listens(process):
    """Waits until it listens: before it starts its workers. Returns false if it has ended."""
    while process.poll() is None:
        if workers(process):
            return True
        time.sleep(0.02)
    return False
