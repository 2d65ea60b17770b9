"""The journals that tell which results are there, as `asr2clip transcribe -r` writes them: docs/archives.md.

Each folder of results has a journal, with a line of JSON for each result. A line is on disk before its result gets its
name, and says what the result looks like. So whenever this process is killed, a result is there with its line, or a
line describes a file that is not there, which counts for nothing. The journal is locked (flock(2)) while this process
works in its folder.
"""

import fcntl
import hashlib
import json
import os
import uuid
from collections import defaultdict
from dataclasses import dataclass

from archive.sources import NO_VERSION

JOURNAL = ".asr2clip-results.jsonl"
PARTIAL = ".asr2clip-partial-"


class Busy(Exception):
    """Another process works in the folder."""


class Refused(Exception):
    """A file is in the way of a result."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of a journal."""

    source: str
    #: Size and time of the last change in nanoseconds, of the recording and of its result.
    version: tuple
    written: tuple
    sha256: str
    #: Whether the options were those of this run.
    is_same: bool


def encoded(name):
    """A name as the journal has it: the bytes that are not UTF-8, which Python keeps as surrogates, are characters of a
    private-use plane there."""
    return "".join(chr(0x10FE00 + ord(c) - 0xDC00) if "\udc80" <= c <= "\udcff" else c for c in name)


def version_of(status):
    return status.st_size, status.st_mtime_ns


class Journal:
    """The results in a folder, and the right to write there until it is closed."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        os.makedirs(folder, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        self.descriptor = os.open(os.path.join(folder, JOURNAL), flags, 0o666)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.records = self._read()
            for name in os.listdir(folder):
                if name.startswith(PARTIAL):
                    os.unlink(os.path.join(folder, name))
        except BlockingIOError as error:
            os.close(self.descriptor)
            raise Busy(f"Another process is at work in '{folder}'; run this again when it has ended") from error
        except BaseException:
            os.close(self.descriptor)
            raise
        #: The recordings whose results are not written yet, by the results' names.
        self.begun = {}

    def close(self):
        os.close(self.descriptor)

    def _read(self):
        records = defaultdict(list)
        self.is_torn = False
        with open(self.descriptor, "rb", closefd=False) as file:
            for line in file:
                # The system may have stopped in the middle of a line.
                self.is_torn = not line.endswith(b"\n")
                try:
                    found = json.loads(line)
                    origin = found["origin"]
                    record = Record(
                        origin["source"], _version(origin["stamp"]), _version(found["written"]), found["sha256"],
                        origin["options"] == self.options)
                    records[found["result"]].append(record)
                except (ValueError, KeyError, TypeError, RecursionError):
                    continue
        return records

    def is_done(self, name, source, version, is_forced=False):
        """Whether the folder has the result of this version of a recording, made with these options. Raises `Refused`
        if it has another file of that name that no process of asr2clip wrote for this recording, and for a result that
        somebody has edited if it `is_forced` to be written again."""
        try:
            existing = os.lstat(os.path.join(self.folder, name))
        except FileNotFoundError:
            return False
        source = encoded(source)
        records = self.records.get(encoded(name), [])
        written = version_of(existing)
        record = next((record for record in reversed(records) if record.written == written), None)
        if record is None and records:
            # A copy of an archive may have lost the exact times.
            digest = self._digest(name)
            record = next((record for record in reversed(records) if record.sha256 == digest), None)
        if record is None:
            last = records[-1] if records and records[-1].source == source else None
            if last and not is_forced and self._is_same(last, source, version):
                return True  # somebody has edited the result
            raise Refused(f"'{name}' is there and was {'changed' if records else 'written'} by another program")
        if self._is_same(record, source, version):
            return True
        if record.source != source:
            raise Refused(f"'{name}' is the result of '{record.source}'")
        return False

    @staticmethod
    def _is_same(record, source, version):
        if version == NO_VERSION and record.source != source:
            return False  # unlike that of a file, it tells no recordings apart
        return record.version == version and record.is_same

    def _digest(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def write(self, name, source, version, text):
        """Writes a result to another file, adds its line, and gives the file its name."""
        source, partial = encoded(source), os.path.join(self.folder, PARTIAL + uuid.uuid4().hex)
        content = text.encode()
        try:
            with open(partial, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                written = version_of(os.fstat(file.fileno()))
            digest = hashlib.sha256(content).hexdigest()
            self._append({
                "result": encoded(name), "sha256": digest, "written": _stamp(written),
                "origin": {"source": source, "stamp": _stamp(version), "options": self.options}})
            os.rename(partial, os.path.join(self.folder, name))
        except BaseException:
            try:
                os.unlink(partial)
            except FileNotFoundError:
                pass
            raise
        self.records[encoded(name)].append(Record(source, version, written, digest, True))
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError:
            pass  # some file systems cannot
        finally:
            os.close(descriptor)

    def _append(self, record):
        line = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
        line = (b"\n" if self.is_torn else b"") + line.encode()
        size = os.fstat(self.descriptor).st_size
        try:
            if os.write(self.descriptor, line) != len(line):
                raise OSError("the journal has no room for a line")
            os.fsync(self.descriptor)
        except OSError:
            os.ftruncate(self.descriptor, size)
            raise
        self.is_torn = False


def _version(stamp):
    return stamp["size"], stamp["modified"]


def _stamp(version):
    return {"size": version[0], "modified": version[1]}
