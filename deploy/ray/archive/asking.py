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
#: How long a server may be away as long as no node has got an answer from any, in seconds.
FIRST_PATIENCE = 10
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


class Unopened(Unreadable):
    """It is not there, or not for this user: so may be the whole folder on this node."""


@dataclass(frozen=True)
class Question:
    """What is the same for all recordings."""

    url: str
    #: Fields of the form by name; those with an empty value are not sent.
    fields: dict
    key: str | None
    #: How long to wait for a server that is away, in seconds. For one that is full there is no limit.
    patience: float
    #: Whether any server has answered a node before. If not, the address may be wrong.
    is_known: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of a recording."""

    #: `done`, `failed`, `unopened` (the folder may be missing on this node), `unanswered` (no server is there, and none
    #: is known), or `hopeless`: all others would fail in the same way.
    kind: str
    #: The text if it is done, else the reason.
    content: str
    node: str
    #: Whether the server has answered.
    is_answered: bool = False


def ask(question, source, node):
    """Transcribes a file or an http address.

    Raises `Away`; every other failure is an outcome, since another try would end the same.
    """
    try:
        with opened(source, question.patience, node) as file:
            return _ask_until_answered(question, file, os.path.splitext(urlsplit(source).path)[1], node)
    except ValueError as error:
        return Outcome("failed", f"its address cannot be fetched: {type(error).__name__}", node)
    except Unopened as error:
        return Outcome("unopened", str(error), node)
    except (Unreadable, OSError) as error:
        return Outcome("failed", getattr(error, "strerror", None) or str(error), node)


@contextlib.contextmanager
def opened(source, patience, node):
    """A recording as a file. What an address has is fetched first, so that the server can be asked again."""
    if not source.startswith(("http://", "https://")):
        try:
            file = open(source, "rb")
        except (FileNotFoundError, PermissionError) as error:
            raise Unopened(error.strerror) from error
        with file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        _fetch_until_whole(source, file, patience, node)
        yield file


def _fetch_until_whole(source, file, patience, node):
    """Fetches an address, and waits for its server as for ours. Raises `Unreadable` and `ValueError`."""
    tries = Tries(patience, node)
    while True:
        wanted = None
        try:
            fetch(source, file, max(10, patience))
            return
        except http.client.InvalidURL as error:
            raise Unreadable(f"its address cannot be fetched: {type(error).__name__}") from error
        except urllib.error.HTTPError as error:
            why, wanted = f"its address answers {error.code} {error.reason}", retry_after(error.headers)
            if error.code not in TEMPORARY:
                raise Unreadable(why) from error
        except (http.client.HTTPException, OSError) as error:
            cause = getattr(error, "reason", error)
            why = f"its address cannot be fetched: {cause or type(cause).__name__}"
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise Unreadable(why) from error
        try:
            tries.wait(why, wanted)
        except Away as error:
            raise Unreadable(f"{error}") from error


def fetch(source, file, timeout):
    """Writes what an address has to a file. Raises `IncompleteRead` if that is less than its server has announced."""
    file.seek(0)
    file.truncate()
    with urllib.request.urlopen(source, timeout=timeout) as answer:
        while block := answer.read(BLOCK):
            _keep(file.write, block)
        _keep(file.flush)
        size, announced = file.tell(), answer.headers.get("Content-Length", "")
    # Read in blocks, http.client takes a connection that ends early for the end.
    if announced.isdecimal() and size < int(announced):
        raise http.client.IncompleteRead(b"", int(announced) - size)


def _keep(write, *block):
    try:
        write(*block)
    except OSError as error:
        raise Unreadable(f"there is no room for it: {error.strerror}") from error


class Tries:
    """Waits between tries: longer each time, and within the patience in all."""

    def __init__(self, patience, node):
        self.patience, self.node = patience, node
        self.started = time.monotonic()
        self.pause, self.told = PAUSES[0], False

    def wait(self, why, wanted=None, is_full=False):
        """Waits for so many seconds if the server names them. One that is full works, and will have room: so it is
        waited for without limit, and the patience begins anew. Raises `Away` if the patience does not suffice."""
        # Not all at the same moment.
        seconds = (wanted or self.pause) * random.uniform(1, 1.25)
        self.pause = min(2 * self.pause, PAUSES[1])
        waited = time.monotonic() - self.started
        if not is_full and waited + seconds > self.patience:
            raise Away(f"{why} (on {self.node}, for {waited:.0f} s)")
        if waited > TOLD_AFTER and not self.told:
            self.told = True
            print(f"{self.node} is waiting: {why}", file=sys.stderr, flush=True)
        time.sleep(seconds)
        if is_full:
            self.started = time.monotonic()


def _ask_until_answered(question, file, suffix, node):
    tries = Tries(question.patience if question.is_known else min(FIRST_PATIENCE, question.patience), node)
    is_known = question.is_known
    while True:
        wanted, status = None, None
        try:
            status, headers, body = post(question, file, suffix)
        except ssl.SSLCertVerificationError as error:
            return Outcome("hopeless", f"the certificate of {question.url} is refused: {error.verify_message}", node)
        except (http.client.HTTPException, OSError) as error:
            why = f"{question.url} does not answer: {error or type(error).__name__}"
        else:
            is_known, tries.patience = True, question.patience
            if status == 200:
                return Outcome("done", body.decode("utf-8", "replace"), node, is_answered=True)
            why, field = reason(status, body)
            if status not in TEMPORARY or headers.get("x-should-retry") == "false":
                hopeless = status in HOPELESS or status == 503 or (field is not None and field != "file")
                return Outcome("hopeless" if hopeless else "failed", why, node, is_answered=True)
            wanted = retry_after(headers)
        try:
            tries.wait(why, wanted, is_full=status == 429)
        except Away as error:
            if is_known:
                raise
            return Outcome("unanswered", f"{error}", node)


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
    size = size_of(file)
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


def size_of(file):
    """The size of a recording, which is then at its beginning. Raises `Unreadable`."""
    try:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    return size


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
