"""Servers, each on a machine of its own."""

import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request

from harness.paths import DEPS
from harness.processes import children
from harness.registry import MODELS, registry
from harness.serving import flags_of

from clustering.namespaces import SCRATCH

PORT = 8000
#: The key of all nodes.
KEY = "the-key-of-the-cluster"
#: A model of the fixtures: it is fast, so that the balancers are what is tested.
MODEL = MODELS["paraformer"]
#: Requests that a node has in hand at most. More are sent when "full" is tested; otherwise, one node has room for all of them.
MAX_QUEUE = 64
#: Segments that a node decodes at once. It cuts two recordings more than twice as many at the same time.
LANES = 2
#: How long a node says that it is not ready before it stops, if it knows the flag.
DRAIN_DELAY = 6
#: Seconds until something that must happen counts as lost. Nothing is measured by it.
PATIENCE = 300


def until(what, happens, patience=PATIENCE):
    """Waits until `happens` returns something true, and returns that."""
    deadline = time.monotonic() + patience
    while not (found := happens()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience} s: {what}")
        time.sleep(0.1)
    return found


class Node:
    def __init__(self, executable, machine):
        self.executable, self.machine, self.name = executable, machine, machine.name
        self.authority = f"{machine.address}:{PORT}"
        self.folder = SCRATCH / machine.name
        (self.folder / "tmp").mkdir(parents=True)
        self.config = self.folder / "models.yaml"
        self.config.write_text(registry(MODEL))
        self.log = self.folder / "log"
        self.process = None
        self.drains = "--drain-delay" in flags_of(executable)

    def start(self):
        """Starts it, and waits until it is ready."""
        flags = ["--host", self.machine.address, "--port", PORT, "--config", self.config, "--model-dir", DEPS / "models"]
        flags += ["--api-key", KEY, "--max-queue", MAX_QUEUE, "--num-threads", LANES]
        flags += ["--drain-delay", f"{DRAIN_DELAY}s"] if self.drains else []
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp")}
        with self.log.open("a") as log:
            self.process = self.machine.popen([self.executable, *flags], stdout=log, stderr=log, env=environment)
        until(f"{self.name} is ready", self._is_ready)

    def _is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.log.read_text()[-1000:]}")
        return self.status("/health/ready") == 200

    def get(self, path):
        """The text of an answer; `None` if there is none."""
        request = urllib.request.Request(f"http://{self.authority}{path}", headers={"Authorization": f"Bearer {KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.authority}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def in_hand(self):
        """How many requests its engines have, live sessions included. Needs no answer of an engine, unlike most metrics."""
        return sum(engine["requests"] for engine in json.loads(self.get("/v1/ps") or '{"data": []}')["data"])

    def uploads(self):
        """The sizes of the recordings that it has received or is receiving and has not answered, by their files."""
        found = {}
        for path in self.folder.glob("tmp/*/uploads/*"):
            with contextlib.suppress(FileNotFoundError):
                found[path] = path.stat().st_size
        return found

    def freeze(self):
        """Stops its engine, as if every recording took very long: what it is sent stays in hand."""
        self._signal_engines(signal.SIGSTOP)

    def thaw(self):
        self._signal_engines(signal.SIGCONT)

    def _signal_engines(self, number):
        for engine in children(self.process.pid) if self.process.poll() is None else []:
            os.kill(engine, number)

    def kill(self):
        """Ends the server and its engines with kill -9. The machine's kernel goes on, and resets their connections."""
        self.machine.end()
        self.process.wait()

    def begin_to_drain(self):
        self.process.send_signal(signal.SIGTERM)

    def wait_until_stopped(self):
        return self.process.wait(timeout=PATIENCE)
