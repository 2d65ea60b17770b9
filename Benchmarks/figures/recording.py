"""A recording of ten minutes: what all processes together have in memory while it is heard."""

from harness.client import Connection, send_file
from harness.processes import memories
from harness.speech import build
from harness.watching import Watched

#: The goal is Whisper's, on two cores.
GOAL = 450


def measure(bench):
    path, _ = build(bench.folder, bench.scale / 6, seed=5)
    with bench.serving() as server:
        server.wait_until_ready()

        def all_of_it():
            return sum(memories(process)["rss"] for process in [server.pid, *server.engines])

        with Watched(all_of_it, every=0.1) as watched, Connection(server.port, timeout=3600) as connection:
            send_file(connection, server.port, path, model=bench.model.name, response_format="text")
            response = connection.answer()
            assert response.read() and response.status == 200
    note = f"{len(watched.values)} readings, {watched.values[0]:.0f} MB before; mapped files count in each process"
    bench.report.figure("memory of all processes over ten minutes, peak", max(watched.values), " MB", at_most=GOAL, note=note)
    bench.report.raw["recording_mb"] = watched.values
