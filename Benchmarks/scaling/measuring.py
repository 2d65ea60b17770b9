"""What real servers take: alone, while busy, and for requests that arrive by chance."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness.client import Connection, form
from harness.registry import STARTER
from harness.speech import RATE, cut, wav
from scaling.arrivals import ServiceTimes

#: Lengths of the clips, in seconds; they are cut where it is quiet, so each is about as long.
LENGTHS = 2, 4, 7, 10, 14
#: How many clips there are of each length, and how often each is sent to measure it.
CLIPS, TIMES = 3, 2


class Clip:
    def __init__(self, sound):
        self.content, self.seconds = wav(sound), len(sound) / RATE

    def ask(self, server):
        """Sends the clip on a connection of its own. Returns the seconds until its answer, `None` if it was refused."""
        started = time.monotonic()
        with Connection(server.port) as connection:
            status, _, body = connection.ask(form(server.port, self.content, model=STARTER))
        assert status in (200, 429), body
        return time.monotonic() - started if status == 200 else None


def clips():
    """Some of each length, by length."""
    sounds = iter(cut([length for length in LENGTHS for _ in range(CLIPS)]))
    return [[Clip(next(sounds)) for _ in range(CLIPS)] for _ in LENGTHS]


def service_times(servers, lanes, clips):
    """Measures each length on one server that has nothing else to do, and on all of them with all lanes busy."""
    lengths = [statistics.mean(clip.seconds for clip in equal) for equal in clips]
    alone = [statistics.median(clip.ask(servers[0]) for clip in equal for _ in range(TIMES)) for equal in clips]
    busy = [lanes * _seconds_for_each(servers, lanes, equal) for equal in clips]
    return ServiceTimes(tuple(lengths), tuple(busy), tuple(alone))


def _seconds_for_each(servers, lanes, equal):
    """The mean time between two answers of a server for which more clips wait than it has lanes."""
    def keep_busy(server):
        for _ in range(TIMES):
            for clip in equal:
                clip.ask(server)

    def measure(server):
        started = time.monotonic()
        together(keep_busy, [server] * (2 * lanes))
        return (time.monotonic() - started) / (2 * lanes * TIMES * len(equal))

    return statistics.mean(together(measure, servers))


def together(what, arguments):
    """Calls something with each argument at the same time. Returns the results in order. Raises the first failure when
    all are over."""
    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(what, arguments))


class Traffic:
    """Sends clips at given times, each to the server with the fewest of them in hand."""

    def __init__(self, servers):
        self.servers = servers
        self.in_hand = {server: 0 for server in servers}
        self.lock = threading.Lock()
        self.turn = 0

    def run(self, plan):
        """`plan` has pairs of a time in seconds and a clip. Returns the seconds to each answer, `None` if refused.
        Raises the first failure when all are over."""
        started = time.monotonic()
        with ThreadPoolExecutor(max(1, len(plan))) as threads:
            answers = []
            for when, clip in plan:
                time.sleep(max(0, started + when - time.monotonic()))
                answers.append(threads.submit(self._ask, clip))
        return [answer.result() for answer in answers]

    def _ask(self, clip):
        with self.lock:
            fewest = min(self.in_hand.values())
            equal = [server for server in self.servers if self.in_hand[server] == fewest]
            self.turn += 1
            server = equal[self.turn % len(equal)]
            self.in_hand[server] += 1
        try:
            return clip.ask(server)
        finally:
            with self.lock:
                self.in_hand[server] -= 1
