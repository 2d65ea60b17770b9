"""Latency: one client and a clip of 5 s, each request between two decodes of the bare engine.

The machine's own speed drifts from one second to the next, so a request is compared with the mean of both.
"""

import time

from harness import bare
from harness.client import Connection, form
from harness.speech import cut, wav
from harness.summary import median, percentile


def measure(bench):
    path = bench.folder / "five.wav"
    path.write_bytes(wav(cut([5])[0]))
    pairs = []
    with bench.serving() as server, bare.asked(bench.bare, bench.model, [path]) as engine:
        server.wait_until_ready()
        request = form(server.port, path.read_bytes(), model=bench.model.name)
        with Connection(server.port) as connection:
            before = engine.decode(0)
            for index in range(bench.times(480) + 5):
                start = time.monotonic()
                answer = connection.received(request)
                seconds = time.monotonic() - start
                assert answer.startswith(b"HTTP/1.1 200 "), answer
                after = engine.decode(0)
                if index >= 5:
                    pairs.append(((before + after) / 2, seconds))
                before = after
    added = [(seconds - decode) * 1000 for decode, seconds in pairs]
    note = (
        f"bare {median(decode for decode, _ in pairs) * 1000:.1f} ms, server "
        f"{median(seconds for _, seconds in pairs) * 1000:.1f} ms; half of the differences within "
        f"{percentile(added, 25):.1f} and {percentile(added, 75):.1f} ms"
    )
    bench.report.figure("added latency of a 5 s clip, median", median(added), " ms", at_most=3, note=note)
    bench.report.raw["latency"] = {"bare_and_server_seconds": pairs}
