"""The parts of deploy/ray that need no Ray. ASR2CLIP_URL is a server with the tests' transducer, ASR2CLIP_KEY its key,
and ASR2CLIP_SERVER its program."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/Fixtures"
sys.path[:0] = [str(ROOT / "deploy/ray"), str(ROOT / "Benchmarks")]

KEY = os.environ["ASR2CLIP_KEY"]
URL = f"{os.environ['ASR2CLIP_URL']}/v1"
SERVER = os.environ["ASR2CLIP_SERVER"]
CLIP, TEXT = FIXTURES / "audio/en_digits_16k.wav", "ONE TWO THREE FOUR"
FIELDS = {"model": "transducer", "language": "", "prompt": "", "response_format": "text"}


@pytest.fixture
def folder(tmp_path):
    """A folder with three recordings, two of them in a folder of their own."""
    for name in "first.wav", "later/a.wav", "later/b.wav":
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(CLIP, tmp_path / name)
    return tmp_path


def journal(folder):
    """The lines of the folder's journal."""
    return [json.loads(line) for line in (folder / ".asr2clip-results.jsonl").read_bytes().splitlines() if line]
