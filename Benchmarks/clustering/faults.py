"""What happens to the nodes, and what is in hand when it does."""

import threading
import time
from dataclasses import dataclass

from clustering.load import DEFAULT
from clustering.nodes import MAX_QUEUE, until


@dataclass
class Fault:
    """What was done to a node, and when, in seconds since 1970."""

    name: str
    node: str
    begin: float
    #: When the node served again.
    end: float = 0.0


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
    """Requests of every size through every balancer, two of each kind, so that each node gets one of the two.

    The engines stand still meanwhile. So all of them are in hand at the nodes, however small they are, when `sent` returns.
    """

    #: Streams through each balancer. A node may have two live sessions more than the other, and must get a stream all the same.
    STREAMS = 4

    def __init__(self, cluster):
        super().__init__()
        self.cluster = cluster

    def send(self):
        cluster = self.cluster
        begun = []
        for clients in cluster.clients:
            for _ in range(self.STREAMS):
                begun.append(threading.Event())
                self.start(clients.stream, cluster.long, 0, begun[-1])
        for event in begun:
            event.wait()
        for node in cluster.nodes:
            node.freeze()
        for recording in cluster.sizes:
            for retries in (0, DEFAULT):
                self._send_to_each_node("upload", recording, retries)
        self._send_to_each_node("stream", cluster.sizes[0], 0)

    def _send_to_each_node(self, kind, recording, retries):
        """Sends as many as there are nodes through each balancer, and waits until the nodes have them. The balancers choose the
        node that has less, so each gets one.
        """
        cluster = self.cluster
        wanted = self._in_hand() + len(cluster.clients) * len(cluster.nodes)
        for clients in cluster.clients:
            for _ in cluster.nodes:
                self.start(getattr(clients, kind), recording, retries)
        until("the nodes have the requests", lambda: self._in_hand() >= wanted)

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
    _thaw(cluster, but=node)
    volley.wait()
    cluster.settle(fault)
    node.thaw()
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
