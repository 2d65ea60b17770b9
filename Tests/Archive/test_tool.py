"""The results of deploy/ray and of `asr2clip transcribe -r` are the same, and each skips what the other has done."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import CLIP, FIELDS, KEY, SERVER, TEXT, URL
from archive.results import Results
from archive.sources import recordings


def tool(*arguments):
    """Runs the tool, and returns the counts of its summary."""
    environment = {**os.environ, "OPENAI_BASE_URL": URL, "OPENAI_API_KEY": KEY}
    command = [Path(SERVER).with_name("asr2clip"), "transcribe", "-r", "--model", "transducer", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr.splitlines()[-1].removeprefix("asr2clip: ")


def job(folder, output):
    """Writes what the job would write. Returns the number of results."""
    with Results(FIELDS, output, False) as results:
        begun = [recording for recording in recordings([str(folder)], []) if results.begin(recording)]
        for recording in begun:
            results.finish(recording, TEXT)
    return len(begun)


@pytest.mark.parametrize("has_output", [False, True])
def test_each_skips_what_the_other_has_done(folder, tmp_path_factory, has_output):
    output = tmp_path_factory.mktemp("texts") if has_output else None
    place = ["--output-dir", str(output)] if has_output else []
    shutil.copyfile(CLIP, folder / os.fsdecode(b"later/caf\xe9.wav"))
    assert tool(str(folder), *place).startswith("4 done, 0 skipped, 0 failed")
    written = {path: path.read_text() for path in (output or folder).rglob("*.txt")}
    assert job(folder, output) == 0
    for path in written:
        path.unlink()
    assert job(folder, output) == 4
    assert {path: path.read_text() for path in (output or folder).rglob("*.txt")} == written
    assert tool(str(folder), *place).startswith("0 done, 4 skipped, 0 failed")
