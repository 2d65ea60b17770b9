"""What happened: requests by kind and outcome, and every violation."""

import collections
import threading
import time

#: More violations of one kind than this are counted and not shown.
SHOWN = 5


class Ledger:
    def __init__(self):
        self.started = time.monotonic()
        self.lock = threading.Lock()
        self.outcomes = collections.Counter()
        self.kinds = collections.Counter()
        self.violations = collections.Counter()

    @property
    def requests(self):
        return sum(self.kinds.values())

    def count(self, kind, outcome):
        with self.lock:
            self.kinds[kind] += 1
            self.outcomes[outcome] += 1

    def violation(self, what, detail):
        with self.lock:
            self.violations[what] += 1
            if self.violations[what] <= SHOWN:
                minutes = (time.monotonic() - self.started) / 60
                print(f"VIOLATION after {minutes:.2f} min: {what}: {detail}", flush=True)


class Gate:
    """Lets requests through, and stops them for a look at the server at rest."""

    def __init__(self):
        self.condition = threading.Condition()
        self.is_open = True
        self.inside = 0

    def __enter__(self):
        with self.condition:
            self.condition.wait_for(lambda: self.is_open)
            self.inside += 1

    def __exit__(self, *_):
        with self.condition:
            self.inside -= 1
            self.condition.notify_all()

    def close(self, timeout):
        """Lets nobody in any more. Returns whether all who were inside left in time."""
        with self.condition:
            self.is_open = False
            return self.condition.wait_for(lambda: self.inside == 0, timeout)

    def open(self):
        with self.condition:
            self.is_open = True
            self.condition.notify_all()


class Spans:
    """Stretches of time, some still going on."""

    def __init__(self):
        self.lock = threading.Lock()
        self.spans = []

    def begin(self):
        span = [time.monotonic(), float("inf")]
        with self.lock:
            self.spans.append(span)
        return span

    def end(self, span, grace=2.0):
        span[1] = time.monotonic() + grace

    def touch(self, start, end):
        with self.lock:
            return any(low <= end and high >= start for low, high in self.spans)
