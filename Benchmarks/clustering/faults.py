"""What happens to the nodes, and what is in hand when it does."""

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

    def wait(self):
        for thread in self.threads:
            thread.join()


class Volley(Burst):
    """Requests of every size and streams through every balancer, two of each kind.

    The engines stand still meanwhile. So they are in hand at the nodes, however small they are, when `send` returns; the
    balancers choose the node that has less, so half of them at each.
    """

    #: Streams through each balancer. A node may have two live sessions more than the other, and must get a stream all the same.
    STREAMS = 4
    #: Seconds for which the engines stand still at most. After 30 s their servers would think that they hang, and end them.
    FROZEN = 20

    def __init__(self, cluster):
        super().__init__()
        self.cluster = cluster
        self.lock = threading.Lock()
        # A node begins only so many long recordings at once; if it has more, the others wait.
        self.waiting = min(self.STREAMS * len(cluster.clients), 2 * LANES + 2)
        self.are_frozen, self.enough = threading.Event(), threading.Event()

    def send(self):
        cluster = self.cluster
        for clients in cluster.clients:
            for _ in range(self.STREAMS):
                self.start(clients.stream, cluster.long, 0, self._has_begun, self.enough)
        self.are_frozen.wait()
        count = self._in_hand()
        for clients in cluster.clients:
            for recording in cluster.sizes:
                for retries in (0, DEFAULT, 0, DEFAULT):
                    self.start(clients.upload, recording, retries)
                    count += 1
            for _ in cluster.nodes:
                self.start(clients.stream, cluster.sizes[0], 0)
                count += 1
        try:
            until("the nodes have the requests", lambda: self._in_hand() >= count, patience=self.FROZEN)
        except TimeoutError:
            pass  # the machine is slow, and the table says how many they had

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

    def _in_hand(self):
        return sum(node.in_hand() for node in self.cluster.nodes)


def kill(cluster, node):
    """kill -9 to a node with requests in hand. It is started again when all have their answers."""
    fault, volley = Fault(FAULTS[kill], node.name, 0), Volley(cluster)
    volley.send()
    fault.begin = time.time()
    node.kill()
    _thaw(cluster, but=node)
    volley.wait()
    cluster.settle(fault)
    node.start()
    return cluster.over(fault)


def unplug(cluster, node):
    """Pulls the cable of a node with requests in hand, while it computes."""
    fault, volley = Fault(FAULTS[unplug], node.name, 0), Volley(cluster)
    volley.send()
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
    for index in range(16):
        for clients in cluster.clients:
            burst.start(clients.upload, cluster.sizes[0], DEFAULT if index % 2 else 0)
    burst.wait()
    cluster.settle(fault)
    node.machine.plug()
    until(f"{node.name} answers again", lambda: node.status("/health/ready") == 200)
    return cluster.over(fault)


def drain(cluster, node):
    """SIGTERM to a node with requests in hand, as an upgrade does."""
    fault, volley = Fault(FAULTS[drain], node.name, 0), Volley(cluster)
    volley.send()
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
    """More requests than the nodes take."""
    fault = Fault(FAULTS[fill], "", time.time())
    for each in cluster.nodes:
        each.freeze()
    burst = Burst()
    for index in range(MAX_QUEUE + 20):
        for clients in cluster.clients:
            burst.start(clients.upload, cluster.sizes[0], DEFAULT if index % 2 else 0)
    until("nodes refuse", lambda: cluster.refused() >= 10)
    _thaw(cluster)
    burst.wait()
    return cluster.over(fault)


def _thaw(cluster, but=None):
    for node in cluster.nodes:
        if node is not but:
            node.thaw()


#: What they are called.
FAULTS = {kill: "kill -9", unplug: "unplugged", drain: "drained", unplug_at_rest: "unplugged at rest", fill: "full"}
