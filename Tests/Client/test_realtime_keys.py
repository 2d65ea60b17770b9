"""Who may open live sessions: see live.py. The server has the key `right`, and allows pages of https://notes.example."""

import asyncio
import json
import urllib.error
import urllib.request

import openai
import pytest
import websockets
from openai.types.realtime import ClientSecretCreateResponse

from conftest import URL
from live import EVENTS, SOCKET, live

SECRETS = URL + "/v1/realtime/client_secrets"


def refusal(**options):
    async def connect():
        async with websockets.connect(SOCKET, proxy=None, **options):
            pass

    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(connect())
    response = refused.value.response
    return response.status_code, json.loads(response.body)["error"]["code"]


def secret(key):
    request = urllib.request.Request(SECRETS, b"{}", {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["value"]


async def nothing(session):
    return session.socket.subprotocol


def test_a_wrong_or_missing_key_is_refused():
    assert refusal() == (401, "invalid_api_key")
    assert refusal(additional_headers={"Authorization": "Bearer wrong"}) == (401, "invalid_api_key")
    assert refusal(subprotocols=["realtime", "openai-insecure-api-key.wrong"]) == (401, "invalid_api_key")


def test_a_key_in_the_query_is_not_read():
    with pytest.raises(websockets.InvalidStatus):
        live(nothing, SOCKET + "?api_key=right")


@pytest.mark.parametrize(
    "options",
    [
        {"additional_headers": {"Authorization": "Bearer right"}},
        {"additional_headers": {"api-key": "right"}},
        {"additional_headers": {"x-api-key": "right"}},
        {"subprotocols": ["realtime", "openai-insecure-api-key.right"]},
        {"subprotocols": ["realtime", "openai-insecure-api-key.right", "openai-beta.realtime-v1"]},
    ],
)
def test_a_right_key_is_taken_and_not_echoed(options):
    assert live(nothing, **options) == ("realtime" if "subprotocols" in options else None)


def test_a_secret_opens_sessions_and_nothing_else():
    value = secret("right")
    assert live(nothing, subprotocols=["realtime", f"openai-insecure-api-key.{value}"]) == "realtime"
    with pytest.raises(urllib.error.HTTPError) as refused:
        secret(value)
    assert refused.value.code == 401


def official(key):
    return openai.OpenAI(base_url=f"{URL}/v1", api_key=key, max_retries=0)


def test_the_official_client_makes_secrets_and_opens_sessions_with_them():
    audio_input = {"transcription": {"model": "whisper", "language": "en"}, "turn_detection": None}
    with official("right") as client:
        answer = client.realtime.client_secrets.with_raw_response.create(
            expires_after={"anchor": "created_at", "seconds": 60},
            session={"type": "transcription", "audio": {"input": audio_input}})
    # The client itself does not validate what it gets.
    secret = ClientSecretCreateResponse.model_validate_json(answer.text)
    assert secret == answer.parse()
    assert secret.value.startswith("ek_") and secret.session.type == "transcription"
    with official(secret.value) as client:
        with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
            created = EVENTS.validate_json(connection.recv_bytes())
            assert created.type == "session.created"
            assert created.session.audio.input.transcription == secret.session.audio.input.transcription
            assert created.session.audio.input.transcription.model == "whisper"
            assert created.session.audio.input.turn_detection is None
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
        with pytest.raises(openai.AuthenticationError):
            client.realtime.client_secrets.create()


def test_the_official_client_is_told_of_a_wrong_key():
    with official("wrong") as client:
        with pytest.raises(websockets.InvalidStatus) as refused:
            with client.realtime.connect(extra_query={"intent": "transcription"}):
                pass
        with pytest.raises(openai.AuthenticationError):
            client.realtime.client_secrets.create()
    assert refused.value.response.status_code == 401


def test_a_page_of_another_origin_is_refused():
    headers = {"Authorization": "Bearer right"}
    assert refusal(additional_headers=headers, origin="https://evil.example") == (403, "origin_not_allowed")
    assert live(nothing, additional_headers=headers, origin="https://notes.example") is None
