"""A Prometheus that asks the nodes, and what it says of them afterwards."""

import json
import subprocess
import urllib.parse
import urllib.request

from harness.paths import DEPS

from clustering.namespaces import SCRATCH
from clustering.nodes import KEY, until

PORT = 9090
CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: asr2clip
    authorization: {{credentials_file: {key}}}
    static_configs: [{{targets: {targets}}}]
"""


class Prometheus:
    def __init__(self, machine, nodes):
        self.machine, self.nodes = machine, nodes
        self.folder = SCRATCH / "prometheus"
        self.folder.mkdir()
        (self.folder / "key").write_text(KEY)
        targets = json.dumps([node.authority for node in nodes])
        (self.folder / "prometheus.yml").write_text(CONFIGURATION.format(key=self.folder / "key", targets=targets))
        self.url = f"http://{machine.address}:{PORT}/api/v1/"

    def start(self):
        command = [DEPS / "prometheus/usr/bin/prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
        command.append(f"--web.listen-address={self.machine.address}:{PORT}")
        with (self.folder / "log").open("w") as log:
            self.process = self.machine.popen(command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        until("Prometheus has asked all nodes", lambda: len(self.query("up == 1")) == len(self.nodes))

    def up(self):
        """The values of `up`. One answer of a node may have come too late, so it waits a while for all to be 1."""

        def ones():
            found = self.query("up == 1")
            return found if len(found) == len(self.nodes) else None

        try:
            return until("all nodes are up", ones, patience=60)
        except TimeoutError:
            return self.query("up")

    def query(self, expression):
        """The values of an expression now, by the node."""
        return {labels: float(value) for labels, (_, value) in self._ask("query", query=expression, _field="value")}

    def course(self, expression, begin, end):
        """The values of an expression, one a second, by the node."""
        found = self._ask("query_range", query=expression, start=begin, end=end, step=1, _field="values")
        return {node: [float(value) for _, value in values] for node, values in found}

    def _ask(self, path, _field, **parameters):
        names = {node.authority: node.name for node in self.nodes}
        try:
            with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(parameters)}", timeout=10) as answer:
                result = json.load(answer)["data"]["result"]
        except OSError:
            return []
        return [(names.get(series["metric"].get("instance"), ""), series[_field]) for series in result]
