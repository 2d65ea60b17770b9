"""Throughput: many clips through the server and through the bare engine, by turns.

The turns are short and many, and each of the server's is compared with the mean of the bare engine's before and after
it: what the machine does beside changes from one ten seconds to the next.
"""

import collections
import json
import threading
import time

from harness import bare
from harness.client import Connection, form
from harness.machine import cores
from harness.processes import cpu_seconds
from harness.speech import RATE, cut, wav
from harness.summary import median

#: Seconds of each clip: what people dictate, and none longer than the model hears whole.
LENGTHS = [3, 5, 8, 2, 12, 4, 6, 10, 7, 3, 15, 5, 2, 9, 4, 6]
GOALS = {1: None, 4: 0.97, 8: 0.97, 16: 0.97}
ROUNDS = 7


def arrangements():
    """Lanes and threads per operator that the bare engine may be best with."""
    all_cores = cores()
    return sorted({(1, 1), (1, all_cores), (all_cores, 1), (max(1, all_cores // 2), 2)})


def measure(bench):
    sounds = cut(LENGTHS)
    paths = [bench.folder / f"clip{index}.wav" for index in range(len(sounds))]
    for path, sound in zip(paths, sounds):
        path.write_bytes(wav(sound))
    repeat = bench.times(3)
    tried = {
        arrangement: bare.run(bench.bare, bench.model, paths, lanes=arrangement[0], threads=arrangement[1], repeat=repeat)
        for arrangement in arrangements()
    }
    best = min(tried, key=lambda arrangement: tried[arrangement]["wall_seconds"])
    for (lanes, threads), run in tried.items():
        speed = run["audio_seconds"] / run["wall_seconds"]
        note = "its best" if (lanes, threads) == best else ""
        bench.report.figure(f"bare engine, {lanes} lanes × {threads} threads, times real time", speed, note=note)

    with bench.serving() as server:
        server.wait_until_ready()
        load = Load(server, bench.model, paths, tried[best]["texts"], sum(map(len, sounds)) / RATE)
        load.run(2, 1)
        bares = [_bare(bench, paths, best, repeat)]
        runs = {clients: [] for clients in GOALS}
        for _ in range(ROUNDS):
            for clients in GOALS:
                run = load.run(clients, repeat)
                bares.append(_bare(bench, paths, best, repeat))
                run["ratio"] = run["speed"] * 2 / (bares[-2]["speed"] + bares[-1]["speed"])
                runs[clients].append(run)
    for clients, goal in GOALS.items():
        ratios = [run["ratio"] for run in runs[clients]]
        name = f"throughput with {clients} clients ÷ bare engine's best"
        note = f"{min(ratios):.3f} to {max(ratios):.3f}; {_costs(runs[clients], bares)}"
        bench.report.figure(name, median(ratios), at_least=goal, note=note)
    bench.report.raw["throughput"] = {
        "arrangements": {f"{lanes}x{threads}": run for (lanes, threads), run in tried.items()},
        "bare": bares,
        "server": runs,
    }


def _bare(bench, paths, arrangement, repeat):
    lanes, threads = arrangement
    run = bare.run(bench.bare, bench.model, paths, lanes=lanes, threads=threads, repeat=repeat)
    audio = run["audio_seconds"]
    return {"speed": audio / run["wall_seconds"], "cpu": run["cpu_seconds"] / audio * 3600, "wall": run["wall_seconds"]}


def _costs(runs, bares):
    """Where the computing went: seconds for an hour of audio."""
    costs = {part: median(run["cpu"][part] for run in runs) for part in ("engine", "parent", "clients")}
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in costs.items())
    return f"CPU s per audio hour: {parts}; bare {median(run['cpu'] for run in bares):.1f}"


class Load:
    """Clients that ask for clip after clip, each on a connection that it keeps, and compare every text."""

    def __init__(self, server, model, paths, texts, audio_seconds):
        self.server = server
        self.texts = [text.strip() for text in texts]
        self.audio_seconds = audio_seconds
        self.requests = [form(server.port, path.read_bytes(), model=model.name) for path in paths]

    def run(self, clients, repeat):
        tasks = collections.deque(list(range(len(self.requests))) * repeat)
        wrong = []

        def client(connection):
            while tasks:
                try:
                    index = tasks.popleft()
                except IndexError:
                    return
                status, _, body = connection.ask(self.requests[index])
                if status != 200 or json.loads(body)["text"] != self.texts[index]:
                    wrong.append((index, status, body))

        connections = [Connection(self.server.port) for _ in range(clients)]
        threads = [threading.Thread(target=client, args=[connection]) for connection in connections]
        before = self._cpu()
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall = time.monotonic() - start
        cpu = {part: seconds - before[part] for part, seconds in self._cpu().items()}
        for connection in connections:
            connection.close()
        assert not wrong, f"not what the bare engine heard: {wrong[0]}"
        audio = self.audio_seconds * repeat
        return {
            "speed": audio / wall, "wall": wall, "cpu": {part: used / audio * 3600 for part, used in cpu.items()}
        }

    def _cpu(self):
        return {
            "engine": cpu_seconds(self.server.engine),
            "parent": cpu_seconds(self.server.pid),
            "clients": time.process_time(),
        }
