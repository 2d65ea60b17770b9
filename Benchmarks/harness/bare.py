"""The bare engine: bare_engine.c, compiled when it is needed."""

import contextlib
import json
import subprocess
from pathlib import Path

from harness.paths import DEPS

SOURCE = Path(__file__).resolve().parent.parent / "bare_engine.c"


def compiled(folder):
    """Compiles it into a folder. Returns the program."""
    program = folder / "bare_engine"
    library = DEPS / "lib"
    command = ["cc", "-std=gnu11", "-O2", "-Wall", "-o", program, SOURCE, "-I", DEPS / "include", "-L", library]
    libraries = [f"-Wl,-rpath,{library}", "-lsherpa-onnx-c-api", "-lonnxruntime", "-lpthread"]
    subprocess.run([*command, *libraries], check=True)
    return program


def _command(program, model, flags):
    fields = [part for field, value in model.fields().items() for part in ("--set", f"{field}={value}")]
    return [program, *fields, *(part for flag, value in flags.items() for part in (f"--{flag}", str(value)))]


def run(program, model, clips, **flags):
    """Decodes clips (paths). Returns what bare_engine.c prints."""
    command = [*_command(program, model, flags), *clips]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output)


class Asked:
    """A bare engine that decodes one clip whenever it is asked to."""

    def __init__(self, process):
        self.process = process
        self.load_seconds = float(process.stdout.readline())

    def decode(self, clip):
        """Returns the seconds that it took."""
        self.process.stdin.write(f"{clip}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextlib.contextmanager
def asked(program, model, clips):
    command = [*_command(program, model, {}), "--ask", *clips]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            yield Asked(process)
        finally:
            process.stdin.close()
