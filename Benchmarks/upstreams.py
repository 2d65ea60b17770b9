#!/usr/bin/env python3
"""A server whose model is on two other servers, which are killed, unplugged one by one, and unplugged together under load.

    Benchmarks/upstreams.py

Each of the three is on a machine of its own: a network namespace with a cable. The official OpenAI client sends uploads to the
first one, without retries. Prints what came of them as a table; exits with 1 if an upload did not get its right text. Figures in
seconds are not judged.

Needs Linux, and what `scripts/setup --test` installs. It runs without root where the kernel allows user namespaces. Everything
that it starts ends with it.
"""

import argparse
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import openai

from clustering import namespaces
from clustering.nodes import KEY, MODEL, PATIENCE, Node, until
from clustering.recordings import sizes
from harness.paths import SERVER
from harness.report import Report

#: Clients that send at the same time, one upload after the other.
PARALLEL = 4
#: Uploads that are sent while both servers are well.
USUAL = 80
#: The model that answers while no server can be used.
FALLBACK = "local"


class Front(Node):
    """A server whose model is on the nodes."""

    def __init__(self, executable, machine, nodes):
        super().__init__(executable, machine)
        key = self.folder / "key"
        key.write_text(KEY)
        lines = [f"default_model: {MODEL.name}", "models:", f"  {MODEL.name}:", "    type: openai", f"    model: {MODEL.name}"]
        lines += [f"    fallback: {FALLBACK}", "    upstreams:"]
        for node in nodes:
            lines += [f"      - url: http://{node.authority}/v1", f"        api_key_file: {key}", "        insecure: true"]
        self.config.write_text("\n".join(lines) + "\n" + MODEL.entry(FALLBACK))


@dataclass
class Upload:
    #: What happened while it was in hand, or before it.
    phase: str
    begin: float
    end: float = 0.0
    #: The error or the wrong text; "" if it got its right text.
    fault: str = "no answer"
    is_by_fallback: bool = False


class Traffic:
    """Clients that go on and on until `end`."""

    def __init__(self, server, recordings):
        self.client = _client(server)
        self.recordings = recordings
        self.phase = "both"
        self.uploads = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(PARALLEL)]
        for thread in self.threads:
            thread.start()

    def _send(self, number):
        while not self.ended.is_set():
            recording = self.recordings[number % len(self.recordings)]
            number += 1
            upload = Upload(self.phase, time.monotonic())
            self.uploads.append(upload)
            try:
                text, fallback = _transcribe(self.client, recording)
            except Exception as error:  # of the client, or of its HTTP library
                text, fallback = repr(error), None
            upload.fault, upload.is_by_fallback = "" if text == recording.text else text or "no text", bool(fallback)
            upload.end = time.monotonic()
            self.ended.wait(0.05)

    def begin(self, phase):
        """Begins a phase. Returns the uploads in hand, which belong to it from now on."""
        in_hand = [upload for upload in list(self.uploads) if not upload.end]
        self.phase = phase
        for upload in in_hand:
            upload.phase = phase
        return in_hand

    def answered(self):
        """The uploads of this phase that are over."""
        return [upload for upload in list(self.uploads) if upload.phase == self.phase and upload.end]

    def end(self):
        """Waits for all answers."""
        self.ended.set()
        until("every upload is answered", lambda: all(upload.end for upload in self.uploads))


def _client(server):
    transport = openai.DefaultHttpxClient(trust_env=False)
    return openai.OpenAI(
        base_url=f"http://{server.authority}/v1", api_key=KEY, http_client=transport, max_retries=0, timeout=PATIENCE)


def _transcribe(client, recording):
    """The text, and the name of the fallback that made it."""
    file = (f"recording.{'ogg' if recording.content[:4] == b'OggS' else 'wav'}", recording.content)
    answer = client.audio.transcriptions.with_raw_response.create(file=file, model=MODEL.name)
    return answer.parse().text, answer.headers.get("x-asr-fallback")


