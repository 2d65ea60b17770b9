#!/usr/bin/env python3
"""Transcribes a long recording made of real speech with pauses, and tells what that takes and how well it goes.

    make release
    Benchmarks/long_audio.py --hours 1 --format wav

The recording repeats the two recordings that set-up fetched, in random order with random pauses. A server of its own
streams the transcript of it; meanwhile the memory of its engine is read from /proc (Linux). Formats other than wav are
made with the program ffmpeg. Prints a table, and with --json FILE the same as JSON.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.client import Connection, send_file
from harness.paths import SERVER
from harness.processes import cpu_seconds, memory
from harness.registry import STARTER
from harness.serving import serving
from harness.speech import REFERENCES, build, word_errors, words


def request(port, path, **fields):
    """Sends a form, the file streamed. Returns the answer, to be read, and when the last byte was sent."""
    connection = Connection(port, timeout=3600)
    send_file(connection, port, path, headers={"x-asr-progress": "true", "Connection": "close"}, model=STARTER, **fields)
    sent = time.monotonic()
    response = connection.answer()
    assert response.status == 200, response.read()
    connection.close()  # the answer has a hold on it of its own
    return response, sent


def transcribe(port, path):
    response, _ = request(port, path)
    with response:
        return json.load(response)["text"]


def stream(port, path, pid):
    """Streams a transcript. Returns its text, times, and the engine's memory by seconds heard."""
    start = time.monotonic()
    first, heard, text, curve = None, 0.0, "", []
    response, sent = request(port, path, stream="true")
    for line in response:
        line = line.decode().rstrip("\n")
        if line.startswith(": heard "):
            heard = float(line.removeprefix(": heard "))
            curve.append((heard, memory(pid)))
        elif line.startswith("data: {"):
            event = json.loads(line.removeprefix("data: "))
            assert "error" not in event, event
            if event["type"] == "transcript.text.delta":
                first = first or time.monotonic()
                text += event["delta"]
            else:
                assert event["text"] == text, "the deltas are not the text"
                duration = event["duration"]
    return text, duration, first - sent, time.monotonic() - start, curve


def hang_up(port, path, pid):
    """Leaves in the middle. Returns how much computing the engine did in the second second after that, 0…2."""
    response, _ = request(port, path, stream="true")
    response.readline()
    response.close()

    time.sleep(1)
    before = cpu_seconds(pid)
    time.sleep(1)
    return cpu_seconds(pid) - before


def encoded(path, kind):
    if kind == "wav":
        return path
    target = path.with_suffix("." + kind)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-b:a", "48k", target], check=True)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--format", choices=["wav", "mp3", "m4a"], default="wav")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, serving(options.server) as server:
        port = server.wait_until_ready().port
        path, order = build(Path(folder), options.hours, options.seed)
        path = encoded(path, options.format)
        engine = server.engine
        loaded = memory(engine)
        alone = {name: transcribe(port, path.with_name(name)) for name in REFERENCES}
        text, duration, first, wall, curve = stream(port, path, engine)
        left = hang_up(port, path, engine)

        reference = [word for name in order for word in words(REFERENCES[name])]
        one_by_one = [word for name in order for word in words(alone[name])]
        minutes = [minute for minute in (10, 30, 60, 90, 120, 150, 180) if minute * 60 <= duration]
        stretches = {
            end: [size - loaded for heard, size in curve if start < heard / 60 <= end]
            for start, end in zip([0, *minutes], minutes)
        }
        result = {
            "format": options.format,
            "audio_seconds": round(duration),
            "words": len(reference),
            "word_error_rate_percent": round(100 * word_errors(reference, words(text)) / len(reference), 2),
            "clips_one_by_one_percent": round(100 * word_errors(reference, one_by_one) / len(reference), 2),
            "times_real_time": round(duration / wall, 1),
            "first_delta_seconds_after_upload": round(first, 2),
            "engine_loaded_mb": round(loaded),
            "engine_peak_above_loaded_mb": round(max(size for _, size in curve) - loaded),
            "engine_peak_above_loaded_mb_since_the_minute_before": {m: round(max(s)) for m, s in stretches.items()},
            "engine_median_above_loaded_mb_since_the_minute_before": {
                m: round(statistics.median(s)) for m, s in stretches.items()
            },
            "engine_end_above_loaded_mb": round(curve[-1][1] - loaded),
            "cpu_seconds_in_a_second_after_hanging_up": round(left, 2),
            "cores": os.cpu_count(),
        }
    for name, value in result.items():
        print(f"{name:45} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
