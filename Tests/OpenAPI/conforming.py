"""Runs schemathesis against the server: it sends what a document allows and what not, and checks every answer."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from conftest import KEY, URL

HERE = Path(__file__).resolve().parent
# The name of a model that the server has downloaded, if it has a key.
DOWNLOADED = "fetched"
AUTHORIZATION = {"Authorization": f"Bearer {KEY}"} if KEY else {}


def conform(folder, document, *arguments):
    """Lets schemathesis compare the server with a document.

    Returns its exit status, what it printed, and for each operation the number of examples, the statuses, the types of
    successes and the failures.
    """
    (folder / "openapi.json").write_text(json.dumps(document))
    calls = folder / "calls.json"
    environment = {
        **os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "hooks", "ASR2CLIP_CALLS": str(calls),
        "ASR2CLIP_MODELS": " ".join(names()), "ASR2CLIP_TRANSLATOR": "whisper",
        "ASR2CLIP_DOWNLOADED": DOWNLOADED,
    }
    key = [argument for name, value in AUTHORIZATION.items() for argument in ("--header", f"{name}: {value}")]
    key = key or ["--exclude-checks", "ignored_auth"]
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", HERE / "schemathesis.toml", "run", "openapi.json", "--url", URL, "--no-color"]
    done = subprocess.run(
        [*command, *key, *arguments], cwd=folder, env=environment, capture_output=True, text=True, errors="replace")
    # A failure is shown with its request, which may be a recording.
    said = "\n".join(line[:400] for line in (done.stdout + done.stderr).splitlines())
    assert done.returncode in (0, 1), said
    return done.returncode, said, json.loads(calls.read_text())


def ask(path, **body):
    """What the server answers to GET, or with a body to POST."""
    data = json.dumps(body).encode() if body else None
    headers = {**AUTHORIZATION, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(URL + path, data, headers)) as answer:
        return json.load(answer)


def names():
    """The names of the models."""
    return [model["id"] for model in ask("/v1/models")["data"]]


def operations(document):
    """The operations of a document, with schemathesis's names."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
