#!/usr/bin/env python3
"""Speaks to live sessions in real time, and measures how long their text takes and what the engine computes.

    make setup release
    Benchmarks/live.py --sessions 1 4 8

Every session says the starter model's two recordings, each beginning at another place, for `--seconds`. The engine's
computing is compared with that for the same audio with `delay: xhigh`, which decodes whole turns and shows no text
before their end. Needs the Python environment of the tests.
"""

import argparse
import asyncio
import base64
import json
import sys
import time
from pathlib import Path

from harness.paths import DEPS, SERVER
from harness.processes import cpu_seconds
from harness.serving import serving
from harness.speech import RATE, samples, words
from harness.summary import median, percentile

try:
    import websockets
except ImportError:
    sys.exit("The package websockets is missing. Run: .deps/venv/bin/python Benchmarks/live.py")

STEP = 0.1
TRANSCRIPTION = "conversation.item.input_audio_transcription."
SPEECH = [DEPS / "speech/two_cities.wav", DEPS / "speech/beckett.wav"]


class Figures:
    def __init__(self):
        self.completed, self.first, self.contradicted, self.turns, self.late = [], [], 0, 0, 0


async def session(url, sound, delay, figures):
    """Says a sound in real time, and notes when each turn's text appears."""
    async with websockets.connect(url, max_size=None, compression=None, proxy=None) as socket:
        await socket.recv()
        audio = {"format": {"type": "audio/pcm", "rate": RATE}, "transcription": {"delay": delay}}
        await socket.send(json.dumps({"type": "session.update", "session": {"audio": {"input": audio}}}))
        start = time.monotonic()

        async def hear():
            began, stopped, sent = {}, {}, {}
            async for message in socket:
                event, now = json.loads(message), time.monotonic() - start
                item = event.get("item_id")
                match event["type"].removeprefix(TRANSCRIPTION):
                    # The speech begins after its prefix of 0.3 s.
                    case "input_audio_buffer.speech_started":
                        began[item] = event["audio_start_ms"] / 1000 + 0.3
                    case "input_audio_buffer.speech_stopped":
                        stopped[item] = now
                    case "delta":
                        if item not in sent:
                            figures.first.append(now - began[item])
                        sent[item] = sent.get(item, "") + event["delta"]
                    case "completed":
                        figures.turns += 1
                        figures.completed.append(now - stopped[item])
                        if words(sent.get(item, "")) != words(event["transcript"]):
                            figures.contradicted += 1

        hearing = asyncio.create_task(hear())
        size = int(RATE * STEP)
        for index, place in enumerate(range(0, len(sound), size)):
            # A microphone gives a piece when it has been spoken.
            await asyncio.sleep(max(0, start + (index + 1) * STEP - time.monotonic()))
            piece = base64.b64encode(sound[place : place + size].tobytes()).decode()
            await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": piece}))
        await asyncio.sleep(2)
        await socket.close()
        await hearing


async def sessions(url, count, seconds, delay):
    speech = samples(SPEECH[0]) + samples(SPEECH[1])
    figures = Figures()
    sounds = []
    for index in range(count):
        place = index * len(speech) // count
        turned = speech[place:] + speech[:place]
        sounds.append((turned * (seconds * RATE // len(turned) + 1))[: seconds * RATE])
    await asyncio.gather(*(session(url, sound, delay, figures) for sound in sounds))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 4, 8])
    parser.add_argument("--delay", nargs="+", default=["xhigh", "high", "low", "minimal"])
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    print("| sessions | `delay` | turns | turn's end to text, median, 95 % | first text, median | contradicted | engine, × whole turns |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with serving(options.server) as server:
        server.wait_until_ready()
        url = f"ws://127.0.0.1:{server.port}/v1/realtime?intent=transcription"
        asyncio.run(sessions(url, 1, 5, "high"))
        for count in options.sessions:
            whole = None
            for delay in options.delay:
                before = cpu_seconds(server.engine)
                figures = asyncio.run(sessions(url, count, options.seconds, delay))
                used = cpu_seconds(server.engine) - before
                whole = whole or used
                first = f"{median(figures.first):.2f} s" if figures.first else "–"
                print(
                    f"| {count} | {delay} | {figures.turns} | {median(figures.completed) * 1000:.0f} ms, "
                    f"{percentile(figures.completed, 95) * 1000:.0f} ms | {first} | {figures.contradicted} | "
                    f"{used / whole:.2f} |", flush=True)


if __name__ == "__main__":
    main()
