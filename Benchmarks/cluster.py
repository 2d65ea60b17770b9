#!/usr/bin/env python3
"""A cluster on one machine: two nodes behind nginx and behind HAProxy, with the configurations of deploy/, and a Prometheus.

    make cluster
    Benchmarks/cluster.py --short

Each of them is on a machine of its own: a network namespace with a cable. The official OpenAI client sends uploads of every size,
streams and live sessions through both balancers, while a node is killed with -9, unplugged, drained, and all nodes are filled.
Prints what came of every request as a table; exits with 1 if a count is not what it must be. Figures in seconds are not judged.

Needs Linux, and what `scripts/setup --test` unpacks. It runs without root where the kernel allows user namespaces. Everything
that it starts ends with it.
"""

import argparse
import os
import sys
import threading
import time
from pathlib import Path

from clustering import namespaces, ray_archive
from clustering.balancers import BALANCERS, certificate, missing
from clustering.faults import FAULTS, drain, fill, kill, unplug, unplug_at_rest
from clustering.ledger import OK, Ledger
from clustering.load import DEFAULT, Background, Clients
from clustering.monitor import Prometheus
from clustering.nodes import Node, until
from clustering.recordings import long, mixed, sizes, spoken
from clustering.verdict import Verdict
from harness import machine
from harness.paths import DEPS, ROOT, SERVER
from harness.report import Report

#: Clients that send at the same time through a balancer while the balance is measured.
PARALLEL = 4


class Cluster:
    """The nodes, what is in front of them, and what is known of their requests."""

    def __init__(self, executable, network):
        self.nodes = [Node(executable, network.machine(name)) for name in ("node1", "node2")]
        machines = [network.machine(kind.name.lower()) for kind in BALANCERS]
        files = certificate(machines)
        self.balancers = [kind(machine, self.nodes, files) for kind, machine in zip(BALANCERS, machines)]
        self.prometheus = Prometheus(network.machine("prometheus"), self.nodes)
        self.ledger = Ledger()
        self.clients = [Clients(balancer, self.ledger, files[0]) for balancer in self.balancers]
        self.sizes, self.long = sizes(), long()
        self.faults = []
        #: The exit statuses of drained nodes.
        self.drained = []
        #: What came of sessions with client secrets, by balancer.
        self.secrets = {}

    def start(self):
        for node in self.nodes:
            node.start()
        for each in [*self.balancers, self.prometheus]:
            each.start()

    def learn(self):
        """Has each recording transcribed alone, through a balancer, and remembers the text."""
        self.ledger.phase = "alone"
        for recording in self.sizes:
            request = self.clients[0].upload(recording, 0)
            if request.result != OK or not request.detail:
                raise RuntimeError(f"{recording.name}: {request.result}, {request.detail}")
            recording.text = request.detail

    def balance(self, count):
        """Sends recordings of mixed lengths through each balancer, without faults."""
        self.ledger.phase = "balance"
        for clients in self.clients:
            work = iter(mixed(count, seed=1))
            lock = threading.Lock()

            def send(clients=clients, work=work, lock=lock):
                while True:
                    with lock:
                        recording = next(work, None)
                    if recording is None:
                        return
                    clients.upload(recording, 0)

            together(send, PARALLEL)

    def suffer(self, what, node, phase):
        """Does something to a node under load."""
        self.ledger.phase = phase
        what(self, node)
        self.say(f"{phase}: {node.name}")

    def settle(self, fault):
        """Lets traffic go on until 6 s after a fault, so that the table shows when it avoids the node."""
        time.sleep(max(0, fault.begin + 6 - time.time()))

    def over(self, fault):
        """Sends requests through each balancer until each node has got one again."""
        fault.end, fault.phase = time.time(), self.ledger.phase
        self.faults.append(fault)
        self.ledger.phase = "between"
        for clients, balancer in zip(self.clients, self.balancers):
            # More at once than a node has live sessions, which count as connections as well.
            until(f"{balancer.name} uses all nodes", lambda: self._uses_all(clients, balancer, fault.end))

    def _uses_all(self, clients, balancer, begin):
        together(lambda: clients.upload(self.sizes[0], DEFAULT), 8)
        passages = [passage for passages in balancer.passages().values() for passage in passages if passage.begin > begin]
        used = {passage.nodes[-1] for passage in passages if passage.status == 200 and passage.nodes}
        return used == {node.name for node in self.nodes}

    say = staticmethod(lambda text: _say(text))

    def refused(self):
        """How many requests nodes have refused so far because they are full, as their logs have it."""
        return sum(node.log.read_text().count("queue_full") for node in self.nodes)


