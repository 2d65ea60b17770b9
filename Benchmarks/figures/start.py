"""The start: until the server listens, and until its first answer, beside the bare engine's loading."""

import time

from harness import bare
from harness.client import Connection, form
from harness.serving import STARTER, serving
from harness.speech import cut, wav
from harness.summary import median


def measure(bench):
    path = bench.folder / "one.wav"
    path.write_bytes(wav(cut([1])[0]))
    loads, listening, answers = [], [], []
    for _ in range(bench.times(7)):
        with bare.asked(bench.bare, "moonshine", [path]) as engine:
            loads.append(engine.load_seconds)
        with serving(bench.server) as server, Connection(server.port) as connection:
            listening.append(server.listening - server.started)
            status, _, body = connection.ask(form(server.port, path.read_bytes(), model=STARTER))
            answers.append(time.monotonic() - server.started)
            assert status == 200, body
    load = median(loads)
    note = f"the bare engine loads in {load:.3f} s; the answer is to a clip of 1 s, whose decode counts"
    bench.report.figure("start to listening", median(listening), " s", at_most=0.3)
    bench.report.figure("start to first answer", median(answers), " s", at_most=load + 0.3, note=note)
    bench.report.raw["start"] = {"bare_load": loads, "listening": listening, "first_answer": answers}
