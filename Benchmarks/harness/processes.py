"""What Linux tells of processes, in /proc (proc(5))."""

import os
import re
from pathlib import Path


def _megabytes(path, key):
    return int(re.search(rf"^{key}:\s+(\d+)", path.read_text(), re.MULTILINE)[1]) / 1024


def memory(pid):
    """Resident megabytes, without the files that are mapped."""
    return _megabytes(Path(f"/proc/{pid}/status"), "RssAnon")


def memories(pid):
    """Resident megabytes in three ways: all, without the files that are mapped, and with what processes share split
    among them."""
    return {
        "rss": _megabytes(Path(f"/proc/{pid}/status"), "VmRSS"),
        "anonymous": memory(pid),
        "proportional": _megabytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss"),
    }


def children(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sorted({int(child) for task in tasks for child in (task / "children").read_text().split()})


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    """How many files and sockets are open, without Unix sockets: a server has some to its engines, and for its jobs."""
    unix = {f"socket:[{line.split()[6]}]" for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(link))
        except OSError:
            pass  # closed meanwhile
    return sum(link not in unix for link in links)


def threads(pid):
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def running(executable):
    """The processes of an executable."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.readlink(folder / "exe") == str(executable):
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def mentioning(text):
    """The processes that have a text in their arguments or their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if text.encode() in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                pass
    return found