def together(what, count):
    """Calls something in several threads, and waits for all."""
    threads = [threading.Thread(target=what) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(cluster, options, report):
    cluster.start()
    cluster.learn()
    _say(f"two nodes, {' and '.join(balancer.name for balancer in cluster.balancers)}, and Prometheus run")
    cluster.secrets = {each.balancer: [each.opens_with_a_secret() for _ in range(4)] for each in cluster.clients}
    for each in cluster.clients:
        if not each.lists_models():
            raise RuntimeError(f"{each.balancer} redirects to its list of models, or has another one")
    cluster.balance(options.requests)
    _say(f"{options.requests} requests through each balancer")
    said = cluster.clients[0].session(spoken(), None, threading.Event())
    if said.result != OK:
        raise RuntimeError(f"a live session: {said.result}, {said.detail}")
    cluster.ledger.phase = "between"
    background = Background(cluster.clients, cluster.sizes[:2], spoken(), said.detail, seed=1)
    try:
        for index in range(options.rounds):
            one, other = cluster.nodes[index % 2], cluster.nodes[1 - index % 2]
            # Live sessions move to the node that is left, so the next fault is that node's. A node without sessions gets the
            # uploads, so that is the one to be unplugged at rest.
            for what, node in ((kill, one), (unplug, other), (drain, one), (unplug_at_rest, one), (fill, one)):
                cluster.suffer(what, node, FAULTS[what] + (f", round {index + 1}" if options.rounds > 1 else ""))
    finally:
        cluster.ledger.phase = "end"
        background.end()
    Verdict(cluster, report).judge()


def archive(network, server, report):
    """An archive that Ray spreads over machines, two of which die (deploy/ray)."""
    try:
        rows, wrong = ray_archive.run(network, server, namespaces.SCRATCH, say=_say)
    except ray_archive.Failure as failure:
        report.missing("archive on Ray", str(failure))
        return
    for node, event, count, rate in rows:
        report.check(f"Ray, {node} ({event})", f"{count} recordings", "", None, f"{rate:.0f} a minute before that")
    report.check("Ray: recordings without exactly one right result", str(len(wrong)), "0", not wrong, "; ".join(wrong[:3]))


def _say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument("--short", action="store_true", help="one round of faults instead of three")
    parser.add_argument("--json", type=Path, help="where the raw numbers go")
    parser.add_argument("--keep", type=Path, help="a folder for the logs, also of a run that fails")
    options = parser.parse_args()
    options.requests, options.rounds = (300, 1) if options.short else (400, 3)
    if absent := missing():
        sys.exit(f"{', '.join(absent)} not in {DEPS.relative_to(ROOT)}: run scripts/setup --test")
    options.server = options.server.absolute()
    namespaces.enter(options.server)
    about = {"machine": machine.description(), "rounds": options.rounds}
    report, network = Report(), namespaces.Network()
    try:
        run(Cluster(options.server, network), options, report)
        if not options.short:
            archive(network, options.server, report)
    finally:
        if options.keep:
            _keep(options.keep)
    print(f"\n{report.table()}")
    if options.json:
        report.write(options.json, **about)
    if report.missed:
        print(f"\nNot as it must be: {'; '.join(report.missed)}", file=sys.stderr)
    return bool(report.missed)


def _keep(folder):
    """Copies what is in the scratch folder and in the folders in it."""
    for path in [*namespaces.SCRATCH.glob("*"), *namespaces.SCRATCH.glob("*/*")]:
        if path.is_file() and path.stat().st_size < 50_000_000:
            target = folder / path.relative_to(namespaces.SCRATCH)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


if __name__ == "__main__":
    # Not by sys.exit alone: a thread that waits for a node must not keep process 1, and with it everything else, alive.
    status = main()
    sys.stdout.flush()
    os._exit(status)
