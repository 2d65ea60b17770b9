"""Live sessions of a server that was asked to stop and has a --drain-delay: see live.py."""

import asyncio
import os
import signal

import pytest
import websockets

from live import PCM, SOCKET, TRANSCRIPTION, live, samples
from metrics import eventually, http


def stop():
    os.kill(int(os.environ["ASR2CLIP_PID"]), signal.SIGTERM)


async def speak(session):
    await session.say(samples("en_digits_16k.wav"))
    await session.send("input_audio_buffer.commit")
    assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"


def test_sessions_go_on_and_begin_until_the_delay_is_over():
    """The server is gone after it."""

    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        stop()
        await asyncio.to_thread(eventually, lambda: http("GET", "/health/ready")[0], 503, 60)
        await speak(session)

        async def late(other):
            await other.update(format=PCM, turn_detection=None)
            await speak(other)

        # In a thread, since it has an event loop of its own.
        await asyncio.to_thread(live, late, SOCKET)
        stop()
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await session.until("nothing")
        assert closed.value.rcvd.code == 1001

    live(scenario)
