"""The jobs of deploy/slurm without Slurm: which share each takes, and what the tool does with one."""

import os
import subprocess
from pathlib import Path

from conftest import KEY, ROOT, SERVER, TEXT, URL


def script(listed, programs, number, array, *options, **environment):
    """Runs a job of an array, with programs from this folder."""
    slurm = {"SLURM_ARRAY_TASK_ID": number, "SLURM_ARRAY_TASK_COUNT": len(array), "SLURM_ARRAY_TASK_MIN": min(array)}
    given = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **environment}
    given |= {name: str(value) for name, value in slurm.items()}
    command = ["bash", ROOT / "deploy/slurm/archive.sbatch", listed, *options]
    return subprocess.run(command, env=given, capture_output=True, text=True)


def job(number, array, folder):
    """A job over a list of five lines, with a program in the tool's place that notes what it is given. Returns its exit
    status, its errors, and the lines it took."""
    programs, listed = folder / "programs", folder / "list"
    programs.mkdir(exist_ok=True)
    tool = programs / "asr2clip"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    tool.chmod(0o755)
    listed.write_text("a\nb c\nd\ne\nf\n")
    ended = script(listed, programs, number, array, "--quiet")
    return ended.returncode, ended.stderr, ended.stdout.partition("--quiet\n")[2].splitlines()


def test_each_line_belongs_to_one_job(tmp_path):
    jobs = [job(number, range(4, 7), tmp_path) for number in range(4, 7)]
    assert [status for status, _, _ in jobs] == [0] * 3
    assert sorted(line for _, _, lines in jobs for line in lines) == ["a", "b c", "d", "e", "f"]


def test_an_array_with_gaps_is_refused(tmp_path):
    status, errors, lines = job(7, [0, 1, 7], tmp_path)
    assert status == 1 and "gaps" in errors and not lines


def test_the_tool_transcribes_a_share_with_a_server(folder):
    listed = folder / "list"
    listed.write_text(f"{folder}/later\n{folder}/first.wav\n")
    environment = {"OPENAI_BASE_URL": URL, "OPENAI_API_KEY": KEY}
    for number, results in (0, 1), (1, 3):
        ended = script(listed, Path(SERVER).parent, number, range(2), "--model", "transducer", **environment)
        assert ended.returncode == 0, ended.stderr
        written = list(folder.rglob("*.txt"))
        assert len(written) == results and {path.read_text().strip() for path in written} == {TEXT}


def test_a_job_with_a_recording_that_fails_has_failed(folder):
    (folder / "later/b.wav").write_text("no sound")
    listed = folder / "list"
    listed.write_text(f"{folder}/later\n")
    environment = {"OPENAI_BASE_URL": URL, "OPENAI_API_KEY": KEY}
    ended = script(listed, Path(SERVER).parent, 0, [0], "--model", "transducer", **environment)
    assert ended.returncode != 0 and "b.wav" in ended.stderr, ended.stderr
