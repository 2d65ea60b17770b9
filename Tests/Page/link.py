"""A way to the server that can be cut, as when a server or a network is lost."""

import socket
import threading


class Link:
    """Forwards connections to a server while it is whole."""

    def __init__(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.server = (host, int(port))
        self.ends = set()
        self.flow = threading.Event()
        self.flow.set()
        self.listener = None
        self.port = 0
        self.mend()
        self.url = f"http://127.0.0.1:{self.port}"

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def hold(self):
        """Lets nothing through until `go_on`; connections stay open."""
        self.flow.clear()

    def go_on(self):
        self.flow.set()

    def cut(self):
        """Ends all connections and takes no new ones."""
        self.flow.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in list(self.ends):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended by itself.

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(self.server)
            except OSError:
                return
            self.ends |= {client, server}
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.forward, args=(source, target), daemon=True).start()

    def forward(self, source, target):
        try:
            while piece := source.recv(1 << 16):
                self.flow.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # The other direction was faster.
        self.ends.discard(source)
