"""Values over time."""

import threading


class Watched:
    """Reads a value again and again while the block runs."""

    def __init__(self, read, every):
        self.values = [read()]
        self.read, self.every = read, every
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self):
        while not self.ended.wait(self.every):
            self.values.append(self.read())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
