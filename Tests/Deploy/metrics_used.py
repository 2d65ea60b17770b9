"""The metrics that queries of deploy/ name, and those that docs/metrics.md has."""

import json
import re

import yaml
from conftest import DEPLOY, REPOSITORY

# A histogram is documented by its name and queried by these.
PARTS = ("_bucket", "_sum", "_count")


def documented():
    """The kind of each metric by its name."""
    text = (REPOSITORY / "docs/metrics.md").read_text()
    return dict(re.findall(r"^\| `(asr2clip_\w+)` \| (\w+) \|", text, re.MULTILINE))


def names(query):
    """The metrics of asr2clip that a query names; those of recording rules have colons."""
    return {name for name in re.findall(r"\basr2clip[\w:]+", re.sub(r'"[^"]*"', '""', query)) if ":" not in name}


def base(name):
    """The name under which docs/metrics.md has a series."""
    for part in PARTS:
        whole = name.removesuffix(part)
        if whole != name and documented().get(whole) == "histogram":
            return whole
    return name


def rules():
    [group] = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    return group["rules"]


def dashboard():
    return json.loads((DEPLOY / "grafana/asr2clip.json").read_text())


def panels():
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def on_dashboard(query, window="30s"):
    """A query with the dashboard's variables replaced, as Grafana does it."""
    values = {"$job": "asr2clip", "$instance": ".+", "$__rate_interval": window}
    for variable, value in values.items():
        query = query.replace(variable, value)
    assert "$" not in query, query
    return query


def scaled_object():
    return yaml.safe_load((DEPLOY / "kubernetes/scaling-keda/scaledobject.yaml").read_text())


def keda_query():
    [trigger] = scaled_object()["spec"]["triggers"]
    return trigger["metadata"]["query"]


def adapter_rule():
    [rule] = yaml.safe_load((DEPLOY / "kubernetes/scaling-hpa/prometheus-adapter-rules.yaml").read_text())["rules"]
    return rule


def adapter_query(namespace, pods):
    """What Prometheus adapter asks for these pods. Its documentation describes the parts of the template."""
    rule = adapter_rule()
    labels = {resource["resource"]: label for label, resource in rule["resources"]["overrides"].items()}
    parts = {
        "<<.Series>>": rule["name"]["matches"],
        "<<.LabelMatchers>>": f'{labels["namespace"]}="{namespace}",{labels["pod"]}=~"{"|".join(pods)}"',
        "<<.GroupBy>>": labels["pod"],
    }
    query = rule["metricsQuery"]
    for part, value in parts.items():
        query = query.replace(part, value)
    assert "<<" not in query, query
    return query


def all_queries():
    """Every query of deploy/, with where it is."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], on_dashboard(target["expr"])
    yield "the ScaledObject", keda_query()
    yield "Prometheus adapter", adapter_query("asr2clip", ["a"])
    yield "Prometheus adapter's seriesQuery", adapter_rule()["seriesQuery"]
