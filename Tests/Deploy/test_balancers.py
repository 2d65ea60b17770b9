"""What nginx and HAProxy do with paths and keys, with the configurations of deploy/ and nodes that say their names."""

import contextlib
import http.client
import http.server
import os
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest
from conftest import DEPLOY, PATIENCE, REPOSITORY

DEPS = REPOSITORY / ".deps"
NGINX = """
    daemon off;
    pid nginx.pid;
    events {}
    http {
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; scgi_temp_path scgi;
        uwsgi_temp_path uwsgi;
        include asr2clip.conf;
    }
"""
SECRETS = [
    {"Authorization": "Bearer ek_1"}, {"Authorization": "bearer  ek_1"},
    {"Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.ek_1"},
]
KEYS = [
    {}, {"Authorization": "Bearer my-week_key"}, {"Authorization": "Bearer sk-ek_1"},
    {"Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.week_1"},
]


class Node(http.server.ThreadingHTTPServer):
    """Answers everything with its name."""

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.status = name, 200


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.name.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running(kind, folder, ports):
    """Runs a balancer in front of nodes with these ports. Yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=a", "-out", folder / "fullchain.pem", "-keyout", folder / "key.pem"], check=True, capture_output=True)
    path = {"nginx": "nginx/asr2clip.conf", "haproxy": "haproxy/haproxy.cfg"}[kind]
    text = (DEPLOY / path).read_text()
    for index, node in enumerate(ports):
        text = text.replace(f"192.0.2.1{index + 1}:8000", f"127.0.0.1:{node}")
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("bind :443", f"bind 127.0.0.1:{port}")
    text = text.replace("/etc/nginx/tls", str(folder)).replace("/var/log/nginx", str(folder))
    text = text.replace("/etc/haproxy/tls/asr2clip.pem", f"{folder}/both.pem")
    text = text.replace("log /dev/log", "log stdout format raw")
    text = re.sub(r" +(user|group) haproxy\n", "", text)
    (folder / path.partition("/")[2]).write_text(text)
    # Otherwise a worker of root's becomes somebody who must not enter the folder.
    (folder / "nginx.conf").write_text(("user root;" if os.geteuid() == 0 else "") + NGINX)
    (folder / "both.pem").write_text((folder / "fullchain.pem").read_text() + (folder / "key.pem").read_text())
    libraries = ":".join(str(found) for found in DEPS.glob("haproxy/usr/lib/*-linux-gnu"))
    command = {
        "nginx": [DEPS / "nginx/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf", "-e", "stderr"],
        "haproxy": [DEPS / "haproxy/usr/sbin/haproxy", "-db", "-f", "haproxy.cfg"],
    }[kind]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env={"LD_LIBRARY_PATH": libraries}, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(params=["nginx", "haproxy"])
def balanced(request, tmp_path):
    """A function that asks the balancer, and the nodes."""
    nodes = [Node("one"), Node("two")]
    for node in nodes:
        threading.Thread(target=node.serve_forever).start()

    def ask(path, headers):
        connection = http.client.HTTPSConnection(
            f"127.0.0.1:{port}", context=ssl._create_unverified_context(), timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    try:
        with running(request.param, tmp_path, [node.server_port for node in nodes]) as port:
            yield ask, nodes
    finally:
        for node in nodes:
            node.shutdown()
            node.server_close()


def test_models_are_listed_and_metrics_are_not(balanced):
    ask, _ = balanced
    for path in "/v1/models", "/v1/models/a", "/health":
        assert ask(path, {})[0] == 200, path
    for path in "/metrics", "/metrics/", "//metrics", "/%6detrics":
        assert ask(path, {})[0] == 404, path


def test_only_client_secrets_stay_on_the_first_node(balanced):
    ask, nodes = balanced
    for headers in SECRETS:
        assert {ask("/v1/realtime", headers) for _ in range(6)} == {(200, "one")}, headers
    for headers in KEYS:
        assert {ask("/v1/realtime", headers) for _ in range(6)} == {(200, "one"), (200, "two")}, headers
    # Another node would not know the secret.
    nodes[0].status = 429
    for headers in SECRETS:
        assert ask("/v1/realtime", headers) == (429, "one"), headers
    assert ask("/v1/realtime/client_secrets", {}) == (429, "one")
