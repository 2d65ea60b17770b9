"""Random, damaged and hostile events on many live sessions: see live.py. Each session is made from its number alone, so a
failure can be repeated. The server has the models `transducer` (its default) and `whisper`."""

import asyncio
import base64
import collections
import json
import os
import random
import urllib.request

import pytest
import websockets

from conftest import URL
from live import EVENTS, PCM, SILENCE, SOCKET, TRANSCRIPTION, live, samples

SESSIONS = 160 * int(os.environ.get("ASR2CLIP_FUZZ_SCALE", "1"))
AT_ONCE = 12
SPEECH = samples("en_digits_16k.wav")

# Values of the wrong type or size, for any place of an event.
NASTY = [
    None, True, False, 0, -1, 0.5, 1e308, -1e-308, 2**31, 2**63, 2**64, -(2**70), "", " ", "\0", "null", "-1", "é", "e\u0301",
    "a" + "\u0301" * 50_000, "\ud800", "\U0010ffff", "\u202e", "x" * 100_000, [], {}, [[]], [None], {"": None}, {"type": {}},
    ["x"] * 1000, json.loads("[" * 600 + "]" * 600), json.loads('{"a":' * 600 + "1" + "}" * 600),
]  # fmt: skip

# Texts that are no events.
RAW = [
    "", " ", "{", "}", "[]", "null", "0", '"input_audio_buffer.commit"', "\0", "\ufeff{}", "{}", '{"type"}', "NaN",
    '{"type": NaN}', '{"type": 1e999}', '{"type": "input_audio_buffer.commit",}', "[" * 100_000, '{"a":' * 100_000,
    '{"type": "input_audio_buffer.clear", "type": "input_audio_buffer.commit"}', '{"type": "\\u0000"}', '{"type": "\\ud800"}',
    '{"type": "input_audio_buffer.append", "audio": "%%%"}', '{"type": "input_audio_buffer.append", "audio": "AAAA="}',
    '{"type": "conversation.item.create", "item": {}}', '{"type": "response.create"}',
]  # fmt: skip


class Fuzz(random.Random):
    """What one session sends."""

    def maybe(self, **choices):
        return {name: self.choice(values) for name, values in choices.items() if self.random() < 0.4}

    def audio(self):
        kind = self.random()
        if kind < 0.4:
            start = self.randrange(len(SPEECH))
            return SPEECH[start : start + self.choice([320, 3200, 3201, 48000])]
        if kind < 0.7:
            return bytes(self.choice([0, 1, 2, 3, 999, 48000]))
        return self.randbytes(self.choice([1, 3, 999, 16000, 200_001]))

    def update(self):
        session = self.maybe(
            type=["transcription", "realtime"],
            include=[["item.input_audio_transcription.logprobs"], [], None, ["x"]],
        )
        audio_input = self.maybe(
            format=[PCM, {"type": "audio/pcmu"}, {"type": "audio/pcma"}, {"type": "audio/pcm"}, None]
            + [{"type": "audio/pcm", "rate": rate} for rate in [8000, 11025, 44100, 48000, 7999, 1e9]],
            noise_reduction=[None, {"type": "near_field"}, {"type": "far"}],
            turn_detection=[
                None,
                {"type": "server_vad"},
                {"threshold": self.random() * 1.2},
                {"silence_duration_ms": self.choice([0, 1, 200, 30_000, 30_001])},
                {"prefix_padding_ms": self.choice([0, 5000, -1])},
                {"idle_timeout_ms": self.choice([None, 1000, 999])},
                {"type": "semantic_vad", "eagerness": self.choice(["low", "auto", "high", "x"])},
            ],
            transcription=[
                None,
                {"model": self.choice(["whisper", "transducer", "no-such"])},
                {"language": self.choice(["en", "zh", "xx", "", None])},
                {"languages": [["en", "zh"], []][self.randrange(2)]},
                {"keywords": ["name"] * self.choice([1, 500, 501])},
                {"prompt": "x" * self.choice([0, 10_000, 10_001])},
                {"delay": self.choice(["minimal", "low", "medium", "high", "xhigh", "none"])},
            ],
        )
        return {"type": "session.update", "session": session | {"audio": {"input": audio_input}}}

    def event(self):
        kind = self.random()
        if kind < 0.45:
            event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(self.audio()).decode()}
        elif kind < 0.6:
            event = {"type": "input_audio_buffer.commit"}
        elif kind < 0.7:
            event = {"type": "input_audio_buffer.clear"}
        else:
            event = self.update()
        return event | self.maybe(event_id=["mine", "", "é" * 1000])

    def spoil(self, value):
        """The event with a nasty value in a random place."""
        if isinstance(value, dict) and value and self.random() < 0.8:
            name = self.choice(sorted(value))
            return value | {name: self.spoil(value[name])}
        if isinstance(value, list) and value and self.random() < 0.8:
            return [self.spoil(value[0]), *value[1:]]
        return self.choice(NASTY)

    def damage(self, text):
        for _ in range(self.randint(1, 4)):
            place = self.randrange(len(text) + 1)
            insertion = self.choice(["", '"', "{", "}", "[", "\\", "\0", ",", "9", "é", "\U0001f600"])
            text = text[:place] + insertion + text[place + self.randint(0, 3) :]
        return text

    def messages(self):
        for _ in range(self.randint(1, 40)):
            kind = self.random()
            if kind < 0.1:
                yield json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(SPEECH).decode()})
                yield json.dumps({"type": "input_audio_buffer.commit"})
            elif kind < 0.6:
                yield json.dumps(self.event())
            elif kind < 0.8:
                yield json.dumps(self.spoil(self.event()))
            elif kind < 0.9:
                yield self.damage(json.dumps(self.event()))
            elif kind < 0.995:
                yield self.choice(RAW)
            else:
                yield self.choice([b"", b"\0", self.randbytes(50)])


