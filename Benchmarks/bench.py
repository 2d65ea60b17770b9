#!/usr/bin/env python3
"""Measures the server against the bare engine, sherpa-onnx called directly, and against the goals that it has.

    make bench
    Benchmarks/bench.py --json bench.json

Every figure of speed is a ratio or a difference from one run on one machine, with the starter model or a Whisper; those of the
programs themselves are plain. Prints a table with the
goals, and exits with 1 if one of them is missed or could not be measured. It takes some 10 minutes on an idle machine
with two cores; on a busy one times mean little, and it says so. What runs beside the server costs computing as well:
how much is in the table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import Bench, footprint, hour, latency, programs, recording, start, throughput
from harness import bare, machine
from harness.paths import SERVER
from harness.registry import MODELS, STARTER, whisper
from harness.report import Report

FIGURES = {
    "programs": programs, "start": start, "latency": latency, "throughput": throughput, "hour": hour,
    "recording": recording, "footprint": footprint,
}


def long(bench):
    """Three hours, by the script beside this one."""
    script, result = Path(__file__).with_name("long_audio.py"), bench.folder / "long.json"
    hours = 3 * bench.scale
    subprocess.run([script, "--hours", str(hours), "--server", bench.server, "--json", result], check=True)
    found = json.loads(result.read_text())
    bench.report.raw["long"] = found
    medians = found["engine_median_above_loaded_mb_since_the_minute_before"]
    medians = {int(minute): median for minute, median in medians.items()}
    name = "engine's median memory, minute 150 to 180 against minute 10 to 30"
    if 180 in medians:
        note = f"above the loaded model, until each minute: {medians}"
        bench.report.figure(name, medians[180] - medians[30], " MB", at_most=20, note=note)
    else:
        bench.report.missing(name, "the recording is shorter")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=Path, default=SERVER)
    parser.add_argument(
        "--whisper", type=whisper, dest="model", default=MODELS[STARTER], metavar="FOLDER",
        help="a Whisper in this folder (encoder, decoder, tokens.txt) in place of the starter model",
    )
    parser.add_argument("--json", type=Path, help="where the raw numbers go")
    parser.add_argument("--only", choices=FIGURES, nargs="+", default=list(FIGURES), help="some of the figures")
    parser.add_argument("--long", action="store_true", help="three hours as well, by long_audio.py")
    parser.add_argument("--scale", type=float, default=1, help="0.05 tries the script out; goals then mean nothing")
    options = parser.parse_args()
    about = {"machine": machine.description(), "server": str(options.server), "scale": options.scale}
    about["model"] = str(options.model.folder)
    busy = machine.busy()
    print(json.dumps(about["machine"], indent=1))
    if busy:
        print(f"NOT IDLE: {busy}")
    report = Report()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        bench = Bench(options.server.absolute(), bare.compiled(folder), folder, report, options.model, options.scale)
        for figures in options.only:
            FIGURES[figures].measure(bench)
        if options.long:
            long(bench)
    print(f"\n{report.table()}")
    if busy:
        print(f"\nNOT IDLE: {busy}")
    if options.json:
        report.write(options.json, **about, not_idle=busy)
    if report.missed:
        print(f"\nMissed: {'; '.join(report.missed)}", file=sys.stderr)
    return bool(report.missed)


if __name__ == "__main__":
    sys.exit(main())
