"""What is sent, and the text that must come back."""

import json
import re
from dataclasses import dataclass

from harness.client import Connection, form
from harness.paths import DEPS, FIXTURES
from harness.registry import MODELS, STARTER
from harness.speech import REFERENCES, build, cut, wav, word_errors, words

MANIFEST = json.loads((FIXTURES / "audio/manifest.json").read_text())
#: What people say at once, in the formats that they send.
FIXTURE_CLIPS = [
    "en_digits_16k.wav", "en_word_16k.wav", "en_digits_16k.flac", "en_44k1_stereo.mp3", "en_44k1_aac.m4a",
    "en_48k_opus.webm",
]


@dataclass
class Sample:
    """A recording for one model."""

    model: str
    name: str
    content: bytes
    #: What a server at rest made of it.
    text: str = ""
    is_long: bool = False

    def request(self, port, **fields):
        return form(port, self.content, name=self.name, **{"model": self.model, **fields})


def samples(folder):
    """All recordings; their texts are still to be learnt."""
    found = [Sample(STARTER, f"clip{index}.wav", wav(clip)) for index, clip in enumerate(cut([2, 3, 5, 8]))]
    found += [Sample(STARTER, name, (DEPS / "speech" / name).read_bytes()) for name in REFERENCES]
    found.append(Sample(STARTER, "long.wav", build(folder, 3 / 60, seed=2)[0].read_bytes(), is_long=True))
    session = (FIXTURES / "audio" / MANIFEST["session"]["file"]).read_bytes()
    for model in MODELS:
        if model != STARTER:
            found += [Sample(model, name, (FIXTURES / "audio" / name).read_bytes()) for name in FIXTURE_CLIPS]
            found.append(Sample(model, "session.flac", session, is_long=True))
    return found


def learn(server, recordings):
    """Transcribes each recording alone, and checks the texts that are known."""
    with Connection(server.port) as connection:
        for sample in recordings:
            status, _, body = connection.ask(sample.request(server.port))
            assert status == 200, (sample.model, sample.name, body)
            sample.text = json.loads(body)["text"]
            _check(sample)


def _check(sample):
    if sample.name in REFERENCES:
        said = words(REFERENCES[sample.name])
        assert word_errors(said, words(sample.text)) <= len(said) // 10, (sample.name, sample.text)
    for clip in MANIFEST["files"]:
        if clip["file"] == sample.name:
            expected = clip["expected"][sample.model]
            right = expected.get("auto", expected)["text"]
            assert sample.text == right, f"{sample.model} makes '{sample.text}' of {sample.name}, not '{right}'"


def text_of(body, format):
    """The words of an answer, in whatever format."""
    if format in ("json", "verbose_json"):
        return json.loads(body)["text"].split()
    lines = body.decode().splitlines()
    if format in ("srt", "vtt"):
        lines = [line for line in lines if "-->" not in line and not re.fullmatch(r"\d+|WEBVTT", line)]
    return " ".join(lines).split()
