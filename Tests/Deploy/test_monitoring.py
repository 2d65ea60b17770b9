"""A real Prometheus scrapes the server under a little load: every query of the dashboard and of the scalers is run."""

import json
import math
import os
import signal
import sys

import metrics_used as used
import prometheus
import pytest
from conftest import KEY, REPOSITORY, ask, eventually, transcribe

sys.path.insert(0, str(REPOSITORY / "Tests/Client"))
from live import PCM, SILENCE, TRANSCRIPTION, live, samples  # noqa: E402

HEADERS = {"Authorization": f"Bearer {KEY}"}
# Metrics that this load does not make, and why.
MISSING = dict.fromkeys(
    ["asr2clip_upstream_up", "asr2clip_upstream_requests_in_flight", "asr2clip_upstream_requests_total"],
    "the server under test has no upstreams",
)


def engines():
    return json.loads(ask("GET", "/v1/ps", headers=HEADERS)[1])["data"]


def loaded(model):
    """The process id of a model's engine."""
    for engine in engines():
        if (engine["model"], engine["status"]) == (model, "loaded"):
            return engine["pid"]
    return None


def load():
    """A recording for each model, a stream, a mistake, and a live session of one turn."""
    for model in "transducer", "whisper":
        assert transcribe(model=model)[0] == 200
    assert transcribe("en_digits_16k.wav", stream="true")[0] == 200
    assert transcribe("bad_text.wav")[0] == 400

    async def turn(session):
        await session.update(format=PCM, turn_detection=None)
        await session.say(SILENCE + samples("en_word_16k.wav"))
        await session.send("input_audio_buffer.commit")
        await session.until(TRANSCRIPTION + "completed")

    live(turn, additional_headers=HEADERS)


@pytest.fixture(scope="module")
def scraping():
    with prometheus.running("prometheus.yml", prometheus.this_server) as running:
        yield running


def is_up(running, targets):
    return lambda: [target["health"] for target in running.targets()] == ["up"] * targets


def test_metrics_need_the_key():
    assert ask("GET", "/metrics")[0] == 401
    assert ask("GET", "/metrics", headers=HEADERS)[0] == 200


def test_every_panel_has_data(scraping):
    eventually("the server is scraped", is_up(scraping, 1))
    assert transcribe()[0] == 200
    os.kill(eventually("an engine is loaded", lambda: loaded("transducer")), signal.SIGKILL)
    empty = {
        (panel["title"], target["expr"])
        for panel in used.panels()
        for target in panel["targets"]
        if not used.names(target["expr"]) & set(MISSING)
    }

    def filled():
        load()
        for panel, query in list(empty):
            if any(not math.isnan(value) for _, value in scraping.query(used.on_dashboard(query))):
                empty.discard((panel, query))
        return not empty

    try:
        eventually("every panel has data", filled)
    except AssertionError:
        pytest.fail(f"without data: {sorted(empty)}")
    # The engine that was killed.
    [restarts] = [
        value for labels, value in scraping.query("asr2clip_engine_restarts_total") if labels["model"] == "transducer"
    ]
    assert restarts == 1


def test_queries_without_data_are_right_all_the_same(scraping):
    for panel in used.panels():
        for target in panel["targets"]:
            scraping.query(used.on_dashboard(target["expr"]))


def test_rules_are_evaluated_without_errors_and_fire_nothing(scraping):
    def evaluated():
        [group] = scraping.get("rules")["groups"]
        return group["rules"] if all(rule["health"] != "unknown" for rule in group["rules"]) else None

    rules = eventually("every rule is evaluated", evaluated)
    assert [(rule["name"], rule["health"]) for rule in rules if rule["health"] != "ok"] == []
    assert [rule["name"] for rule in rules if rule.get("state") == "firing"] == []


def test_a_wrong_key_is_a_node_that_is_down():
    def wrong(settings):
        prometheus.this_server(settings)
        [job] = settings["scrape_configs"]
        job["authorization"] = {"credentials": "wrong"}

    with prometheus.running("prometheus.yml", wrong) as running:
        [error] = eventually(
            "the scrape fails", lambda: [t["lastError"] for t in running.targets() if t["health"] == "down"]
        )
        assert "401" in error
        pending = eventually("an alert", lambda: running.query('ALERTS{alertname=~"Asr2clipNodeDown|Asr2clipNoNode"}'))
        assert {labels["alertstate"] for labels, _ in pending} == {"pending"}


def test_the_scalers_queries_see_the_pods():
    with prometheus.running("scrape-kubernetes.yml", prometheus.pods) as running:
        eventually("two pods are scraped, and nothing else", is_up(running, 2))
        pods = {"asr2clip-1", "asr2clip-2"}
        labels = [labels for labels, _ in running.query("up")]
        assert {(row["job"], row["namespace"], row["pod"]) for row in labels} == {
            ("asr2clip", "asr2clip", pod) for pod in pods
        }
        # Prometheus adapter looks for series, and then asks for their values by pod.
        series = running.get("series", **{"match[]": used.adapter_rule()["seriesQuery"]})
        assert {row["pod"] for row in series} == pods
        answer = running.query(used.adapter_query("asr2clip", sorted(pods)))
        assert {row["pod"] for row, _ in answer} == pods
        # KEDA takes one number.
        [(row, value)] = running.query(used.keda_query())
        assert row == {} and value >= 0
