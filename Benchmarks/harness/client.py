"""A client that costs little: requests are whole before they are sent, connections are kept."""

import http.client
import re
import socket
import uuid

PATH = "/v1/audio/transcriptions"


class Connection:
    """One connection to a server on this machine. It is for one thread."""

    def __init__(self, port, timeout=600):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, piece):
        self.socket.sendall(piece)

    def answer(self, method="POST"):
        """The head of the answer; its body is to be read, as a whole or line by line."""
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        return response

    def ask(self, request):
        """Sends a request. Returns the status, the headers, and the body."""
        self.send(request)
        response = self.answer()
        return response.status, response.headers, response.read()


    def received(self, request):
        """Sends a request whose answer states its length. Returns the answer's bytes, not yet looked at."""
        self.send(request)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._some()
        length = int(re.search(rb"\r\ncontent-length: *(\d+)", data[:end], re.IGNORECASE)[1])
        while len(data) < end + 4 + length:
            data += self._some()
        return data

    def _some(self):
        some = self.socket.recv(1 << 16)
        assert some, "the server hung up"
        return some


def get(port, path, timeout=10):
    with Connection(port, timeout) as connection:
        return connection.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())


def envelope(port, size, name="audio.wav", headers=None, path=PATH, **fields):
    """What goes before and after the bytes of a file in a request to transcribe it, fields first."""
    boundary = uuid.uuid4().hex
    form = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    form += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    tail = f"\r\n--{boundary}--\r\n"
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": len(form.encode()) + size + len(tail),
        **(headers or {}),
    }
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"
    return (head + form).encode(), tail.encode()


def form(port, content, **options):
    """A whole request to transcribe the bytes of a file; options as in `envelope`."""
    head, tail = envelope(port, len(content), **options)
    return head + content + tail


def send_file(connection, port, path, **options):
    """Sends a request to transcribe a file, which is never whole in memory; options as in `envelope`."""
    head, tail = envelope(port, path.stat().st_size, name=path.name, **options)
    connection.send(head)
    with path.open("rb") as file:
        connection.socket.sendfile(file)
    connection.send(tail)
