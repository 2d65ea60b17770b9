"""Waits for a server that is full or away, between the tries to reach it."""

import random
import sys
import time

#: Seconds between tries if the server names none: doubled from the first to the second.
PAUSES = 0.5, 30
#: The longest wait that a server may ask for in Retry-After, in seconds.
LONGEST_RETRY_AFTER = 120
#: A node that has waited this long for its server says so, in seconds.
TOLD_AFTER = 20
#: What a server answers for now, or a balancer without a server.
TEMPORARY = {408, 425, 429, 502, 503, 504}


class Away(Exception):
    """The server was starting or gone for longer than a node may wait. Another node may have a better one."""


class Tries:
    """Waits between tries: longer each time, and within the patience in all."""

    def __init__(self, patience, node):
        self.patience, self.node = patience, node
        self.started = time.monotonic()
        self.pause, self.told = PAUSES[0], False

    def wait(self, why, wanted=None, is_full=False):
        """Waits for so many seconds if the server names them. One that is full works, and will have room: so it is
        waited for without limit, and the patience begins anew. Raises `Away` if the patience does not suffice."""
        # Not all at the same moment.
        seconds = (wanted or self.pause) * random.uniform(1, 1.25)
        self.pause = min(2 * self.pause, PAUSES[1])
        waited = time.monotonic() - self.started
        if not is_full and waited + seconds > self.patience:
            raise Away(f"{why} (on {self.node}, for {waited:.0f} s)")
        if waited > TOLD_AFTER and not self.told:
            self.told = True
            print(f"{self.node} is waiting: {why}", file=sys.stderr, flush=True)
        time.sleep(seconds)
        if is_full:
            self.started = time.monotonic()


def retry_after(headers):
    """The seconds that the server asks to wait; `None` if it names none, or a date."""
    value = headers.get("Retry-After", "")
    return min(int(value), LONGEST_RETRY_AFTER) if value.isdecimal() else None
