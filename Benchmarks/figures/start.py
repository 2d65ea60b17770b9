"""The start: until the server listens, and until its first answer, beside the bare engine's loading.

The machine's own speed drifts from one start to the next, so each is compared with the mean of the loads before and after.
"""

import time

from harness import bare
from harness.client import Connection, form
from harness.speech import cut, wav
from harness.summary import median, percentile


def measure(bench):
    path = bench.folder / "one.wav"
    path.write_bytes(wav(cut([1])[0]))

    def load():
        with bare.asked(bench.bare, bench.model, [path]) as engine:
            return engine.load_seconds

    loads, listening, answers = [load()], [], []
    for _ in range(bench.times(15)):
        with bench.serving() as server, Connection(server.port) as connection:
            listening.append(server.listening - server.started)
            status, _, body = connection.ask(form(server.port, path.read_bytes(), model=bench.model.name))
            answers.append(time.monotonic() - server.started)
            assert status == 200, body
        loads.append(load())
    added = [answer - (before + after) / 2 for answer, before, after in zip(answers, loads, loads[1:])]
    note = (
        f"the bare engine loads in {median(loads):.3f} s, the first answer takes {median(answers):.3f} s, to a clip of "
        f"1 s, whose decode counts; half of the differences within {percentile(added, 25):.3f} and "
        f"{percentile(added, 75):.3f} s"
    )
    bench.report.figure("start to listening", median(listening), " s", at_most=0.04)
    bench.report.figure("start to first answer − bare engine's load", median(added), " s", at_most=0.1, note=note)
    bench.report.raw["start"] = {"bare_load": loads, "listening": listening, "first_answer": answers}
