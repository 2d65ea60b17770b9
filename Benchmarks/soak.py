#!/usr/bin/env python3
"""Soaks a server: mixed load on several models, with clients that err and leave, engines that are killed, and edits of
the registry, all by chance.

    make soak
    Benchmarks/soak.py --minutes 30 --seed 1

Every request must be answered, every text must be the right one (known from each recording alone at the start), every
error must be one that the request may get, and what the server holds at rest must not grow. At the end it gets SIGTERM
with requests under way. Prints a line a minute and a table; exits with 1 on any violation. The same seed draws the same
requests; what happens at the same time differs from run to run.
"""

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

from harness import machine
from harness.paths import SERVER
from harness.report import Report
from harness.serving import flags_of, serving
from soaking.asking import Asker
from soaking.faults import Editor, Killer, Kills, write_registry
from soaking.ledger import Gate, Ledger, Spans
from soaking.recordings import learn, samples
from soaking.traffic import MAX_QUEUE, MAX_UPLOAD, Client, burst
from soaking.verdict import judge
from soaking.watch import Health, Memories, Rest

#: Flags that make models compete and bursts overflow, for servers that know them.
LIMITS = {"--keep-alive": "20s", "--max-loaded-models": "3", "--max-queue": str(MAX_QUEUE)}


class Soak:
    """What the threads of a soak share."""

    def __init__(self, server, config, recordings, minutes):
        self.server, self.config, self.samples = server, config, recordings
        self.port = server.port
        self.length = minutes
        self.ledger, self.gate, self.bursts, self.kills = Ledger(), Gate(), Spans(), Kills()
        self.one_burst = threading.Lock()
        self.ended = threading.Event()
        self.health, self.memories, self.rest = Health(self), Memories(self), Rest(self)

    @property
    def minutes(self):
        return (time.monotonic() - self.ledger.started) / 60

    @property
    def in_second_half(self):
        return self.minutes > self.length / 2

    def run(self, clients, seed):
        threading.excepthook = lambda failure: self.ledger.violation("the soak failed", f"{failure.exc_value!r}")
        editor = Editor(self, f"{seed} editor")
        workers = [Client(self, f"{seed} {index}") for index in range(clients)]
        workers += [Killer(self, f"{seed} killer"), editor]
        self.health.start()
        # The largest burst that can come, so that memory has been as high as it gets when the rest begins.
        burst(self, max((sample for sample in self.samples if not sample.is_long), key=lambda sample: len(sample.content)))
        self.ledger.started = time.monotonic()
        for thread in [self.memories, *workers]:
            thread.start()
        every = min(2, self.length / 5)
        looks, told = every, 1
        while self.minutes < self.length and self.server.process.poll() is None:
            time.sleep(0.5)
            if self.minutes >= looks and self.server.process.poll() is None:
                self.rest.look()
                looks = self.minutes + every
            if self.minutes >= told:
                told += 1
                self._tell(editor)
        if self.server.process.poll() is not None:
            self.ledger.violation("the server ended", f"with {self.server.process.returncode}")
        self.ended.set()
        for thread in [*workers, self.health, self.memories]:
            thread.join()
        self._tell(editor)

    def _tell(self, editor):
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in self.ledger.outcomes.most_common())
        print(
            f"{self.minutes:6.1f} min: {self.ledger.requests} requests ({outcomes}), {len(self.kills.times)} kills, "
            f"{editor.edits} edits, slowest /health {max(self.health.times) * 1000:.0f} ms, "
            f"{sum(self.ledger.violations.values())} violations",
            flush=True,
        )

    def end(self):
        """Asks the server to stop while requests are under way: those get their answers. Returns its exit status."""
        askers = [Asker(self, index) for index in range(6)]
        ask = {"errors": {(503, "shutting_down")}}
        threads = []
        for index, asker in enumerate(askers):
            sample = [s for s in self.samples if s.is_long][index % 3]
            request = sample.request(self.port, stream="true" if index % 2 else "false")
            arguments = ["at the end", sample, request, "stream" if index % 2 else "json"]
            threads.append(threading.Thread(target=asker.expect, args=arguments, kwargs=ask))
            threads[-1].start()
        time.sleep(0.7)
        status = self.server.stop()
        for thread in threads:
            thread.join()
        for asker in askers:
            asker.drop()
        return status


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where the raw numbers go")
    options = parser.parse_args()
    executable = options.server.absolute()
    about = {"machine": machine.description(), "seed": options.seed, "minutes": options.minutes}
    known = flags_of(executable)
    limits = [part for flag, value in LIMITS.items() if flag in known for part in (flag, value)]
    for flag in LIMITS:
        if flag not in known:
            print(f"NOT TRIED: this server knows no {flag}")
    report = Report()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        config = folder / "models.yaml"
        write_registry(config)
        recordings = samples(folder)
        flags = ["--max-upload-size", str(MAX_UPLOAD), *limits]
        with serving(executable, *flags, config=config) as server:
            learn(server.wait_until_ready(), recordings)
            print(f"{len(recordings)} recordings, each heard alone; now {options.minutes:g} minutes of everything at once")
            soak = Soak(server, config, recordings, options.minutes)
            soak.run(options.clients, options.seed)
            judge(soak, report, soak.end())
        report.raw = {
            "requests": soak.ledger.kinds, "outcomes": soak.ledger.outcomes, "kills": len(soak.kills.times),
            "health_seconds": soak.health.times, "at_rest": soak.rest.readings,
            "engines_mb": {f"{model} {pid}": points for (pid, model), points in soak.memories.engines.items()},
        }
    print(f"\n{report.table()}")
    if options.json:
        report.write(options.json, **about)
    if report.missed:
        print(f"\nViolated: {'; '.join(report.missed)}", file=sys.stderr)
    return bool(report.missed)


if __name__ == "__main__":
    sys.exit(main())
