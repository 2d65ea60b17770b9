"""Failures of requests that threads send for a measurement are raised."""

import array
import http.server
import threading

import pytest
from scaling.measuring import TIMES, Clip, Traffic, service_times


class Server(http.server.ThreadingHTTPServer):
    """Answers 200 to so many requests, and 500 to all later ones."""

    def __init__(self, good):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port, self.good = self.server_port, good


class Handler(http.server.BaseHTTPRequestHandler):
    lock = threading.Lock()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            self.server.good -= 1
            status = 200 if self.server.good >= 0 else 500
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def serving():
    """A function that starts such a server."""
    servers = []

    def start(good):
        servers.append(Server(good))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


CLIP = Clip(array.array("h", bytes(3200)))


def test_traffic_with_a_request_that_fails_fails(serving):
    answers = Traffic([serving(2)]).run([(0, CLIP), (0.01, CLIP)])
    assert len(answers) == 2 and min(answers) > 0
    with pytest.raises(AssertionError):
        Traffic([serving(2)]).run([(0, CLIP)] * 3)


def test_service_times_with_a_request_that_fails_fail(serving):
    """The requests that are sent alone succeed, and one of those that keep the lanes busy fails."""
    alone, busy = TIMES, 2 * TIMES
    assert service_times([serving(alone + busy)], 1, [[CLIP]]).busy[0] > 0
    with pytest.raises(AssertionError):
        service_times([serving(alone + busy - 1)], 1, [[CLIP]])
