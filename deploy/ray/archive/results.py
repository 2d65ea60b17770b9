"""Results as `asr2clip transcribe -r` writes them: where each is, and what it says."""

import os

from archive.journal import Journal, Refused
from archive.sources import is_address
from archive.texts import cleaned

LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
EXTENSIONS = {"text": "txt", "json": "json", "verbose_json": "json", "srt": "srt", "vtt": "vtt"}


class Results:
    """The journals of the folders in which recordings are in hand, and of the last one asked about."""

    def __init__(self, fields, folder, is_forced):
        self.options = {"format": fields["response_format"]}
        self.options |= {name: fields[name] for name in ("model", "language", "prompt") if fields[name]}
        self.extension = EXTENSIONS[fields["response_format"]]
        self.folder, self.is_forced = folder, is_forced
        self.journals = {}
        self.last = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for journal in self.journals.values():
            journal.close()

    def _place(self, recording):
        """The folder of a recording's result, its name, and the recording's name in the journal."""
        path = os.path.join(self.folder, recording.relative) if self.folder else recording.source
        folder, name = os.path.split(path)
        source = name
        if self.folder:
            above, base = os.path.split(recording.source)
            source = recording.name if is_address(recording.source) else os.path.join(os.path.realpath(above), base)
        return folder, f"{name}.{self.extension}", source

    def begin(self, recording):
        """Whether a recording is to be transcribed. Raises `Refused`, `Busy`, and errors of the system."""
        folder, name, source = self._place(recording)
        if folder != self.last:
            self._forget(self.last)
            self.last = folder
        journal = self.journals.get(folder)
        if journal is None:
            journal = self.journals[folder] = Journal(folder, self.options)
        if (other := journal.begun.get(name)) is not None:
            if other == source:
                return False  # listed twice
            raise Refused(f"'{name}' will be the result of '{other}'")
        is_done = journal.is_done(name, source, recording.version, self.is_forced)
        if is_done and not self.is_forced:
            return False
        journal.begun[name] = source
        return True

    def finish(self, recording, answer=None):
        """Writes the result of a recording that was begun, unless it has none. Raises like `begin`."""
        folder, name, source = self._place(recording)
        journal = self.journals[folder]
        try:
            if answer is not None:
                # Another program may have made or changed a file of that name meanwhile.
                journal.is_done(name, source, recording.version, is_forced=True)
                text = cleaned(answer) if self.options["format"] == "text" else answer.strip(LINE_ENDS)
                journal.write(name, source, recording.version, f"{text}\n" if text else "")
        finally:
            del journal.begun[name]
            if folder != self.last:
                self._forget(folder)

    def _forget(self, folder):
        if folder in self.journals and not self.journals[folder].begun:
            self.journals.pop(folder).close()
