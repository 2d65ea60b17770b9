"""The pod of the Deployment on this machine: its init container fetches the model, and its server answers, with no more
rights than the manifest gives them."""

import bz2
import functools
import http.server
import io
import json
import re
import signal
import subprocess
import tarfile
import threading
from hashlib import sha256

import manifests
import pod
import pytest
import yaml
from conftest import FIXTURES, KEY, ask, eventually, transcribe
from prometheus import free_port

MODEL = "sensevoice-small"


@pytest.fixture(scope="module")
def template():
    [deployment] = manifests.find(manifests.applied("base"), "Deployment")
    return deployment["spec"]["template"]["spec"]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The models.yaml of the manifests, with the address of an archive here that has the files of a tiny model."""
    folder = tmp_path_factory.mktemp("web")
    [configuration] = manifests.find(manifests.applied("base"), "ConfigMap")
    text = configuration["data"]["models.yaml"]
    entry = yaml.safe_load(text)["models"][MODEL]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for logical, name in entry["files"].items():
            source = FIXTURES / "models/sense_voice" / {"model": "model.onnx", "tokens": "tokens.txt"}[logical]
            tar.add(source, f"{entry['download']['archive_subdir']}/{name}")
    (folder / "model.tar.bz2").write_bytes(bz2.compress(archive.getvalue()))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/model.tar.bz2"
        yield text.replace(entry["download"]["url"], address)
        server.shutdown()


@pytest.fixture(scope="module")
def volumes(template, registry, tmp_path_factory):
    """The volumes after the init container."""
    folder = tmp_path_factory.mktemp("pod")
    volumes = pod.Volumes(template, folder)
    volumes.write("registry", "models.yaml", registry)
    volumes.write("keys", "keys", f"sha256:{sha256(KEY.encode()).hexdigest()} test\n")
    [init] = template["initContainers"]
    done = subprocess.run(
        pod.command(template, init, volumes, folder / "root"), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "sandbox is without" not in done.stderr
    return volumes


def arguments(container, port):
    """The server's, with another port."""
    [stated] = [entry["containerPort"] for entry in container["ports"] if entry["name"] == "http"]
    changed = [flag.replace(f"--port={stated}", f"--port={port}") for flag in container["args"]]
    changed = [flag.replace("--host=0.0.0.0", "--host=127.0.0.1") for flag in changed]
    assert sum(before != after for before, after in zip(container["args"], changed)) == 2
    return changed


@pytest.fixture(scope="module")
def server(template, volumes, tmp_path_factory):
    """The running server: its address, its process, and its log."""
    folder = tmp_path_factory.mktemp("server")
    [container] = template["containers"]
    port = free_port()
    command = pod.command(template, container | {"args": arguments(container, port)}, volumes, folder / "root")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for probe in "startupProbe", "readinessProbe", "livenessProbe":
            path = container[probe]["httpGet"]["path"]
            eventually(f"{path} is 200", lambda: process.poll() is not None or ask("GET", path, url=url)[0] == 200)
            assert process.poll() is None, (folder / "log").read_text()
        yield url, process, folder / "log"
    finally:
        process.kill()
        process.wait()


def test_the_init_container_fetches_only_what_is_missing(template, volumes, tmp_path):
    [init] = template["initContainers"]
    init = init | {"args": [*init["args"], "--json"]}
    done = subprocess.run(pod.command(template, init, volumes, tmp_path / "root"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [entry] = json.loads(done.stdout)
    assert (entry["name"], entry["status"]) == (MODEL, "present")


def test_the_server_answers_with_a_key(server):
    url, _, _ = server
    status, body = transcribe("zh_digits_16k.wav", url)
    assert status == 200 and json.loads(body)["text"]
    assert transcribe("zh_digits_16k.wav", url, key="wrong")[0] == 401
    assert ask("GET", "/metrics", url=url)[0] == 401
    status, body = ask("GET", "/metrics", headers={"Authorization": f"Bearer {KEY}"}, url=url)
    assert status == 200 and f'asr2clip_queue_jobs{{model="{MODEL}"}} 0' in body


def test_server_and_engine_have_no_rights(server):
    url, process, log = server
    status, body = ask("GET", "/v1/ps", headers={"Authorization": f"Bearer {KEY}"}, url=url)
    [engine] = json.loads(body)["data"]
    assert status == 200
    for process_id in process.pid, engine["pid"]:
        assert pod.rights(process_id) == ("0" * 16, "0" * 16, "1")
    # The engine's sandbox is whole in a container without privileges.
    assert "sandbox is without" not in log.read_text()


def test_uploads_are_on_the_volume(server, volumes):
    assert any(re.fullmatch(r"asr2clip-\d+-\w+", path.name) for path in volumes.folders["tmp"].iterdir())


def test_only_the_volumes_for_it_can_be_written(template, volumes, tmp_path):
    [init], [container] = template["initContainers"], template["containers"]
    attempt = 'for folder in / /usr /etc/asr2clip /models /tmp; do touch "$folder/new" && echo "$folder"; done; true'
    for tried, expected in (init, ["/models", "/tmp"]), (container, ["/tmp"]):
        tried = tried | {"command": ["sh", "-c"], "args": [attempt]}
        done = subprocess.run(pod.command(template, tried, volumes, tmp_path / "root"), capture_output=True, text=True)
        assert done.stdout.split() == expected, done.stderr


def test_models_cannot_be_changed(server):
    url, _, _ = server
    status, body = ask("DELETE", f"/v1/models/{MODEL}", headers={"Authorization": f"Bearer {KEY}"}, url=url)
    assert status == 403, body
    assert transcribe("zh_digits_16k.wav", url)[0] == 200


def test_the_pod_ends_on_sigterm(server):
    url, process, log = server
    process.send_signal(signal.SIGTERM)
    eventually("it is not ready", lambda: ask("GET", "/health/ready", url=url)[0] == 503)
    assert ask("GET", "/health/live", url=url)[0] == 200
    assert transcribe("zh_digits_16k.wav", url)[0] == 200
    # Ends the delay.
    process.send_signal(signal.SIGTERM)
    assert process.wait(100) == 0, log.read_text()
