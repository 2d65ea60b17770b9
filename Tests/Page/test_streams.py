"""Streams of models on other servers, which may tell no times, and streams that break off."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from conftest import SPEECH, choose, files
from test_texts import content, save


def delta(text):
    return f"data: {json.dumps({'type': 'transcript.text.delta', 'delta': text})}\n\n"


def heard(seconds):
    return f": heard {seconds}\n\n"


def done(text):
    return f"data: {json.dumps({'type': 'transcript.text.done', 'text': text})}\n\ndata: [DONE]\n\n"


def failure(code):
    error = {"message": "It failed.", "type": "server_error", "param": None, "code": code}
    return f"data: {json.dumps({'error': error})}\n\n"


class Streams:
    """A server that sends what the test gives it, to one request after the other."""

    def __init__(self):
        self.said, self.next = [], threading.Condition()
        streams = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                while (piece := streams.take()) is not None:
                    self.wfile.write(piece.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, *pieces):
        """`None` ends a stream."""
        with self.next:
            self.said += pieces
            self.next.notify_all()

    def take(self):
        with self.next:
            self.next.wait_for(lambda: self.said)
            return self.said.pop(0)


@pytest.fixture
def streams(page):
    streams = Streams()
    page.route("**/v1/audio/transcriptions", lambda route: route.continue_(url=streams.url))
    yield streams
    streams.server.shutdown()
    streams.server.server_close()


def test_a_text_without_times_grows_and_becomes_subtitles(page, streams):
    choose(page, SPEECH / "beckett.wav")
    streams.say(delta("Ever tried. "), delta("Ever"))
    expect(page.locator(".sentence")).to_have_text(["Ever tried. Ever"])
    streams.say(delta(" failed."))
    expect(page.locator(".sentence")).to_have_text(["Ever tried. Ever failed."])
    streams.say(done("Ever tried. Ever failed."), None)
    expect(files(page, "done")).to_contain_text("0:09, 4 words")
    expect(page.locator(".sentence")).to_have_text(["Ever tried.", "Ever failed."])
    times = [line for line in content(save(page, ".srt")).splitlines() if "-->" in line]
    assert times[0].startswith("00:00:00,000") and times[-1].endswith("00:00:09,963")


def test_the_text_of_a_stream_that_broke_off_makes_room_for_the_next(page, streams):
    choose(page, SPEECH / "beckett.wav")
    streams.say(delta("One."), heard(1), heard(9.9), delta("Two."))
    expect(page.locator(".sentence")).to_have_text(["One.", "Two."])
    streams.say(None)
    expect(page.locator(".sentence")).to_have_count(0)
    streams.say(delta("First."), heard(1), delta("Second."))
    expect(page.locator(".sentence")).to_have_text(["First.", "Second."])
    streams.say(done("First. Second."), None)
    expect(files(page, "done")).to_have_count(1)


@pytest.mark.parametrize("code", ["upstream_failed", "upstream_timeout", "upstream_unavailable", "queue_full"])
def test_a_file_at_which_another_server_fails_within_a_stream_is_sent_again(page, streams, code):
    choose(page, SPEECH / "beckett.wav")
    streams.say(failure(code), None)
    streams.say(delta("Ever tried."), done("Ever tried."), None)
    expect(files(page, "done")).to_have_count(1)
