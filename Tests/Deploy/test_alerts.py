"""promtool reads the configurations and rules of deploy/prometheus, and tries each alert."""

import re
import subprocess

import metrics_used
import pytest
import yaml
from alert_series import FIRING, HEALTHY
from conftest import DEPLOY
from prometheus import PROMTOOL, configuration, pods, this_server

RULES = DEPLOY / "prometheus/alerts.yml"


def promtool(*arguments):
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def alerts():
    return {rule["alert"]: rule for rule in metrics_used.rules() if "alert" in rule}


@pytest.mark.parametrize("name, change", [("prometheus.yml", this_server), ("scrape-kubernetes.yml", pods)])
def test_promtool_reads_the_configuration(name, change, tmp_path):
    said = promtool("check", "config", configuration(name, tmp_path, change))
    assert "1 rule files found" in said and f"{len(metrics_used.rules())} rules found" in said


def test_each_alert_says_what_to_do():
    for name, rule in alerts().items():
        assert set(rule["annotations"]) == {"summary", "action"}, name
        assert all(re.fullmatch(r"(?s)[A-Z{].*\.", text) for text in rule["annotations"].values()), name
        assert rule["labels"]["severity"] in ("warning", "critical"), name


def series(values):
    return [{"series": name, "values": sequence} for name, sequence in values.items()]


def run(tests, folder):
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
    promtool("test", "rules", file)


def firing(minute, *samples):
    expected = [{"labels": labels, "value": 1} for labels in samples]
    return {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{minute}m", "exp_samples": expected}


def test_healthy_nodes_fire_nothing_at_any_minute(tmp_path):
    queries = [firing(minute) for minute in range(61)]
    run([{"interval": "1m", "input_series": series(HEALTHY), "promql_expr_test": queries}], tmp_path)


def case(name):
    values, minute, labels, summary = FIRING[name]
    rule = alerts()[name]
    alert = {
        "exp_labels": labels | rule["labels"],
        "exp_annotations": {"summary": summary, "action": rule["annotations"]["action"]},
    }
    return {
        "interval": "1m",
        "input_series": series(values),
        "alert_rule_test": [{"eval_time": f"{minute}m", "alertname": name, "exp_alerts": [alert]}],
    }


def test_every_alert_fires_for_its_series(tmp_path):
    assert set(FIRING) == set(alerts())
    run([case(name) for name in FIRING], tmp_path)


@pytest.mark.parametrize("name", FIRING)
def test_no_other_alert_fires_for_them(name, tmp_path):
    values, minute, labels, _ = FIRING[name]
    expected = [sample(name, labels)]
    # Where no node answers, each of them is down too.
    if name == "Asr2clipNoNode":
        expected += [sample("Asr2clipNodeDown", {"job": "asr2clip", "instance": node}) for node in ("a:8000", "b:8000")]
    query = firing(minute, *expected)
    run([{"interval": "1m", "input_series": series(values), "promql_expr_test": [query]}], tmp_path)


def sample(name, labels):
    """The series that says that an alert fires, as promtool writes it."""
    labels = {"alertname": name, "alertstate": "firing"} | labels | alerts()[name]["labels"]
    return "ALERTS{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"


def test_a_wrong_series_fails_a_test(tmp_path):
    wrong = case("Asr2clipNodeDown")
    wrong["input_series"] = series(HEALTHY)
    with pytest.raises(AssertionError, match="Asr2clipNodeDown"):
        run([wrong], tmp_path)