async def run(number, kinds):
    """Runs a session; notes the types of its events and the code that it was closed with."""
    fuzz = Fuzz(number)
    async with websockets.connect(SOCKET, compression=None, proxy=None, max_size=None) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"

        refused = asyncio.Event()

        async def read():
            async for text in socket:
                event = json.loads(text)
                EVENTS.validate_python(event)
                kinds[event["type"]] += 1
                assert len(text) < 1 << 20, f"session {number} got an event of {len(text)} bytes"
                if event["type"] == "error" and event["error"]["event_id"] == "the end":
                    refused.set()

        reading = asyncio.create_task(read())
        sent_binary = False
        try:
            for message in fuzz.messages():
                sent_binary = sent_binary or isinstance(message, bytes)
                await socket.send(message)
            end = fuzz.random()
            if end < 0.3:
                socket.transport.abort()
            elif end < 0.8:
                # There is nothing to commit after a clear, so all has been heard when the last commit is refused.
                await socket.send('{"type": "session.update", "session": {"audio": {"input": {"turn_detection": null}}}}')
                await socket.send('{"type": "input_audio_buffer.clear"}')
                await socket.send('{"type": "input_audio_buffer.commit", "event_id": "the end"}')
                hearing = asyncio.create_task(refused.wait())
                await asyncio.wait([reading, hearing], return_when=asyncio.FIRST_COMPLETED)
                hearing.cancel()
        except websockets.ConnectionClosed:
            pass
        await socket.close()
        try:
            await reading
        except websockets.ConnectionClosed:
            pass
        if (code := socket.close_code) not in [1000, 1005, 1006]:
            assert (code, sent_binary) == (1003, True), f"session {number} was closed with {code}: {socket.close_reason}"
        kinds[socket.close_code] += 1


def state():
    with urllib.request.urlopen(URL + "/v1/ps") as answer:
        return json.load(answer)


def memory(pid):
    with open(f"/proc/{pid}/status") as status:
        [kilobytes] = [int(line.split()[1]) for line in status if line.startswith("VmRSS:")]
    return kilobytes >> 10


def processes():
    return {"server": int(os.environ["ASR2CLIP_PID"])} | {engine["model"]: engine["pid"] for engine in state()["data"]}


async def until_small(pid, limit):
    """Waits until a process has returned its memory, which takes some seconds."""
    while memory(pid) > limit:
        await asyncio.sleep(0.1)


async def all_sessions(numbers, kinds):
    numbers = iter(numbers)

    async def some():
        for number in numbers:
            await run(number, kinds)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())
    while state()["sessions"] or any(engine["requests"] for engine in state()["data"]):
        await asyncio.sleep(0.05)


async def a_good_session(session):
    for model, text in [("transducer", "ONE TWO THREE FOUR"), ("whisper", "one two three four")]:
        transcription = {"model": model, "language": "en"}
        await session.update(format=PCM, turn_detection=None, transcription=transcription)
        await session.say(SPEECH)
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == text


def test_no_event_harms_the_server():
    live(a_good_session)
    kinds = collections.Counter()
    asyncio.run(all_sessions(range(SESSIONS // 3), kinds))
    before = processes()
    used = {name: memory(pid) for name, pid in before.items()}
    asyncio.run(all_sessions(range(SESSIONS // 3, SESSIONS), kinds))
    live(a_good_session)
    print(kinds)
    assert processes() == before, "an engine has ended"
    for name, pid in before.items():
        try:
            asyncio.run(asyncio.wait_for(until_small(pid, used[name] + 50), 60))
        except TimeoutError:
            pytest.fail(f"{name} grew from {used[name]} MB to {memory(pid)} MB")
    # The sessions were heard, refused and closed in all ways.
    for kind in ["session.updated", "error", "input_audio_buffer.committed", TRANSCRIPTION + "completed", 1000, 1003, 1006]:
        assert kinds[kind] > 0, kinds
