"""Runs on the nodes: hands one recording to a server, and waits for it if it is full or away.

Ray sends this module to its workers, so it needs nothing but Python.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import ssl
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

#: The longest that one request may take, in seconds: as long as the longest recording that a server takes by default.
REQUEST_TIMEOUT = 6 * 3600
#: Seconds between tries if the server names none: doubled from the first to the second.
PAUSES = 0.5, 30
#: The longest wait that a server may ask for in Retry-After, in seconds.
LONGEST_RETRY_AFTER = 120
#: A node that has waited this long for its server says so, in seconds.
TOLD_AFTER = 20
BLOCK = 1 << 20
#: What a server answers for now, or a balancer without a server.
TEMPORARY = {408, 425, 429, 502, 503, 504}
#: What it would answer to every recording: a wrong key, no such model or endpoint.
HOPELESS = {401, 403, 404, 405, 426}


class Away(Exception):
    """The server was starting or gone for longer than a node may wait. Another node may have a better one."""


class Unreadable(Exception):
    """The recording itself cannot be read."""


@dataclass(frozen=True)
class Question:
    """What is the same for all recordings."""

    url: str
    #: Fields of the form by name; those with an empty value are not sent.
    fields: dict
    key: str | None
    #: How long to wait for a server that is away, in seconds. For one that is full there is no limit.
    patience: float


@dataclass(frozen=True)
class Outcome:
    """What became of a recording."""

    #: `done`, `failed`, `unreadable` (here; the folder may be missing on this node), or `hopeless`: all others would
    #: fail in the same way.
    kind: str
    #: The text if it is done, else the reason.
    content: str
    node: str


def ask(question, source, node):
    """Transcribes a file or an http address.

    Raises `Away`; every other failure is an outcome, since another try would end the same.
    """
    try:
        with opened(source, question.patience) as file:
            return _ask_until_answered(question, file, os.path.splitext(urlsplit(source).path)[1], node)
    except urllib.error.HTTPError as error:
        return Outcome("failed", f"its address answers {error.code} {error.reason}", node)
    except (http.client.HTTPException, ValueError) as error:
        return Outcome("failed", f"its address cannot be fetched: {type(error).__name__}", node)
    except (Unreadable, OSError) as error:
        return Outcome("unreadable", getattr(error, "strerror", None) or str(error), node)


@contextlib.contextmanager
def opened(source, patience):
    """A recording as a file. What an address has is fetched first, so that the server can be asked again."""
    if not source.startswith(("http://", "https://")):
        with open(source, "rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        with urllib.request.urlopen(source, timeout=max(10, patience)) as answer:
            while block := answer.read(BLOCK):
                file.write(block)
        yield file


def _ask_until_answered(question, file, suffix, node):
    started = time.monotonic()
    pause, told = PAUSES[0], False
    while True:
        try:
            status, headers, body = post(question, file, suffix)
        except ssl.SSLCertVerificationError as error:
            return Outcome("hopeless", f"the certificate of {question.url} is refused: {error.verify_message}", node)
        except (http.client.HTTPException, OSError) as error:
            wait, why = pause, f"{question.url} does not answer: {error or type(error).__name__}"
        else:
            if status == 200:
                return Outcome("done", body.decode("utf-8", "replace"), node)
            why, field = reason(status, body)
            if status not in TEMPORARY or headers.get("x-should-retry") == "false":
                hopeless = status in HOPELESS or status == 503 or (field is not None and field != "file")
                return Outcome("hopeless" if hopeless else "failed", why, node)
            wait = retry_after(headers) or pause
            if status == 429:
                started = time.monotonic()  # it works, and will have room
        pause = min(2 * pause, PAUSES[1])
        # Not all at the same moment.
        wait *= random.uniform(1, 1.25)
        waited = time.monotonic() - started
        if waited + wait > question.patience:
            raise Away(f"{why} (on {node}, for {waited:.0f} s)")
        if waited > TOLD_AFTER and not told:
            told = True
            print(f"{node} is waiting: {why}", file=sys.stderr, flush=True)
        time.sleep(wait)


def post(question, file, suffix):
    """Sends the recording once. Returns status, headers and body of the response."""
    boundary = uuid.uuid4().hex
    form = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in question.fields.items() if value
    )
    # The name may tell what the recording is about, and the server needs its extension only.
    safe = suffix if suffix.isascii() and suffix[1:].isalnum() else ""
    form += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="recording{safe}"\r\n\r\n'
    head, tail = form.encode(), f"\r\n--{boundary}--\r\n".encode()
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    address = urlsplit(question.url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname, address.port, timeout=REQUEST_TIMEOUT)
    with contextlib.closing(connection):
        connect(connection)
        connection.putrequest("POST", address.path.rstrip("/") + "/audio/transcriptions")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        connection.putheader("Content-Length", str(len(head) + size + len(tail)))
        if question.key:
            connection.putheader("Authorization", f"Bearer {question.key}")
        connection.endheaders()
        # A server that refuses a request may answer before it has read the whole; the answer is what counts then.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.send(head)
            for block in blocks(file, size):
                connection.send(block)
            connection.send(tail)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def blocks(file, size):
    """The bytes of a recording. Raises `Unreadable` if it cannot be read, or has become shorter than it was."""
    while size > 0:
        try:
            block = file.read(min(BLOCK, size))
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error
        if not block:
            raise Unreadable("it became shorter while it was sent")
        size -= len(block)
        yield block


def connect(connection):
    """Connects within ten seconds, and so that a peer without power or network is noticed within two minutes."""
    connection.timeout = 10
    connection.connect()
    connection.sock.settimeout(REQUEST_TIMEOUT)
    options = {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4, "TCP_USER_TIMEOUT": 90_000}
    for name, value in options.items():
        if hasattr(socket, name):
            level = socket.SOL_SOCKET if name == "SO_KEEPALIVE" else socket.IPPROTO_TCP
            connection.sock.setsockopt(level, getattr(socket, name), value)


def reason(status, body):
    """What an error response says, and the field that it is about, if it says so."""
    try:
        error = json.loads(body)["error"]
        return f"{status}: {error['message']}", error.get("param")
    except (ValueError, KeyError, TypeError):
        return f"{status}: {body[:200].decode('utf-8', 'replace')}", None


def retry_after(headers):
    """The seconds that the server asks to wait; `None` if it names none, or a date."""
    value = headers.get("Retry-After", "")
    return min(int(value), LONGEST_RETRY_AFTER) if value.isdecimal() else None
