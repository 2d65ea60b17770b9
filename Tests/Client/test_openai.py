"""The official OpenAI client as it is: see conftest.py."""

import time

import openai
import pytest

from conftest import AUDIO


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


def test_words_of_a_model_without_token_times_are_estimated(transcribe):
    answer = transcribe(model="whisper", response_format="verbose_json", timestamp_granularities=["word"])
    assert [word.word for word in answer.words] == ["one", "two", "three", "four"]
    assert all(0 <= word.start <= word.end <= 1.699 for word in answer.words)


@pytest.mark.parametrize(
    ("strategy", "segments"),
    [("auto", 2), ({"type": "server_vad"}, 2), ({"type": "server_vad", "silence_duration_ms": 1500}, 1)],
)
def test_a_recording_is_cut_by_the_chunking_strategy(transcribe, strategy, segments):
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
    assert answer.headers["x-asr-ignored"] == "prompt, temperature, timestamp_granularities"
    assert answer.request_id == "from-python"
    assert int(answer.headers["openai-processing-ms"]) >= 0


@pytest.mark.parametrize(
    ("hints", "text", "ignored"),
    [
        ({}, "FOUR EIGHT RIGHT", None),
        ({"prompt": "for, ate"}, "FOR ATE RIGHT", None),
        ({"keywords": ["write", "for"]}, "FOR EIGHT WRITE", None),
        ({"keywords": ["C#", "for"], "prompt": "write"}, "FOR EIGHT WRITE", "keywords"),
    ],
)
def test_hints_bias_a_transducer(client, hints, text, ignored):
    answer = client.audio.transcriptions.with_raw_response.create(
        file=AUDIO / "en_homophones_16k.wav", model="hotwords", **hints)
    assert answer.parse().text == text
    assert answer.headers.get("x-asr-ignored") == ignored


@pytest.mark.parametrize(("languages", "language"), [(["en", "zh"], "en"), (["zh"], "auto")])
def test_a_detected_language_must_be_a_candidate(transcribe, languages, language):
    answer = transcribe(languages=languages, response_format="verbose_json")
    assert (answer.text, answer.language) == ("one two three four", language)


def test_log_probabilities_are_included(transcribe):
    answer = transcribe("en_homophones_16k.wav", "hotwords", include=["logprobs"])
    assert "".join(token.token for token in answer.logprobs).strip() == answer.text == "FOUR EIGHT RIGHT"
    for token in answer.logprobs:
        assert -20 < token.logprob <= 0
        assert list(token.bytes) == list(token.token.encode())


def test_segments_have_log_probabilities(transcribe):
    [sure] = transcribe(model="hotwords", response_format="verbose_json").segments
    assert -20 < sure.avg_logprob < 0
    [unknown] = transcribe(model="sense_voice", response_format="verbose_json").segments
    assert unknown.avg_logprob == 0


def test_translations_are_english(client):
    chinese = {"file": AUDIO / "zh_digits_16k.wav", "model": "whisper"}
    assert client.audio.transcriptions.create(**chinese).text == "一二三四五"
    assert client.audio.translations.create(**chinese).text == "one two three four five"
    assert client.audio.translations.create(**chinese, response_format="text") == "one two three four five"
    answer = client.audio.translations.create(
        **chinese, prompt="numbers", temperature=0, response_format="verbose_json")
    assert (answer.text, answer.language, answer.duration) == ("one two three four five", "english", 2.421)
    assert [segment.text for segment in answer.segments] == ["one two three four five"]


def test_a_model_that_cannot_translate_names_one_that_can(client, requests):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.translations.create(file=AUDIO / "en_word_16k.wav", model="sense_voice")
    assert (caught.value.param, caught.value.code) == ("model", "unsupported_value")
    assert "whisper" in caught.value.message
    assert len(requests) == 1


