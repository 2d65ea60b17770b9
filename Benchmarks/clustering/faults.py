"""What happens to the nodes, and what is in hand when it does."""

import collections
import threading
import time
from dataclasses import dataclass

from clustering.load import DEFAULT
from clustering.nodes import LANES, MAX_QUEUE, until


@dataclass
class Fault:
    """What was done to a node, and when, in seconds since 1970."""

    name: str
    node: str
    begin: float
    #: When the node served again.
    end: float = 0.0
    #: The phase of the requests of this time.
    phase: str = ""


class Burst:
    """Requests that are sent at the same time."""

    def __init__(self):
        self.threads = []

    def start(self, what, *arguments):
        self.threads.append(threading.Thread(target=what, args=arguments))
        self.threads[-1].start()

    def goes_on(self):
        return any(thread.is_alive() for thread in self.threads)

    def wait(self):
        for thread in self.threads:
            thread.join()


#: Seconds for which the engines stand still at most. After 30 s their servers would think that they hang, and end them.
FROZEN = 20


class Volley(Burst):
    """Requests of every size and streams through every balancer, two of each kind, or four.

    The engines stand still meanwhile. So they are in hand at the nodes, however small they are, when `send` returns
    `True`; the balancers choose the node that has less, so half of them at each.
    """

    #: Streams through each balancer. A node may have two live sessions more than the other, and must get a stream all the same.
    STREAMS = 4

    def __init__(self, cluster):
        super().__init__()
        self.cluster = cluster
        self.lock = threading.Lock()
        # A node begins only so many long recordings at once; if it has more, the others wait.
        self.waiting = min(self.STREAMS * len(cluster.clients), 2 * LANES + 2)
        self.are_frozen, self.enough = threading.Event(), threading.Event()

    def send(self):
        """Returns whether the nodes have received all of it in time."""
        cluster = self.cluster
        for clients in cluster.clients:
            for _ in range(self.STREAMS):
                self.start(clients.stream, cluster.long, 0, self._has_begun, self.enough)
        self.are_frozen.wait()
        former = self._uploads()
        sent = collections.Counter()
        *most, largest = cluster.sizes
        for clients in cluster.clients:
            for recording in [*most, *most, largest]:
                for retries in (0, DEFAULT):
                    self.start(clients.upload, recording, retries)
                    sent[len(recording.content)] += 1
            for _ in cluster.nodes:
                self.start(clients.stream, cluster.sizes[0], 0)
                sent[len(cluster.sizes[0].content)] += 1

        def is_there():
            # Small uploads of others may be taken for some of these. That does no harm: a balancer keeps a small one,
            # but what comes of a large one that is on its way when its node dies is up to chance.
            uploads = self._uploads()
            found = collections.Counter(uploads[file] for file in uploads.keys() - former.keys())
            return found >= sent

        try:
            return until("the nodes have the requests", is_there, patience=FROZEN)
        except TimeoutError:
            return False

    def wait(self):
        """Waits for the answers. Long streams are over with their next event."""
        self.enough.set()
        super().wait()

    def _has_begun(self):
        """Stops the engines as soon as enough long streams have begun."""
        with self.lock:
            self.waiting -= 1
            if self.waiting == 0:
                for node in self.cluster.nodes:
                    node.freeze()
                self.are_frozen.set()

    def _uploads(self):
        return {file: size for node in self.cluster.nodes for file, size in node.uploads().items()}


def sent(cluster):
    """A volley that the nodes have in hand."""
    for _ in range(6):
        volley = Volley(cluster)
        if volley.send():
            return volley
        # The machine has other work at the moment.
        _thaw(cluster)
        volley.wait()
    raise TimeoutError(f"six times, the nodes did not have all requests within {FROZEN} s")


def kill(cluster, node):
    """kill -9 to a node with requests in hand. It is started again when all have their answers."""
    fault, volley = Fault(FAULTS[kill], node.name, 0), sent(cluster)
    fault.begin = time.time()
    node.kill()
    _thaw(cluster, but=node)
    volley.wait()
    cluster.settle(fault)
    node.start()
    return cluster.over(fault)


def unplug(cluster, node):
    """Pulls the cable of a node with requests in hand, while it computes."""
    fault, volley = Fault(FAULTS[unplug], node.name, 0), sent(cluster)
    fault.begin = time.time()
    node.machine.unplug()
    _thaw(cluster)
    volley.wait()
    cluster.settle(fault)
    node.machine.plug()
    until(f"{node.name} answers again", lambda: node.status("/health/ready") == 200)
    return cluster.over(fault)


def unplug_at_rest(cluster, node):
    """Pulls the cable of a node that has little to do. Of what is sent then, some takes connections that were kept, and some
    tries new ones. The cable is back when all is answered.
    """
    fault = Fault(FAULTS[unplug_at_rest], node.name, time.time())
    node.machine.unplug()
    burst = Burst()
    # The large ones last, since they take a while to send.
    for recording in [cluster.sizes[0]] * 4 + cluster.sizes:
        for clients in cluster.clients:
            for retries in (0, DEFAULT):
                burst.start(clients.upload, recording, retries)
    burst.wait()
    cluster.settle(fault)
    node.machine.plug()
    until(f"{node.name} answers again", lambda: node.status("/health/ready") == 200)
    return cluster.over(fault)


def drain(cluster, node):
    """SIGTERM to a node with requests in hand, as an upgrade does."""
    fault, volley = Fault(FAULTS[drain], node.name, 0), sent(cluster)
    fault.begin = time.time()
    node.begin_to_drain()
    if node.drains:
        until(f"{node.name} is not ready", lambda: node.status("/health/ready") == 503)
    _thaw(cluster)
    volley.wait()
    cluster.drained.append(node.wait_until_stopped())
    cluster.settle(fault)
    node.start()
    return cluster.over(fault)


def fill(cluster, node):
    """More requests than the nodes take, of every size. The last large ones come when no node has room: then nodes refuse
    them before they have read them.
    """
    fault = Fault(FAULTS[fill], "", time.time())
    for each in cluster.nodes:
        each.freeze()
    former = cluster.refused()
    smallest, small, large, largest = cluster.sizes
    burst, late = Burst(), Burst()
    for clients in cluster.clients:
        for recording, retries in ((largest, DEFAULT), (large, 0), (large, DEFAULT)):
            burst.start(clients.upload, recording, retries)
    for index in range(MAX_QUEUE + 14):
        for clients in cluster.clients:
            if index % 4 == 2:
                burst.start(clients.stream, smallest, 0)
            else:
                burst.start(clients.upload, small if index % 8 in (3, 4) else smallest, DEFAULT if index % 2 else 0)
    until("nodes refuse", lambda: cluster.refused() >= former + 20)
    for clients in cluster.clients:
        for recording in (large, largest):
            late.start(clients.upload, recording, 0)
        burst.start(clients.upload, large, DEFAULT)
    try:
        until("the last ones are refused", lambda: not late.goes_on(), patience=fault.begin + FROZEN - time.time())
    except TimeoutError:
        pass  # a node has room again, because somebody who was refused does not try again
    _thaw(cluster)
    for each in (burst, late):
        each.wait()
    return cluster.over(fault)


def _thaw(cluster, but=None):
    for node in cluster.nodes:
        if node is not but:
            node.thaw()


#: What they are called.
FAULTS = {kill: "kill -9", unplug: "unplugged", drain: "drained", unplug_at_rest: "unplugged at rest", fill: "full"}
