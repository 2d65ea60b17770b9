"""What the tests of a node share: what it is asked, and servers that answer as they are told."""

import contextlib
import http.server
import socket
import threading

from archive.asking import Question
from conftest import FIELDS, KEY, URL


def question(url=URL, key=KEY, patience=60, **fields):
    return Question(url, FIELDS | fields, key, patience)


@contextlib.contextmanager
def serving_web(handler):
    """Runs a web server. Yields its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


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

    with serving_web(Handler) as url:
        yield url, asked
