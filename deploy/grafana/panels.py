"""The panels of the dashboard: what each shows, and the queries for it."""

from dataclasses import dataclass

# What each selector begins with: the variables at the top of the dashboard.
NODES = 'job="$job",instance=~"$instance"'
# Requests of clients, without those of probes and monitoring.
CLIENTS = NODES + ',endpoint!~"/health.*|/readyz|/ping|/metrics"'
WINDOW = "[$__rate_interval]"
PROCESSES = "instance, process, model"


@dataclass
class Panel:
    """One panel: queries with the legend of each, the unit by Grafana's name, and what to read in it."""

    title: str
    queries: dict
    unit: str = "short"
    about: str = ""
    kind: str = "timeseries"
    width: int = 8
    stack: bool = False


def rate(metric, by, selector=NODES):
    return f"sum by ({by}) (rate({metric}{{{selector}}}{WINDOW}))"


def quantile(share, histogram, by, selector=NODES):
    return f"histogram_quantile({share}, sum by ({by}, le) (rate({histogram}_bucket{{{selector}}}{WINDOW})))"


def quantiles(histogram, by, selector=NODES):
    """The median and the 95th percentile."""
    legend = "" if by == "job" else f" {{{{{by}}}}}"
    return {
        quantile(0.5, histogram, by, selector): "median" + legend,
        quantile(0.95, histogram, by, selector): "95 %" + legend,
    }


def gauge(metric, by, selector=NODES):
    return f"sum by ({by}) ({metric}{{{selector}}})"


def grown(metric, by):
    """By how much a counter has grown in an hour."""
    return f"sum by ({by}) (increase({metric}{{{NODES}}}[1h]))"


def stat(title, query, legend="", unit="short", about=""):
    return Panel(title, {query: legend}, unit, about, kind="stat", width=4)


