"""Clients: what they send, and what they may get for it."""

import random
import threading
import time

from harness.client import PATH, Connection, envelope, form, get
from harness.paths import FIXTURES
from soaking.asking import TIMEOUT, Asker

#: How often each kind of request is made.
WEIGHTS = {
    "short": 40, "stream": 14, "subtitles": 8, "long": 6, "bad": 15, "hang up": 12, "extra": 3, "look": 3, "burst": 1,
}
#: Larger than `--max-queue`, so that some get 429.
BURST = 40
MAX_QUEUE = 16
MAX_UPLOAD = 20_000_000
TOO_LARGE = bytes(MAX_UPLOAD + 1)
FORM = "multipart/form-data; boundary=b"
CHUNKED = "Transfer-Encoding: chunked"
UNKNOWN_CODING = {(501, "unsupported_value")}
BROKEN = ["bad_text.wav", "bad_truncated.wav", "bad_5ms.wav", "bad_empty.wav"]


def burst(soak, sample):
    """Many at once. The limits of the queue may answer them, and others that come meanwhile."""
    if not soak.one_burst.acquire(blocking=False):
        return
    span = soak.bursts.begin()
    crowd = [Asker(soak, index) for index in range(BURST)]
    arguments = ["burst", sample, sample.request(soak.port), "json"]
    threads = [threading.Thread(target=asker.expect, args=arguments) for asker in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for asker in crowd:
        asker.drop()
    soak.bursts.end(span)
    soak.one_burst.release()


class Client(threading.Thread):
    """Sends one request after the other, chosen by chance, and judges each answer."""

    def __init__(self, soak, seed):
        super().__init__(name=f"client {seed}")
        self.soak = soak
        self.chance = random.Random(seed)
        self.asker = Asker(soak, f"{seed} asker")

    def run(self):
        while not self.soak.ended.is_set():
            kind = self.chance.choices(list(WEIGHTS), WEIGHTS.values())[0]
            with self.soak.gate:
                getattr(self, kind.replace(" ", "_"))()
            time.sleep(self.chance.random() * 0.1)
        self.asker.drop()

    # Kinds of requests, as in WEIGHTS.

    def short(self):
        sample = self._sample(is_long=False)
        format = self.chance.choice(["json", "text", "verbose_json"])
        self.asker.expect("short", sample, sample.request(self.soak.port, response_format=format), format)

    def subtitles(self):
        sample = self._sample(is_long=self.chance.random() < 0.2)
        format = self.chance.choice(["srt", "vtt"])
        self.asker.expect("subtitles", sample, sample.request(self.soak.port, response_format=format), format)

    def long(self):
        sample = self._sample(is_long=True)
        format = "verbose_json"
        self.asker.expect("long", sample, sample.request(self.soak.port, response_format=format), format)

    def stream(self):
        sample = self._sample(is_long=self.chance.random() < 0.3)
        request = sample.request(self.soak.port, stream="true")
        self.asker.expect("stream", sample, request, "stream")

    def extra(self):
        """A model that edits of the registry bring and take away."""
        sample = self.chance.choice([s for s in self.soak.samples if s.model == "sense_voice" and not s.is_long])
        request = sample.request(self.soak.port, model="extra")
        self.asker.expect("extra", sample, request, "json", errors={(404, "model_not_found")}, model="extra")

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
        name, make, errors = self.chance.choice(self._bad_requests())
        self.asker.refused(f"bad: {name}", make(), errors)

    def burst(self):
        burst(self.soak, self._sample(is_long=False))

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

    def _sample(self, is_long):
        return self.chance.choice([sample for sample in self.soak.samples if sample.is_long == is_long])

    def _bad_requests(self):
        """Each with what makes it, and the errors that it may get (any 400 if `None`)."""
        good = self.soak.samples[0].content
        model = self.chance.choice(sorted({sample.model for sample in self.soak.samples}))
        noise = self.chance.randbytes(self.chance.randint(1, 50_000))
        broken = FIXTURES / "audio" / self.chance.choice(BROKEN)
        unreadable = {(400, code) for code in ("audio_undecodable", "audio_empty", "audio_too_short")}

        def sent(content, **fields):
            return lambda: form(self.soak.port, content, **{"model": model, **fields})

        return [
            ("noise", sent(noise), unreadable),
            ("empty", sent(b""), {(400, "audio_empty")}),
            ("broken", sent(broken.read_bytes()), unreadable),
            ("unknown model", sent(good, model="nobody"), {(404, "model_not_found")}),
            ("no file", lambda: self._raw("POST", PATH, b"--b--\r\n", FORM), {(400, "missing_required_parameter")}),
            ("bad chunks", lambda: self._raw("POST", PATH, b"zz\r\n", FORM, CHUNKED), {(400, "invalid_value")}),
            ("unknown coding", lambda: self._raw("POST", PATH, b"", FORM, "Transfer-Encoding: x"), UNKNOWN_CODING),
            ("two hosts", lambda: self._raw("POST", PATH, b"", FORM, "Host: localhost"), {(400, "invalid_value")}),
            ("unwanted body", lambda: self._raw("GET", "/v1/nothing", b" " * 1_000_000), {(404, "not_found")}),
            ("unknown format", sent(good, response_format="pdf"), None),
            ("temperature", sent(good, temperature="7"), None),
            ("too large", sent(TOO_LARGE), {(413, "audio_too_large")}),
            ("no form", lambda: self._raw("POST", PATH, b"{}"), {(415, "unsupported_media_type")}),
            ("unknown path", lambda: self._raw("GET", "/v1/nothing"), {(404, "not_found")}),
            ("form without an end", self._endless, None),
        ]

    def _endless(self):
        head, tail = envelope(self.soak.port, 0, model=self.soak.samples[0].model)
        return head + b" " * len(tail)

    def _raw(self, method, path, body=b"", kind="application/json", header=None):
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.soak.port}\r\nContent-Type: {kind}\r\n"
        return (head + f"{header or f'Content-Length: {len(body)}'}\r\n\r\n").encode() + body
