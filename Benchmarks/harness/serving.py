"""A server of the benchmark's own."""

import contextlib
import functools
import json
import re
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from harness.client import get
from harness.paths import DEPS
from harness.processes import children


@functools.cache
def flags_of(executable):
    """The text of its --help: tells which flags it knows."""
    return subprocess.run([executable, "--help"], capture_output=True, text=True, check=True).stdout


class Server:
    """A running server, on a free port, with a folder of its own for temporary files."""

    def __init__(self, process, port, folder, started):
        self.process = process
        self.port = port
        self.temporary = folder / "tmp"
        self.log = folder / "log"
        #: When it was started and when it listened, by `time.monotonic`.
        self.started = started
        self.listening = time.monotonic()

    @property
    def pid(self):
        return self.process.pid

    @property
    def engines(self):
        return children(self.pid)

    @property
    def engine(self):
        (pid,) = self.engines
        return pid

    def ps(self):
        """What it says of its engines."""
        return json.loads(get(self.port, "/v1/ps")[2])["data"]

    def lanes(self, model):
        """How many segments the model's engine can decode at once."""
        metrics = get(self.port, "/metrics")[2].decode()
        return int(float(re.search(rf'^asr2clip_decode_lanes{{model="{model}"}} (\S+)$', metrics, re.MULTILINE)[1]))

    def wait_until_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while get(self.port, "/health/ready")[0] != 200:
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        assert "voice activity model" not in self.log.read_text(), f"{self.process.args[0]} finds no detector's model"
        return self

    def stop(self):
        """Ends it as a service manager would. Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)


@contextlib.contextmanager
def serving(executable, *flags, config=DEPS / "models.yaml", models=DEPS / "models"):
    """Runs a server as `make serve` does; whatever of it is left at the end is killed."""
    command = [executable, "--port", "0", "--config", config, "--model-dir", models, *flags]
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "HOME": name}
        with (folder / "log").open("w") as log:
            started = time.monotonic()
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        try:
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            yield Server(process, int(line.rsplit(":", 1)[1]), folder, started)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
