"""The programs themselves: how soon they answer, and how large they are when they are installed."""

import shutil
import subprocess
import time

from harness.paths import DEPS, DETECTOR, ROOT
from harness.summary import median

MEGABYTE = 1e6


def measure(bench):
    tool = bench.server.parent / "asr2clip"
    for arguments in [["--version"], ["models", "list", "--config", DEPS / "models.yaml"]]:
        times = sorted(_seconds(tool, *arguments) for _ in range(bench.times(30)))
        name = f"asr2clip {' '.join(map(str, arguments[:2]))}, to the last byte".replace(" --config", "")
        note = f"fastest {times[0] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms"
        bench.report.figure(name, median(times) * 1000, " ms", at_most=20, note=note)
    sizes = {program: _stripped(bench, bench.server.parent / program) for program in ["asr2clip", "asr2clip-engine"]}
    sizes["libraries"] = sum(file.stat().st_size for file in (DEPS / "lib").iterdir() if not file.is_symlink())
    sizes["detector"] = DETECTOR.stat().st_size
    megabytes = {name: size / MEGABYTE for name, size in sizes.items()}
    note = ", ".join(f"{name} {size:.1f}" for name, size in megabytes.items())
    bench.report.figure("installed size, without models", sum(megabytes.values()), " MB", at_most=130, note=note)
    bench.report.figure("the engine's program", megabytes["asr2clip-engine"], " MB", at_most=25)
    bench.report.raw["programs"] = sizes


def _seconds(*command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - start


def _stripped(bench, program):
    """Its size as `make install` leaves it."""
    copy = bench.folder / program.name
    shutil.copy(program, copy)
    subprocess.run(["strip", copy], check=True)
    return copy.stat().st_size
