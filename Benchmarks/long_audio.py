#!/usr/bin/env python3
"""Transcribes a long recording made of real speech with pauses, and tells what that takes and how well it goes.

    make needs && swift build -c release --product asr2clip-serve
    Benchmarks/long_audio.py --hours 1 --format wav

The recording repeats the two recordings that set-up fetched, in random order with random pauses. A server of its own
streams the transcript of it; meanwhile the memory of its engine is read from /proc (Linux). Formats other than wav are
made with the program ffmpeg. Prints a table, and with --json FILE the same as JSON.
"""

import argparse
import array
import contextlib
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / ".deps/speech"
MODEL = "moonshine-tiny-en"
RATE = 16_000
#: What is said in each recording: Samuel Beckett, "Worstward Ho"; Charles Dickens, "A Tale of Two Cities".
REFERENCES = {
    "beckett.wav": "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.",
    "two_cities.wav": """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
        foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the
        season of Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had
        nothing before us, we were all going direct to Heaven, we were all going direct the other way - in short, the
        period was so far like the present period, that some of its noisiest authorities insisted on its being received,
        for good or for evil, in the superlative degree of comparison only.""",
}


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def word_errors(reference, hypothesis):
    """The edit distance of two lists of words, bit-parallel (Myers 1999, in Hyyrö's form) on Python's long integers."""
    masks = {}
    for index, word in enumerate(reference):
        masks[word] = masks.get(word, 0) | 1 << index
    length = len(reference)
    full = (1 << length) - 1
    positive, negative, distance = full, 0, length
    for word in hypothesis:
        match = masks.get(word, 0)
        diagonal = (((match & positive) + positive) ^ positive) | match | negative
        horizontal_positive = negative | (full & ~(diagonal | positive))
        horizontal_negative = positive & diagonal
        if horizontal_positive >> (length - 1) & 1:
            distance += 1
        elif horizontal_negative >> (length - 1) & 1:
            distance -= 1
        horizontal_positive = (horizontal_positive << 1 | 1) & full
        horizontal_negative = horizontal_negative << 1 & full
        positive = horizontal_negative | (full & ~(diagonal | horizontal_positive))
        negative = horizontal_positive & diagonal
    return distance


def samples(name):
    """A recording as 16-bit samples at 16 kHz: the means of as many as fit, since both have multiples of that rate."""
    with wave.open(str(SPEECH / name)) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        sound = array.array("h", file.readframes(file.getnframes()))
        step = file.getframerate() // RATE
        return array.array("h", (sum(sound[at : at + step]) // step for at in range(0, len(sound) - step + 1, step)))


@contextlib.contextmanager
def written(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        yield file


def build(folder, hours, seed):
    """Writes the recording, and each clip of it alone. Returns its path and the names of the clips in it, in order."""
    chance = random.Random(seed)
    clips = {name: samples(name) for name in REFERENCES}
    for name, clip in clips.items():
        with written(folder / name) as file:
            file.writeframes(clip.tobytes())
    path, order, length = folder / "long.wav", [], 0
    with written(path) as file:
        while length < hours * 3600 * RATE:
            name = chance.choice(sorted(clips))
            pause = array.array("h", [chance.randint(-20, 20) for _ in range(chance.randint(RATE // 2, 6 * RATE))])
            file.writeframes(clips[name].tobytes() + pause.tobytes())
            order.append(name)
            length += len(clips[name]) + len(pause)
    return path, order


@contextlib.contextmanager
def server(executable):
    command = [executable, "--port", "0", "--config", ROOT / ".deps/models.yaml", "--model-dir", ROOT / ".deps/models"]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TMPDIR": folder}
        )
        try:
            port = int(process.stdout.readline().rsplit(":", 1)[1])
            yield process.pid, port
        finally:
            process.terminate()
            process.wait()


def engine_of(server_pid):
    tasks = Path(f"/proc/{server_pid}/task").iterdir()
    (pid,) = {pid for task in tasks for pid in (task / "children").read_text().split()}
    return int(pid)


def memory(pid):
    """Resident megabytes, without the files that are mapped."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def request(port, path, **fields):
    """Sends a form, the file streamed. Returns the answer, to be read, and when the last byte was sent."""
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    head, tail = head.encode(), f"\r\n--{boundary}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
    connection.putrequest("POST", "/v1/audio/transcriptions")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(head) + path.stat().st_size + len(tail)))
    connection.putheader("x-asr-progress", "true")
    connection.endheaders()
    connection.send(head)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            connection.send(piece)
    connection.send(tail)
    sent = time.monotonic()
    response = connection.getresponse()
    assert response.status == 200, response.read()
    return response, sent


def transcribe(port, path):
    response, _ = request(port, path, model=MODEL)
    with response:
        return json.load(response)["text"]


def stream(port, path, pid):
    """Streams a transcript. Returns its text, times, and the engine's memory by seconds heard."""
    start = time.monotonic()
    first, heard, text, curve = None, 0.0, "", []
    response, sent = request(port, path, model=MODEL, stream="true")
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
    response, _ = request(port, path, model=MODEL, stream="true")
    response.readline()
    response.close()

    def work():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    time.sleep(1)
    before = work()
    time.sleep(1)
    return work() - before


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
    parser.add_argument("--server", type=Path, default=ROOT / ".build/release/asr2clip-serve")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, server(options.server) as (pid, port):
        path, order = build(Path(folder), options.hours, options.seed)
        path = encoded(path, options.format)
        alone = {name: transcribe(port, path.with_name(name)) for name in REFERENCES}
        engine = engine_of(pid)
        loaded = memory(engine)
        text, duration, first, wall, curve = stream(port, path, engine)
        left = hang_up(port, path, engine)

        reference = [word for name in order for word in words(REFERENCES[name])]
        one_by_one = [word for name in order for word in words(alone[name])]
        peaks = {
            minute: round(max(m for heard, m in curve if heard <= minute * 60) - loaded)
            for minute in (10, 30, 60, 90, 120, 150, 180)
            if minute * 60 <= duration
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
            "engine_peak_above_loaded_mb_by_minute": peaks,
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