ROWS = {
    "At a glance": [
        stat("Nodes that answer", gauge("up", "job")),
        stat(
            "Work a node",
            f"{gauge('asr2clip_queue_seconds', 'job')} / {gauge('up', 'job')}",
            unit="s",
            about="Estimated seconds of work, waiting and in hand. The scalers of deploy/kubernetes keep it at 10 s.",
        ),
        stat(
            "Sound answered",
            rate("asr2clip_audio_seconds_total", "job"),
            about="Seconds of recordings a second.",
        ),
        stat("Live sessions", gauge("asr2clip_live_sessions", "job")),
        stat(
            "Failed by servers",
            (
                f'(sum(rate(asr2clip_http_requests_total{{{CLIENTS},status=~"5.."}}{WINDOW})) or vector(0))'
                f" / sum(rate(asr2clip_http_requests_total{{{CLIENTS}}}{WINDOW}))"
            ),
            unit="percentunit",
            about="The share of requests with a status of 500 and above.",
        ),
        stat("Versions", gauge("asr2clip_build_info", "version"), "{{version}}"),
    ],
    "Requests": [
        Panel(
            "Requests by status",
            {rate("asr2clip_http_requests_total", "status", CLIENTS): "{{status}}"},
            "reqps",
            "429: a queue is full. 499: the client left. 503: loading, shutting down, or a full disk.",
            stack=True,
        ),
        Panel(
            "Time of transcriptions",
            quantiles(
                "asr2clip_http_request_duration_seconds", "job", NODES + ',method="POST",endpoint=~"/v1/audio/.*"'
            ),
            "s",
            "From the first line of a request to the end of its answer, its upload included.",
        ),
        Panel(
            "Connections",
            {gauge("asr2clip_http_connections", "instance"): "{{instance}}"},
            about="--max-connections is 1024 unless you changed it.",
        ),
    ],
    "Work": [
        Panel(
            "Work in seconds, by node",
            {gauge("asr2clip_queue_seconds", "instance"): "{{instance}}"},
            "s",
            "Waiting and in hand, at the measured speed of each node. Lines that are close: the balancer shares well.",
        ),
        Panel(
            "Sound in the queue, by model",
            {gauge("asr2clip_queue_audio_seconds", "model"): "{{model}}"},
            "s",
            "Waiting and in hand.",
            stack=True,
        ),
        Panel(
            "Sound answered, by node",
            {rate("asr2clip_audio_seconds_total", "instance"): "{{instance}}"},
            about="Seconds of recordings a second.",
            stack=True,
        ),
        Panel(
            "Busy lanes",
            {
                " / ".join(
                    gauge(name, "instance") for name in ("asr2clip_decode_lanes_busy", "asr2clip_decode_lanes")
                ): "{{instance}}"
            },
            "percentunit",
            "At 100 % for long, recordings wait for each other.",
        ),
        Panel("Wait for a lane", quantiles("asr2clip_queue_wait_seconds", "model"), "s"),
        Panel(
            "Time by length of the sound",
            quantiles("asr2clip_realtime_factor_ratio", "model"),
            about="The real-time factor: below 1 is faster than speech.",
        ),
        Panel(
            "Recordings and segments in engines",
            {
                gauge("asr2clip_queue_jobs", "model"): "recordings {{model}}",
                gauge("asr2clip_queue_segments", "model"): "waiting segments {{model}}",
            },
        ),
    ],
    "Live speech": [
        Panel(
            "Live sessions by node",
            {gauge("asr2clip_live_sessions", "instance"): "{{instance}}"},
            stack=True,
            about="--max-sessions is 32 for each node unless you changed it.",
        ),
        Panel("Delay of the text of turns", quantiles("asr2clip_live_text_delay_seconds", "model"), "s"),
        Panel("Turns", {rate("asr2clip_live_turns_total", "model, outcome"): "{{model}} {{outcome}}"}),
        Panel(
            "Sound of live turns",
            {rate("asr2clip_live_audio_seconds_total", "model"): "{{model}}"},
            about="Seconds of sound a second.",
        ),
        Panel("Why sessions ended", {rate("asr2clip_live_sessions_ended_total", "ending"): "{{ending}}"}, stack=True),
    ],
    "Upstreams": [
        Panel(
            "Upstreams that can be used",
            {gauge("asr2clip_upstream_up", "model, upstream"): "{{model}} {{upstream}}"},
            about="The number of nodes for which it is up.",
        ),
        Panel(
            "Requests in the hands of upstreams",
            {gauge("asr2clip_upstream_requests_in_flight", "model, upstream"): "{{model}} {{upstream}}"},
            stack=True,
        ),
        Panel(
            "Requests to upstreams",
            {rate("asr2clip_upstream_requests_total", "upstream, outcome"): "{{upstream}} {{outcome}}"},
            "reqps",
        ),
    ],
    "Nodes": [
        Panel(
            "Memory",
            {gauge("asr2clip_process_resident_memory_bytes", PROCESSES): "{{instance}} {{process}} {{model}}"},
            "bytes",
        ),
        Panel("Uploads on disk", {gauge("asr2clip_spool_bytes", "instance"): "{{instance}}"}, "bytes"),
        Panel("Uploads written", {rate("asr2clip_spooled_bytes_total", "instance"): "{{instance}}"}, "Bps"),
        Panel(
            "Engines that ended and came back, in an hour",
            {grown("asr2clip_engine_restarts_total", "instance, model"): "{{instance}} {{model}}"},
        ),
        Panel(
            "Loaded models",
            {
                " - ".join(
                    gauge(f"asr2clip_model_{event}_total", "instance, model") for event in ("loads", "unloads")
                ): "{{instance}} {{model}}"
            },
        ),
        Panel(
            "Lost lines of the log, in an hour", {grown("asr2clip_log_lines_lost_total", "instance"): "{{instance}}"}
        ),
        Panel(
            "Time since the start", {f"time() - asr2clip_process_start_time_seconds{{{NODES}}}": "{{instance}}"}, "s"
        ),
    ],
}
