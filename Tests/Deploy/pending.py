"""What deploy/ uses and this version does not have yet: comes with the next merge.

An entry that is there has no effect. Once all are, this file can go."""

METRICS = {
    "asr2clip_queue_audio_seconds",
    "asr2clip_queue_seconds",
    "asr2clip_upstream_requests_total",
    "asr2clip_upstream_up",
}
# By program, as its help and its command lines have them.
FLAGS = {"asr2clip-serve": {"--drain-delay"}, "asr2clip transcribe": {"--jobs"}}
