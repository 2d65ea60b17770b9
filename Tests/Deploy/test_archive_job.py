"""The workers of deploy/kubernetes/archive-job.yaml on this machine: together, they transcribe each recording once."""

import shutil
import subprocess

import manifests
import pending
import pod
import pytest
from conftest import AUDIO, KEY, PROGRAMS, URL

WORKERS = 3
RECORDINGS = ["en_word_16k.wav", "en_digits_16k.wav", "en_digits_16k.flac", "en_48k_opus.webm", "with space.wav"]


@pytest.fixture
def template():
    [job] = manifests.read(manifests.KUBERNETES / "archive-job.yaml")
    return job["spec"]["template"]["spec"]


@pytest.fixture
def volumes(template, tmp_path):
    volumes = pod.Volumes(template, tmp_path)
    recordings = volumes.folders["archive"] / "recordings"
    for name in RECORDINGS:
        path = recordings / "a folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(AUDIO / name.replace("with space", "en_word_16k"), path)
    # As the manifest's comment makes it.
    listed = subprocess.run("find . -type f", shell=True, cwd=recordings, check=True, capture_output=True, text=True)
    (volumes.folders["archive"] / "list.txt").write_text(listed.stdout)
    for path in [volumes.folders["archive"], *volumes.folders["archive"].rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    return volumes


def script(text):
    """The worker's, without flags that are not there yet."""
    known = subprocess.run([PROGRAMS / "asr2clip", "transcribe", "--help"], check=True, capture_output=True, text=True)
    for flag in pending.FLAGS["asr2clip transcribe"]:
        assert text.count(f" {flag} 4") == 1
        if flag not in known.stdout:
            text = text.replace(f" {flag} 4", "")
    return text


def work(template, volumes, index, root, **environment):
    [container] = template["containers"]
    container = container | {"args": [script(text) for text in container["args"]]}
    # What Kubernetes sets, and the addresses of this test.
    given = {"JOB_COMPLETION_INDEX": str(index), "WORKERS": str(WORKERS)}
    given |= {"OPENAI_BASE_URL": f"{URL}/v1", "OPENAI_API_KEY": KEY} | environment
    command = pod.command(template, container, volumes, root, given)
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_every_recording_is_transcribed_by_one_worker(template, volumes, tmp_path):
    for index in range(WORKERS):
        done = work(template, volumes, index, tmp_path / "root")
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    results = [path for path in (volumes.folders["archive"] / "results").rglob("*") if path.is_file()]
    texts = [path.read_text() for path in results if not path.name.startswith(".")]
    assert len(texts) == len(RECORDINGS) and all(text.strip() for text in texts), results


def test_a_worker_with_failures_fails(template, volumes, tmp_path):
    done = work(template, volumes, 1, tmp_path / "root", OPENAI_API_KEY="wrong")
    assert done.returncode != 0 and "401" in done.stderr, done.stderr


def test_more_workers_than_recordings_do_no_harm(template, volumes, tmp_path):
    done = work(template, volumes, len(RECORDINGS) + 1, tmp_path / "root", WORKERS="100")
    assert done.returncode == 0, done.stderr
