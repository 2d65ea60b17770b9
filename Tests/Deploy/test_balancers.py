"""What nginx and HAProxy do with paths, keys and failures, with the configurations of deploy/ and nodes of their own."""

import contextlib
import http.client
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import PATIENCE, REPOSITORY, eventually
from prometheus import free_port, has_ended

sys.path.append(str(REPOSITORY / "Benchmarks"))
from clustering import programs  # noqa: E402

SECRETS = [
    {"Authorization": "Bearer ek_1"}, {"Authorization": "bearer  ek_1"},
    {"Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.ek_1"},
]
KEYS = [
    {}, {"Authorization": "Bearer my-week_key"}, {"Authorization": "Bearer sk-ek_1"},
    {"Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.week_1"},
]
#: Larger than nginx keeps in memory.
UPLOAD = bytes(300_000)


class Node(http.server.ThreadingHTTPServer):
    """Answers everything with its name, like a node with an id, and counts requests other than for its health."""

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.status, self.requests = name, 200, 0
        #: How many requests it has yet to answer by hanging up.
        self.hang_ups = 0
        #: Whether it answers uploads before it has read them.
        self.is_hasty = False


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        node = self.server
        if node.is_hasty and self.command == "POST":
            return self.say_at_once(node.status)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/health/ready":
            return self.say(200)
        node.requests += 1
        if node.hang_ups:
            node.hang_ups -= 1
            self.close_connection = True
            return None
        return self.say(node.status)

    def say_at_once(self, status):
        """Answers, and then reads and forgets the upload, as a node that is full does."""
        self.say(status)
        with contextlib.suppress(OSError):  # the balancer may have hung up
            self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(1 << 16):
                pass

    def say(self, status):
        self.send_response(status)
        self.send_header("x-request-id", self.headers.get("x-request-id", "mine"))
        self.send_header("Content-Length", str(len(self.server.name)))
        if status in (429, 503):
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(self.server.name.encode())

    do_GET = do_POST = do_DELETE = do_PUT = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running(program, folder, nodes):
    """Runs a balancer in front of nodes with these addresses. Yields its port."""
    files = programs.certificate(folder, ["127.0.0.1"])
    while True:
        port = free_port()
        command, environment = program(folder, files, nodes, f"127.0.0.1:{port}")
        with (folder / "output").open("w") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            if eventually("the balancer listens", lambda: has_ended(process) or listens(process, port)) == "listens":
                yield port
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
        message = (folder / "output").read_text()
        # Another program has taken the port meanwhile.
        assert "already in use" in message, message


def listens(process, port):
    """Whether it is this process that listens at a port."""
    files = {os.readlink(file) for file in Path(f"/proc/{process.pid}/fd").iterdir()}
    # Column 2: the local address and port; column 4: the state, 0A for listening; column 10: the inode (proc(5)).
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    own = [row for row in rows if f"socket:[{row[9]}]" in files]
    return "listens" if any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in own) else None


