"""What the tests of deploy/ share.

EndToEndTests/DeploymentTests.swift starts their server, with a key and two models."""

import http.client
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DEPLOY = REPOSITORY / "deploy"
FIXTURES = REPOSITORY / "Tests/Fixtures"
AUDIO = FIXTURES / "audio"
# The folder of the built programs.
PROGRAMS = Path(os.environ["ASR2CLIP_PROGRAMS"])
URL = os.environ["ASR2CLIP_URL"]
# A key of that server.
KEY = os.environ["ASR2CLIP_KEY"]
# The machine is busy while the tests run.
PATIENCE = 60


def ask(method, path, body=None, headers=None, url=URL):
    """One request on a connection of its own: status and body."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def transcribe(recording="en_word_16k.wav", url=URL, key=KEY, **fields):
    """Sends a recording of the fixtures: status and body."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + (AUDIO / recording).read_bytes() + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Authorization": f"Bearer {key}"}
    return ask("POST", "/v1/audio/transcriptions", body, headers, url)


def eventually(what, condition):
    """Waits until a condition holds, and returns what it returned; connections that are refused count as no."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"never: {what}")
