"""nginx and HAProxy, each on a machine of its own, and what their logs say of requests."""

import collections
import re
import resource
from dataclasses import dataclass

from harness.paths import DEPS

from clustering import programs
from clustering.namespaces import SCRATCH
from clustering.nodes import until

PACKAGES = ["nginx", "haproxy", "prometheus"]


def missing():
    """The packages that scripts/setup --test has not unpacked."""
    return [name for name in PACKAGES if not list(DEPS.glob(f"{name}/usr/*bin/{name}"))]


def certificate(machines):
    """A certificate for the balancers. Returns the paths of it and of its key."""
    return programs.certificate(SCRATCH, [machine.address for machine in machines])


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

    def written(self, program):
        """Writes the configuration of one of `programs`. Returns its command and the variables that this needs."""
        return program(self.folder, self.files, [node.authority for node in self.nodes])

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
    LINE = re.compile(r'end=(?P<end>\S+) took=(?P<took>\S+) \S+ \S+ (?P<status>\d+) id=(?P<id>\S+) nodes="(?P<nodes>[^"]*)"')

    def start(self):
        for line in (programs.DEPLOY / "nginx/asr2clip-sysctl.conf").read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.split(" = ")
                path = f"/proc/sys/{name.replace('.', '/')}"
                self.machine.run("sh", "-c", 'echo "$0" > "$1"', value, path)
        command, environment = self.written(programs.nginx)
        self.run(command, env=environment)

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
        command, environment = self.written(programs.haproxy)
        self.limit = int(re.search(r"tune.bufsize (\d+)", (self.folder / "haproxy.cfg").read_text())[1])
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.run(command, env=environment)

    def passage(self, match):
        end, took = int(match["end"]) / 1000, int(match["took"]) / 1000
        nodes = [node.name for node in self.nodes if node.name == match["node"]]
        return Passage(end - took, end, nodes, int(match["retries"]), int(match["status"]))


BALANCERS = [Nginx, HAProxy]
