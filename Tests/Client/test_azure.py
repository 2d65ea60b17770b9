"""The official client for Azure OpenAI as it is. The server has the key `right`, and two models and an alias."""

import asyncio

import openai
import pytest

from conftest import AUDIO, URL

DIGITS = AUDIO / "en_digits_16k.wav"
CHINESE = AUDIO / "zh_digits_16k.wav"


def azure(**options):
    http_client = openai.DefaultHttpxClient(trust_env=False)
    options = {"azure_endpoint": URL, "api_key": "right", "api_version": "2024-10-21"} | options
    return openai.AzureOpenAI(http_client=http_client, **options)


@pytest.fixture
def client():
    with azure() as client:
        yield client


@pytest.mark.parametrize("model", ["sense_voice", "whisper", "team/whisper", "whisper-1"])
def test_the_model_is_the_deployment(client, model):
    assert client.audio.transcriptions.create(file=DIGITS, model=model).text == "one two three four"


def test_the_deployment_of_the_client_counts():
    with azure(azure_deployment="whisper") as client:
        answer = client.audio.translations.with_raw_response.create(file=CHINESE, model="sense_voice")
        assert answer.parse().text == "one two three four five"
        assert answer.headers["x-asr-ignored"] == "model"
        answer = client.audio.translations.with_raw_response.create(file=CHINESE, model="whisper")
        assert "x-asr-ignored" not in answer.headers


def test_formats_and_streams_are_those_of_transcriptions(client):
    verbose = client.audio.transcriptions.create(file=DIGITS, model="whisper", response_format="verbose_json")
    assert (verbose.text, verbose.language, verbose.duration) == ("one two three four", "en", 1.699)
    assert client.audio.transcriptions.create(file=DIGITS, model="whisper", response_format="text") == verbose.text
    assert "one two" in client.audio.transcriptions.create(file=DIGITS, model="whisper", response_format="srt")
    events = list(client.audio.transcriptions.create(file=DIGITS, model="whisper", stream=True))
    assert [event.type for event in events] == ["transcript.text.delta", "transcript.text.done"]


def test_the_asynchronous_client_works_too():
    async def run():
        http_client = openai.DefaultAsyncHttpxClient(trust_env=False)
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=URL, api_key="right", api_version="2024-10-21", http_client=http_client
        ) as client:
            return await client.audio.translations.create(file=CHINESE, model="whisper")

    assert asyncio.run(run()).text == "one two three four five"


def test_a_key_may_be_a_token():
    with azure(api_key=None, azure_ad_token="right") as client:
        assert client.audio.transcriptions.create(file=DIGITS, model="whisper").text == "one two three four"


def test_a_wrong_key_is_refused():
    for options in {"api_key": "wrong"}, {"api_key": None, "azure_ad_token": "wrong"}:
        with azure(**options) as client, pytest.raises(openai.AuthenticationError):
            client.audio.transcriptions.create(file=DIGITS, model="whisper")


def test_an_unknown_deployment_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.audio.transcriptions.create(file=DIGITS, model="whisper-9")
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")


def test_a_model_that_cannot_translate_is_refused(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.translations.create(file=CHINESE, model="sense_voice")
    assert (caught.value.param, caught.value.code) == ("model", "unsupported_value")


def test_a_bad_field_is_named(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(file=DIGITS, model="whisper", response_format="yaml")
    assert (caught.value.param, caught.value.code) == ("response_format", "invalid_value")
