"""What a node makes of a server's answers."""

import functools
import http.server
import socket
import threading

import pytest
from archive.asking import Away, Question, ask
from harness.registry import MODELS, registry
from harness.serving import serving
from conftest import CLIP, FIELDS, FIXTURES, KEY, SERVER, TEXT, URL


def question(url=URL, key=KEY, patience=60, **fields):
    return Question(url, FIELDS | fields, key, patience)


def test_a_recording_is_answered():
    outcome = ask(question(), str(CLIP), "here")
    assert (outcome.kind, outcome.content.strip(), outcome.node) == ("done", TEXT, "here")


def test_a_recording_that_cannot_be_decoded_fails_alone():
    outcome = ask(question(), str(FIXTURES / "audio/bad_text.wav"), "here")
    assert outcome.kind == "failed" and outcome.content.startswith("400: ")


@pytest.mark.parametrize(
    "wrong", [{"key": "wrong"}, {"model": "unknown"}, {"language": "no language"}, {"url": f"{URL}/v2"}])
def test_what_would_happen_to_every_recording_is_told_apart(wrong):
    assert ask(question(**wrong), str(CLIP), "here").kind == "hopeless"


def test_a_file_that_is_not_there_is_unreadable():
    assert ask(question(), "/no/such/file.wav", "here").kind == "unreadable"


@pytest.fixture
def web():
    """A web server with the clips, on an address of its own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=FIXTURES / "audio")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_node_fetches_an_address(web):
    assert ask(question(), f"{web}/{CLIP.name}", "here").content.strip() == TEXT
    assert "404" in ask(question(), f"{web}/missing.wav", "here").content
    assert ask(question(), "http://[", "here").kind == ask(question(), "http://127.0.0.1:x/", "here").kind == "failed"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_node_gives_up_a_server_that_stays_away():
    with pytest.raises(Away, match="does not answer"):
        ask(question(f"http://127.0.0.1:{free_port()}/v1", patience=1), str(CLIP), "here")


def test_a_node_waits_for_a_server_that_starts(tmp_path):
    port, outcomes = free_port(), []
    asking = threading.Thread(
        target=lambda: outcomes.append(ask(question(f"http://127.0.0.1:{port}/v1"), str(CLIP), "here")))
    asking.start()
    config = tmp_path / "models.yaml"
    config.write_text(registry(MODELS["transducer"]))
    with serving(SERVER, "--port", str(port), config=config):
        asking.join()
    assert outcomes[0].content.strip() == TEXT


def test_a_full_server_is_waited_for_however_long():
    """A server that is full twice, and then is not: each refusal begins the patience anew."""
    asked = []

    class Full(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            self.send_response(429 if len(asked) < 3 else 200)
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(b'{"error": {"message": "full"}}' if len(asked) < 3 else b"text")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Full) as server:
        threading.Thread(target=server.serve_forever).start()
        outcome = ask(question(f"http://127.0.0.1:{server.server_port}/v1", patience=2), str(CLIP), "here")
        server.shutdown()
    assert (outcome.content, asked) == ("text", ["/v1/audio/transcriptions"] * 3)
