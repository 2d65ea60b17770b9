"""What a node makes of a server's answers."""

import contextlib
import dataclasses
import functools
import http.server
import socket
import threading

import pytest
from archive.asking import Away, Outcome, Question, ask
from archive.first import FirstAnswer
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


@contextlib.contextmanager
def answering(*answers):
    """A server with these answers in order, then the last again: status, headers, body. Yields its address
    and the paths that it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_full_server_is_waited_for_however_long():
    """Also if it asks for more seconds than the patience has: each refusal begins the patience anew."""
    full = 429, {"Retry-After": "2"}, b'{"error": {"message": "full"}}'
    with answering(full, full, (200, {}, b"text")) as (url, asked):
        outcome = ask(question(f"{url}/v1", patience=1), str(CLIP), "here")
    assert (outcome.content, asked) == ("text", ["/v1/audio/transcriptions"] * 3)


WHOLE = CLIP.read_bytes()


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


def test_an_address_that_is_never_whole_fails_alone():
    with answering((200, {"Content-Length": "1000000"}, WHOLE[:1000])) as (url, asked):
        outcome = ask(question(patience=1), f"{url}/a.wav", "here")
    assert outcome.kind == "failed" and "IncompleteRead" in outcome.content and len(asked) > 1
    outcome = ask(question(patience=1), f"http://127.0.0.1:{free_port()}/a.wav", "here")
    assert outcome.kind == "failed" and "cannot be fetched" in outcome.content


def test_a_server_that_nobody_has_reached_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("archive.asking.FIRST_PATIENCE", 1)
    first = dataclasses.replace(question(f"http://127.0.0.1:{free_port()}/v1", patience=3600), is_known=False)
    outcome = ask(first, str(CLIP), "here")
    assert (outcome.kind, outcome.is_answered) == ("unanswered", False) and "does not answer" in outcome.content


def test_a_server_that_is_busy_at_first_is_there(monkeypatch):
    monkeypatch.setattr("archive.asking.FIRST_PATIENCE", 1)
    busy = 503, {"Retry-After": "2"}, b""
    with answering(busy, (200, {}, b"text")) as (url, asked):
        outcome = ask(dataclasses.replace(question(f"{url}/v1"), is_known=False), str(CLIP), "here")
    assert (outcome.content, outcome.is_answered, len(asked)) == ("text", True, 2)


def test_recordings_without_a_server_are_handed_out_again_after_the_first_answer():
    first, none, done = FirstAnswer(), Outcome("unanswered", "", "a"), Outcome("done", "text", "b", is_answered=True)
    assert first.takes("one", none) and first.again() == []
    assert not first.takes("two", Outcome("failed", "its address answers 404", "a")) and not first.is_here
    assert not first.takes("three", done) and first.is_here
    assert first.again() == ["one"] and first.again() == []
    # It was handed out before the first answer came.
    assert first.takes("four", none) and first.again() == ["four"]
