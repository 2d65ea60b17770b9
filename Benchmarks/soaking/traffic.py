"""Clients: what they send, and what they may get for it."""

import http.client
import json
import random
import threading
import time

from harness.client import Connection, envelope, form, get
from harness.paths import FIXTURES
from soaking.recordings import text_of

#: How often each kind of request is made.
WEIGHTS = {"short": 40, "stream": 14, "subtitles": 8, "long": 6, "bad": 15, "hang up": 12, "extra": 3, "look": 3, "burst": 1}
#: Larger than `--max-queue`, so that some get 429.
BURST = 40
MAX_QUEUE = 16
MAX_UPLOAD = 20_000_000
TIMEOUT = 240


class Client(threading.Thread):
    """Sends one request after the other, chosen by chance, and judges each answer."""

    def __init__(self, soak, seed):
        super().__init__(name=f"client {seed}")
        self.soak = soak
        self.chance = random.Random(seed)
        self.connection = None

    def run(self):
        while not self.soak.ended.is_set():
            kind = self.chance.choices(list(WEIGHTS), WEIGHTS.values())[0]
            with self.soak.gate:
                getattr(self, kind.replace(" ", "_"))()
            time.sleep(self.chance.random() * 0.1)
        self.drop()

    # Kinds of requests, as in WEIGHTS.

    def short(self):
        sample = self._sample(is_long=False)
        format = self.chance.choice(["json", "text", "verbose_json"])
        self.expect("short", sample, sample.request(self.soak.port, response_format=format), format)

    def subtitles(self):
        sample = self._sample(is_long=self.chance.random() < 0.2)
        format = self.chance.choice(["srt", "vtt"])
        self.expect("subtitles", sample, sample.request(self.soak.port, response_format=format), format)

    def long(self):
        sample = self._sample(is_long=True)
        self.expect("long", sample, sample.request(self.soak.port, response_format="verbose_json"), "verbose_json")

    def stream(self):
        sample = self._sample(is_long=self.chance.random() < 0.3)
        request = sample.request(self.soak.port, stream="true")
        self.expect("stream", sample, request, "stream")

    def extra(self):
        """A model that edits of the registry bring and take away."""
        sample = self.chance.choice([s for s in self.soak.samples if s.model == "sense_voice" and not s.is_long])
        request = sample.request(self.soak.port, model="extra")
        self.expect("extra", sample, request, "json", errors={(404, "model_not_found")}, model="extra")

    def look(self):
        path = self.chance.choice(["/v1/models", "/v1/ps", "/health/live"])
        try:
            status = get(self.soak.port, path)[0]
        except OSError as error:
            self.soak.ledger.violation("no answer", f"GET {path}: {error!r}")
            return
        self.soak.ledger.count("look", status)
        if status != 200:
            self.soak.ledger.violation("wrong status", f"GET {path}: {status}")

    def bad(self):
        name, request, errors = self.chance.choice(self._bad_requests())
        start = time.monotonic()
        answer = self._ask(f"bad: {name}", request)
        if answer:
            self._judge(f"bad: {name}", start, *answer, errors=errors)

    def burst(self):
        """Many at once. The limits of the queue may answer them, and others that come meanwhile."""
        if not self.soak.one_burst.acquire(blocking=False):
            return
        span = self.soak.bursts.begin()
        sample = self.chance.choice([s for s in self.soak.samples if not s.is_long])
        crowd = [Client(self.soak, f"{self.name} {index}") for index in range(BURST)]
        request = sample.request(self.soak.port)
        threads = [
            threading.Thread(target=client.expect, args=["burst", sample, request, "json"]) for client in crowd
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for client in crowd:
            client.drop()
        self.soak.bursts.end(span)
        self.soak.one_burst.release()

    def hang_up(self):
        """Leaves at some point: in the head, in the file, before the answer, or in the middle of it."""
        sample = self._sample(is_long=self.chance.random() < 0.5)
        request = sample.request(self.soak.port, stream=self.chance.choice(["true", "false"]))
        sent = self.chance.choice([0, 40, len(request) // 2, len(request)])
        self.soak.ledger.count("hang up", "left")
        try:
            with Connection(self.soak.port, TIMEOUT) as connection:
                connection.send(request[:sent])
                if sent == len(request) and self.chance.random() < 0.5:
                    connection.socket.recv(100)
                else:
                    time.sleep(self.chance.random())
        except OSError as error:
            self.soak.ledger.violation("no answer", f"to one who was going to leave: {error!r}")

    # How an answer is got and judged.

    def _sample(self, is_long):
        return self.chance.choice([sample for sample in self.soak.samples if sample.is_long == is_long])

    def _bad_requests(self):
        port, good = self.soak.port, self.soak.samples[0].content
        model = self.chance.choice(sorted({sample.model for sample in self.soak.samples}))
        noise = self.chance.randbytes(self.chance.randint(1, 50_000))
        unreadable = {(400, code) for code in ("audio_undecodable", "audio_empty", "audio_too_short")}
        broken = FIXTURES / "audio" / self.chance.choice(["bad_text.wav", "bad_truncated.wav", "bad_5ms.wav", "bad_empty.wav"])
        head, tail = envelope(port, 0, model=model)
        return [
            ("noise", form(port, noise, model=model), unreadable),
            ("empty", form(port, b"", model=model), {(400, "audio_empty")}),
            ("broken", form(port, broken.read_bytes(), model=model), unreadable),
            ("unknown model", form(port, good, model="nobody"), {(404, "model_not_found")}),
            ("no model", form(port, good), {(400, "missing_required_parameter")}),
            ("unknown format", form(port, good, model=model, response_format="pdf"), None),
            ("temperature", form(port, good, model=model, temperature="7"), None),
            ("too large", form(port, bytes(MAX_UPLOAD + 1), model=model), {(413, "audio_too_large")}),
            ("no form", self._raw("POST", "/v1/audio/transcriptions", b"{}"), {(415, "unsupported_media_type")}),
            ("unknown path", self._raw("GET", "/v1/nothing"), {(404, "not_found")}),
            ("form without an end", head + b" " * len(tail), None),
        ]

    def _raw(self, method, path, body=b""):
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.soak.port}\r\nContent-Type: application/json\r\n"
        return (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    def expect(self, kind, sample, request, format, errors=frozenset(), model=None):
        """Sends a good request: the right text must come, or one of the errors. `model` is the sample's unless given."""
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
        self.soak.ledger.violation("wrong text", f"{kind}, {sample.model}, {sample.name}: '{text}', not '{sample.text}'")

    def _ask(self, kind, request):
        """Status, headers and body; `None` if no answer came, which is a violation."""
        try:
            if not self.connection or self.chance.random() < 0.3:
                self.drop()
                self.connection = Connection(self.soak.port, TIMEOUT)
            try:
                self.connection.send(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server may answer before it has read all
            response = self.connection.answer()
            body = response.read()
            if response.will_close:
                self.drop()
            return response.status, response.headers, body
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            self.soak.ledger.violation("no answer", f"{kind}: {error!r}")
            return None

    def drop(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def _judge(self, kind, start, status, headers, body, errors, model=None):
        """An error: it must be one that this request may get. `errors` is `None` for any 400 that names its parameter."""
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
