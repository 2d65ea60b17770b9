"""Machines on this machine: network namespaces on a bridge, each with a cable that can be unplugged.

    namespaces.enter(server)                # first thing in main(): the rest runs in namespaces of its own
    network = namespaces.Network()
    node = network.machine("node1")         # 10.77.0.2, reached by every other machine and by this process
    process = node.popen([...])             # subprocess.Popen in there
    node.unplug()                           # silence from now on; node.plug() ends it
    node.end()                              # kill -9 to all that runs in there

`enter` runs the program again as process 1 of its own PID, mount and network namespaces. When that process ends, however it
does, the kernel ends every other process in there, and the network, the mounts and the files below `SCRATCH` are gone with
them. The only network in there is this one, so no packet leaves. Without root it also takes a user namespace, in which the
caller is root.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

#: A folder in memory, which ends with the namespaces. Short, because paths of Unix sockets have at most 107 bytes.
SCRATCH = Path("/run/cluster")
#: The first three numbers of all addresses.
PREFIX = "10.77.0"
#: The address of this process itself, on the bridge.
HUB = f"{PREFIX}.1"
_INSIDE = "ASR2CLIP_INSIDE_NAMESPACES"
_TOOLS = ["ip", "mount", "nsenter", "setpriv", "unshare"]


def enter(server):
    """Returns inside of the namespaces. The outer process never returns from this: it ends with the inner one's status.

    Ends the program with a message if the kernel refuses, or if `server`, the program that will run inside, could not start its
    engines there: it starts none that belongs to neither root nor its user, and a user namespace has no other users.
    """
    if os.geteuid() not in (0, server.stat().st_uid):
        sys.exit(f"{server} belongs to somebody else. Run this as root, or with a build of your own.")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if os.environ.pop(_INSIDE, None) and os.getpid() == 1:
        _furnish()
        return
    if missing := [tool for tool in _TOOLS if not shutil.which(tool)]:
        sys.exit(f"{', '.join(missing)} missing. Install iproute2 and util-linux (Linux only).")
    _try()
    sys.exit(_run_inside())


def _unshare():
    """What makes the namespaces. The inner process is killed when unshare ends, and unshare when this process ends."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    kinds = ["--mount", "--net", "--pid", "--ipc", "--fork", "--mount-proc", "--kill-child"]
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *user, *kinds]


def _try():
    """Does all that needs the kernel's consent, in namespaces that end at once."""
    steps = ["mount -t tmpfs tmpfs /run", "ip netns add try", "ip link add name bridge0 type bridge"]
    steps += ["ip link add name one type veth peer name two netns try"]
    trial = subprocess.run([*_unshare(), "sh", "-c", " && ".join(steps)], capture_output=True, text=True)
    if trial.returncode:
        sys.exit(
            f"This kernel refuses namespaces: {trial.stderr.strip()}\n"
            "Run this as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 (Debian), "
            "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), user.max_user_namespaces above 0. "
            "A container needs the rights to mount and to make networks."
        )


def _run_inside():
    """Runs this program inside. Returns its exit status. A signal to either process ends both."""
    command = [*_unshare(), sys.executable, *sys.argv]
    process = subprocess.Popen(command, env={**os.environ, _INSIDE: "yes"})
    received = []

    def end(number, _):
        received.append(number)
        process.kill()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    status = process.wait()
    return 128 + received[0] if received else status if status >= 0 else 128 - status


def _furnish():
    # Process 1 gets no signal for which it has no handler. Ctrl-C reaches the outer process too, which ends everything.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    for folder in ("/run", "/dev/shm"):
        _do("mount", "-t", "tmpfs", "tmpfs", folder)
    SCRATCH.mkdir()
    _do("ip", "link", "set", "lo", "up")


def _do(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stderr.strip()}")
    return result.stdout


class Network:
    """A bridge, and this process on it. There may be one."""

    def __init__(self):
        self.machines = {}
        self._hub = self._hardware(1)
        _do("ip", "link", "add", "name", "hub", "address", self._hub, "type", "bridge")
        _do("ip", "address", "add", f"{HUB}/24", "dev", "hub")
        _do("ip", "link", "set", "hub", "up")

    def machine(self, name):
        """A new machine. Its name has at most 11 characters."""
        number = len(self.machines) + 2
        machine = Machine(name, f"{PREFIX}.{number}")
        hardware = self._hardware(number)
        _do("ip", "netns", "add", name)
        end = ["peer", "name", "eth0", "address", hardware, "netns", name]
        _do("ip", "link", "add", "name", machine.port, "type", "veth", *end)
        _do("ip", "link", "set", machine.port, "master", "hub", "up")
        for link in ("lo", "eth0"):
            _do("ip", "-n", name, "link", "set", link, "up")
        _do("ip", "-n", name, "address", "add", f"{machine.address}/24", "dev", "eth0")
        # Everyone knows the hardware address of everyone, so that a cable that is unplugged means silence, as it does behind
        # a router. Otherwise the kernel would ask for the address, and say "no route to host" after three seconds.
        self._introduce(name, HUB, self._hub)
        _do("ip", "neigh", "replace", machine.address, "lladdr", hardware, "dev", "hub", "nud", "permanent")
        for other in self.machines.values():
            self._introduce(name, other.address, self._hardware(int(other.address.rsplit(".", 1)[1])))
            self._introduce(other.name, machine.address, hardware)
        self.machines[name] = machine
        return machine

    @staticmethod
    def _hardware(number):
        return f"02:00:00:00:00:{number:02x}"

    @staticmethod
    def _introduce(name, address, hardware):
        _do("ip", "-n", name, "neigh", "replace", address, "lladdr", hardware, "dev", "eth0", "nud", "permanent")


class Machine:
    """A network namespace with one address. It shares files and the process table with the others."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        #: The name of its port on the bridge.
        self.port = f"to-{name}"

    def inside(self, command):
        """The command line that runs a command in there, as the same process."""
        return ["nsenter", f"--net=/run/netns/{self.name}", *map(str, command)]

    def popen(self, command, **options):
        """Starts a command in there; options as of `subprocess.Popen`, whose process is the command's."""
        return subprocess.Popen(self.inside(command), **options)

    def run(self, *command):
        """Runs a command in there to its end, which must be a success. Returns its standard output."""
        return _do(*self.inside(command))

    def pids(self):
        """The processes in there."""
        return [int(pid) for pid in _do("ip", "netns", "pids", self.name).split()]

    def end(self, number=signal.SIGKILL):
        """Sends a signal to all processes in there, until there is none if it is SIGKILL."""
        while pids := self.pids():
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            if number != signal.SIGKILL:
                return

    def unplug(self):
        """Pulls the cable: what is sent to it or by it is lost from now on, without an error."""
        _do("ip", "link", "set", self.port, "down")

    def plug(self):
        _do("ip", "link", "set", self.port, "up")
