#!/usr/bin/env python3
"""How a model family uses cores best: lanes beside one another, threads in each operator, or several clips in one call.

    Benchmarks/lanes.py > lanes.md

Decodes the same clips with the bare engine (bare_engine.c) in each arrangement, round by round so that other work hits
all alike, and prints the medians as a table for RESULTS.md. The starter model hears real speech; the fixture models,
which are tiny and know 20 words, hear theirs. Batches are of clips in random order, whose lengths differ and which are
padded to the longest, and of clips in the order of their length; families whose batches are a loop are there to compare.
"""

import argparse
import array
import json
import random
import sys
import tempfile
from pathlib import Path

from harness import bare, machine
from harness.paths import FIXTURES
from harness.registry import FAMILIES
from harness.speech import RATE, cut, samples, wav
from harness.summary import median

#: Seconds of the clips: as many as fill all batches.
LENGTHS = [2, 3, 4, 5, 6, 8, 10, 12] * 2
NO_SPINNING = "without spinning"
#: Repetitions for about equal times; the fixture models are tiny.
REPEAT = {"moonshine": 1}
FIXTURE_REPEAT = 10


def fixture_clips(lengths):
    """Words that the fixture models know, spoken one clip after the other until the length is reached."""
    names = ["en_digits_16k.wav", "en_repeats_16k.wav", "en_word_16k.wav"]
    spoken = [samples(FIXTURES / "audio" / name) for name in names]
    clips = []
    for length in lengths:
        clip = array.array("h")
        while len(clip) < length * RATE:
            clip += spoken[(len(clip) + len(clips)) % len(spoken)]
        clips.append(clip[: int(length * RATE)])
    return clips


def arrangements(no_spinning, batches):
    """Flags of the bare engine by name."""
    cores = machine.cores()
    found = {
        "1 lane × 1 thread": {"lanes": 1, "threads": 1},
        f"1 lane × {cores} threads": {"lanes": 1, "threads": cores},
        f"1 lane × {cores} threads, {NO_SPINNING}": {"lanes": 1, "threads": cores, "provider": f"cpu:{no_spinning}"},
        f"{cores} lanes × 1 thread": {"lanes": cores, "threads": 1},
    }
    for batch in batches:
        found[f"{cores} lanes × 1 thread, {batch} a call, mixed lengths"] = {"lanes": cores, "batch": batch}
        found[f"{cores} lanes × 1 thread, {batch} a call, similar lengths"] = {"lanes": cores, "batch": batch}
    return found


def measure(program, family, folder, options):
    clips = cut(LENGTHS) if family == "moonshine" else fixture_clips(LENGTHS)
    paths = []
    for index, clip in enumerate(clips):
        paths.append(folder / f"{family}{index}.wav")
        paths[-1].write_bytes(wav(clip))
    by_length = sorted(paths, key=lambda path: path.stat().st_size)
    random.Random(1).shuffle(paths)
    runs = {name: [] for name in arrangements(folder / "no_spinning.txt", options.batches)}
    for _ in range(options.rounds):
        for name, flags in arrangements(folder / "no_spinning.txt", options.batches).items():
            order = by_length if "similar" in name else paths
            repeat = REPEAT.get(family, FIXTURE_REPEAT) * options.repeat
            runs[name].append(bare.run(program, FAMILIES[family], order, repeat=repeat, **flags))
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--batches", nargs="*", type=int, choices=[2, 4, 8, 16], default=[2, 4, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=2, help="how often each clip is decoded in a round")
    parser.add_argument("--json", type=Path, help="where the raw numbers go")
    options = parser.parse_args()
    about = machine.description()
    if busy := machine.busy():
        print(f"NOT IDLE: {busy}\n")
    results = {}
    print("| family | arrangement | times real time | CPU s per audio hour | memory above the loaded model |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        program = bare.compiled(folder)
        (folder / "no_spinning.txt").write_text("SessionConfig.session.intra_op.allow_spinning=0\n")
        for family in options.families:
            results[family] = measure(program, family, folder, options)
            for arrangement, runs in results[family].items():
                speed = median(run["audio_seconds"] / run["wall_seconds"] for run in runs)
                cost = median(run["cpu_seconds"] / run["audio_seconds"] * 3600 for run in runs)
                above = median(run["resident_mb"] - run["loaded_mb"] for run in runs)
                print(f"| {family} | {arrangement} | {speed:.0f} | {cost:.1f} | {above:.0f} MB |", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "not_idle": busy, "runs": results}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
