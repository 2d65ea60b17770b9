"""What the server holds when it has little to do, or only to take a large upload, and when models are no longer used."""

import struct
import time

from harness.watching import Watched
from harness.client import Connection, envelope, form
from harness.processes import memories, running
from harness.registry import MODELS, STARTER, registry
from harness.serving import flags_of, serving
from harness.speech import cut, wav

GIB = 1 << 30
#: The models that are used once: the starter model stays, as the default one.
OTHERS = ["sense_voice", "whisper"]
WHY = "asserted is the proportional share (Pss): files that are mapped count, but those shared with engines once in all"


def measure(bench):
    _parent(bench)
    _keep_alive(bench)


def _parent(bench):
    report = bench.report
    with serving(bench.server, "--max-upload-size", "2G") as server:
        server.wait_until_ready()
        time.sleep(1)
        others = len(running(bench.server.resolve())) - 1
        sharing = f"; {others} OTHER PROCESSES OF THIS EXECUTABLE MAKE IT SMALLER" if others else ""
        idle = memories(server.pid)
        report.figure("parent's memory idle", idle["proportional"], " MB", at_most=60, note=f"{_detail(idle)}; {WHY}{sharing}")
        with Watched(lambda: memories(server.pid), every=0.02) as watched, Connection(server.port) as connection:
            start = time.monotonic()
            _upload(connection, server.port, int(GIB * min(1, bench.scale)))
            response = connection.answer()
            body = response.read()
            seconds = time.monotonic() - start
        assert response.status == 200, body
    peak = {kind: max(value[kind] for value in watched.values) for kind in idle}
    note = f"{_detail(peak)}; {len(watched.values)} readings in {seconds:.1f} s"
    report.figure("parent's memory under an upload of 1 GiB, peak", peak["proportional"], " MB", at_most=60, note=note)
    report.raw["parent_mb"] = {"idle": idle, "upload": watched.values}


def _detail(memory):
    return f"RSS {memory['rss']:.1f} MB, of which its own {memory['anonymous']:.1f} MB, the rest mapped files"


def _upload(connection, port, size):
    """A recording with silence on 8 channels: many bytes that are soon heard."""
    rate, channels = 96_000, 8
    head = b"RIFF" + struct.pack("<I", size - 8) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 3, channels, rate, rate * channels * 4, channels * 4, 32)
    head += b"data" + struct.pack("<I", size - 44)
    before, after = envelope(port, size, model=STARTER)
    connection.send(before + head)
    piece = bytes(1 << 20)
    for at in range(len(head), size, len(piece)):
        connection.send(piece[: size - at])
    connection.send(after)


def _keep_alive(bench):
    name = "engines after keep_alive, beside the default one"
    if "--keep-alive" not in flags_of(bench.server):
        bench.report.missing(name, "the server knows no --keep-alive")
        return
    config = bench.folder / "models.yaml"
    config.write_text(registry(*(MODELS[name] for name in [STARTER, *OTHERS])))
    with serving(bench.server, "--keep-alive", "5s", config=config) as server:
        default = server.wait_until_ready().engine
        clip = wav(cut([2])[0])
        for model in [*OTHERS, STARTER]:
            with Connection(server.port) as connection:
                status, _, body = connection.ask(form(server.port, clip, model=model))
            assert status == 200, body
        used = time.monotonic()
        loaded = len(server.engines)
        while len(server.engines) > 1 and time.monotonic() < used + 30:
            time.sleep(0.1)
        seconds = time.monotonic() - used
        left = [engine for engine in server.engines if engine != default]
        others = len(left) + (default not in server.engines)
        note = f"{loaded} engines loaded, the others gone {seconds:.1f} s after their last use; keep_alive is 5 s"
        if default not in server.engines:
            note = "the default model's engine is gone"
        bench.report.figure(name, others, at_most=0, note=note)
