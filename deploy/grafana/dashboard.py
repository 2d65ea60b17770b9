#!/usr/bin/env python3
"""Writes the dashboard for Grafana, with the panels of panels.py. After a change to either file:

    deploy/grafana/dashboard.py > deploy/grafana/asr2clip.json

Import the JSON in Grafana by Dashboards > New > Import. The data source, the job and the nodes are chosen at the top of
the dashboard. A test runs every query against a Prometheus that scrapes a server."""

import json
import sys

from panels import ROWS

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def variable(name, label, query, **more):
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": SOURCE,
        "query": query,
        "refresh": 2,
        "sort": 1,
        **more,
    }


def panel_json(panel, identifier, x, y):
    height = 4 if panel.kind == "stat" else 8
    custom = {"showPoints": "never", "fillOpacity": 30 if panel.stack else 0}
    if panel.stack:
        custom["stacking"] = {"mode": "normal", "group": "A"}
    result = {
        "id": identifier,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": {"h": height, "w": panel.width, "x": x, "y": y},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for index, (query, legend) in enumerate(panel.queries.items())
        ],
    }
    if panel.kind == "timeseries":
        result["fieldConfig"]["defaults"]["custom"] = custom
        result["options"] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    else:
        by_name = "{{" in next(iter(panel.queries.values()))
        result["options"] = {
            "textMode": "value_and_name" if by_name else "value",
            "reduceOptions": {"calcs": ["lastNotNull"]},
        }
    return result


def panels():
    identifier, y = 0, 0
    for title, row in ROWS.items():
        identifier += 1
        yield {
            "id": identifier,
            "type": "row",
            "title": title,
            "gridPos": {"h": 1, "w": 24, "x": 0, "y": y},
            "panels": [],
        }
        x, y = 0, y + 1
        for panel in row:
            identifier += 1
            made = panel_json(panel, identifier, x, y)
            yield made
            x += panel.width
            if x == 24 or panel is row[-1]:
                x, y = 0, y + made["gridPos"]["h"]


def dashboard():
    return {
        "uid": "asr2clip",
        "title": "asr2clip",
        "tags": ["asr2clip"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {
            "list": [
                {"type": "datasource", "name": "datasource", "label": "Prometheus", "query": "prometheus"},
                variable("job", "Job", "label_values(asr2clip_build_info, job)"),
                variable(
                    "instance",
                    "Node",
                    'label_values(asr2clip_build_info{job="$job"}, instance)',
                    multi=True,
                    includeAll=True,
                    allValue=".+",
                ),
            ]
        },
        "panels": list(panels()),
    }


if __name__ == "__main__":
    json.dump(dashboard(), sys.stdout, indent=2)
    print()
