"""Series that make each alert of deploy/prometheus/alerts.yml fire, and series of healthy nodes that make none fire.

In promtool's notation, `1+2x3` is 1, 3, 5, 7, one sample a minute, and `_` is no sample."""

UP = {'up{job="asr2clip",instance="a:8000"}': "1x60", 'up{job="asr2clip",instance="b:8000"}': "1x60"}
A = {"job": "asr2clip", "instance": "a:8000"}
REQUESTS = 'asr2clip_http_requests_total{job="asr2clip",instance="a:8000",endpoint="%s",method="%s",status="%s"}'
TRANSCRIPTIONS = ("/v1/audio/transcriptions", "POST")
FACTOR = 'asr2clip_realtime_factor_ratio_bucket{job="asr2clip",instance="a:8000",model="m",le="%s"}'
DELAY = 'asr2clip_live_text_delay_seconds_bucket{job="asr2clip",instance="a:8000",model="m",le="%s"}'


def node(metric, labels="", instance="a:8000"):
    return f'{metric}{{job="asr2clip",instance="{instance}"{labels}}}'


# A server and an engine that restarted once, one node with a queue, a few refusals and failures, an upstream that was
# away for a minute, much on disk for a while.
HEALTHY = UP | {
    node("asr2clip_process_start_time_seconds"): "1000x30 3000x30",
    node("asr2clip_engine_restarts_total", ',model="m"'): "0x30 1x30",
    node("asr2clip_queue_seconds", ',model="m"'): "20x60",
    node("asr2clip_queue_seconds", ',model="m"', "b:8000"): "90x60",
    REQUESTS % (*TRANSCRIPTIONS, 200): "0+100x60",
    REQUESTS % (*TRANSCRIPTIONS, 429): "0+2x60",
    REQUESTS % (*TRANSCRIPTIONS, 500): "0+1x60",
    # A probe that is told "not ready" is no failure.
    REQUESTS % ("/health/ready", "GET", 503): "0+50x60",
    FACTOR % "0.5": "0+90x60",
    FACTOR % "+Inf": "0+100x60",
    DELAY % "1": "0+99x60",
    DELAY % "+Inf": "0+100x60",
    node("asr2clip_upstream_up", ',model="gpu",upstream="vllm:8000"'): "1x20 0 1x40",
    node("asr2clip_spool_bytes"): "1e9x20 9e9x5 1e9x40",
    node("asr2clip_http_connections"): "400x60",
    node("asr2clip_log_lines_lost_total"): "7x60",
}

# By alert: series, minute, labels of the alert beside its severity, and its summary.
FIRING = {
    "Asr2clipNoNode": (
        {'up{job="asr2clip",instance="a:8000"}': "0x9", 'up{job="asr2clip",instance="b:8000"}': "0x9"},
        5,
        {},
        "No node answers, so nothing is transcribed.",
    ),
    "Asr2clipNodeDown": (
        UP | {'up{job="asr2clip",instance="a:8000"}': "1x2 0x9"},
        5,
        A,
        "The node a:8000 has not answered for a minute.",
    ),
    "Asr2clipNodeRestarted": (
        UP | {node("asr2clip_process_start_time_seconds"): "1000x5 2000x5 3000x5 4000x5"},
        20,
        A,
        "The server a:8000 has started 3 times in half an hour.",
    ),
    "Asr2clipEngineRestarts": (
        UP | {node("asr2clip_engine_restarts_total", ',model="m"'): "0x5 1x2 2x2 3x2 4x9"},
        15,
        A | {"model": "m"},
        "Engines of m on a:8000 end again and again.",
    ),
    "Asr2clipQueueLong": (
        UP
        | {
            node("asr2clip_queue_seconds", ',model="m"'): "100x20",
            node("asr2clip_queue_seconds", ',model="m"', "b:8000"): "50x20",
        },
        15,
        {"job": "asr2clip"},
        "The nodes have 75 s of work each waiting or in hand.",
    ),
    "Asr2clipRefusesRequests": (
        UP | {REQUESTS % (*TRANSCRIPTIONS, 200): "0+90x20", REQUESTS % (*TRANSCRIPTIONS, 429): "0+10x20"},
        15,
        {"job": "asr2clip"},
        "10% of the requests are refused because queues or sessions are full.",
    ),
    "Asr2clipServerErrors": (
        UP
        | {
            REQUESTS % (*TRANSCRIPTIONS, 200): "0+80x20",
            REQUESTS % (*TRANSCRIPTIONS, 500): "0+10x20",
            REQUESTS % (*TRANSCRIPTIONS, 503): "0+10x20",
        },
        15,
        {"job": "asr2clip"},
        "20% of the requests fail because of the servers.",
    ),
    "Asr2clipSlow": (
        UP | {FACTOR % "1": "0+10x50", FACTOR % "2": "0+90x50", FACTOR % "+Inf": "0+100x50"},
        40,
        {"job": "asr2clip", "model": "m"},
        "Half of the recordings for m take longer than their sound lasts.",
    ),
    "Asr2clipLiveTextSlow": (
        UP | {DELAY % "2": "0+50x30", DELAY % "6": "0+100x30", DELAY % "+Inf": "0+100x30"},
        25,
        {"job": "asr2clip", "model": "m"},
        "Speakers wait 5.6 s for the text of a turn by m (95th percentile).",
    ),
    "Asr2clipUpstreamDown": (
        UP | {node("asr2clip_upstream_up", ',model="gpu",upstream="vllm:8000"'): "1x2 0x9"},
        6,
        A | {"model": "gpu", "upstream": "vllm:8000"},
        "a:8000 cannot use the upstream vllm:8000 of gpu.",
    ),
    "Asr2clipSpoolLarge": (
        UP | {node("asr2clip_spool_bytes"): "9663676416x20"},
        15,
        A,
        "a:8000 has 9GiB of uploads on disk.",
    ),
    "Asr2clipConnectionsNearLimit": (
        UP | {node("asr2clip_http_connections"): "1000x20"},
        15,
        A,
        "a:8000 has 1000 open connections; --max-connections is 1024 unless you changed it.",
    ),
    "Asr2clipLogLinesLost": (
        UP | {node("asr2clip_log_lines_lost_total"): "0x5 7x9"},
        10,
        A,
        "a:8000 has lost lines of its log.",
    ),
}
