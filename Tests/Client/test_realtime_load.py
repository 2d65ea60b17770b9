"""What GET /metrics says of the sound of a live session: the sound that has no text yet."""

import asyncio
import json
import os
import signal

from live import PCM, SILENCE, TRANSCRIPTION, live, samples
from metrics import Metrics, eventually, http

MODEL = {"model": "transducer"}


def load():
    metrics = Metrics()
    return metrics["asr2clip_queue_audio_seconds", MODEL], metrics["asr2clip_queue_seconds", MODEL]


def engine():
    return json.loads(http("GET", "/v1/ps")[2])["data"][0]["pid"]


async def meanwhile(read, wanted):
    """Waits in a thread, so that the session goes on."""
    await asyncio.to_thread(eventually, read, wanted, 60)


def test_sound_counts_until_it_has_a_text():
    assert load() == (0, 0)

    async def scenario(session):
        await session.update(format=PCM, turn_detection=None)
        pid = engine()
        os.kill(pid, signal.SIGSTOP)
        try:
            await session.say(samples("en_digits_16k.wav"))
            await meanwhile(lambda: round(load()[0], 1), 1.7)
            assert load()[1] > 0
        finally:
            os.kill(pid, signal.SIGCONT)
        await session.send("input_audio_buffer.commit")
        assert (await session.until(TRANSCRIPTION + "completed"))["transcript"] == "ONE TWO THREE FOUR"
        await meanwhile(load, (0, 0))

    live(scenario)


def test_silence_that_was_heard_does_not_count():
    async def scenario(session):
        await session.update(format=PCM)
        await session.say(5 * SILENCE)
        await meanwhile(load, (0, 0))

    live(scenario)
    eventually(load, (0, 0), 60)
