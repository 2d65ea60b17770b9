"""What the clients share: the server's address, what they say, and the report of what worked."""

import asyncio
import contextlib
import json
import os
import traceback
import wave
from pathlib import Path
from typing import NamedTuple

from harness.paths import DEPS
from harness.speech import RATE, samples

URL = os.environ["ASR2CLIP_URL"]
KEY = os.environ["ASR2CLIP_KEY"]
MODEL = os.environ["ASR2CLIP_MODEL"]
REPORT = Path(os.environ["ASR2CLIP_REPORT"])

#: The recordings of real speech, of 10 s and 44 s, and how long a case may take, in seconds.
BECKETT, CITIES = "beckett.wav", "two_cities.wav"
PATIENCE = 240
#: 2.5 s: so long that the detectors of all clients and the server's end a turn.
PAUSE = bytes(2 * RATE * 5 // 2)


class Heard(NamedTuple):
    """What a case said, as names of recordings, and what it heard: the final texts, and the parts that came before them."""

    said: list
    text: str
    parts: str | None = None


async def report(*cases):
    """Runs cases: functions without arguments that return what they heard. Their documentation says what they do."""
    for case in cases:
        line = {"what": case.__doc__}
        print(f"--- {case.__doc__}", flush=True)
        try:
            async with asyncio.timeout(PATIENCE):
                line |= (await case())._asdict()
        except Exception as error:
            traceback.print_exc()
            line["failure"] = f"{type(error).__name__}: {error}"
        with REPORT.open("a") as file:
            print(json.dumps(line), file=file)


def sound(*names):
    """Recordings with a pause after each: 16-bit samples at 16 kHz."""
    return b"".join(samples(DEPS / "speech" / name).tobytes() + PAUSE for name in names)


def sound_at_24_khz(name):
    """The recording of 48 kHz, with a pause behind it: every other sample."""
    with wave.open(str(DEPS / "speech" / name)) as file:
        assert file.getframerate() == 48_000, name
        every = memoryview(file.readframes(file.getnframes())).cast("h")
    return every[::2].tobytes() + PAUSE * 2


async def spoken(sound, rate=RATE, step=0.1):
    """The pieces of a sound, each when a microphone would give it."""
    now = asyncio.get_running_loop().time
    start, size = now(), int(rate * step) * 2
    for index, place in enumerate(range(0, len(sound), size)):
        await asyncio.sleep(max(0, start + index * step - now()))
        yield sound[place : place + size]


async def until(condition):
    """Waits until something is so; the case's patience bounds it."""
    while not condition():
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def running(*command, port, environment={}):
    """Runs a program until the end of the block, which begins when the program listens."""
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | environment)
    try:
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    (_, writer) = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.2)
        assert process.returncode is None, f"{command} ended"
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
