"""Fetches the pinned wheels and puts the files asr2clip needs into .deps. Called by scripts/setup.

Each file appears under its final name only when it is complete, and the stamp is written last: an interrupted run
leaves nothing that looks finished. A file that is there already with the same content is not touched.
"""

import base64
import contextlib
import fcntl
import filecmp
import fnmatch
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
LIBRARY = "dylib" if sys.platform == "darwin" else "so"


class Wheel(NamedTuple):
    name: str
    files: dict  # path in the wheel (may be a pattern) -> path in .deps
    pip_options: tuple = ()


WHEELS = [
    Wheel(
        "sherpa-onnx-core",
        {
            f"sherpa_onnx/lib/libsherpa-onnx-c-api.{LIBRARY}": f"lib/libsherpa-onnx-c-api.{LIBRARY}",
            f"sherpa_onnx/lib/libonnxruntime.{LIBRARY}": f"lib/libonnxruntime.{LIBRARY}",
            "sherpa_onnx/include/sherpa-onnx/c-api/c-api.h": "include/sherpa-onnx/c-api/c-api.h",
        },
    ),
    Wheel(
        "silero-vad",
        {
            "silero_vad/data/silero_vad_16k_op15.onnx": "models/silero-vad/silero_vad_16k_op15.onnx",
            "*.dist-info/licenses/LICENSE": "models/silero-vad/LICENSE",
        },
    ),
    Wheel(
        "moonshine-voice",
        {
            "moonshine_voice/assets/tiny-en/encoder_model.ort": "models/moonshine-tiny-en/encoder_model.ort",
            "moonshine_voice/assets/tiny-en/decoder_model_merged.ort": "models/moonshine-tiny-en/decoder_model_merged.ort",
            "moonshine_voice/assets/tiny-en/tokenizer.bin": "models/moonshine-tiny-en/tokenizer.bin",
            "*.dist-info/licenses/LICENSE": "models/moonshine-tiny-en/LICENSE",
            "moonshine_voice/assets/beckett.wav": "speech/beckett.wav",
            "moonshine_voice/assets/two_cities.wav": "speech/two_cities.wav",
        },
        pip_options=("--platform", "manylinux_2_34_x86_64"),
    ),
]
TOKENIZER = "models/moonshine-tiny-en/tokenizer.bin"
TOKENS = "models/moonshine-tiny-en/tokens.txt"
TOKENS_SHA256 = "2870d843e14c1e187bf1913a521562a63b53933814bd7f2145120468f494a049"


class SetupError(Exception):
    pass


def download(wheel, folder):
    """Lets pip fetch one wheel; pip refuses a file whose SHA-256 is not pinned."""
    pins = HERE / "pins" / f"{wheel.name}.txt"
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", folder, *wheel.pip_options]
    command += ["--requirement", pins] + ([] if sys.stdout.isatty() else ["--quiet"])
    print(f"Fetching {wheel.name}", flush=True)
    if subprocess.run(command).returncode != 0:
        raise SetupError(
            f"cannot fetch {wheel.name}: see pip's message above.\n"
            "  No connection: try again, behind a proxy with HTTPS_PROXY set.\n"
            f"  Hashes do not match: the file is not the one pinned in {os.path.relpath(pins)}; do not use it.\n"
            "  No matching distribution: there is none for this system "
            "(there is for Linux and macOS on x86-64 and arm64)."
        )
    return next(Path(folder).glob("*.whl"))


def unpack(archive, files, folder):
    """Writes the wanted members of a wheel to their places below `folder`."""
    with zipfile.ZipFile(archive) as wheel:
        for pattern, path in files.items():
            members = fnmatch.filter(wheel.namelist(), pattern)
            if len(members) != 1:
                raise SetupError(f"{archive.name} has {len(members)} files like {pattern}, not one")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with wheel.open(members[0]) as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy)


def tokens_text(tokenizer):
    """Converts Moonshine's tokenizer.bin to the tokens.txt of sherpa-onnx: a line `base64(token) id` for each token.

    A token is its length and that many bytes; a length above 127 takes a second byte: (b - 128) + 128 * next.
    """
    lines, position = [], 0
    while position < len(tokenizer):
        length, position = tokenizer[position], position + 1
        if length >= 128:
            length, position = length - 128 + 128 * tokenizer[position], position + 1
        token, position = tokenizer[position : position + length], position + length
        lines.append(f"{base64.b64encode(token).decode()} {len(lines)}\n")
    return "".join(lines).encode()


def make_tokens(folder):
    text = tokens_text((folder / TOKENIZER).read_bytes())
    if hashlib.sha256(text).hexdigest() != TOKENS_SHA256:
        raise SetupError(f"{TOKENS} did not come out as expected ({text.count(10)} lines; 32768 are right)")
    (folder / TOKENS).write_bytes(text)
    (folder / TOKENIZER).unlink()


def move_into_place(folder, deps):
    """Renames every file below `folder` to the same place below `deps` and returns their paths."""
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for path in paths:
        target = deps / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (target.is_file() and filecmp.cmp(folder / path, target, shallow=False)):
            os.replace(folder / path, target)
    return paths


@contextlib.contextmanager
def exclusive(deps):
    """Holds the lock of `deps`, so that two set-ups at once take turns, and clears what an interrupted one left."""
    with open(deps / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another set-up to finish", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in deps.glob(".setup-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def main(deps, version):
    """Fills the folder `deps`; its .versions then holds the line `version` and the path of every file."""
    deps.mkdir(exist_ok=True)
    with exclusive(deps), tempfile.TemporaryDirectory(prefix=".setup-", dir=deps) as temporary:
        files = Path(temporary, "files")
        for wheel in WHEELS:
            folder = Path(temporary, wheel.name)
            unpack(download(wheel, folder), wheel.files, files)
        make_tokens(files)
        shutil.copyfile(HERE / "models.yaml", files / "models.yaml")
        paths = move_into_place(files, deps)
        stamp = Path(temporary, "versions")
        stamp.write_text("\n".join([version, *map(str, paths)]) + "\n")
        os.replace(stamp, deps / ".versions")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except KeyboardInterrupt:
        sys.exit("setup: interrupted; run it again to go on")
    except (SetupError, OSError, zipfile.BadZipFile) as error:
        sys.exit(f"setup: {error}")
