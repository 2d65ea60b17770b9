"""The shares of the jobs of deploy/slurm, without Slurm and the tool: a program in its place notes what it is given."""

import os
import subprocess

from conftest import ROOT


def job(number, array, folder):
    """Runs a job of an array over a list of five lines. Returns its exit status, its errors, and the lines it took."""
    programs, listed = folder / "programs", folder / "list"
    programs.mkdir(exist_ok=True)
    tool = programs / "asr2clip"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    tool.chmod(0o755)
    listed.write_text("a\nb c\nd\ne\nf\n")
    slurm = {"SLURM_ARRAY_TASK_ID": number, "SLURM_ARRAY_TASK_COUNT": len(array), "SLURM_ARRAY_TASK_MIN": min(array)}
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    environment |= {name: str(value) for name, value in slurm.items()}
    command = ["bash", ROOT / "deploy/slurm/archive.sbatch", listed, "--quiet"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    return ended.returncode, ended.stderr, ended.stdout.partition("--quiet\n")[2].splitlines()


def test_each_line_belongs_to_one_job(tmp_path):
    jobs = [job(number, range(4, 7), tmp_path) for number in range(4, 7)]
    assert [status for status, _, _ in jobs] == [0] * 3
    assert sorted(line for _, _, lines in jobs for line in lines) == ["a", "b c", "d", "e", "f"]


def test_an_array_with_gaps_is_refused(tmp_path):
    status, errors, lines = job(7, [0, 1, 7], tmp_path)
    assert status == 1 and "gaps" in errors and not lines
