"""What a result of the format `text` says: the same as by `asr2clip transcribe -r`."""

import re
import unicodedata

_TOKENS = re.compile(r"<\|[^|>\n]*\|>|\[\s*BLANK_AUDIO\s*\]\s*", re.IGNORECASE)
_REMARKS = re.compile(r"\[[^\[\]\n]*\]|\([^()\n]*\)|\*[^*\n]+\*|[♪♫♬]")
_EDGES = re.compile(r"\A[\s\u200b]+|[\s\u200b]+\Z")


def cleaned(text):
    """The text, trimmed and without control characters. Empty if it only says that there was no speech: then models
    write `[BLANK_AUDIO]`, `(music)`, `*coughs*` or `♪`, and special tokens such as `<|nospeech|>`."""
    printable = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    words = _TOKENS.sub("", printable)
    is_spoken = any(not c.isspace() and c != "." for c in _REMARKS.sub("", words))
    return _EDGES.sub("", words) if is_spoken else ""
