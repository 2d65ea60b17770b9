"""How live sessions end: see live.py. The server takes two sessions."""

import asyncio
import json
import urllib.request

import pytest
import websockets

from conftest import URL
from live import PCM, SOCKET, ended_by_the_server, live, samples


def test_one_session_too_many_is_refused():
    async def scenario(first):
        async with websockets.connect(SOCKET, proxy=None):
            with pytest.raises(websockets.InvalidStatus) as refusal:
                async with websockets.connect(SOCKET, proxy=None):
                    pass
        response = refusal.value.response
        assert response.status_code == 429
        assert json.loads(response.body)["error"]["code"] == "rate_limit_exceeded"
        assert "Retry-After" in response.headers

    live(scenario)


def test_binary_messages_are_refused():
    async def scenario(session):
        await session.socket.send(b"PCM")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await session.until("nothing")
        assert closed.value.rcvd.code == 1003

    live(scenario)


def test_the_work_of_a_client_that_vanishes_ends():
    async def scenario(session):
        await session.update(format=PCM)
        await session.say(samples("en_digits_16k.wav"))
        session.socket.transport.abort()

    live(scenario)

    def state():
        with urllib.request.urlopen(URL + "/v1/ps") as answer:
            return json.load(answer)

    for _ in range(100):
        if not state()["sessions"] and not any(engine["requests"] for engine in state()["data"]):
            return
        asyncio.run(asyncio.sleep(0.1))
    pytest.fail(f"{state()}")


def test_z_a_server_that_stops_completes_the_open_turn():
    """The last test: the server is gone after it."""

    live(ended_by_the_server)
