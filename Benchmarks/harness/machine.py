"""The machine that figures are from."""

import os
import platform
import re
import subprocess
from pathlib import Path

from harness.paths import DEPS


def cores():
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def description():
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    total = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True).stdout.splitlines()
    return {
        "cpu": cpu[1] if cpu else platform.machine(),
        "cores": cores(),
        "memory_gib": round(total / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "compiler": compiler[0] if compiler else "none",
        "dependencies": (DEPS / ".versions").read_text().split("\n"),
        "load_average_before": [round(load, 2) for load in os.getloadavg()],
    }


def busy():
    """Why figures from now are not to be trusted; `None` if nothing speaks against them."""
    load = os.getloadavg()[0]
    return f"other work is going on here (load average {load:.2f}): times are not meaningful" if load > 0.5 else None
