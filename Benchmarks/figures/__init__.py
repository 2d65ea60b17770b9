"""The figures of bench.py, one module for those that are measured together."""

from dataclasses import dataclass
from pathlib import Path

from harness.registry import Model, registry
from harness.report import Report
from harness.serving import serving


@dataclass
class Bench:
    """What all measurements work with."""

    #: The server's executable, and the compiled bare engine.
    server: Path
    bare: Path
    #: For files of their own.
    folder: Path
    report: Report
    model: Model
    #: How much is measured: 1, or less to try the script out.
    scale: float

    def times(self, count):
        """So many repetitions, or fewer to try the script out."""
        return max(2, round(count * self.scale))

    def serving(self):
        """Runs the server with the model alone."""
        config = self.folder / "models.yaml"
        config.write_text(registry(self.model))
        return serving(self.server, config=config)
