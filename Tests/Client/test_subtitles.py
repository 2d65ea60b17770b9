"""Subtitles, read by parsers that know nothing of us: see conftest.py."""

import pysubs2
import pytest
import webvtt
from webvtt.models import Timestamp

from conftest import AUDIO, REPOSITORY

SESSION = AUDIO / "session_60s.flac"
BOOK = REPOSITORY / ".deps" / "speech" / "two_cities.wav"


def cues_of_srt(text):
    subtitles = pysubs2.SSAFile.from_string(text, format_="srt")
    return [(cue.start, cue.end, cue.plaintext.split("\n")) for cue in subtitles]


def cues_of_vtt(text):
    def time(text):
        return Timestamp.from_string(text).in_milliseconds()

    return [(time(cue.start), time(cue.end), cue.text.split("\n")) for cue in webvtt.from_string(text)]


@pytest.mark.parametrize(("format", "parse"), [("srt", cues_of_srt), ("vtt", cues_of_vtt)])
@pytest.mark.parametrize(
    ("file", "model", "options"),
    [
        (SESSION, "sense_voice", {}),
        (SESSION, "sense_voice", {"language": "zh"}),
        (SESSION, "transducer", {"chunking_strategy": "auto"}),
        (SESSION, "whisper", {}),
        (SESSION, "timed-whisper", {}),
        (BOOK, "moonshine-tiny-en", {}),
        (AUDIO / "en_word_16k.wav", "paraformer", {}),
    ],
)
def test_cues_have_the_whole_text_in_order_and_within_the_recording(client, file, model, options, format, parse):
    def transcribe(format):
        return client.audio.transcriptions.create(file=file, model=model, response_format=format, **options)

    whole = transcribe("verbose_json")
    text = transcribe(format)
    cues = parse(text)
    assert len(cues) == text.count(" --> ") > 0
    end = 0
    for start, stop, lines in cues:
        assert end <= start < stop
        assert stop - start <= 7000
        assert 1 <= len(lines) <= 2
        assert all(0 < len(line) <= 42 and line == line.strip() for line in lines)
        end = stop
    assert end <= round(whole.duration * 1000)
    said = " ".join(line for _, _, lines in cues for line in lines)
    if options.get("language") == "zh":  # written without spaces, so that lines are joined without any
        assert said.replace(" ", "") == whole.text
    else:
        assert said.split() == whole.text.split()


@pytest.mark.parametrize(("format", "text"), [("srt", ""), ("vtt", "WEBVTT\n")])
def test_silence_has_no_cues(transcribe, format, text):
    assert transcribe("silence_16k.wav", response_format=format) == text


def test_translations_have_subtitles_too(client):
    text = client.audio.translations.create(
        file=AUDIO / "zh_digits_16k.wav", model="whisper", response_format="srt")
    assert [lines for _, _, lines in cues_of_srt(text)] == [["one two three four five"]]
