"""The requests of Bazarr, and what it reads of the answers: written after its provider (morpheus65535/bazarr,
custom_libs/subliminal_patch/providers/whisperai.py), with the libraries that it uses."""

import pysubs2
import pytest
import requests
from babelfish import Language
from babelfish.exceptions import LanguageReverseError

from conftest import URL
from live import samples

#: Bazarr's defaults: seconds to connect, and to wait for the answer.
PATIENCE = (5, 3600)


@pytest.fixture
def session():
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = "Subliminal/2.1"
        yield session


def detected(session, sound, video=None):
    answer = session.post(
        f"{URL}/detect-language", params={"encode": "false", "video_file": {video}}, files={"audio_file": sound},
        timeout=PATIENCE)
    results = answer.json()
    try:
        return Language.fromalpha2(results["language_code"])
    except LanguageReverseError:
        return Language.fromname(results["detected_language"])


def subtitles(session, sound, task, language, video=None):
    answer = session.post(
        f"{URL}/asr",
        params={"task": task, "language": language, "output": "srt", "encode": "false", "video_file": {video}},
        files={"audio_file": sound}, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return [cue.plaintext for cue in pysubs2.SSAFile.from_string(answer.content.decode(), format_="srt")]


@pytest.mark.parametrize("video", [None, "/films/A film (2001)/ä & b.mkv"])
@pytest.mark.parametrize(("file", "language"), [("en_digits_16k.wav", "eng"), ("zh_digits_16k.wav", "zho")])
def test_the_language_is_detected(session, file, language, video):
    assert detected(session, samples(file), video) == Language(language)


def test_silence_has_an_undetermined_language(session):
    assert detected(session, samples("silence_16k.wav")) == Language("und")


@pytest.mark.parametrize("video", [None, "/films/A film (2001)/ä & b.mkv"])
def test_speech_has_subtitles(session, video):
    assert subtitles(session, samples("en_digits_16k.wav"), "transcribe", "en", video) == ["one two three four"]
    assert subtitles(session, samples("zh_digits_16k.wav"), "transcribe", "zh", video) == ["一二三四五"]


def test_translations_are_english(session):
    assert subtitles(session, samples("zh_digits_16k.wav"), "translate", "zh") == ["one two three four five"]


def test_silence_has_no_subtitles(session):
    assert subtitles(session, samples("silence_16k.wav"), "transcribe", "en") == []
