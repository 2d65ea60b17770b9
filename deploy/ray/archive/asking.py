"""Runs on the nodes: hands one recording to a server, and waits for it if it is full or away.

Ray sends this module and those that it imports to its workers, so they need nothing but Python.
"""

import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.opening import Unopened, Unreadable, blocks, opened, size_of
from archive.tries import TEMPORARY, Away, Tries, retry_after

#: The longest that one request may take, in seconds: as long as the longest recording that a server takes by default.
REQUEST_TIMEOUT = 6 * 3600
#: How long a server may be away as long as no node has got an answer from any, in seconds.
FIRST_PATIENCE = 10
#: Statuses that a server gives to every recording: a wrong key, no such model or endpoint.
HOPELESS = {401, 403, 404, 405, 426}
#: Codes that say that a server elsewhere, to which ours has sent the recording on, failed at it. It may have been stopped, or
#: the recording may be what makes servers fail.
SUSPECT = {"upstream_failed", "upstream_timeout"}
#: After so many of these, the recording has failed.
MOST_FAILURES = 3
#: How a web page and a file of the format srt begin.
PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
CUE = re.compile(r"\s*\d+\s*\n\s*\d+:\d\d:\d\d,\d+ --> ")


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
    except Unopened as error:
        return Outcome("unopened", str(error), node)
    except (Unreadable, OSError) as error:
        return Outcome("failed", getattr(error, "strerror", None) or str(error), node)


def _ask_until_answered(question, file, suffix, node):
    tries = Tries(question.patience if question.is_known else min(FIRST_PATIENCE, question.patience), node)
    is_known, failures = question.is_known, 0
    while True:
        wanted, status = None, None
        try:
            status, headers, body = post(question, file, suffix)
        except ssl.SSLCertVerificationError as error:
            return Outcome("hopeless", f"the certificate of {question.url} is refused: {error.verify_message}", node)
        except (http.client.HTTPException, OSError) as error:
            why = f"{question.url} does not answer: {error or type(error).__name__}"
        except ValueError:  # its text may have the key in it
            return Outcome("hopeless", f"no request can be made for {question.url}: its port or the key is wrong", node)
        else:
            is_known, tries.patience = True, question.patience
            if status == 200:
                return _judged(question, headers, body, node)
            if 300 <= status < 400:
                why = f"{question.url} redirects ({status}); recordings are not sent on: name the server itself"
                return Outcome("hopeless", why, node, is_answered=True)
            why, code, field = reason(status, body)
            failures += code in SUSPECT
            is_final = status not in TEMPORARY or failures == MOST_FAILURES
            if is_final or headers.get("x-should-retry") == "false":
                hopeless = status in HOPELESS or status == 503 or (field is not None and field != "file")
                return Outcome("hopeless" if hopeless else "failed", why, node, is_answered=True)
            wanted = retry_after(headers)
        try:
            tries.wait(why, wanted, is_full=status == 429)
        except Away as error:
            if is_known:
                raise
            return Outcome("unanswered", f"{error}", node)


def _judged(question, headers, body, node):
    """The outcome of an answer with the status 200. A proxy in front of the server may have sent a page of its own."""
    text = body.decode("utf-8", "replace")
    form = question.fields["response_format"]
    if headers.get_content_subtype() in ("html", "xhtml+xml") or PAGE.match(text):
        kind, content = "hopeless", f"{question.url} answers with a web page; a proxy may want a login"
    elif not is_transcript(text, form):
        kind, content = "failed", f"{question.url} answers with something that is no {form}"
    else:
        kind, content = "done", text
    return Outcome(kind, content, node, is_answered=True)


def is_transcript(text, form):
    """Whether a text begins as one of this format, or has no speech. As `text`, everything may be one."""
    if form in ("json", "verbose_json"):
        try:
            return isinstance(json.loads(text)["text"], str)
        except (ValueError, KeyError, TypeError, RecursionError):
            return False
    if form == "vtt":
        return text.startswith("WEBVTT")
    return form != "srt" or not text.strip() or CUE.match(text) is not None


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
    """What an error response says, its code, and the field that it is about, if it says so."""
    try:
        error = json.loads(body)["error"]
        return f"{status}: {error['message']}", error.get("code"), error.get("param")
    except (ValueError, KeyError, TypeError):
        return f"{status}: {body[:200].decode('utf-8', 'replace')}", None, None
