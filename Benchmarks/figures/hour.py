"""A recording of an hour: how fast, beside whom, and what memory it takes."""

import json
import threading
import time

from harness import bare
from harness.client import Connection, form, send_file
from harness.paths import DETECTOR
from harness.processes import memory
from harness.speech import RATE, build, cut, samples, wav
from harness.summary import percentile
from harness.watching import Watched

#: What the server keeps around speech, in samples (ChunkingStrategy.prefixPadding, SpeechSegmenter.suffix).
PREFIX, SUFFIX = RATE * 3 // 10, RATE // 5


def measure(bench):
    path, _ = build(bench.folder, bench.scale, seed=1)
    report = bench.report
    with bench.serving() as server:
        server.wait_until_ready()
        lanes = server.lanes(bench.model.name)
        _ask_short(server, bench.model, 3)
        loaded = memory(server.engine)
        with Watched(lambda: memory(server.engine), every=0.2) as engine:
            transcript, wall = _whole(server.port, bench.model, path)
        alone = _ask_short(server, bench.model, bench.times(60))
        text, first, beside = _streamed(server, bench.model, path)
        assert text == transcript["text"], "the stream has another text"

    segments = _segments(transcript["segments"], samples(path), bench.folder)
    reference = bare.run(bench.bare, bench.model, segments, lanes=lanes)
    loop = bare.run(bench.bare, bench.model, segments, lanes=1)
    detector = bare.run(bench.bare, bench.model, [path], detector=DETECTOR)
    _speed(report, reference, loop, wall, lanes, detector)
    above = (max(engine.values) - loaded) / lanes
    note = f"{loaded:.0f} MB loaded, {max(engine.values):.0f} MB at the peak, {lanes} lanes"
    report.figure("engine above the loaded model, per lane", above, " MB", at_most=150, note=note)
    report.figure("first delta after the last byte", first, " s", at_most=1.5)
    _fairness(report, alone, beside)
    report.raw["hour"] = {
        "wall": wall, "lanes": lanes, "bare": reference, "bare_loop": loop, "detector": detector, "short_alone": alone,
        "short_beside": beside, "first_delta": first, "engine_mb": engine.values, "loaded_mb": loaded,
    }


def _speed(report, reference, loop, wall, lanes, detector):
    """The goal is against the sum over the segments, one after the other. Against the bare engine on all lanes there is
    none: it gets its segments for nothing, while here the detector, which finds them, computes on the same cores."""
    note = (
        f"{wall:.1f} s; bare engine {loop['wall_seconds']:.1f} s for {len(loop['texts'])} segments with "
        f"{loop['audio_seconds']:.0f} s, one after the other"
    )
    name = "one-hour file ÷ bare engine's sum over its segments"
    report.figure(name, wall / loop["wall_seconds"], at_most=1.05, note=note)
    note = (
        f"bare engine on {lanes} lanes {reference['wall_seconds']:.1f} s, computing {reference['cpu_seconds']:.1f} s; the "
        f"detector computes {detector['cpu_seconds']:.1f} s beside that"
    )
    report.figure("one-hour file ÷ bare engine on all lanes", wall / reference["wall_seconds"], note=note)
    share = detector["cpu_seconds"] / lanes / reference["wall_seconds"]
    report.figure("… of that the detector's computing", share, note="spread over all lanes")


def _fairness(report, alone, beside):
    idle, busy = percentile(alone, 95), percentile(beside, 95)
    note = f"idle {idle * 1000:.0f} ms, beside the file {busy * 1000:.0f} ms ({len(beside)} requests)"
    report.figure("p95 of a 3 s clip beside a one-hour file ÷ idle", busy / idle, at_most=4, note=note)


def _ask_short(server, model, count, goes_on=lambda: True):
    """Seconds of each of some requests for a 3 s clip, one after the other, with pauses as people make them."""
    times = []
    request = form(server.port, wav(cut([3])[0]), model=model.name)
    with Connection(server.port) as connection:
        while len(times) < count and goes_on():
            start = time.monotonic()
            status, _, body = connection.ask(request)
            times.append(time.monotonic() - start)
            assert status == 200, body
            time.sleep(0.05)
    return times


def _whole(port, model, path):
    with Connection(port, timeout=3600) as connection:
        start = time.monotonic()
        send_file(connection, port, path, model=model.name, response_format="verbose_json")
        response = connection.answer()
        body = response.read()
        assert response.status == 200, body
        return json.loads(body), time.monotonic() - start


def _streamed(server, model, path):
    """Streams the file, and asks for short clips after the first delta. Returns text, its delay, and their times."""
    times, began, ended = [], threading.Event(), threading.Event()

    def ask():
        began.wait()
        times.extend(_ask_short(server, model, 1_000_000, goes_on=lambda: not ended.is_set()))

    asking = threading.Thread(target=ask)
    asking.start()
    text = ""
    try:
        with Connection(server.port, timeout=3600) as connection:
            send_file(connection, server.port, path, model=model.name, stream="true")
            sent = time.monotonic()
            for line in connection.answer():
                if line.startswith(b'data: {"type": "transcript.text.delta"'):
                    if not began.is_set():
                        first = time.monotonic() - sent
                        began.set()
                    text += json.loads(line[len("data: ") :])["delta"]
    finally:
        ended.set()
        began.set()
        asking.join()
    return text, first, times


def _segments(told, sound, folder):
    """The files of the segments: speech as the answer has it, and what SpeechSegmenter keeps around it."""
    speech = [(round(part["start"] * RATE), round(part["end"] * RATE)) for part in told]
    paths = []
    for index, (start, end) in enumerate(speech):
        before = speech[index - 1][1] if index else -len(sound)
        after = speech[index + 1][0] if index + 1 < len(speech) else 2 * len(sound)
        low = max(0, _border(before, start), start - PREFIX)
        high = min(len(sound), end + SUFFIX, _border(end, after))
        path = folder / f"segment{index}.wav"
        path.write_bytes(wav(sound[low:high]))
        paths.append(path)
    return paths


def _border(end, start):
    """Where two segments meet, if they do."""
    return min(max((end + start) // 2, start - PREFIX), end + SUFFIX)
