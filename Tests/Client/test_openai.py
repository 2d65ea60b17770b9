"""The official OpenAI client against a running server, as EndToEndTests/OpenAIClientTests.swift sets it up."""

import os
from pathlib import Path

import openai
import pytest

URL = os.environ["ASR2CLIP_URL"]
AUDIO = Path(__file__).resolve().parent.parent / "Fixtures" / "audio"


class Requests(list):
    """The requests that went out, retries included."""

    def hook(self, request):
        self.append(request)


@pytest.fixture
def requests():
    return Requests()


@pytest.fixture
def client(requests):
    http_client = openai.DefaultHttpxClient(event_hooks={"request": [requests.hook]}, trust_env=False)
    with openai.OpenAI(base_url=f"{URL}/v1", api_key="not-used", http_client=http_client) as client:
        yield client


@pytest.fixture
def transcribe(client):
    def transcribe(file="en_digits_16k.wav", model="sense_voice", **options):
        return client.audio.transcriptions.create(file=AUDIO / file, model=model, **options)

    return transcribe


def test_json_is_an_object_with_the_text(transcribe):
    assert transcribe().text == "one two three four"
    assert transcribe(response_format="json").text == "one two three four"


def test_text_is_a_string(transcribe):
    assert transcribe(response_format="text") == "one two three four"


def test_verbose_json_has_language_duration_and_segments(transcribe):
    answer = transcribe(response_format="verbose_json")
    assert (answer.text, answer.language, answer.duration) == ("one two three four", "en", 1.699)
    assert (answer.usage.type, answer.usage.seconds) == ("duration", 1.699)
    [segment] = answer.segments
    assert (segment.id, segment.text) == (0, "one two three four")
    assert 0 <= segment.start < segment.end <= 1.699
    assert set(type(segment).model_fields) <= segment.model_fields_set


def test_words_have_times(transcribe):
    answer = transcribe(response_format="verbose_json", timestamp_granularities=["word", "segment"])
    assert [word.word for word in answer.words] == ["one", "two", "three", "four"]
    assert all(0 <= word.start <= word.end <= 1.699 for word in answer.words)
    assert len(answer.segments) == 1


@pytest.mark.parametrize(
    ("strategy", "segments"),
    [("auto", 2), ({"type": "server_vad"}, 2), ({"type": "server_vad", "silence_duration_ms": 1500}, 1)],
)
def test_a_recording_is_cut_where_the_strategy_says(transcribe, strategy, segments):
    answer = transcribe("en_two_phrases_16k.wav", response_format="verbose_json", chunking_strategy=strategy)
    assert answer.text == "one two three seven eight"
    assert len(answer.segments) == segments


def test_a_stream_is_deltas_and_then_the_whole_text(transcribe):
    events = list(transcribe(stream=True))
    assert [event.type for event in events] == ["transcript.text.delta", "transcript.text.done"]
    assert events[0].delta == events[1].text == "one two three four"


def test_a_stream_of_silence_has_no_delta(transcribe):
    [event] = transcribe("silence_16k.wav", stream=True)
    assert (event.type, event.text) == ("transcript.text.done", "")


@pytest.mark.parametrize(
    ("model", "language", "text"),
    [("whisper", "zh", "一二三四"), ("whisper", "en", "one two three four"), ("sense_voice", "zh", "一二三四")],
)
def test_a_language_hint_decides(transcribe, model, language, text):
    assert transcribe(model=model, language=language).text == text


@pytest.mark.parametrize("file", ["en_44k1_stereo.mp3", "en_48k_opus.webm", "en_44k1_aac.m4a", "zh_44k1.mp3"])
def test_formats_are_found_from_the_content(client, file):
    content = (AUDIO / file).read_bytes()
    expected = client.audio.transcriptions.create(file=(file, content), model="sense_voice").text
    assert expected
    assert client.audio.transcriptions.create(file=("speech", content), model="sense_voice").text == expected


def test_hints_are_accepted_and_named_as_ignored(client):
    answer = client.audio.transcriptions.with_raw_response.create(
        file=AUDIO / "en_word_16k.wav", model="sense_voice", prompt="stop", temperature=0.2,
        timestamp_granularities=["segment"], extra_headers={"x-request-id": "from-python"})
    assert answer.parse().text == "stop"
    assert answer.headers["x-asr-ignored"] == "prompt, temperature"
    assert answer.request_id == "from-python"
    assert int(answer.headers["openai-processing-ms"]) >= 0


def test_models_are_listed_and_shown(client):
    assert [model.id for model in client.models.list()] == ["sense_voice", "whisper", "broken"]
    model = client.models.retrieve("whisper-1")
    assert (model.id, model.object, model.owned_by) == ("whisper", "model", "local")
    assert model.created > 0


@pytest.mark.parametrize(
    ("options", "parameter", "code"),
    [
        ({"file": "bad_text.wav"}, "file", "audio_undecodable"),
        ({"file": "bad_empty.wav"}, "file", "audio_empty"),
        ({"file": "bad_5ms.wav"}, "file", "audio_too_short"),
        ({"model": "whisper", "language": "xx"}, "language", "unsupported_value"),
        ({"response_format": "srt", "stream": True}, "response_format", "unsupported_value"),
        ({"response_format": "nonsense"}, "response_format", "invalid_value"),
        ({"temperature": 2}, "temperature", "invalid_value"),
        ({"model": "whisper", "timestamp_granularities": ["word"]}, "timestamp_granularities", "unsupported_value"),
        ({"include": ["logprobs"]}, "include", "unsupported_value"),
        ({"chunking_strategy": {"type": "server_vad", "threshold": 2}}, "chunking_strategy", "invalid_value"),
    ],
)
def test_a_bad_request_is_a_bad_request_error(transcribe, requests, options, parameter, code):
    with pytest.raises(openai.BadRequestError) as caught:
        transcribe(**options)
    assert (caught.value.param, caught.value.code) == (parameter, code)
    assert caught.value.type == "invalid_request_error"
    assert len(requests) == 1


def test_an_error_before_the_stream_is_raised(transcribe):
    with pytest.raises(openai.BadRequestError):
        list(transcribe("bad_text.wav", stream=True))


def test_an_unknown_model_is_not_found(client, transcribe, requests):
    with pytest.raises(openai.NotFoundError) as caught:
        transcribe(model="gpt-4o-transcribe")
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")
    assert "sense_voice" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o-transcribe")
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("file", "code"), [("session_60s.flac", "audio_too_large"), ("en_long_16k.flac", "audio_too_long")]
)
def test_what_is_too_much_has_status_413(transcribe, requests, file, code):
    with pytest.raises(openai.APIStatusError) as caught:
        transcribe(file)
    assert (caught.value.status_code, caught.value.param, caught.value.code) == (413, "file", code)
    assert len(requests) == 1


def test_what_is_no_form_has_status_415(client):
    with pytest.raises(openai.APIStatusError) as caught:
        client.post("/audio/transcriptions", body={"model": "sense_voice"}, cast_to=object)
    assert (caught.value.status_code, caught.value.code) == (415, "unsupported_media_type")


def test_a_model_that_fails_is_not_asked_again(transcribe, requests):
    with pytest.raises(openai.InternalServerError) as caught:
        transcribe(model="broken")
    assert (caught.value.status_code, caught.value.code) == (503, "model_failed")
    assert "no-tokens.txt" in caught.value.message
    assert len(requests) == 1


def test_an_unknown_path_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.audio.speech.create(input="hello", model="tts-1", voice="alloy")
    assert caught.value.code == "not_found"
