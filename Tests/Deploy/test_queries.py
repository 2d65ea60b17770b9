"""Queries name only metrics that there are, and the dashboard is what its program writes and leaves no metric out."""

import re
import subprocess
import sys

import metrics_used as used
import yaml
from conftest import DEPLOY


def test_every_query_names_documented_metrics():
    known = set(used.documented())
    for place, query in used.all_queries():
        for name in used.names(query):
            assert used.base(name) in known, f"{place} names {name}, which docs/metrics.md does not have"
    recorded = {rule["record"] for rule in used.rules() if "record" in rule}
    for place, query in used.all_queries():
        for name in re.findall(r"\basr2clip:[\w:]+", query):
            assert name in recorded, f"{place} names {name}, which no rule records"


def test_the_dashboard_shows_every_metric():
    shown = {
        used.base(name) for panel in used.panels() for target in panel["targets"] for name in used.names(target["expr"])
    }
    assert shown == set(used.documented())


def test_the_dashboard_is_what_its_program_writes():
    written = subprocess.run(
        [sys.executable, DEPLOY / "grafana/dashboard.py"], check=True, capture_output=True, text=True
    )
    assert written.stdout == (DEPLOY / "grafana/asr2clip.json").read_text()


def test_panels_do_not_overlap():
    taken = set()
    for panel in used.dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not taken & cells and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    identifiers = [panel["id"] for panel in used.dashboard()["panels"]]
    assert len(set(identifiers)) == len(identifiers)


def test_both_scalers_aim_at_the_same_queue():
    autoscaler = yaml.safe_load((DEPLOY / "kubernetes/scaling-hpa/autoscaler.yaml").read_text())["spec"]
    [metric] = autoscaler["metrics"]
    assert metric["pods"]["metric"]["name"] == used.adapter_rule()["name"]["as"]
    scaled = used.scaled_object()["spec"]
    [trigger] = scaled["triggers"]
    assert trigger["metadata"]["threshold"] == metric["pods"]["target"]["averageValue"]
    # Then the autoscaler that KEDA makes divides by the number of pods, as the other one does.
    assert trigger["metricType"] == metric["pods"]["target"]["type"] == "AverageValue" and "/" not in used.keda_query()
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (
        autoscaler["minReplicas"],
        autoscaler["maxReplicas"],
    )
    assert (
        scaled["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
        == autoscaler["behavior"]["scaleDown"]
    )
