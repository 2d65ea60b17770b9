"""The workers of deploy/kubernetes/archive-job.yaml on this machine: together, they transcribe each recording once."""

import shutil
import subprocess
from pathlib import Path

import manifests
import pod
import pytest

from conftest import AUDIO, KEY, URL

WORKERS = 3
# By their names in the archive.
RECORDINGS = {
    "one/a.wav": "en_word_16k.wav",
    "one/b.flac": "en_digits_16k.flac",
    "two/a.wav": "en_digits_16k.wav",
    "two/with space.webm": "en_48k_opus.webm",
    "two/it's.ogg": "en_48k_opus.ogg",
}


@pytest.fixture
def template():
    [job] = manifests.read(manifests.KUBERNETES / "archive-job.yaml")
    return job["spec"]["template"]["spec"]


@pytest.fixture
def archive(template, tmp_path):
    volumes = pod.Volumes(template, tmp_path)
    folder = volumes.folders["archive"]
    for name, source in RECORDINGS.items():
        path = folder / "recordings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(AUDIO / source, path)
    # As the manifest's comment makes it.
    subprocess.run("(cd recordings && find . -type f) > list.txt", shell=True, cwd=folder, check=True)
    return volumes


def work(template, archive, index, change=lambda script: script, **environment):
    """Runs a worker to its end, in a pod of its own."""
    tmp = archive.folders["tmp"]
    shutil.rmtree(tmp)
    tmp.mkdir()
    [container] = template["containers"]
    container = container | {"args": [change(script) for script in container["args"]]}
    # What Kubernetes sets, and the addresses of this test.
    given = {"JOB_COMPLETION_INDEX": str(index), "WORKERS": str(WORKERS)}
    given |= {"OPENAI_BASE_URL": f"{URL}/v1", "OPENAI_API_KEY": KEY} | environment
    command = pod.command(template, container, archive, tmp.parent / "root", given)
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def only_share(script):
    """The script without its last command, and a list of the worker's share."""
    before, separator, _ = script.partition("exec asr2clip")
    assert separator
    return f"{before} cd /tmp/share/archive/recordings && find . -type l"


def test_each_recording_is_in_one_share(template, archive):
    shares = []
    for index in range(WORKERS):
        done = work(template, archive, index, only_share)
        assert done.returncode == 0, done.stderr
        shares += done.stdout.splitlines()
    assert sorted(shares) == sorted(f"./{name}" for name in RECORDINGS)


def results(archive):
    """The visible files below the results, by worker."""
    folder = archive.folders["archive"] / "results"
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if not path.name.startswith(".")]


def test_each_recording_has_one_result(template, archive):
    for index in range(WORKERS):
        done = work(template, archive, index)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    found = results(archive)
    assert len(found) == len(RECORDINGS)
    # Below the number of its worker, a result has the folder of its recording.
    assert {Path(*path.parts[1:-1]) for path in found} == {Path("one"), Path("two")}
    assert all((archive.folders["archive"] / "results" / path).read_text().strip() for path in found)


def test_a_worker_that_is_started_again_skips_what_is_done(template, archive):
    assert work(template, archive, 1).returncode == 0
    paths = [archive.folders["archive"] / "results" / path for path in results(archive)]
    before = {path: path.stat().st_ino for path in paths}
    assert before and work(template, archive, 1).returncode == 0
    assert {path: path.stat().st_ino for path in paths} == before


def test_a_worker_with_failures_fails(template, archive):
    (archive.folders["archive"] / "recordings/two/a.wav").write_text("no sound")
    assert sorted(work(template, archive, index).returncode for index in range(WORKERS)) == [0, 0, 5]


def test_a_recording_that_is_gone_fails_alone(template, archive):
    """Its line is still in the list."""
    folder = archive.folders["archive"]
    (folder / "recordings/two/it's.ogg").unlink()
    workers = [work(template, archive, index) for index in range(WORKERS)]
    assert sorted(done.returncode for done in workers) == [0, 0, 5]
    assert sum("it's.ogg" in done.stderr for done in workers) == 1
    assert len(results(archive)) == len(RECORDINGS) - 1


def test_a_worker_without_a_list_fails(template, archive):
    (archive.folders["archive"] / "list.txt").unlink()
    done = work(template, archive, 1)
    assert done.returncode == 1 and "list.txt" in done.stderr, done.stderr


def test_a_worker_with_a_wrong_key_ends_at_once(template, archive):
    done = work(template, archive, 1, OPENAI_API_KEY="wrong")
    assert done.returncode == 1 and not results(archive), done.stderr


def test_a_worker_without_a_share_does_no_harm(template, archive):
    assert work(template, archive, len(RECORDINGS) + 1, WORKERS="100").returncode == 0
