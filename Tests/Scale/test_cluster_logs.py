"""The logs of a cluster benchmark that fails are there to be read."""

import subprocess
import sys

import cluster
import pytest
from clustering import namespaces, ray_archive


def test_a_process_that_does_not_end_is_a_failure_with_the_end_of_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(ray_archive, "PATIENCE", 0.1)
    log = tmp_path / "job.log"
    log.write_bytes(b"begin" + b"." * 3000 + b"\xffthe reason")
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with pytest.raises(ray_archive.Failure, match="the job does not end: .*the reason") as failure:
            ray_archive.status_of(process, "the job does not end", log)
        assert "begin" not in str(failure.value)
    finally:
        process.kill()
        process.wait()


def test_files_of_the_scratch_folder_and_of_its_folders_are_kept(tmp_path, monkeypatch):
    scratch, kept = tmp_path / "scratch", tmp_path / "kept"
    monkeypatch.setattr(namespaces, "SCRATCH", scratch)
    for name in "job.log", "node1/log", "ray/session/log":
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_text(name)
    cluster._keep(kept)
    assert sorted(str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()) == ["job.log", "node1/log"]
