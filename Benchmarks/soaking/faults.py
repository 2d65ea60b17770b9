"""What goes wrong on purpose: engines that are killed, and edits of the registry."""

import os
import random
import signal
import threading
import time
from pathlib import Path

from harness.registry import MODELS, STARTER


def model_of(engine):
    """The model that an engine process has, by its arguments; `None` if it is gone."""
    try:
        arguments = Path(f"/proc/{engine}/cmdline").read_text()
    except OSError:
        return None
    _, job, model, *_ = arguments.split("\0") + [""] * 3
    return model if job == "recognise" else None


class Kills:
    """When engines were killed, and whose."""

    #: Seconds until the server knows of a kill: a request that comes meanwhile is there at the engine's end.
    NOTICED = 0.5

    def __init__(self):
        self.times = []

    def during(self, start, end, model):
        """The kills of a model's engines that met a request, in seconds from its start."""
        return [time - start for time, name in self.times if name == model and start - self.NOTICED <= time <= end]


class Killer(threading.Thread):
    """Kills an engine now and then, sometimes its successor too. In the second half it spares the default model's engine,
    so that there is one whose memory can be watched over a long life."""

    def __init__(self, soak, seed):
        super().__init__(name="killer")
        self.soak = soak
        self.chance = random.Random(seed)

    def run(self):
        while not self.soak.ended.wait(self.chance.uniform(6, 20)):
            with self.soak.gate:
                killed = self._kill()
                if killed and self.chance.random() < 0.25:
                    self._kill_successor(killed)

    def _kill(self, model=None):
        engines = {engine: model_of(engine) for engine in self.soak.server.engines}
        spared = STARTER if self.soak.in_second_half else None
        victims = [engine for engine, name in engines.items() if name not in (None, spared) and model in (None, name)]
        if not victims:
            return None
        victim = self.chance.choice(victims)
        self.soak.kills.times.append((time.monotonic(), engines[victim]))
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return None
        return engines[victim]

    def _kill_successor(self, model):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not self.soak.ended.is_set():
            if any(model_of(engine) == model for engine in self.soak.server.engines):
                time.sleep(self.chance.uniform(0, 1.5))
                self._kill(model)
                return
            time.sleep(0.05)


class Editor(threading.Thread):
    """Edits models.yaml: brings and takes a model, changes an option, and makes mistakes, which must change nothing."""

    def __init__(self, soak, seed):
        super().__init__(name="editor")
        self.soak = soak
        self.chance = random.Random(seed)
        self.edits = 0

    def run(self):
        while not self.soak.ended.wait(self.chance.uniform(15, 40)):
            with self.soak.gate:
                pass  # not while the server is looked at in peace
            write_registry(self.soak.config, self.chance.random() < 0.5, self.chance.random() < 0.5)
            if self.chance.random() < 0.3:
                self.soak.config.write_text(self.soak.config.read_text() + "  broken: [\n")
            self.edits += 1


def write_registry(path, has_extra=False, has_option=False):
    text = f"default_model: {STARTER}\nmodels:\n"
    for name in MODELS:
        text += MODELS[name].entry(**({"num_threads": 1} if has_option and name == "paraformer" else {}))
    if has_extra:
        text += MODELS["sense_voice"].entry("extra")
    draft = path.with_suffix(".new")
    draft.write_text(text)
    os.replace(draft, path)
