"""Asking: a request is sent, and its answer judged."""

import http.client
import json
import random
import time

from harness.client import Connection
from soaking.recordings import text_of

#: Seconds until an answer counts as lost.
TIMEOUT = 240
#: Seconds that a connection is kept unused: a server may close it later than that, at the very moment of a request.
KEPT = 5


class Asker:
    """One client's connection, and what it thinks of the answers."""

    def __init__(self, soak, seed):
        self.soak = soak
        self.chance = random.Random(seed)
        self.connection = None
        self.last_use = 0.0

    def expect(self, kind, sample, request, format, errors=frozenset(), model=None):
        """Sends a good request: the right text must come, or one of the errors. The model is the sample's unless given."""
        model = model or sample.model
        start = time.monotonic()
        answer = self._ask(kind, request)
        if not answer:
            return
        status, headers, body = answer
        if status == 200 and format == "stream":
            failure = self._judge_stream(sample, body)
            if failure:
                self._judge(kind, start, 200, headers, failure, errors, model)
                return
        elif status == 200:
            text = text_of(body, format)
            if text != sample.text.split():
                self._wrong(kind, sample, " ".join(text))
        if status == 200:
            self.soak.ledger.count(kind, 200)
        else:
            self._judge(kind, start, status, headers, body, errors, model)

    def refused(self, kind, request, errors):
        """Sends a bad request: one of the errors must come, or any 400 if `errors` is `None`."""
        start = time.monotonic()
        if answer := self._ask(kind, request):
            self._judge(kind, start, *answer, errors=errors)

    def drop(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def _ask(self, kind, request):
        """Status, headers and body; `None` if no answer came, which is a violation."""
        try:
            is_old = time.monotonic() - self.last_use > KEPT
            if not self.connection or is_old or self.chance.random() < 0.3:
                self.drop()
                self.connection = Connection(self.soak.port, TIMEOUT)
            try:
                self.connection.send(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server may answer before it has read all
            response = self.connection.answer()
            body = response.read()
            self.last_use = time.monotonic()
            if response.will_close:
                self.drop()
            return response.status, response.headers, body
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            self.soak.ledger.violation("no answer", f"{kind}: {error!r}")
            return None

    def _judge_stream(self, sample, body):
        """Returns the error that ended the stream, if one did."""
        events = [line.removeprefix("data: ") for line in body.decode().split("\n") if line.startswith("data: ")]
        if not events:
            self.soak.ledger.violation("broken stream", "no event")
            return None
        if events[-1] != "[DONE]":
            last = json.loads(events[-1])
            if "error" not in last:
                self.soak.ledger.violation("broken stream", f"ends with {events[-1]}")
                return None
            return events[-1].encode()
        *deltas, done = [json.loads(event) for event in events[:-1]]
        if "".join(event["delta"] for event in deltas) != done["text"] or done["text"] != sample.text:
            self._wrong("stream", sample, done["text"])
        return None

    def _wrong(self, kind, sample, text):
        detail = f"{kind}, {sample.model}, {sample.name}: '{text}', not '{sample.text}'"
        self.soak.ledger.violation("wrong text", detail)

    def _judge(self, kind, start, status, headers, body, errors, model=None):
        """An error: it must be one that this request may get. `errors` is `None` for any 400."""
        end = time.monotonic()
        kills = self.soak.kills.during(start, end, model)
        try:
            error = json.loads(body)["error"]
            code = error["code"]
            complete = set(error) == {"message", "type", "param", "code"}
        except (ValueError, KeyError, TypeError):
            self.soak.ledger.violation("error without a code", f"{kind}: {status} {body[:200]}")
            return
        self.soak.ledger.count(kind, code)
        if not complete:
            self.soak.ledger.violation("incomplete error", f"{kind}: {error}")
        if code == "queue_full":
            right = status == 429 and headers["Retry-After"] and self.soak.bursts.touch(start, end)
        elif code == "engine_crashed":
            right = status in (200, 500) and len(kills) >= 2
        else:
            right = status == 400 if errors is None else (status, code) in errors
        if not right:
            killed = ", ".join(f"{seconds:.2f}" for seconds in kills) or "never"
            detail = f"{kind}: {status} {error}; its engine killed at {killed} of {end - start:.2f} s"
            self.soak.ledger.violation("wrong error", detail)