def test_models_are_listed_and_shown(client):
    assert [model.id for model in client.models.list()] == [
        "sense_voice",
        "whisper",
        "hotwords",
        "broken",
        "whisper-1",
    ]
    model = client.models.retrieve("whisper-1")
    assert (model.id, model.object, model.owned_by) == ("whisper-1", "model", "local")
    assert model.created > 0


def wait_until(client, model, status):
    for _ in range(1200):
        if client.models.retrieve(model).status == status:
            return
        time.sleep(0.05)
    raise AssertionError(f"{model} is not {status}: {client.models.retrieve(model)}")


def test_a_model_is_loaded_and_its_status_shown(client, requests):
    answer = client.post("/models/hotwords", body={"action": "load"}, cast_to=openai.types.Model)
    assert (answer.id, answer.object) == ("hotwords", "model")
    assert answer.status in ("loading", "loaded")
    wait_until(client, "hotwords", "loaded")


def test_a_change_that_needs_a_key_is_an_authentication_error(client, requests):
    for change in (
        lambda: client.post("/models/hotwords", body={"action": "unload"}, cast_to=object),
        lambda: client.models.delete("hotwords"),
    ):
        with pytest.raises(openai.AuthenticationError) as caught:
            change()
        assert "--api-key" in caught.value.message
    assert len(requests) == 2


def test_a_missing_model_without_a_download_is_not_retried(client, requests):
    assert client.models.retrieve("broken").status == "missing"
    with pytest.raises(openai.InternalServerError) as caught:
        client.post("/models/broken", body={"action": "pull"}, cast_to=object)
    assert caught.value.code == "model_failed"
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("options", "parameter", "code"),
    [
        ({"file": "bad_text.wav"}, "file", "audio_undecodable"),
        ({"file": "bad_empty.wav"}, "file", "audio_empty"),
        ({"file": "bad_5ms.wav"}, "file", "audio_too_short"),
        ({"model": "whisper", "language": "xx"}, "language", "unsupported_value"),
        ({"response_format": "srt", "stream": True}, "response_format", "unsupported_value"),
        ({"response_format": "vtt", "stream": True}, "response_format", "unsupported_value"),
        ({"response_format": "nonsense"}, "response_format", "invalid_value"),
        ({"temperature": 2}, "temperature", "invalid_value"),
        ({"include": ["logprobs"]}, "include", "unsupported_value"),
        ({"model": "hotwords", "include": ["logprobs"], "stream": True}, "include", "unsupported_value"),
        ({"chunking_strategy": {"type": "server_vad", "threshold": 2}}, "chunking_strategy", "invalid_value"),
        ({"languages": ["en", "xx"]}, "languages", "unsupported_value"),
        ({"prompt": "p" * 10_001}, "prompt", "invalid_value"),
        ({"keywords": ["k" * 201]}, "keywords", "invalid_value"),
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
        transcribe(model="gpt-9-transcribe")
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")
    assert "sense_voice" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9-transcribe")
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("file", "code"), [("session_60s.flac", "audio_too_large"), ("en_long_16k.flac", "audio_too_long")]
)
def test_exceeded_limits_have_status_413(transcribe, requests, file, code):
    with pytest.raises(openai.APIStatusError) as caught:
        transcribe(file)
    assert (caught.value.status_code, caught.value.param, caught.value.code) == (413, "file", code)
    assert len(requests) == 1


def test_other_bodies_have_status_415(client):
    with pytest.raises(openai.APIStatusError) as caught:
        client.post("/audio/transcriptions", body={"model": "sense_voice"}, cast_to=object)
    assert (caught.value.status_code, caught.value.code) == (415, "unsupported_media_type")


def test_a_failed_model_is_not_retried(transcribe, requests):
    with pytest.raises(openai.InternalServerError) as caught:
        transcribe(model="broken")
    assert (caught.value.status_code, caught.value.code) == (503, "model_failed")
    assert "no-tokens.txt" in caught.value.message
    assert len(requests) == 1


def test_an_unknown_path_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.audio.speech.create(input="hello", model="tts-1", voice="alloy")
    assert caught.value.code == "not_found"
