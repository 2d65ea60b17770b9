"""What came of every request."""

import threading
import time
from dataclasses import dataclass

#: 200 with the right text.
OK = "ok"
#: A node's own 429 or 503 with Retry-After. It is an answer too, and right if all nodes are full.
REFUSED = "refused"
#: The node closed a live session, as one that stops does.
ENDED = "ended by the node"
#: A stream ended without its last event, or a live session without being closed, after it had begun.
BROKEN = "broken"
#: No answer: the balancer's own error, no connection, a text that is not the right one, an error of a node.
FAILURES = ["balancer", "no answer", "wrong text", "node's error"]


@dataclass
class Request:
    """One request of a client, retries included."""

    id: str
    balancer: str
    #: "upload", "stream", "session".
    kind: str
    #: The size of the upload.
    size: str
    #: How often the client may try again.
    retries: int
    #: What was done to the nodes meanwhile.
    phase: str
    #: In seconds since 1970.
    begin: float
    end: float = 0.0
    #: OK, REFUSED, ENDED, BROKEN or one of FAILURES; "" while it goes on.
    result: str = ""
    detail: str = ""
    #: Whether the head of a stream has come, or the first text of a session.
    has_begun: bool = False
    #: Seconds of sound that were answered.
    length: float = 0.0
    #: When the first text of a session came, in seconds since 1970.
    first_text: float = 0.0


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.requests = []
        self.phase = ""

    def begin(self, balancer, kind, size, retries):
        with self.lock:
            number = len(self.requests)
            request = Request(f"{balancer}-{number}", balancer, kind, size, retries, self.phase, time.time())
            self.requests.append(request)
        return request

    def end(self, request, result, detail=""):
        request.end, request.result, request.detail = time.time(), result, detail

    def select(self, **fields):
        """The requests with these values; a list means any of them."""
        with self.lock:
            found = list(self.requests)
        for name, wanted in fields.items():
            values = wanted if isinstance(wanted, (list, tuple)) else [wanted]
            found = [request for request in found if getattr(request, name) in values]
        return found
