"""scripts/catalogue with a server on this machine. Run by ScriptTests."""

import hashlib
import http.server
import importlib.machinery
import importlib.util
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts/catalogue"
ARCHIVE = b"an archive"
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()


class Mirror(http.server.ThreadingHTTPServer):
    """Serves what a test puts into `pages` (content or status, by path) and `redirects`, and counts requests."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages = {"/models/checksum.txt": f"good.tar.bz2\t{SHA256}\n".encode()}
        self.redirects = {}
        self.requests = []
        self.states_length = True

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.server.requests.append((self.command, self.path))
        if self.path in self.server.redirects:
            self.send_response(302)
            self.send_header("Location", self.server.redirects[self.path])
            self.end_headers()
            return
        page = self.server.pages.get(self.path, 404)
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        self.send_response(200 if isinstance(page, bytes) else page)
        if isinstance(page, bytes) and self.server.states_length:
            self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command == "GET" and isinstance(page, bytes):
            self.wfile.write(page)

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror():
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(tmp_path):
    def run(*models, names=()):
        path = tmp_path / "catalogue.yaml"
        entries = [
            "\n".join(
                [f"  {name}:", "    type: whisper", "    files: {encoder: e.onnx}", "    download:"]
                + [f"      {key}: {value}" for key, value in fields.items()]
                + [f"    source: https://example.org/{name}"])
            for name, fields in models
        ]
        path.write_text("recommendations:\n  en:\n    slow_machine:\n      model: x\n\nmodels:\n" + "\n".join(entries) + "\n")
        return subprocess.run(
            [sys.executable, SCRIPT, "--catalogue", path, "--pause", "0", *names], capture_output=True, text=True)

    return run


def test_right_sizes_and_hashes_pass(mirror, run):
    mirror.pages["/store/1"] = ARCHIVE
    mirror.redirects["/models/good.tar.bz2"] = "/elsewhere"
    mirror.redirects["/elsewhere"] = f"{mirror.address}/store/1"
    result = run(("good", {"url": f"{mirror.address}/models/good.tar.bz2", "sha256": SHA256, "size": len(ARCHIVE)}))
    assert result.stdout == "1 models: 0 wrong, 0 not checked\n"
    assert result.returncode == 0
    # Nothing but the checksums is downloaded.
    assert [path for method, path in mirror.requests if method == "GET"] == ["/models/checksum.txt"]
    assert ("HEAD", "/store/1") in mirror.requests


def test_a_missing_archive_is_wrong(mirror, run):
    mirror.pages["/models/checksum.txt"] += f"gone.tar.bz2\t{SHA256}\n".encode()
    mirror.pages["/models/good.tar.bz2"] = ARCHIVE
    good = ("good", {"url": f"{mirror.address}/models/good.tar.bz2"})
    result = run(good, ("gone", {"url": f"{mirror.address}/models/gone.tar.bz2"}))
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        f"wrong: gone: {mirror.address}/models/gone.tar.bz2: 404 Not Found", "2 models: 1 wrong, 0 not checked"]
    assert run(good, ("gone", {"url": f"{mirror.address}/models/gone.tar.bz2"}), names=["good"]).returncode == 0


def test_another_size_is_wrong(mirror, run):
    mirror.pages["/models/good.tar.bz2"] = ARCHIVE
    result = run(("good", {"url": f"{mirror.address}/models/good.tar.bz2", "size": 11}))
    assert result.returncode == 1
    assert "it has 10 bytes; the catalogue has size: 11" in result.stdout


def test_another_hash_is_wrong(mirror, run):
    mirror.pages["/models/good.tar.bz2"] = ARCHIVE
    result = run(("good", {"url": f"{mirror.address}/models/good.tar.bz2", "sha256": OTHER}))
    assert result.returncode == 1
    assert f"the published sha256 is {SHA256}; the catalogue has sha256: {OTHER}" in result.stdout


def test_a_failure_that_passes_is_tried_again(mirror, run):
    mirror.pages["/models/good.tar.bz2"] = [503, ARCHIVE]
    assert run(("good", {"url": f"{mirror.address}/models/good.tar.bz2"})).returncode == 0


@pytest.mark.parametrize("checksums", [404, 503, b"no hashes here\n", f"other.tar.bz2\t{SHA256}\n".encode()])
def test_what_cannot_be_checked_is_neither_right_nor_wrong(mirror, run, checksums):
    mirror.pages["/models/good.tar.bz2"] = ARCHIVE
    mirror.pages["/models/checksum.txt"] = checksums
    result = run(("good", {"url": f"{mirror.address}/models/good.tar.bz2", "sha256": SHA256}))
    assert result.returncode == 3
    assert "not checked: " in result.stdout
    assert result.stdout.endswith("1 models: 0 wrong, 1 not checked\n")


def test_a_size_that_no_server_states_is_not_checked(mirror, run):
    mirror.pages["/models/good.tar.bz2"] = ARCHIVE
    mirror.states_length = False
    result = run(("good", {"url": f"{mirror.address}/models/good.tar.bz2", "size": len(ARCHIVE)}))
    assert (result.returncode, "the server states no length" in result.stdout) == (3, True)


def test_without_a_network_nothing_is_checked(run):
    # Nothing listens on port 9 (discard).
    result = run(("good", {"url": "http://127.0.0.1:9/models/good.tar.bz2"}))
    assert result.returncode == 3
    assert result.stdout.endswith("1 models: 0 wrong, 2 not checked\n")


def test_an_unknown_name_is_refused(run):
    result = run(("good", {"url": "http://127.0.0.1:9/models/good.tar.bz2"}), names=["bad"])
    assert result.returncode == 2
    assert "the catalogue has no bad" in result.stderr


def test_the_catalogue_of_the_repository_is_read():
    loader = importlib.machinery.SourceFileLoader("catalogue", str(SCRIPT))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("catalogue", loader))
    loader.exec_module(script)
    text = script.CATALOGUE.read_text()
    models = script.models(text)
    assert len(models) == text.count("\n    source: ") == text.count("\n      url: ")
    assert sum(model.sha256 is not None for model in models) == text.count("\n      sha256: ") > 0
    assert sum(model.size is not None for model in models) == text.count("\n      size: ") > 0
