"""A transcription server that fails in turn, in front of one that does not.

    python3 unreliable_server.py http://127.0.0.1:8000/v1

prints its port. Each recording meets the next of the fates below, however often it is sent.
"""

import hashlib
import http.server
import sys
import time
import urllib.request

BEHIND = sys.argv[1]
FATES = ["answer", "die", "lie", "stall", "refuse", "break", "busy"]
fates = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(404, b'{"detail": "no such page"}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # The boundary differs from try to try; the sound is the same.
        boundary = self.headers["Content-Type"].split("boundary=")[1].encode()
        recording = hashlib.sha256(body.replace(boundary, b"")).digest()
        fate = fates.setdefault(recording, FATES[len(fates) % len(FATES)])
        if fate == "die":
            self.close_connection = True
        elif fate == "lie":
            self.answer(200, b"<html>Welcome</html>", "text/html")
        elif fate == "refuse":
            self.answer(400, b'{"detail": "not today"}')
        elif fate == "busy":
            self.answer(503, b"overloaded", "text/plain")
        else:
            if fate == "stall":
                time.sleep(2)
            request = urllib.request.Request(
                BEHIND + "/audio/transcriptions", body, {"Content-Type": self.headers["Content-Type"]}
            )
            with urllib.request.urlopen(request) as response:
                text = response.read()
            self.answer(200, text, length=len(text) + (10 if fate == "break" else 0))

    def answer(self, status, body, kind="application/json", length=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = length is not None and length > len(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
server.serve_forever()