class Trial:
    def __init__(self, executable, network):
        machines = [network.machine(name) for name in ("node1", "node2", "front")]
        self.nodes = [Node(executable, machine) for machine in machines[:2]]
        self.front = Front(executable, machines[2], self.nodes)
        self.recordings = sizes()

    def start(self):
        for server in [*self.nodes, self.front]:
            server.start()
        client = _client(self.nodes[0])
        for recording in self.recordings:
            recording.text, _ = _transcribe(client, recording)

    def suffer(self):
        """Kills and unplugs the servers under load. Returns all uploads."""
        traffic = Traffic(self.front, self.recordings)
        one, other = self.nodes
        until("both servers answer", lambda: len(traffic.answered()) >= USUAL and all(map(self._answers, self.nodes)))

        self._lose(traffic, "one is killed", [one], Node.kill)
        one.start()
        self._find_again(traffic, [one])

        self._lose(traffic, "one is unplugged", [other], lambda node: node.machine.unplug())
        other.machine.plug()
        self._find_again(traffic, [other])

        self._lose(traffic, "both are unplugged", self.nodes, lambda node: node.machine.unplug())
        until("the fallback answers", lambda: any(upload.is_by_fallback for upload in traffic.answered()))
        for node in self.nodes:
            node.machine.plug()
        self._find_again(traffic, self.nodes)
        traffic.end()
        return traffic.uploads

    def _answers(self, node):
        """How many requests of the front a node has answered."""
        labels = f'model="{MODEL.name}",upstream="{node.authority}/v1",outcome="answered"'
        start = f"asr2clip_upstream_requests_total{{{labels}}}"
        lines = [line for line in (self.front.get("/metrics") or "").splitlines() if line.startswith(start)]
        return float(lines[0].split()[-1]) if lines else 0

    def _lose(self, traffic, phase, nodes, accident):
        """Loses servers that have a request in hand, and waits until that and others are answered without them."""
        for node in nodes:
            node.freeze()
        until("a request is in hand", lambda: all(node.in_hand() for node in nodes))
        in_hand = traffic.begin(phase)
        for node in nodes:
            accident(node)
        for node in nodes:
            node.thaw()
        print(f"{time.strftime('%H:%M:%S')} {phase}", flush=True)
        until("those in hand are answered", lambda: all(upload.end for upload in in_hand))
        until("others answer", lambda: len(traffic.answered()) >= USUAL)

    def _find_again(self, traffic, nodes):
        traffic.phase = "in between"
        before = [self._answers(node) for node in nodes]
        until("they are used again", lambda: all(self._answers(node) > count for node, count in zip(nodes, before)))


def judge(uploads, report):
    for phase in dict.fromkeys(upload.phase for upload in uploads):
        found = [upload for upload in uploads if upload.phase == phase]
        wrong = [upload for upload in found if upload.fault]
        slowest = max(upload.end - upload.begin for upload in found)
        report.check(
            f"{phase}: uploads with their right text", f"{len(found) - len(wrong)} of {len(found)}", "all", not wrong,
            "; ".join(upload.fault for upload in wrong[:3]) or f"slowest {slowest:.1f} s")
        by_fallback = sum(upload.is_by_fallback for upload in found)
        if phase == "both are unplugged":
            report.check(f"{phase}: by the fallback", str(by_fallback), "> 0", by_fallback > 0)
        elif phase != "in between":
            report.check(f"{phase}: by the fallback", str(by_fallback), "0", by_fallback == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    options = parser.parse_args()
    namespaces.enter(options.server)
    trial, report = Trial(options.server.absolute(), namespaces.Network()), Report()
    trial.start()
    judge(trial.suffer(), report)
    print(f"\n{report.table()}")
    return bool(report.missed)


if __name__ == "__main__":
    # Not by sys.exit alone: a thread that waits for a server must not keep process 1, and with it everything else, alive.
    status = main()
    sys.stdout.flush()
    os._exit(status)
