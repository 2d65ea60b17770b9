#!/usr/bin/env python3
"""Simulates nodes behind a balancer: how long recordings wait, and how many nodes run.

    Benchmarks/scale.py simulate --hours 100 --speed 58 --nodes 3
    Benchmarks/scale.py simulate --hours 100 --speed 58 --curve daily --autoscale
    Benchmarks/scale.py measure --json times.json         what clips take on a server here
    Benchmarks/scale.py simulate --hours 10 --times times.json --nodes 2
    Benchmarks/scale.py compare                           two servers here against the simulation of them

docs/scale.md says what the numbers mean. Simulated nodes are all alike, and a simulated day takes seconds.
"""

import argparse
import contextlib
import random
import sys
from pathlib import Path

from harness import machine
from harness.paths import SERVER
from harness.serving import serving
from scaling import measuring
from scaling.arrivals import CURVES, DAY, ServiceTimes, arrivals, mixed
from scaling.simulation import Scaling, Simulation, percentile

#: Of a server in `measure` and `compare`, where two of them share the machine.
LANES = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    kinds = ("simulate", simulate, add_simulation), ("measure", measure, None), ("compare", compare, add_load)
    for name, run, add in kinds:
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        if run != simulate:
            command.add_argument("--server", type=Path, default=SERVER)
            command.add_argument("--json", type=Path, help="where the measured times go")
        if add:
            add(command)
        command.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    return options.run(options)


def add_simulation(parser):
    parser.add_argument("--hours", type=float, default=100, help="hours of sound that arrive an hour (default: 100)")
    parser.add_argument("--mean-length", type=float, default=300, metavar="SECONDS",
                        help="of a recording (default: 300)")
    parser.add_argument("--speed", type=float, default=58, help="times real time of a node, all lanes (default: 58)")
    parser.add_argument("--times", type=Path, metavar="FILE", help="measured times, instead of a speed")
    parser.add_argument("--lanes", type=int, default=2, help="of a node (default: 2)")
    parser.add_argument("--max-queue", type=int, default=64, help="requests in hand of a node (default: 64)")
    parser.add_argument("--curve", choices=CURVES, default="constant", help="how much arrives when")
    parser.add_argument("--duration", type=float, metavar="HOURS", help="default: a day of the daily curve, else 4")
    parser.add_argument("--nodes", type=int, default=2, help="at the start (default: 2)")
    parser.add_argument("--autoscale", action="store_true", help="nodes come and go with the seconds that wait")
    rule = Scaling()
    parser.add_argument("--target", type=float, default=rule.target, help="seconds that may wait a node (default: 10)")
    parser.add_argument("--least", type=int, default=rule.least, help="nodes (default: 1)")
    parser.add_argument("--most", type=int, default=rule.most, help="nodes (default: 100)")
    parser.add_argument("--poll", type=float, default=rule.poll, metavar="SECONDS", help="default: 15")
    parser.add_argument("--start", type=float, default=rule.start, metavar="SECONDS", help="of a node (default: 60)")
    parser.add_argument("--settle", type=float, default=rule.settle, metavar="SECONDS",
                        help="before nodes go (default: 300)")
    parser.add_argument("--down", type=int, default=rule.down, help="nodes that may go in a minute (default: 1)")


def simulate(options):
    times = ServiceTimes.read(options.times) if options.times else ServiceTimes.of_speed(options.speed, options.lanes)
    duration = options.duration * 3600 if options.duration else DAY if options.curve == "daily" else 4 * 3600
    rule = Scaling(
        options.target, options.least, options.most, options.poll, options.start, options.settle, options.down)
    simulation = Simulation(options.nodes, options.lanes, options.max_queue, rule if options.autoscale else None)
    done = simulation.run(arrivals(
        options.curve, duration, options.hours / options.mean_length, mixed(options.mean_length), times, options.seed))
    answered = [request for request in done if request.ended is not None]
    print(f"{len(done)} recordings, {len(done) - len(answered)} refused")
    print("| until | median | 95 % | 99 % | longest |\n| --- | --- | --- | --- | --- |")
    for name, values in [("the first segment is decoded", [request.wait for request in answered]),
                         ("the answer", [request.response for request in answered])]:
        print(f"| {name} | " + " | ".join(f"{percentile(values, part):.1f} s" for part in (0.5, 0.95, 0.99, 1)) + " |")
    counts = [count for _, count in simulation.history]
    print(f"Nodes: {min(counts)} to {max(counts)}, {simulation.node_hours() / (simulation.now / 3600):.1f} on average, "
          f"{len(counts) - 1} changes")
    if options.autoscale:
        print("at   " + "".join(f"{hour:>6g}" for hour in hours(simulation)) + " h\nnodes" + "".join(
            f"{nodes_at(simulation, hour * 3600):>6}" for hour in hours(simulation)))
    return 0


