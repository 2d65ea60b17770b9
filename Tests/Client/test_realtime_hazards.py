"""Live sessions in trouble: see live.py. The server has the models `transducer` (its default) and `whisper`."""

import array
import asyncio
import base64
import contextlib
import json
import os
import signal
import urllib.request

import websockets

from conftest import URL
from live import PCM, SILENCE, SOCKET, TRANSCRIPTION, Session, live, samples


def state():
    with urllib.request.urlopen(URL + "/v1/ps") as answer:
        return json.load(answer)


def engine(model="transducer"):
    [engine] = [engine for engine in state()["data"] if engine["model"] == model]
    return engine


async def until_nothing_is_left():
    while state()["sessions"] or any(engine["requests"] for engine in state()["data"]):
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def connect(**options):
    options = {"max_size": None, "proxy": None, "compression": None} | options
    async with websockets.connect(SOCKET, **options) as socket:
        session = Session(socket)
        assert (await session.next())["type"] == "session.created"
        yield session


def at_24_khz(sound):
    """The sound at the rate of a session that has not been updated, interpolated."""
    given = array.array("h", sound) + array.array("h", [0])
    made = array.array("h")
    for index in range((len(given) - 1) // 2 * 3):
        place, part = divmod(index * 2, 3)
        made.append((given[place] * (3 - part) + given[place + 1] * part) // 3)
    return made.tobytes()


def test_a_session_that_is_never_updated_can_commit():
    async def scenario(session):
        # With turn detection, a commit of nothing is no error.
        for _ in range(3):
            await session.send("input_audio_buffer.commit")
        await session.send("input_audio_buffer.clear")
        await session.until("input_audio_buffer.cleared")
        await session.say(at_24_khz(samples("en_digits_16k.wav")))
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"

    live(scenario)


def test_empty_commits_do_not_harm_the_engine():
    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        await session.say(samples("en_word_16k.wav"))
        await session.send("input_audio_buffer.commit")
        await session.until(TRANSCRIPTION + "completed")
        before = engine()["pid"]
        for _ in range(200):
            await session.send("input_audio_buffer.commit")
        # 90 ms are less than a turn may have.
        await session.say(SILENCE[:2880])
        await session.send("input_audio_buffer.commit")
        for _ in range(201):
            assert (await session.until("error"))["error"]["code"] == "input_audio_buffer_commit_empty"
        await session.send("input_audio_buffer.clear")
        await session.say(samples("en_digits_16k.wav"))
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"
        assert engine()["pid"] == before

    live(scenario)


def test_an_append_of_more_than_a_minute_is_heard_to_its_end():
    async def scenario(session):
        await session.update(format=PCM)
        sound = SILENCE * 150 + samples("en_digits_16k.wav") + SILENCE
        await session.send("input_audio_buffer.append", audio=base64.b64encode(sound).decode())
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"

    live(scenario)


def test_eight_sessions_outlive_their_engine():
    sound = SILENCE + samples("en_digits_16k.wav") + SILENCE
    half = 32000 + len(samples("en_digits_16k.wav")) // 4 * 2

    async def one(killed, ready):
        async with connect() as session:
            await session.update(format=PCM)
            await session.say(sound[:half])
            await session.until("input_audio_buffer.speech_started")
            ready.release()
            await killed.wait()
            await session.say(sound[half:])
            completed = await session.until(TRANSCRIPTION + "completed")
            assert TRANSCRIPTION + "failed" not in session.kinds()
            return completed["transcript"]

    async def run():
        killed, ready = asyncio.Event(), asyncio.Semaphore(0)
        speaking = [asyncio.create_task(one(killed, ready)) for _ in range(8)]
        for _ in speaking:
            await ready.acquire()
        before = engine()["pid"]
        assert engine()["requests"] == 8
        os.kill(before, signal.SIGKILL)
        killed.set()
        texts = await asyncio.gather(*speaking)
        assert texts == ["ONE TWO THREE FOUR"] * 8
        assert engine()["pid"] != before

    asyncio.run(run())


def test_the_work_of_a_client_that_vanishes_in_mid_turn_ends():
    async def run():
        async with connect() as session:
            await session.update(format=PCM)
            # More than is heard at once.
            await session.say(SILENCE + samples("en_digits_16k.wav") * 20, seconds=5)
            await session.until("input_audio_buffer.speech_started")
            before = engine()
            assert before["requests"] == 1
            session.socket.transport.abort()
        await until_nothing_is_left()
        assert engine()["pid"] == before["pid"]

    asyncio.run(run())


def test_compression_is_offered_and_not_agreed_on():
    async def run():
        async with connect(compression="deflate") as session:
            assert "permessage-deflate" in session.socket.request.headers["Sec-WebSocket-Extensions"]
            assert "Sec-WebSocket-Extensions" not in session.socket.response.headers
            await session.update(format=PCM)

    asyncio.run(run())


def test_texts_that_are_not_utf8_end_their_session_only():
    async def run():
        async with connect() as other:
            async with connect() as session:
                await session.socket.send(b'{"type": "\xff"}', text=True)
                await session.socket.wait_closed()
                assert session.socket.close_code == 1007
            await other.update(format=PCM)

    asyncio.run(run())
