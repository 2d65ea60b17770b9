"""Live sessions that send no audio: see live.py. The server ends them after 2 s."""

import asyncio

import openai
import pytest
import websockets

from conftest import URL
from live import PCM, live


def test_a_session_without_audio_is_closed():
    async def scenario(session):
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await session.update(format=PCM)
            await session.until("nothing")
        assert closed.value.rcvd.code == 1001

    live(scenario)


def test_the_official_client_opens_another_session_after_that():
    async def run():
        codes, sessions = [], set()
        # The event says why the connection ended; None lets the client open another one.
        note = lambda event: codes.append(event.close_code)
        async with openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key="none") as client:
            async with client.realtime.connect(on_reconnecting=note) as connection:
                async for event in connection:
                    assert event.type == "session.created", event
                    sessions.add(event.session.id)
                    if len(sessions) == 2:
                        return codes

    assert asyncio.run(asyncio.wait_for(run(), 60)) == [1001]
