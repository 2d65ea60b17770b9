"""Every event of real live sessions fits asyncapi.json, and every event of asyncapi.json occurs. The server has the
models `transducer` (its default) and `whisper`."""

import asyncio
import base64
import json
import os
import signal
import wave

import pytest
import websockets
from jsonschema import Draft202012Validator

from conftest import AUDIO, URL, get

PATIENCE = 60  # seconds
FOREIGN = "Of a model on other servers"
PCM = {"type": "audio/pcm", "rate": 16000}
SILENCE = bytes(32000)  # 1 s
TRANSCRIPTION = "conversation.item.input_audio_transcription."


def samples(file):
    with wave.open(str(AUDIO / file)) as sound:
        return sound.readframes(sound.getnframes())


def own(schema, components):
    """What a schema leaves over for models of this machine: nothing that only other servers write."""
    if isinstance(schema, list):
        return [own(one, components) for one in schema if not is_foreign(one, components)]
    if not isinstance(schema, dict):
        return schema
    schema = {key: own(value, components) for key, value in schema.items()}
    return {**schema, "additionalProperties": False} if schema.get("additionalProperties") is True else schema


def is_foreign(schema, components):
    if isinstance(schema, dict) and "$ref" in schema:
        schema = components["schemas"].get(schema["$ref"].split("/")[-1], {})
    return isinstance(schema, dict) and schema.get("description", "").startswith(FOREIGN)


class Session:
    """A session whose messages are checked in both directions."""

    def __init__(self, socket, asyncapi):
        self.socket = socket
        self.asyncapi = asyncapi
        self.seen = set()

    def check(self, message, operation):
        reference = f"#/channels/realtime/messages/{message['type']}"
        assert {"$ref": reference} in self.asyncapi["operations"][operation]["messages"], message
        payload = self.asyncapi["components"]["messages"][message["type"]]["payload"]
        components = self.asyncapi["components"]
        if operation == "send":
            payload, components = own(payload, components), own(components, components)
        validator = Draft202012Validator({**payload, "components": components})
        faults = [(list(fault.absolute_path), fault.message) for fault in validator.iter_errors(message)]
        assert faults == [], message

    async def send(self, kind, **fields):
        message = {"type": kind, **fields}
        self.check(message, "receive")
        await self.socket.send(json.dumps(message))

    async def update(self, include=None, **audio_input):
        session = {"type": "transcription", "include": include, "audio": {"input": audio_input}}
        await self.send("session.update", session=session)
        return await self.until("session.updated")

    async def say(self, sound):
        await self.send("input_audio_buffer.append", audio=base64.b64encode(sound).decode())

    async def until(self, kind):
        while True:
            event = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            self.check(event, "send")
            self.seen.add(event["type"])
            if event["type"] == kind:
                return event
            assert event["type"] != "error", event


@pytest.fixture(scope="module")
def seen():
    return set()


@pytest.fixture
def live(asyncapi, seen):
    def live(scenario, query=""):
        async def run():
            async with websockets.connect(
                URL.replace("http", "ws", 1) + "/v1/realtime" + query, max_size=None, compression=None, proxy=None
            ) as socket:
                session = Session(socket, asyncapi)
                await session.until("session.created")
                await scenario(session)
                seen.update(session.seen)

        asyncio.run(run())

    return live


def test_turns_that_the_server_detects(live):
    async def scenario(session):
        await session.update(format=PCM, transcription={"language": "en", "keywords": ["one"], "delay": "minimal"})
        for _ in range(2):
            await session.say(samples("en_digits_16k.wav") + SILENCE)
            turn = await session.until(TRANSCRIPTION + "completed")
            assert turn["transcript"] == "ONE TWO THREE FOUR"
        semantic = {"type": "semantic_vad", "eagerness": "high"}
        await session.update(turn_detection=semantic, noise_reduction={"type": "far_field"})
        await session.update(turn_detection={"type": "server_vad", "idle_timeout_ms": 1000})
        await session.say(5 * SILENCE)
        await session.until("input_audio_buffer.timeout_triggered")
        await session.until(TRANSCRIPTION + "completed")

    live(scenario)


def test_turns_that_the_client_commits(live):
    async def scenario(session):
        include = ["item.input_audio_transcription.logprobs"]
        settings = {"languages": ["en", "zh"], "prompt": "Doors."}
        await session.update(include, format=PCM, transcription=settings, turn_detection=None)
        await session.say(samples("en_word_16k.wav"))
        await session.send("input_audio_buffer.commit", event_id=None)
        turn = await session.until(TRANSCRIPTION + "completed")
        assert turn["transcript"] == "stop" and turn["languages"] == [{"code": "en"}]
        await session.say(SILENCE)
        await session.send("input_audio_buffer.clear")
        await session.until("input_audio_buffer.cleared")
        await session.update(format={"type": "audio/pcmu"}, transcription=None)
        await session.update(format={"type": "audio/pcm"}, transcription={"model": "transducer"})

    live(scenario, "?model=whisper&intent=transcription")


def test_errors(live):
    async def scenario(session):
        await session.update(turn_detection=None)
        await session.send("input_audio_buffer.commit", event_id="mine")
        error = (await session.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("input_audio_buffer_commit_empty", "mine")
        unknown = {"audio": {"input": {"transcription": {"model": "nobody"}}}}
        for message, code, parameter in [
            ({"type": "response.create"}, "unsupported_value", "type"),
            ({"type": "session.update"}, "missing_required_parameter", "session"),
            ({"type": "input_audio_buffer.append", "audio": "?"}, "invalid_value", "audio"),
            ({"type": "session.update", "session": {"include": ["all"]}}, "invalid_value", "session.include[0]"),
            ({"type": "session.update", "session": unknown}, "model_not_found", "model"),
        ]:
            await session.socket.send(json.dumps(message))
            error = (await session.until("error"))["error"]
            assert (error["code"], error["param"]) == (code, parameter)

    live(scenario)


def test_a_turn_that_fails(live):
    async def engine(but=None):
        while True:
            for one in get("/v1/ps")["data"]:
                # A death counts for a session if the engine works for it.
                works = one["model"] == "transducer" and one["status"] == "loaded" and one["requests"] > 0
                if works and one["pid"] != but:
                    return one["pid"]
            await asyncio.sleep(0.05)

    async def scenario(session):
        await session.update(format=PCM)
        await session.say(SILENCE + samples("en_digits_16k.wav")[:32000])
        await session.until("input_audio_buffer.speech_started")
        pid = None
        for _ in range(2):
            pid = await engine(but=pid)
            os.kill(pid, signal.SIGKILL)
        await session.until(TRANSCRIPTION + "failed")

    live(scenario)


def test_every_event_of_the_document_has_occurred(asyncapi, seen):
    assert seen == {one["$ref"].split("/")[-1] for one in asyncapi["operations"]["send"]["messages"]}
