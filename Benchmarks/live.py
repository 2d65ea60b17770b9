#!/usr/bin/env python3
"""Speaks to live sessions in real time: how soon their text comes, how right it is, and what it costs.

    make setup release
    .deps/venv/bin/python Benchmarks/live.py

Each session says the two recordings of real speech. A session's computing is compared with that for `delay: xhigh`, which decodes
whole turns and shows no text before their end. Then sessions say eight recordings of 509 words, two at once, and their word errors
are compared with those of the same recordings sent as files. Prints a row for each number of sessions, then the goals, and exits
with 1 if one is missed. It takes some 15 minutes on an idle machine with two cores; on a busy one times mean little. The first run
fetches six of the recordings.
"""

import argparse
import array
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from harness import machine
from harness.client import Connection, form, send_file
from harness.corpus import corpus, spoken
from harness.paths import SERVER
from harness.processes import cpu_seconds, memory
from harness.registry import MODELS, STARTER, registry, whisper
from harness.report import Report
from harness.serving import serving
from harness.sessions import speak
from harness.speech import RATE, REFERENCES, build, cut, recordings, wav, word_errors, words
from harness.summary import median, percentile
from harness.watching import Watched

ORDER = ["two_cities.wav", "beckett.wav"]
#: A pause, which at the end ends the last turn.
SILENCE = array.array("h", bytes(2 * RATE))
TRUTH = words(" ".join(REFERENCES[name] for name in ORDER))
#: How many sessions at once, and their `delay`.
ROWS = [(1, "xhigh"), (1, "high"), (1, "medium"), (1, "low"), (1, "minimal"), (4, "low"), (8, "low"), (16, "low")]
HEAD = (
    "sessions", "`delay`", "turns", "turn's end to text: median, 95 %, longest", "first word, median", "word errors",
    "words contradicted", "computing ÷ `xhigh`", "memory a session",
)


class Row:
    """What some sessions at once gave."""

    def __init__(self, server, sounds, delay):
        before = cpu_seconds(server.engine)
        processes = [server.pid, server.engine]
        idle = sum(map(memory, processes))
        with Watched(lambda: sum(map(memory, processes)), every=0.2) as watched:
            sessions = speak(server.port, sounds, delay=delay)
        self.count, self.delay = len(sounds), delay
        self.turns = [turn for turns in sessions for turn in turns]
        self.delays = [turn.delay for turn in self.turns]
        self.first = [turn.first_delay for turn in self.turns if turn.first_delay is not None]
        self.memory = (max(watched.values) - idle) / len(sounds)
        self.computing = (cpu_seconds(server.engine) - before) / len(sounds)
        texts = [words(" ".join(turn.text for turn in turns)) for turns in sessions]
        self.errors = sum(word_errors(TRUTH, text) for text in texts) / len(TRUTH) / len(texts)
        self.contradicted = sum(turn.contradicted for turn in self.turns)
        self.sent = sum(len(words(turn.sent)) for turn in self.turns)

    def cells(self, whole, beside="", costs=True):
        delays = [median(self.delays), percentile(self.delays, 95), max(self.delays)]
        return (
            f"{self.count}{beside}", f"`{self.delay}`", len(self.turns),
            ", ".join(f"{delay * 1000:.0f} ms" for delay in delays),
            f"{median(self.first):.2f} s" if self.first else "–", f"{self.errors * 100:.1f} %",
            f"{self.contradicted} of {self.sent}",
            *([f"{self.computing / whole:.2f}", f"{self.memory:.1f} MB"] if costs else ["", ""]),
        )


def show(cells):
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def transcribe(server, model, sound):
    """The text of the sound sent as a file."""
    with Connection(server.port) as connection:
        status, _, body = connection.ask(form(server.port, wav(sound), model=model.name))
    assert status == 200, body
    return json.loads(body)["text"]


