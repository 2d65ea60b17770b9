"""Where the recordings are: folders, files, and lists of paths and addresses.

In memory are the names of one folder, those of folders that are still to be read, and the identities of those that were
read.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

#: The extensions of files that are taken from folders, as by `asr2clip transcribe -r`.
EXTENSIONS = frozenset(
    """wav wave bwf rf64 w64 aif aiff aifc au snd caf voc sph nist flac wv tta mp1 mp2 mp3 mpga aac adts ac3 eac3 ec3
    amr awb ogg oga ogv ogx opus spx mka mkv webm weba mp4 m4a m4b m4p m4r m4v f4a f4v mov qt 3gp 3gpp 3ga 3g2 asf wma
    wmv avi divx mpg mpeg mpe vob ts mts m2ts m2t""".split())
#: What an address has instead of a version: a recording that may change must get another address.
NO_VERSION = 0, 0


@dataclass(frozen=True)
class Recording:
    #: An absolute path, or an http address.
    source: str
    #: Where it is below the output folder.
    relative: str
    #: Size in bytes and time of the last change in nanoseconds.
    version: tuple

    @property
    def name(self):
        """The source as it may be shown and kept: an address without its password, and with a hash for its query, which
        may be a signature."""
        if not is_address(self.source):
            return self.source
        parts = urlsplit(self.source)
        query = f"sha256={_digest(parts.query)}" if parts.query else ""
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query, fragment="").geturl()


@dataclass(frozen=True)
class Unlisted:
    """Something that was to be transcribed and cannot be read."""

    name: str
    reason: str


def recordings(inputs, lists):
    """Each recording of the inputs, then of the lists, in a stable order. Yields `Recording` and `Unlisted`.

    Below an output folder, what is in an input folder has its path in there, after the name of that folder if there are
    several inputs; a named file has its name only, a listed file its whole path, and what an address has, the address.
    """
    visited = set()
    for name in inputs:
        folder = os.path.basename(os.path.realpath(name)) if len(inputs) > 1 else ""
        yield from _of(name, folder, visited)
    for name in lists:
        with open(0, "rb", closefd=False) if name == "-" else open(name, "rb") as file:
            for line in file:
                if line := os.fsdecode(line.rstrip(b"\r\n")):
                    yield from _of(line, os.path.dirname(os.path.abspath(line)).lstrip("/"), visited, is_listed=True)


def _of(name, place, visited, is_listed=False):
    if is_address(name):
        yield _address(name)
        return
    if "\0" in name:
        yield Unlisted(name, "A name cannot have a NUL character")
        return
    path = os.path.abspath(name)
    try:
        found = os.stat(path)
    except OSError as error:
        yield Unlisted(name, error.strerror)
        return
    if stat.S_ISDIR(found.st_mode):
        yield from _walk(path, os.path.join(place, os.path.basename(path)) if is_listed else place, visited)
    elif stat.S_ISREG(found.st_mode):
        base = os.path.basename(path)
        yield Recording(path, os.path.join(place, base) if is_listed else base, _version(found))
    else:
        yield Unlisted(name, "It is neither a file nor a folder")


def _address(name):
    try:
        parts = urlsplit(name)
    except ValueError as error:
        return Unlisted(f"{name.partition('//')[0]}//…", f"It is no address: {error}")
    places = [parts.netloc.rpartition("@")[2], *unquote(parts.path).split("/")]
    # Nothing may lead out of the output folder.
    if places[0] in ("", ".", "..") or any("\0" in place for place in places):
        return Unlisted(f"{parts.scheme}://…", "It is no address of a recording")
    place = os.path.join(*(place for place in places if place not in ("", ".", "..")))
    # Recordings may differ in nothing but the query.
    return Recording(name, f"{place}-{_digest(parts.query)}" if parts.query else place, NO_VERSION)


def _digest(query):
    return hashlib.sha256(os.fsencode(query)).hexdigest()[:16]


def is_address(name):
    return name.startswith(("http://", "https://"))


def _walk(top, place, visited):
    """The recordings of a folder, then those of the folders in it. Each folder is read once, so links make no loops."""
    pending = [(top, place)]
    while pending:
        folder, place = pending.pop()
        try:
            identity = os.stat(folder)
            if (key := (identity.st_dev, identity.st_ino)) in visited:
                continue
            visited.add(key)
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Unlisted(folder, error.strerror)
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                folders.append((entry.path, os.path.join(place, entry.name)))
                continue
            if entry.name.rpartition(".")[2].lower() not in EXTENSIONS or "." not in entry.name:
                continue
            try:
                found = entry.stat()
            except OSError as error:
                yield Unlisted(entry.path, error.strerror)
                continue
            if stat.S_ISREG(found.st_mode):
                yield Recording(entry.path, os.path.join(place, entry.name), _version(found))
        pending += reversed(folders)


def _is_folder(entry):
    try:
        return entry.is_dir()
    except OSError:
        return False  # such as a link that leads to itself: counts as a file, whose name decides


def _version(found):
    return found.st_size, found.st_mtime_ns
