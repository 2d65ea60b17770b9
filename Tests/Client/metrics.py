"""What GET /metrics says, read by Prometheus's own parser for Python and held against the rules of the format."""

import re
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

from conftest import URL

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# https://prometheus.io/docs/practices/naming/: base units, as the last word but for _total and _info.
UNITS = ("_seconds", "_bytes", "_ratio", "_info")
COUNTS_OF_THINGS = {
    "asr2clip_log_lines_lost",
    "asr2clip_http_requests", "asr2clip_http_connections", "asr2clip_queue_jobs", "asr2clip_queue_segments",
    "asr2clip_decode_lanes", "asr2clip_decode_lanes_busy", "asr2clip_engine_restarts", "asr2clip_model_loads",
    "asr2clip_model_unloads", "asr2clip_live_sessions", "asr2clip_live_sessions_ended", "asr2clip_live_turns",
    "asr2clip_upstream_requests", "asr2clip_upstream_requests_in_flight", "asr2clip_upstream_up",
}  # fmt: skip


def http(method, path, body=None, headers=None):
    """One request on a connection of its own: status, headers, body."""
    connection = HTTPConnection(urlsplit(URL).netloc, timeout=120)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


class Metrics:
    """One answer of GET /metrics, checked."""

    def __init__(self):
        status, headers, self.text = http("GET", "/metrics")
        assert (status, headers["content-type"]) == (200, CONTENT_TYPE)
        self.families = list(text_string_to_metric_families(self.text))
        self.values = {}
        for family in self.families:
            check(family)
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.values, f"twice: {key}"
                self.values[key] = sample.value
        names = re.findall(r"^# TYPE (\S+)", self.text, re.MULTILINE)
        assert names == sorted(set(names)) == re.findall(r"^# HELP (\S+) \S", self.text, re.MULTILINE)
        assert self.text.endswith("\n")

    def __getitem__(self, key):
        """The value of a series: `metrics["name"]`, or `metrics["name", {"label": "value"}]`; 0 if there is none."""
        name, labels = (key, {}) if isinstance(key, str) else key
        return self.values.get((name, frozenset(labels.items())), 0)

    def __contains__(self, key):
        name, labels = key
        return (name, frozenset(labels.items())) in self.values


def check(family):
    name, kind = family.name, family.type
    assert re.fullmatch(r"asr2clip(_[a-z]+)+", name), name
    assert family.documentation.endswith("."), name
    assert kind in ("counter", "gauge", "histogram"), f"{name} is {kind}"
    assert name.endswith(UNITS) or name in COUNTS_OF_THINGS, f"{name} has no unit"
    assert len({frozenset(sample.labels) - {"le"} for sample in family.samples}) <= 1, f"{name} has changing labels"
    for sample in family.samples:
        assert sample.value == sample.value and (kind == "gauge" or sample.value >= 0), sample
        if kind == "counter":
            assert sample.name == name + "_total"
        if kind == "gauge":
            assert sample.name == name and not name.endswith("_total")
    if kind == "histogram":
        check_histogram(family)


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        bound = labels.pop("le", None)
        parts = series.setdefault(frozenset(labels.items()), {"buckets": []})
        if bound is None:
            parts[sample.name.removeprefix(family.name)] = sample.value
        else:
            assert sample.name == family.name + "_bucket"
            parts["buckets"].append((float(bound), sample.value))
    for parts in series.values():
        assert set(parts) == {"buckets", "_sum", "_count"}
        bounds, counts = zip(*parts["buckets"])
        assert list(bounds) == sorted(set(bounds)) and bounds[-1] == float("inf")
        assert list(counts) == sorted(counts) and counts[-1] == parts["_count"]


def eventually(read, wanted, limit=30):
    """Reads until what is wanted is there: a request is counted a moment after its client has the answer."""
    deadline = time.monotonic() + limit
    while (found := read()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == wanted, f"{found}, not {wanted}"
