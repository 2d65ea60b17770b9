"""A Prometheus, unpacked by scripts/setup, with the configurations of deploy/prometheus."""

import contextlib
import json
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import yaml
from conftest import DEPLOY, KEY, REPOSITORY, URL, ask, eventually

PROGRAM = REPOSITORY / ".deps/prometheus/usr/bin/prometheus"
PROMTOOL = REPOSITORY / ".deps/prometheus/usr/bin/promtool"


def configuration(name, folder, change=lambda configuration: None):
    """Writes a configuration of deploy/prometheus with this test's key, and with what `change` changes: its path."""
    settings = yaml.safe_load((DEPLOY / "prometheus" / name).read_text())
    settings["rule_files"] = [str(DEPLOY / "prometheus" / rules) for rules in settings["rule_files"]]
    key = folder / "key"
    key.write_text(KEY)
    for job in settings["scrape_configs"]:
        assert job["authorization"]["credentials_file"].startswith("/")
        job["authorization"]["credentials_file"] = str(key)
    change(settings)
    path = folder / name
    path.write_text(yaml.safe_dump(settings))
    return path


def often(settings):
    """Scrapes every second instead of every 15."""
    assert set(settings["global"]) == {"scrape_interval", "evaluation_interval"}
    settings["global"] = dict.fromkeys(settings["global"], "1s")


def this_server(settings):
    """Scrapes the server under test."""
    often(settings)
    [job] = settings["scrape_configs"]
    [group] = job["static_configs"]
    group["targets"] = [urlsplit(URL).netloc]


def pods(settings):
    """Scrapes the server under test as if it were two pods of the Deployment, and ignores other pods.

    Debian's Prometheus does not know Kubernetes, so the targets get the labels that its documentation lists."""
    often(settings)
    [job] = settings["scrape_configs"]
    [discovery] = job.pop("kubernetes_sd_configs")
    assert discovery == {"role": "pod", "namespaces": {"names": ["asr2clip"]}}
    job["static_configs"] = [
        pod("asr2clip-1"),
        pod("asr2clip-2"),
        pod("other", app_kubernetes_io_name="other"),
        pod("init", container_port_name=""),
        pod("done", phase="Succeeded"),
    ]


def pod(name, app_kubernetes_io_name="asr2clip", container_port_name="http", phase="Running"):
    labels = {
        "namespace": "asr2clip",
        "pod_name": name,
        "pod_label_app_kubernetes_io_name": app_kubernetes_io_name,
        "pod_container_port_name": container_port_name,
        "pod_phase": phase,
    }
    labels = {f"__meta_kubernetes_{label}": value for label, value in labels.items()}
    return {"targets": [urlsplit(URL).netloc], "labels": labels}


class Prometheus:
    """A running Prometheus."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path, **parameters):
        status, body = ask("GET", f"/api/v1/{path}?{urlencode(parameters)}", url=self.url)
        answer = json.loads(body)
        assert (status, answer["status"]) == (200, "success"), f"{parameters}: {answer}"
        return answer["data"]

    def query(self, query):
        """The series that a query gives now: (labels, value)."""
        return [(row["metric"], float(row["value"][1])) for row in self.get("query", query=query)["result"]]

    def targets(self):
        return self.get("targets", state="active")["activeTargets"]


@contextlib.contextmanager
def running(name, change):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        path = configuration(name, folder, change)
        while True:
            port = free_port()
            command = [PROGRAM, f"--config.file={path}", f"--storage.tsdb.path={folder}/data"]
            with (folder / "log").open("w") as log:
                process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=log)
            try:
                prometheus = Prometheus(port)
                if eventually("Prometheus is ready", lambda: has_ended(process) or is_ready(prometheus)) == "ready":
                    yield prometheus
                    return
            finally:
                process.terminate()
                process.wait()
            message = (folder / "log").read_text()
            # Another program has taken the port meanwhile.
            assert "address already in use" in message, message


def has_ended(process):
    return "ended" if process.poll() is not None else None


def is_ready(prometheus):
    return "ready" if ask("GET", "/-/ready", url=prometheus.url)[0] == 200 else None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
