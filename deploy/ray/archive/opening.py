"""Opens a recording on a node, or fetches it from its address."""

import base64
import contextlib
import http.client
import os
import ssl
import tempfile
import urllib.error
import urllib.request
from urllib.parse import unquote_to_bytes, urlsplit

from archive.tries import TEMPORARY, Away, Tries, retry_after

#: How much is read at once, in bytes.
BLOCK = 1 << 20


class Unreadable(Exception):
    """The recording itself cannot be read."""


class Unopened(Unreadable):
    """It is not there, or not for this user: so may be the whole folder on this node."""


@contextlib.contextmanager
def opened(source, patience, node):
    """A recording as a file. It is fetched from an address first, so that the server can be asked again.

    Raises `Unreadable`.
    """
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
    """Fetches an address, and waits for its server as for ours. Raises `Unreadable`."""
    tries = Tries(patience, node)
    while True:
        wanted = None
        try:
            fetch(source, file, max(10, patience))
            return
        except (http.client.InvalidURL, ValueError) as error:
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
    with urllib.request.urlopen(_request(source), timeout=timeout) as answer:
        while block := answer.read(BLOCK):
            _keep(file.write, block)
        _keep(file.flush)
        size, announced = file.tell(), answer.headers.get("Content-Length", "")
    # Read in blocks, http.client takes a connection that ends early for the end.
    if announced.isdecimal() and size < int(announced):
        raise http.client.IncompleteRead(b"", int(announced) - size)


def _request(source):
    """The request for an address. Its user and password, if it has them, are for its own server alone: a redirect takes
    them nowhere else."""
    parts = urlsplit(source)
    user, separator, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(parts._replace(netloc=host).geturl())
    if separator:
        name, _, word = user.partition(":")
        basic = base64.b64encode(unquote_to_bytes(name) + b":" + unquote_to_bytes(word)).decode()
        request.add_unredirected_header("Authorization", f"Basic {basic}")
    return request


def _keep(write, *block):
    try:
        write(*block)
    except OSError as error:
        raise Unreadable(f"there is no room for it: {error.strerror}") from error


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
