"""Watches the server meanwhile: its answers about its health, its memory, what it has open."""

import collections
import os
import threading
import time
from pathlib import Path

from harness.client import get
from harness.processes import descriptors, memory, threads
from harness.registry import STARTER
from soaking.asking import Asker
from soaking.faults import model_of


class Health(threading.Thread):
    """Asks for /health ten times a second. No answer within ten seconds is a violation."""

    def __init__(self, soak):
        super().__init__(name="health")
        self.soak = soak
        self.times = []

    def run(self):
        while not self.soak.ended.wait(0.1):
            start = time.monotonic()
            try:
                status, _, body = get(self.soak.port, "/health", timeout=10)
                if status != 200 or body != b'{"status": "ok"}':
                    self.soak.ledger.violation("bad health", f"{status} {body}")
            except OSError as error:
                self.soak.ledger.violation("no answer", f"GET /health: {error!r}")
            self.times.append(time.monotonic() - start)


class Memories(threading.Thread):
    """Reads the memory of the engines every two seconds: by model, and by process."""

    def __init__(self, soak):
        super().__init__(name="memories")
        self.soak = soak
        #: (minutes, MB) by process id and model.
        self.engines = collections.defaultdict(list)

    def run(self):
        while not self.soak.ended.wait(2):
            for engine in self.soak.server.engines:
                model = model_of(engine)
                try:
                    if model:
                        self.engines[engine, model].append((self.soak.minutes, memory(engine)))
                except (OSError, TypeError):
                    pass  # it has just ended


class Rest:
    """The server while nobody asks it for anything: what it has then, it keeps."""

    #: Clips one after the other, so that an engine has its second copy for lone recordings whenever memory is compared.
    LONE_CLIPS = 4

    def __init__(self, soak):
        self.soak = soak
        self.asker = Asker(soak, "at rest")
        #: (minutes, value) by what it is of.
        self.readings = collections.defaultdict(list)

    def look(self):
        """Waits until the server is at rest, and reads what it holds."""
        soak = self.soak
        if not soak.gate.close(timeout=300):
            soak.ledger.violation("no answer", f"{soak.gate.inside} requests go on after five minutes")
        self._ask_alone()
        time.sleep(4)
        self._check_spool()
        pid = soak.server.pid
        engines = len(soak.server.engines)
        for name, value in {
            "parent's memory": memory(pid),
            "descriptors": descriptors(pid),
            "threads": threads(pid),
            "engines": engines,
        }.items():
            self.readings[name].append((soak.minutes, value))
        soak.gate.open()

    def _ask_alone(self):
        clip = next(sample for sample in self.soak.samples if sample.model == STARTER)
        for _ in range(self.LONE_CLIPS):
            self.asker.expect("alone", clip, clip.request(self.soak.port), "json")

    def _check_spool(self):
        """Uploads of requests that have ended, or whose client has left, are gone."""
        folder = self.soak.server.temporary
        if left := list(folder.glob("*/uploads/*")):
            self.soak.ledger.violation("leftover upload", f"{len(left)} at rest, such as {left[0].name}")
        for link in Path(f"/proc/{self.soak.server.pid}/fd").iterdir():
            try:
                if "/uploads/" in os.readlink(link):
                    self.soak.ledger.violation("open upload", os.readlink(link))
            except OSError:
                pass
