"""Live sessions behind nginx: see nginx.py and live.py. The server has the key `right`, takes two sessions, and has the models
`transducer` (its default) and `whisper`."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest
import websockets

import nginx
from conftest import AUDIO
from live import PCM, SILENCE, TRANSCRIPTION, ended_by_the_server, live, samples

KEY = {"Authorization": "Bearer right"}


@pytest.fixture(scope="module")
def proxy():
    with nginx.running() as proxy:
        yield proxy


def socket(proxy, query=""):
    return proxy.address.replace("http", "ws", 1) + "/v1/realtime" + query


def ask(proxy, path, headers=KEY, body=None):
    """Sends an ordinary request. Returns its status, and its JSON."""
    request = urllib.request.Request(proxy.address + path, body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def transcribe(proxy):
    boundary = "boundary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="word.wav"\r\n\r\n'.encode()
        + (AUDIO / "en_word_16k.wav").read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    )
    headers = KEY | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return ask(proxy, "/v1/audio/transcriptions", headers, body)


async def has_connections(proxy, expected):
    """Waits for what nginx and the server do after a client has left."""
    for _ in range(600):
        if proxy.connections() == expected:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"nginx has the connections {proxy.connections()}, and not {expected}")


async def say(session, file="en_digits_16k.wav"):
    await session.say(SILENCE + samples(file) + SILENCE)
    return (await session.until(TRANSCRIPTION + "completed"))["transcript"]


def test_sessions_and_requests_use_the_same_connections(proxy):
    assert ask(proxy, "/v1/models")[0] == 200
    [first] = proxy.connections()
    assert transcribe(proxy) == (200, {"text": "STOP"})
    assert proxy.connections() == {first}

    async def scenario(session):
        # The upgrade came over the connection that requests had used.
        assert proxy.connections() == {first}
        await session.update(format=PCM)
        assert await say(session) == "ONE TWO THREE FOUR"
        assert (await asyncio.to_thread(transcribe, proxy)) == (200, {"text": "STOP"})
        [second] = proxy.connections() - {first}
        assert await say(session) == "ONE TWO THREE FOUR"
        return second

    second = live(scenario, socket(proxy), additional_headers=KEY)
    asyncio.run(has_connections(proxy, {second}))
    assert ask(proxy, "/v1/models")[0] == 200

    async def another(session):
        assert proxy.connections() == {second}
        await session.update(format=PCM)
        assert await say(session) == "ONE TWO THREE FOUR"

    live(another, socket(proxy), additional_headers=KEY)
    asyncio.run(has_connections(proxy, set()))
    assert ask(proxy, "/v1/models")[0] == 200


def refusal(proxy, query="", headers=KEY, **options):
    async def connect():
        async with websockets.connect(socket(proxy, query), proxy=None, additional_headers=headers, **options):
            pass

    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(connect())
    response = refused.value.response
    return response.status_code, json.loads(response.body)["error"]["code"]


def test_a_refused_upgrade_leaves_its_connection_to_others(proxy):
    assert ask(proxy, "/v1/models")[0] == 200
    before = proxy.connections()
    assert len(before) == 1
    for _ in range(2):
        assert refusal(proxy, headers={}) == (401, "invalid_api_key")
        assert refusal(proxy, headers={"Authorization": "Bearer wrong"}) == (401, "invalid_api_key")
        assert refusal(proxy, headers={}, subprotocols=["realtime", "openai-insecure-api-key.wrong"]) == (
            401, "invalid_api_key")
        assert refusal(proxy, "?model=nobody") == (404, "model_not_found")
        assert refusal(proxy, "/nothing") == (404, "not_found")
        assert refusal(proxy, origin="https://evil.example") == (403, "origin_not_allowed")
        status, answer = ask(proxy, "/v1/realtime")
        assert (status, answer["error"]["code"]) == (426, "upgrade_required")
        assert ask(proxy, "/v1/realtime", {})[0] == 401
    assert proxy.connections() == before

    async def scenario(session):
        assert proxy.connections() == before
        await session.update(format=PCM)
        assert await say(session) == "ONE TWO THREE FOUR"

    live(scenario, socket(proxy, "?intent=transcription&model=transducer"), additional_headers=KEY)


def test_one_session_too_many_is_refused(proxy):
    async def scenario(first):
        async with websockets.connect(socket(proxy), proxy=None, additional_headers=KEY):
            assert await asyncio.to_thread(refusal, proxy) == (429, "rate_limit_exceeded")
        await first.update(format=PCM)
        assert await say(first) == "ONE TWO THREE FOUR"

    live(scenario, socket(proxy), additional_headers=KEY)


def test_a_browsers_key_passes(proxy):
    async def scenario(session):
        return session.socket.subprotocol

    protocols = ["realtime", "openai-insecure-api-key.right"]
    assert live(scenario, socket(proxy), subprotocols=protocols) == "realtime"


class CountingPings(websockets.ClientConnection):
    pings = 0

    def process_event(self, event):
        self.pings += getattr(event, "opcode", None) is websockets.Opcode.PING
        super().process_event(event)


def test_a_long_session_with_a_long_silence_goes_on(proxy):
    async def scenario(session):
        await session.update(format=PCM)
        assert await say(session) == "ONE TWO THREE FOUR"
        # Every 20 s; nginx would close the connection after 30 s.
        while session.socket.pings < 2:
            await asyncio.sleep(0.1)
        phrase = samples("en_digits_16k.wav") + SILENCE
        speaking = asyncio.create_task(session.say(phrase * 60, seconds=5))
        texts = [(await session.until(TRANSCRIPTION + "completed"))["transcript"] for _ in range(60)]
        await speaking
        assert texts.count("ONE TWO THREE FOUR") >= 58

    # The client sends no pings of its own.
    options = {"create_connection": CountingPings, "ping_interval": None}
    live(scenario, socket(proxy), additional_headers=KEY, **options)


def test_z_a_server_that_stops_completes_the_open_turn(proxy):
    """The last test: the server is gone after it."""

    live(ended_by_the_server, socket(proxy), additional_headers=KEY)
