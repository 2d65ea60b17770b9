"""What the run says: a line of progress, and tables at the end."""

import json
import sys
import time
from collections import Counter

#: So many failures are kept with their reasons; of the others, the number.
KEPT = 1000
#: So many are printed.
SHOWN = 30


class Report:
    def __init__(self):
        self.started = time.monotonic()
        self.done, self.skipped, self.failed = 0, 0, 0
        #: Recordings that were transcribed, by node.
        self.nodes = Counter()
        self.failures = []
        self.told = float("-inf")
        self.is_terminal = sys.stderr.isatty()

    def count_done(self, node):
        self.done += 1
        self.nodes[node] += 1

    def count_failed(self, source, reason):
        self.failed += 1
        if len(self.failures) < KEPT:
            self.failures.append((source, reason))

    @property
    def seconds(self):
        return max(time.monotonic() - self.started, 0.001)

    @property
    def is_due(self):
        """Whether it is time for a line of progress: each second on a terminal, else every half minute."""
        return time.monotonic() - self.told >= (1 if self.is_terminal else 30)

    def progress(self, in_hand, nodes):
        self.told = time.monotonic()
        line = (f"{self.done} done, {self.skipped} skipped, {self.failed} failed, {in_hand} in hand on {nodes} nodes, "
                f"{60 * self.done / self.seconds:.0f} a minute")
        say(f"\r\033[K{line}" if self.is_terminal else line, end="" if self.is_terminal else "\n")

    def end(self):
        """The tables, and what was done in all."""
        if self.is_terminal:
            say("\r\033[K", end="")
        if self.nodes:
            say(f"{'node':40} {'recordings':>10} {'a minute':>10}")
            for node, count in sorted(self.nodes.items()):
                say(f"{node:40} {count:>10} {60 * count / self.seconds:>10.1f}")
        if self.failures:
            say("Failed:")
            for source, reason in self.failures[:SHOWN]:
                say(f"  {shown(source)}: {shown(reason)}")
            if self.failed > SHOWN:
                say(f"  and {self.failed - SHOWN} more")
        say(f"{self.done} done, {self.skipped} skipped because they were done before, {self.failed} failed, "
            f"in {self.seconds:.0f} s")

    def write(self, path):
        """The same as JSON."""
        found = {"done": self.done, "skipped": self.skipped, "failed": self.failed, "seconds": self.seconds,
                 "nodes": self.nodes,
                 "failures": [{"source": shown(source), "reason": shown(why)} for source, why in self.failures]}
        with open(path, "w") as file:
            json.dump(found, file, indent=1)
            file.write("\n")


def say(text, end="\n"):
    print(text, file=sys.stderr, end=end, flush=True)


def shown(text):
    """A name or message from outside, safe for a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
