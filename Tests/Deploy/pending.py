"""What deploy/ uses and this version does not have yet: comes with the next merge.

An entry that is there has no effect. Once all are, this file can go."""

import subprocess

from conftest import PROGRAMS

METRICS = {
    "asr2clip_queue_audio_seconds",
    "asr2clip_queue_seconds",
    "asr2clip_upstream_requests_in_flight",
    "asr2clip_upstream_requests_total",
    "asr2clip_upstream_up",
}
# By command, as its help has them.
FLAGS = {"asr2clip-serve": "--drain-delay", "asr2clip transcribe": "--recursive"}


def lacks(*command):
    """Whether a program does not have its flag yet."""
    known = subprocess.run([PROGRAMS / command[0], *command[1:], "--help"], check=True, capture_output=True, text=True)
    return FLAGS[" ".join(command)] not in known.stdout