class Balanced:
    """A balancer in front of two nodes."""

    def __init__(self, name, port, nodes):
        self.name, self.port, self.nodes = name, port, nodes

    def ask(self, path, headers=(), method="GET", body=None):
        """The status, headers and body of an answer."""
        connection = http.client.HTTPSConnection(
            f"127.0.0.1:{self.port}", context=ssl._create_unverified_context(), timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def status(self, *arguments, **more):
        return self.ask(*arguments, **more)[0]

    def answering(self, *arguments, **more):
        """Which nodes answer six requests."""
        answers = [self.ask(*arguments, **more) for _ in range(6)]
        assert {status for status, _, _ in answers} == {200}
        return {name for _, _, name in answers}

    def upload(self, **headers):
        return self.ask("/v1/audio/transcriptions", headers, "POST", UPLOAD)

    @property
    def requests(self):
        return sum(node.requests for node in self.nodes)


@pytest.fixture(params=["nginx", "haproxy"])
def balanced(request, tmp_path):
    nodes = [Node("one"), Node("two")]
    for node in nodes:
        threading.Thread(target=node.serve_forever, daemon=True).start()
    try:
        addresses = [f"127.0.0.1:{node.server_port}" for node in nodes]
        with running(getattr(programs, request.param), tmp_path, addresses) as port:
            yield Balanced(request.param, port, nodes)
    finally:
        for node in nodes:
            node.shutdown()
            node.server_close()


def test_models_are_listed_and_metrics_are_not(balanced):
    for path in "/v1/models", "/v1/models/", "/v1/models/a", "//v1//models//a", "/health":
        assert balanced.status(path) == 200, path
    for path in "/metrics", "/metrics/", "//metrics", "/%6detrics":
        assert balanced.status(path) == 404, path


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_models_are_not_changed(balanced, method):
    """However the path is spelled: nodes pass over empty parts."""
    encoded = "/v1/%6dodels/a", "/v1/models%2Fa"
    for path in "/v1/models/a", "//v1/models/a", "/v1//models/a/b", "/v1/models//a/", *encoded:
        assert balanced.status(path, method=method) == 403, path
    assert balanced.requests == 0


def test_only_client_secrets_stay_on_the_first_node(balanced):
    for path in "/v1/realtime", "//v1/realtime/":
        for headers in SECRETS:
            assert balanced.answering(path, headers) == {"one"}, headers
    for headers in KEYS:
        assert balanced.answering("/v1/realtime", headers) == {"one", "two"}, headers


@pytest.mark.parametrize("path", [
    "/v1/realtime/client_secrets", "/v1/realtime/client_secrets/", "//v1//realtime/client_secrets//"])
def test_client_secrets_are_made_on_the_first_node(balanced, path):
    assert balanced.answering(path, method="POST") == {"one"}


@pytest.mark.parametrize("status", [429, 503])
def test_the_first_node_alone_refuses_secrets_and_their_sessions(balanced, status):
    """The other one would not know the secret, and answer 401."""
    balanced.nodes[0].status = status
    for method, path, given in ("GET", "/v1/realtime", SECRETS[0]), ("POST", "/v1/realtime/client_secrets", {}):
        answer, headers, name = balanced.ask(path, given, method)
        assert (answer, name, headers["Retry-After"], balanced.nodes[1].requests) == (status, "one", "7", 0)


@pytest.mark.parametrize("status, code", [(502, "upstream_failed"), (504, "upstream_timeout")])
def test_a_recording_at_which_a_nodes_upstream_fails_is_sent_to_no_other_node(balanced, status, code):
    """It is the node's own answer, which may mean that the recording makes servers fail."""
    for node in balanced.nodes:
        node.status = status
    answer, headers, body = balanced.upload(**{"x-request-id": "given"})
    assert (answer, headers["x-request-id"], balanced.requests) == (status, "given", 1)
    if balanced.name == "nginx":
        # It cannot pass on the body of an answer that it may have to replace.
        assert headers["Content-Type"] == "application/json"
        error = json.loads(body)["error"]
        assert (error["code"], error["type"], error["param"]) == (code, "server_error", None)
    else:
        assert body in ("one", "two")


def test_an_upload_at_which_a_node_hangs_up_is_answered_by_another(balanced):
    one, other = balanced.nodes
    one.hang_ups = 100
    for _ in range(4):
        assert balanced.upload()[::2] == (200, "two")
    assert one.hang_ups < 100


def test_an_upload_at_which_all_nodes_hang_up_has_a_second_chance(balanced):
    """nginx asks each node twice, HAProxy four in all."""
    balanced.nodes[0].hang_ups = balanced.nodes[1].hang_ups = 1
    assert balanced.upload()[0] == 200
    assert (balanced.requests, [node.hang_ups for node in balanced.nodes]) == (3, [0, 0])


def test_a_refusal_of_all_nodes_is_passed_on(balanced):
    for node in balanced.nodes:
        node.status = 429
    status, headers, name = balanced.upload()
    assert (status, headers["Retry-After"]) == (429, "7") and name in ("one", "two")


def test_a_refusal_before_a_large_upload_was_read_is_passed_on(balanced):
    """Also of an upload that HAProxy does not keep."""
    for node in balanced.nodes:
        node.status, node.is_hasty = 429, True
    for _ in range(4):
        status, headers, name = balanced.ask("/v1/audio/transcriptions", {}, "POST", bytes(20_000_000))
        assert (status, headers["Retry-After"]) == (429, "7") and name in ("one", "two")


@pytest.mark.parametrize("refusal", [429, 503])
def test_a_refusal_is_passed_on_if_the_other_node_is_gone(balanced, refusal):
    """Whichever of them is asked first."""
    gone, other = balanced.nodes
    gone.shutdown()
    gone.server_close()
    other.status = refusal
    for _ in range(8):
        status, headers, name = balanced.upload()
        assert (status, headers["Retry-After"], name) == (refusal, "7", "two")


def test_if_all_nodes_are_gone_a_client_is_told_to_try_again(balanced):
    for node in balanced.nodes:
        node.shutdown()
        node.server_close()
    for headers in {}, SECRETS[0]:
        status, headers, body = balanced.upload(**headers)
        assert status == 503
        if balanced.name == "nginx":
            assert json.loads(body)["error"]["code"] == "upstream_unavailable"
            assert headers["Retry-After"] == "5" and headers["x-request-id"]


def test_a_full_node_is_not_left_out(balanced):
    balanced.nodes[0].status = 429
    # HAProxy 2.6 passes a 429 on.
    assert {balanced.upload()[0] for _ in range(6)} == ({200} if balanced.name == "nginx" else {200, 429})
    balanced.nodes[0].status = 200
    assert balanced.answering("/v1/models") == {"one", "two"}
