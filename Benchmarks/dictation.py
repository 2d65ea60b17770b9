#!/usr/bin/env python3
"""Speaks to the tool through a virtual microphone, and tells whether every utterance came once and in order, how long
each took from the end of speech to the clipboard, and what memory the tool and its engine need.

    make setup release
    Benchmarks/dictation.py --minutes 15

The speech is the one-minute session of Tests/Fixtures, again and again, recognised by the fixture transducer through a
server. PulseAudio plays it into a sink whose monitor is the microphone; the clipboard is an X display's without a screen.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from harness.paths import FIXTURES, ROOT
from harness.processes import children, memory

SESSION = json.loads((FIXTURES / "audio/manifest.json").read_text())["session"]
SILENCE = 0.5  # seconds of --silence_duration
REGISTRY = f"""
default_model: transducer
models:
  transducer:
    type: transducer
    dir: {FIXTURES}/models/transducer
    files: {{encoder: encoder.onnx, decoder: decoder.onnx, joiner: joiner.onnx, tokens: tokens.txt}}
"""
ALSA = "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
#: The real program, and after each copy a line with the time. The tool also reads the clipboard (-o), which is no copy.
XCLIP = """#!/bin/sh
/usr/bin/xclip "$@"; status=$?
case "$*" in *-o) ;; *) date +%s.%N >> "$COPIES" ;; esac
exit $status
"""


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def surroundings(folder):
    """A sound server and a display. Gives the environment to use them."""
    for name in ["run", "bin", "tmp"]:
        (folder / name).mkdir(mode=0o700)
    (folder / "alsa.conf").write_text(ALSA)
    (folder / "models.yaml").write_text(REGISTRY)
    (folder / "bin/xclip").write_text(XCLIP)
    (folder / "bin/xclip").chmod(0o755)
    environment = {
        "PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
        "TMPDIR": str(folder / "tmp"),
        "COPIES": str(folder / "copies"),
    }
    sink = "module-null-sink sink_name=virt rate=16000 channels=1 norewinds=1"
    microphone = "module-remap-source master=virt.monitor source_name=mic"
    modules = [part for module in ["module-native-protocol-unix", sink, microphone] for part in ("-L", module)]
    sound = ["pulseaudio", "-n", "--exit-idle-time=-1", "--use-pid-file=no", "--high-priority=yes", *modules]
    quiet = {"env": environment, "stderr": subprocess.DEVNULL}
    display = ["Xvfb", "-displayfd", "1", "-screen", "0", "320x240x8", "-nolisten", "tcp"]
    with running(*sound, **quiet), running(*display, stdout=subprocess.PIPE, text=True, **quiet) as screen:
        environment["DISPLAY"] = ":" + screen.stdout.readline().strip()
        time.sleep(1)
        yield environment


def delay_of_the_loop(environment):
    """Seconds from the start of paplay until its first sound is at the microphone: what is not the tool's doing."""
    recorder = ["parec", "--device=mic", "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=5"]
    with running(*recorder, stdout=subprocess.PIPE, env=environment) as hearing:
        time.sleep(1)
        os.set_blocking(hearing.stdout.fileno(), False)
        hearing.stdout.read()
        with tempfile.NamedTemporaryFile(suffix=".raw") as click:
            click.write(b"\x00\x40" * 8000)
            click.flush()
            start = time.time()
            player = subprocess.Popen(
                ["paplay", "--raw", "--rate=16000", "--channels=1", "--format=s16le", "--device=virt", click.name],
                env=environment,
            )
            while not any(hearing.stdout.read() or b""):
                time.sleep(0.001)
            delay = time.time() - start
            player.wait()
    return delay


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--programs", type=Path, default=ROOT / ".build/release")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as name, surroundings(folder := Path(name)) as environment:
        server = [options.programs / "asr2clip-serve", "--port", "0", "--config", folder / "models.yaml"]
        with running(*server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as serving:
            url = serving.stdout.readline().rsplit(" ", 1)[1].strip()
            time.sleep(2)
            delay = sorted(delay_of_the_loop(environment) for _ in range(5))[2]
            tool = subprocess.Popen(
                [options.programs / "asr2clip", "--vad", "--silence_duration", str(SILENCE), "--url", url],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
            )
            lines = []
            reader = threading.Thread(target=lambda: lines.extend(line.strip() for line in tool.stdout))
            reader.start()
            time.sleep(2)
            starts, needs = [], []
            for _ in range(options.minutes):
                starts.append(time.time())
                session = FIXTURES / "audio" / SESSION["file"]
                subprocess.run(["paplay", "--device=virt", session], check=True, env=environment)
                needs.append(memory(tool.pid) + sum(memory(child) for child in children(tool.pid)))
            time.sleep(2)
            tool.send_signal(signal.SIGINT)
            status = tool.wait()
            reader.join()
        copies = [float(line) for line in (folder / "copies").read_text().split()]
    expected = [utterance["text"].upper() for utterance in SESSION["utterances"]] * options.minutes
    for index, (got, wanted) in enumerate(zip(lines, expected)):
        if got != wanted:
            print(f"utterance {index}: '{got}', not '{wanted}'")
    ends = [start + utterance["end"] + delay for start in starts for utterance in SESSION["utterances"]]
    times = sorted(copy - end for copy, end in zip(copies, ends))
    print(f"exit status                                {status}")
    print(f"utterances                                 {len(lines)} of {len(expected)}, copied {len(copies)}")
    print(f"all exact and in order                     {lines == expected}")
    print(f"end of speech to clipboard, median         {times[len(times) // 2]:.3f} s, of which silence {SILENCE} s")
    print(f"end of speech to clipboard, 95 %           {times[len(times) * 95 // 100]:.3f} s")
    print(f"delay of the sound loop, taken off         {delay:.3f} s")
    print(f"memory of the tool and its engine,\n  after the first and the last minute       {needs[0]:.1f} MB, {needs[-1]:.1f} MB")
    return lines != expected


if __name__ == "__main__":
    sys.exit(main())
