"""How a node opens a recording, and fetches what an address has."""

import base64
import functools
import http.server
import socket
import threading

import pytest
from archive.asking import ask
from servers import answering, free_port, question, serving_web
from conftest import CLIP, FIXTURES, TEXT

WHOLE = CLIP.read_bytes()


def test_only_a_file_that_is_not_there_tells_of_its_folder(tmp_path):
    assert ask(question(), "/no/such/file.wav", "here").kind == "unopened"
    # It can be opened, and not be read.
    assert ask(question(), str(tmp_path), "here").kind == "failed"
    assert ask(question(), "/proc/self/mem", "here").kind == "failed"


def test_a_file_that_becomes_shorter_fails_alone(tmp_path):
    """It is cut while the server has read its beginning only."""
    path = tmp_path / "long.wav"
    path.write_bytes(bytes(64 << 20))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        outcomes = []
        asking = threading.Thread(target=lambda: outcomes.append(
            ask(question(f"http://127.0.0.1:{listener.getsockname()[1]}/v1"), str(path), "here")))
        asking.start()
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            path.write_bytes(b"")
            while connection.recv(1 << 20):
                pass
        asking.join()
    assert (outcomes[0].kind, outcomes[0].content) == ("failed", "it became shorter while it was sent")


@pytest.fixture
def web():
    """A web server with the clips, on an address of its own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=FIXTURES / "audio")
    with serving_web(handler) as url:
        yield url


def test_the_node_fetches_an_address(web):
    assert ask(question(), f"{web}/{CLIP.name}", "here").content.strip() == TEXT
    assert "404" in ask(question(), f"{web}/missing.wav", "here").content
    assert ask(question(), "http://[", "here").kind == ask(question(), "http://127.0.0.1:x/", "here").kind == "failed"


@pytest.mark.parametrize("first", [
    (200, {"Content-Length": str(len(WHOLE))}, WHOLE[:1000]),
    (200, {"Transfer-Encoding": "chunked"}, b"3e8\r\n" + WHOLE[:1000] + b"\r\n"),
    (503, {"Retry-After": "1"}, b""),
    (429, {}, b""),
])
def test_an_address_is_fetched_again_if_its_server_fails(first):
    with answering(first, (200, {"Content-Length": str(len(WHOLE))}, WHOLE)) as (url, asked):
        assert ask(question(), f"{url}/a.wav", "here").content.strip() == TEXT
    assert asked == ["/a.wav"] * 2


@pytest.mark.parametrize("user, expected", [("me:s%3Ae%20cret", b"me:s:e cret"), ("me", b"me:"), ("m%40:", b"m@:")])
def test_the_user_of_an_address_is_for_its_own_server(user, expected):
    """It sends the node on to another server, which gets the recording's path and nothing else."""
    given = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            given.append(self.headers.get("Authorization"))
            if given[0] is None:
                self.send_error(401)
            elif len(given) == 1:
                self.send_response(302)
                self.send_header("Location", f"{url.replace('127.0.0.1', 'localhost')}/{CLIP.name}")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *_):
            pass

    with serving_web(functools.partial(Handler, directory=FIXTURES / "audio")) as url:
        outcome = ask(question(), f"{url.replace('//', f'//{user}@')}/a.wav", "here")
    assert outcome.content.strip() == TEXT, outcome
    assert given == [f"Basic {base64.b64encode(expected).decode()}", None]


def test_no_message_has_the_password_of_an_address():
    with answering((404, {}, b"")) as (url, _):
        for address in url, f"http://127.0.0.1:{free_port()}", "http://127.0.0.1:x":
            outcome = ask(question(patience=1), f"{address.replace('//', '//me:secret@')}/a.wav", "here")
            assert outcome.kind == "failed" and "secret" not in outcome.content, outcome


def test_an_address_that_is_never_whole_fails_alone():
    with answering((200, {"Content-Length": "1000000"}, WHOLE[:1000])) as (url, asked):
        outcome = ask(question(patience=1), f"{url}/a.wav", "here")
    assert outcome.kind == "failed" and "IncompleteRead" in outcome.content and len(asked) > 1
    outcome = ask(question(patience=1), f"http://127.0.0.1:{free_port()}/a.wav", "here")
    assert outcome.kind == "failed" and "cannot be fetched" in outcome.content
