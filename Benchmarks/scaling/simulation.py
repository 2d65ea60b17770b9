"""Nodes that transcribe, and a balancer in front of them, event by event. Nothing is computed and nothing waits.

A node has lanes, each of which decodes one segment at a time. A recording is one segment or many. Lanes take segments of
all recordings in turn, those of short recordings first. The balancer gives a request to the node with the fewest requests
in hand; a node that has `max_queue` of them refuses, and if all do, the request is refused.
"""

import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass


@dataclass
class Request:
    #: When it arrives, in seconds.
    time: float
    #: How long a lane takes for each of its segments, in seconds.
    segments: list
    #: What part of that it takes if the node does nothing else.
    alone: float = 1.0
    #: Whether short recordings go first.
    is_long: bool = False
    node: object = None
    begun: float | None = None
    #: When it was answered; `None` if it was refused.
    ended: float | None = None
    next: int = 0
    running: int = 0

    @property
    def wait(self):
        """From its arrival until a lane took its first segment."""
        return self.begun - self.time

    @property
    def response(self):
        """From its arrival to its answer."""
        return self.ended - self.time


class Node:
    """A server. Its numbers are those of its metrics."""

    def __init__(self, lanes, max_queue):
        self.lanes, self.max_queue = lanes, max_queue
        self.in_hand, self.busy = 0, 0
        self.short, self.long = deque(), deque()
        #: Seconds of work for one lane that are not done; what is running counts in full.
        self.work = 0.0
        self.is_draining = False

    @property
    def queue_seconds(self):
        """The seconds until what it has in hand is done."""
        return self.work / self.lanes

    def take(self):
        """The request whose segment is next; `None` if none waits."""
        for queue in (self.short, self.long):
            if queue:
                request = queue.popleft()
                if request.next + 1 < len(request.segments):
                    queue.append(request)
                return request
        return None


@dataclass(frozen=True)
class Scaling:
    """The rule of Kubernetes' HorizontalPodAutoscaler for `queue_seconds`, as in deploy/kubernetes: as many nodes as
    would bring its mean to the target. Within a minute, twice as many nodes at most, or two more; and one node less, if
    that many were not wanted within `settle`."""

    target: float = 10
    least: int = 1
    most: int = 100
    #: How often it looks, in seconds; how long a node takes from the decision until it is ready.
    poll: float = 15
    start: float = 60
    settle: float = 300
    #: How many nodes may go in a minute.
    down: int = 1


class Simulation:
    """Runs requests, which are in the order of their times, against nodes."""

    def __init__(self, nodes, lanes, max_queue=64, scaling=None):
        self.lanes, self.max_queue, self.scaling = lanes, max_queue, scaling
        self.nodes = [Node(lanes, max_queue) for _ in range(nodes)]
        self.starting = 0
        #: The time and the number of nodes after each change of it.
        self.history = [(0.0, nodes)]
        self.wanted = deque()
        #: When nodes were begun, and ended, in the last minute.
        self.begun, self.gone = deque(), deque()
        self.now = 0.0
        self.events, self.order = [], itertools.count()
        self.turn = 0

    def run(self, requests):
        """Returns the requests with their times."""
        arrivals = iter(requests)
        done = []
        self._expect(arrivals, done)
        if self.scaling:
            self._at(self.scaling.poll, self._look)
        while self.events:
            self.now, _, do, what = heapq.heappop(self.events)
            do(*what)
            if do == self._arrive:
                self._expect(arrivals, done)
        return done

    def _at(self, time, do, *what):
        heapq.heappush(self.events, (time, next(self.order), do, what))

    def _expect(self, arrivals, done):
        request = next(arrivals, None)
        self.is_over = request is None
        if request is not None:
            done.append(request)
            self._at(request.time, self._arrive, request)

    def _arrive(self, request):
        open_nodes = [node for node in self.nodes if not node.is_draining and node.in_hand < node.max_queue]
        if not open_nodes:
            return
        # Of several that have the fewest, each in turn.
        fewest = min(node.in_hand for node in open_nodes)
        equal = [node for node in open_nodes if node.in_hand == fewest]
        self.turn += 1
        node = request.node = equal[self.turn % len(equal)]
        node.in_hand += 1
        node.work += sum(request.segments)
        (node.long if request.is_long else node.short).append(request)
        self._work(node)

    def _work(self, node):
        while node.busy < node.lanes and (request := node.take()):
            if request.begun is None:
                request.begun = self.now
            seconds = request.segments[request.next]
            request.next += 1
            request.running += 1
            node.busy += 1
            is_alone = node.in_hand == 1 and len(request.segments) == 1
            self._at(self.now + seconds * (request.alone if is_alone else 1), self._end, node, request, seconds)

    def _end(self, node, request, seconds):
        node.busy -= 1
        node.work -= seconds
        request.running -= 1
        if request.next == len(request.segments) and not request.running:
            request.ended = self.now
            node.in_hand -= 1
            if node.is_draining and not node.in_hand:
                self.nodes.remove(node)
        self._work(node)

    # Scaling

    @property
    def count(self):
        return sum(not node.is_draining for node in self.nodes)

    def _look(self):
        rule = self.scaling
        up = [node for node in self.nodes if not node.is_draining]
        load = sum(node.queue_seconds for node in self.nodes) / len(up)
        have = len(up) + self.starting
        wanted = min(max(math.ceil(len(up) * load / rule.target), rule.least), rule.most)
        self.wanted.append((self.now, wanted))
        while self.wanted[0][0] < self.now - rule.settle:
            self.wanted.popleft()
        for times in self.begun, self.gone:
            while times and times[0] <= self.now - 60:
                times.popleft()
        if wanted > have:
            before = have - len(self.begun)
            more = min(wanted, before + max(2, before)) - have
            if more > 0:
                self.starting += more
                self.begun.extend([self.now] * more)
                self._at(self.now + rule.start, self._start, more)
        elif (settled := max(count for _, count in self.wanted)) < have and not self.starting:
            self._shrink(settled)
        if not self.is_over or any(node.in_hand for node in self.nodes):
            self._at(self.now + rule.poll, self._look)

    def _start(self, count):
        self.starting -= count
        self.nodes += [Node(self.lanes, self.max_queue) for _ in range(count)]
        self.history.append((self.now, self.count))

    def _shrink(self, settled):
        for _ in range(min(self.scaling.down - len(self.gone), self.count - settled)):
            node = min((node for node in self.nodes if not node.is_draining), key=lambda node: node.work)
            node.is_draining = True
            self.gone.append(self.now)
            if not node.in_hand:
                self.nodes.remove(node)
        if self.history[-1][1] != self.count:
            self.history.append((self.now, self.count))

    def node_hours(self):
        """The time for which nodes were up, all together."""
        ends = [time for time, _ in self.history[1:]] + [self.now]
        return sum(count * (end - time) for (time, count), end in zip(self.history, ends)) / 3600


def percentile(values, part):
    """The value below which a part of the values is."""
    ordered = sorted(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]
