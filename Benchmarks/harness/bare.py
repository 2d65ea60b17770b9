"""The bare engine: bare_engine.c, compiled when it is needed."""

import contextlib
import json
import subprocess
from pathlib import Path

from harness.paths import DEPS, FIXTURES

SOURCE = Path(__file__).resolve().parent.parent / "bare_engine.c"


def _files(family, folder, fields):
    return {f"{family}.{field}": folder / name for field, name in fields.items()} | {"tokens": folder / "tokens.txt"}


def _fixture(family, **fields):
    return _files(family, FIXTURES / "models" / family, fields)


#: The fields of the C API that say what a model is, by family.
MODELS = {
    "moonshine": _files(
        "moonshine",
        DEPS / "models/moonshine-tiny-en",
        {"encoder": "encoder_model.ort", "merged_decoder": "decoder_model_merged.ort"},
    ),
    "whisper": _fixture("whisper", encoder="encoder.onnx", decoder="decoder.onnx"),
    "transducer": _fixture("transducer", encoder="encoder.onnx", decoder="decoder.onnx", joiner="joiner.onnx"),
    "zipformer_ctc": _fixture("zipformer_ctc", model="model.onnx"),
    "paraformer": _fixture("paraformer", model="model.onnx"),
    "sense_voice": _fixture("sense_voice", model="model.onnx"),
}


def compiled(folder):
    """Compiles it into a folder. Returns the program."""
    program = folder / "bare_engine"
    library = DEPS / "lib"
    command = ["cc", "-std=gnu11", "-O2", "-Wall", "-o", program, SOURCE, "-I", DEPS / "include", "-L", library]
    libraries = [f"-Wl,-rpath,{library}", "-lsherpa-onnx-c-api", "-lonnxruntime", "-lpthread"]
    subprocess.run([*command, *libraries], check=True)
    return program


def _command(program, family, flags):
    fields = [part for field, value in MODELS[family].items() for part in ("--set", f"{field}={value}")]
    return [program, *fields, *(part for flag, value in flags.items() for part in (f"--{flag}", str(value)))]


def run(program, family, clips, **flags):
    """Decodes clips (paths). Returns what bare_engine.c prints."""
    command = [*_command(program, family, flags), *clips]
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
def asked(program, family, clips):
    command = [*_command(program, family, {}), "--ask", *clips]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            yield Asked(process)
        finally:
            process.stdin.close()