def compare_errors(server, model, report):
    """Word errors of live text, minus those of the same recordings sent as files. Two sessions speak at once."""
    sounds = sorted(((sound + SILENCE, truth) for sound, truth in corpus().values()), key=lambda pair: len(pair[0]))
    total = sum(len(truth) for _, truth in sounds)

    def errors(texts):
        return sum(word_errors(truth, spoken(text)) for (_, truth), text in zip(sounds, texts, strict=True)) / total * 100

    files = errors([transcribe(server, model, sound) for sound, _ in sounds])
    for name, detects in [("detected turns", True), ("one turn each", False)]:
        sessions = []
        for index in range(0, len(sounds), 2):
            sessions += speak(server.port, [sound for sound, _ in sounds[index : index + 2]], detects, delay="low")
        live = errors([" ".join(turn.text for turn in turns) for turns in sessions])
        note = f"{live:.1f} %; as files {files:.1f} %; {total} words"
        report.figure(f"word errors with `low` − as files, {name}", live - files, " points", at_most=1, note=note)


def beside_file(server, model, sound, folder):
    """A session beside a file of two hours."""
    path, _ = build(folder, 2, seed=1)
    begun, ended = threading.Event(), threading.Event()

    def send():
        with Connection(server.port, timeout=3600) as connection:
            send_file(connection, server.port, path, model=model.name, stream="true")
            for _ in connection.answer():
                begun.set()
                if ended.is_set():
                    return

    sending = threading.Thread(target=send)
    sending.start()
    begun.wait()
    row = Row(server, [sound], "low")
    assert sending.is_alive(), "the file was over before the session"
    ended.set()
    sending.join()
    return row


def measure(server, model, counts, folder, report):
    clips = recordings()
    sound = sum((clips[name] + SILENCE for name in ORDER), array.array("h"))
    speak(server.port, [sound[: 8 * RATE] + SILENCE], delay="low")
    start = time.monotonic()
    transcribe(server, model, cut([20])[0])
    segment = time.monotonic() - start
    show(HEAD)
    show(["---"] * len(HEAD))
    rows = {}
    for count, delay in ROWS:
        if count <= counts:
            rows[count, delay] = Row(server, [sound] * count, delay)
            show(rows[count, delay].cells(rows[1, "xhigh"].computing))
    whole = rows[1, "xhigh"].computing
    beside = beside_file(server, model, sound, folder)
    show(beside.cells(whole, ", beside a file", costs=False))

    def computing(delay, at_most):
        report.figure(f"computing with `{delay}` ÷ whole turns", rows[1, delay].computing / whole, at_most=at_most)

    name = "1 session: turn's end to text, median"
    # The goal is for the starter model.
    at_most = 0.05 if model.name == STARTER else None
    report.figure(name, median(rows[1, "low"].delays), " s", at_most=at_most)
    computing("high", 1.1)
    computing("medium", 2.5)
    computing("low", 4)
    report.figure("first word with `minimal`, median", median(rows[1, "minimal"].first), " s", at_most=1.5)
    if (8, "low") in rows:
        report.figure("8 sessions: turn's end to text, longest", max(rows[8, "low"].delays), " s", at_most=1)
    few, many = rows.get((4, "low")), rows.get((16, "low"))
    if few and many:
        # What the lanes take to decode does not grow with the sessions.
        more = (many.memory * many.count - few.memory * few.count) / (many.count - few.count)
        report.figure("memory of a further session, 4 to 16", more, " MB", at_most=20)
    compare_errors(server, model, report)
    later = max(beside.delays) - max(rows[1, "low"].delays)
    note = f"a segment of 20 s alone takes {segment:.3f} s"
    report.figure("beside a file: longest delay − alone", later, " s", at_most=segment, note=note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--whisper", type=whisper, metavar="FOLDER", help="a Whisper in place of the starter model")
    parser.add_argument("--sessions", type=int, default=16, help="the most sessions at once")
    options = parser.parse_args()
    model = options.whisper or MODELS[STARTER]
    if busy := machine.busy():
        print(f"NOT IDLE: {busy}")
    report = Report()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        config = folder / "models.yaml"
        config.write_text(registry(model))
        with serving(options.server, config=config) as server:
            server.wait_until_ready()
            measure(server, model, options.sessions, folder, report)
    print(f"\n{report.table()}")
    return bool(report.missed)


if __name__ == "__main__":
    sys.exit(main())
