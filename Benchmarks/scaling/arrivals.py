"""Requests as they arrive: how many at what time of the day, and how long the recordings are."""

import bisect
import json
import math
import random
from dataclasses import dataclass

from scaling.simulation import Request

DAY = 86_400
#: A longer recording is cut into segments of about this many seconds: what the starter model does best with.
SEGMENT = 15
#: A longer recording is decoded after shorter ones, in seconds.
LONG = 60


@dataclass(frozen=True)
class ServiceTimes:
    """What a node takes for a segment, in seconds of a lane, by the segment's length in seconds. Between measured lengths
    it is linear, and beyond the longest in proportion."""

    lengths: tuple
    #: While all lanes are busy, and with the node to itself.
    busy: tuple
    alone: tuple

    @classmethod
    def read(cls, path):
        found = json.loads(path.read_text())
        return cls(*(tuple(found[name]) for name in ("lengths", "busy", "alone")))

    def write(self, path, **about):
        found = {**about, "lengths": self.lengths, "busy": self.busy, "alone": self.alone}
        path.write_text(json.dumps(found, indent=1) + "\n")

    @classmethod
    def of_speed(cls, speed, lanes):
        """Those of a node that transcribes at so many times real time with all its lanes."""
        return cls((SEGMENT,), (SEGMENT * lanes / speed,), (SEGMENT * lanes / speed,))

    def request(self, time, seconds):
        """A recording of a length that arrives at a time."""
        count = max(1, math.ceil(seconds / SEGMENT))
        busy = self._at(self.busy, seconds / count)
        alone = self._at(self.alone, seconds / count) / busy
        return Request(time, [busy] * count, alone, seconds > LONG)

    def _at(self, values, length):
        lengths = self.lengths
        if length >= lengths[-1] or len(lengths) == 1:
            return values[-1] * length / lengths[-1]
        right = max(1, bisect.bisect(lengths, length))
        part = (length - lengths[right - 1]) / (lengths[right] - lengths[right - 1])
        return max(values[0] / 2, values[right - 1] + part * (values[right] - values[right - 1]))


def constant(_):
    return 1.0


def daily(time):
    """A fifth of the mean at midnight, 1.8 times the mean at noon, as a cosine."""
    return 1 - 0.8 * math.cos(2 * math.pi * time / DAY)


def burst(time, begin=3600, length=600, height=10):
    """Ten times as much for ten minutes."""
    return height if begin <= time < begin + length else 1.0


CURVES = {"constant": (constant, 1.0), "daily": (daily, 1.8), "burst": (burst, 10.0)}


def arrivals(curve, duration, mean_rate, lengths, times, seed):
    """Requests that arrive independently of each other (a Poisson process, thinned by the curve).

    - `mean_rate`: requests a second where the curve is 1.
    - `lengths`: a function of a random generator that gives the length of a recording in seconds.
    """
    chance = random.Random(seed)
    share, highest = CURVES[curve]
    time = 0.0
    while (time := time + chance.expovariate(mean_rate * highest)) < duration:
        if chance.random() * highest < share(time):
            yield times.request(time, lengths(chance))


def mixed(mean):
    """Lengths with a mean in seconds, most below it and some far above: exponential, from 1 s."""
    return lambda chance: 1 + chance.expovariate(1 / max(mean - 1, 0.001))
