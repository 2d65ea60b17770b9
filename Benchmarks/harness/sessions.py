"""Live sessions that speak in real time, and what comes back."""

import asyncio
import base64
import json
import math
import sys
import time

from harness.speech import RATE, words

try:
    import websockets
except ImportError:
    sys.exit("The package websockets is missing. Run: .deps/venv/bin/python Benchmarks/live.py")

#: Seconds of sound in a message, which is sent when they have been spoken.
STEP = 0.1
#: Seconds before the speech that a turn begins with (`prefix_padding_ms`).
PREFIX = 0.3
TRANSCRIPTION = "conversation.item.input_audio_transcription."


class Turn:
    """What came of a turn; times in seconds since the session's first sound."""

    def __init__(self):
        self.speech = self.end = self.first = self.completed = None
        self.sent = self.text = ""

    @property
    def delay(self):
        """From the sending of the sound that ends the turn to its text."""
        return self.completed - math.ceil(self.end / STEP) * STEP

    @property
    def first_delay(self):
        """From the first speech to the first word; `None` if no word came before the text was complete."""
        return None if None in (self.first, self.speech) else self.first - self.speech

    @property
    def contradicted(self):
        """How many words were sent that the text does not have at that place."""
        sent, text = words(self.sent), words(self.text)
        return sum(index >= len(text) or word != text[index] for index, word in enumerate(sent))


async def _speak(url, sound, transcription, detects, pause):
    """Speaks in one session, after a pause. Returns its turns: those that the server detects, or a single one."""
    await asyncio.sleep(pause)
    turns = {}
    async with websockets.connect(url, max_size=None, compression=None, proxy=None) as socket:
        await socket.recv()
        audio = {"format": {"type": "audio/pcm", "rate": RATE}, "transcription": transcription}
        if not detects:
            audio["turn_detection"] = None
        await socket.send(json.dumps({"type": "session.update", "session": {"audio": {"input": audio}}}))
        start = time.monotonic()

        async def hear():
            async for message in socket:
                event, now = json.loads(message), time.monotonic() - start
                kind = event["type"].removeprefix(TRANSCRIPTION)
                assert kind != "error", event
                turn = turns.setdefault(event["item_id"], Turn()) if "item_id" in event else None
                match kind:
                    case "input_audio_buffer.speech_started":
                        turn.speech = event["audio_start_ms"] / 1000 + PREFIX
                    case "input_audio_buffer.speech_stopped":
                        turn.end = event["audio_end_ms"] / 1000
                    case "delta":
                        turn.first = turn.first or now
                        turn.sent += event["delta"]
                    case "completed":
                        turn.completed, turn.text = now, event["transcript"]

        hearing = asyncio.create_task(hear())
        size = int(RATE * STEP)
        for index, place in enumerate(range(0, len(sound), size)):
            await asyncio.sleep(max(0, start + (index + 1) * STEP - time.monotonic()))
            piece = base64.b64encode(sound[place : place + size].tobytes()).decode()
            await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": piece}))
        if not detects:
            await socket.send(json.dumps({"type": "input_audio_buffer.commit"}))
        # The server may still find that a turn has ended.
        await asyncio.sleep(2)
        deadline = time.monotonic() + 60
        while not all(turn.completed for turn in turns.values()) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        await socket.close()
        await hearing
        for turn in turns.values():
            turn.end = turn.end or len(sound) / RATE
    assert all(turn.completed for turn in turns.values()), "a turn has no text"
    return list(turns.values())


def speak(port, sounds, detects=True, **transcription):
    """Speaks each sound in a session of its own, all at once, but not in step. Returns the turns of each; the server detects
    them, or the client commits all of a sound as one.
    """

    async def all_of_them():
        url = f"ws://127.0.0.1:{port}/v1/realtime?intent=transcription"
        sessions = [
            _speak(url, sound, transcription, detects, index * 0.73 % 5) for index, sound in enumerate(sounds)
        ]
        return await asyncio.gather(*sessions)

    return asyncio.run(all_of_them())
