"""Live sessions for the tests: a client that checks every event against the official types."""

import asyncio
import base64
import json
import os
import signal
import wave

import pytest
import websockets
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from conftest import AUDIO, URL

EVENTS = TypeAdapter(RealtimeServerEvent)
SOCKET = URL.replace("http", "ws", 1) + "/v1/realtime"
TRANSCRIPTION = "conversation.item.input_audio_transcription."


def samples(file):
    with wave.open(str(AUDIO / file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        return sound.readframes(sound.getnframes())


class Session:
    def __init__(self, socket):
        self.socket = socket
        self.events = []

    async def send(self, kind, **fields):
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def update(self, **audio_input):
        session = {"type": "transcription", "audio": {"input": audio_input}}
        await self.send("session.update", session=session)
        return await self.until("session.updated")

    async def say(self, sound, seconds=0.1):
        step = int(seconds * 32000)
        for start in range(0, len(sound), step):
            audio = base64.b64encode(sound[start : start + step]).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def hear_a_word(self):
        """Says a word and commits it: its text must come."""
        await self.say(samples("en_word_16k.wav"))
        await self.send("input_audio_buffer.commit")
        assert (await self.until(TRANSCRIPTION + "completed"))["transcript"] == "STOP"

    async def next(self):
        event = json.loads(await asyncio.wait_for(self.socket.recv(), 60))
        EVENTS.validate_python(event)
        self.events.append(event)
        return event

    async def until(self, kind):
        while (event := await self.next())["type"] != kind:
            assert event["type"] != "error" or kind == "error", event
        return event

    def kinds(self):
        return [event["type"] for event in self.events]


def live(scenario, url=SOCKET, **options):
    """Runs a scenario in a session that has begun."""

    async def run():
        async with websockets.connect(url, max_size=None, compression=None, proxy=None, **options) as socket:
            session = Session(socket)
            created = await session.next()
            assert created["type"] == "session.created"
            return await scenario(session)

    return asyncio.run(run())


PCM = {"type": "audio/pcm", "rate": 16000}
SILENCE = bytes(32000)


async def ended_by_the_server(session):
    """Stops the server while somebody speaks: the open turn gets its text, and then the session ends."""
    await session.update(format=PCM)
    await session.say(SILENCE + samples("en_digits_16k.wav"))
    await session.until("input_audio_buffer.speech_started")
    os.kill(int(os.environ["ASR2CLIP_PID"]), signal.SIGTERM)
    assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"
    with pytest.raises(websockets.ConnectionClosed) as closed:
        await session.until("nothing")
    assert closed.value.rcvd.code == 1001