def hours(simulation):
    """Some times of a simulation."""
    step = 2 if simulation.now > 12 * 3600 else 0.25
    return [index * step for index in range(int(simulation.now / 3600 / step) + 1)]


def nodes_at(simulation, time):
    return [count for when, count in simulation.history if when <= time][-1]


@contextlib.contextmanager
def servers(executable, count):
    """Servers of one lane each."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(serving(executable, "--num-threads", str(LANES))).wait_until_ready()
               for _ in range(count)]


def measure(options):
    with servers(options.server, 1) as running:
        report(measuring.service_times(running, LANES, measuring.clips()), options)
    return 0


def report(times, options):
    print("| clip | busy | alone |\n| --- | --- | --- |")
    for length, busy, alone in zip(times.lengths, times.busy, times.alone):
        print(f"| {length:.1f} s | {1000 * busy:.0f} ms | {1000 * alone:.0f} ms |")
    if options.json:
        times.write(options.json, machine=machine.description())


def add_load(parser):
    parser.add_argument("--seconds", type=float, default=60, help="of traffic for each load (default: 60)")
    parser.add_argument("--loads", type=float, nargs="+", default=[0.4, 0.6, 0.8], help="of what the lanes can do")


def compare(options):
    """The same requests at the same times, to two servers and to the simulation of two nodes."""
    if why := machine.busy():
        print(why)
    clips = measuring.clips()
    all_clips = [clip for equal in clips for clip in equal]
    rows = []
    with servers(options.server, 2) as running:
        after = measuring.service_times(running, LANES, clips)
        for load in options.loads:
            # Again after each load: the speed of a shared machine changes.
            times = after
            report(times, options)
            busy = [sum(times.request(0, clip.seconds).segments) for clip in all_clips]
            rate = load * len(running) * LANES * len(busy) / sum(busy)
            plan, chance, now = [], random.Random(f"{options.seed} {load}"), 0.0
            while (now := now + chance.expovariate(rate)) < options.seconds:
                plan.append((now, chance.choice(all_clips)))
            measured = measuring.Traffic(running).run(plan)
            after = measuring.service_times(running, LANES, clips)
            drift = sum(after.busy) / sum(times.busy)
            done = Simulation(len(running), LANES).run(times.request(when, clip.seconds) for when, clip in plan)
            rows.append(row(load, times, plan, done, measured, drift))
    print("\n| load | requests | refused | wait, median | 95 % | answer, median | 95 % | speed after ÷ before |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |\n" + "\n".join(rows))
    print("Simulated, measured.")
    return 0


def row(load, times, plan, done, measured, drift):
    simulated = [request.response if request.ended is not None else None for request in done]
    cells = [f"{simulated.count(None)}, {measured.count(None)}"]

    def alone(clip):
        request = times.request(0, clip.seconds)
        return sum(request.segments) * request.alone

    answers = [[value for value in found if value is not None] for found in (simulated, measured)]
    waits = [[max(0, value - alone(clip)) for value, (_, clip) in zip(found, plan) if value is not None]
             for found in (simulated, measured)]
    for values in waits, answers:
        for share in 0.5, 0.95:
            cells.append(", ".join(f"{1000 * percentile(found, share):.0f} ms" for found in values))
    return f"| {load:g} | {len(plan)} | {' | '.join(cells)} | {1 / drift:.2f} |"


if __name__ == "__main__":
    sys.exit(main())
