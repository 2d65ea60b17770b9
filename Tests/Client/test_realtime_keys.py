"""Who may open live sessions: see live.py. The server has the key `right`, and allows pages of https://notes.example."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest
import websockets

from conftest import URL
from live import SOCKET, live

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


def test_a_page_of_another_origin_is_refused():
    headers = {"Authorization": "Bearer right"}
    assert refusal(additional_headers=headers, origin="https://evil.example") == (403, "origin_not_allowed")
    assert live(nothing, additional_headers=headers, origin="https://notes.example") is None
