"""Judges a soak: what must not have happened, and what must not have grown."""

from harness.processes import mentioning
from harness.registry import STARTER
from harness.summary import percentile, slope

VIOLATIONS = [
    "no answer", "wrong text", "wrong error", "broken stream", "bad health", "leftover upload", "open upload",
]
#: Shorter soaks say nothing about growth: memory rises until the largest of everything has been seen once.
MEANINGFUL_MINUTES = 10
#: What may come on top over a soak: MB of the parent and of an engine, descriptors and threads.
PARENT_GROWTH, ENGINE_GROWTH, DESCRIPTOR_GROWTH, THREAD_GROWTH = 6, 20, 20, 8
#: Seconds; the load takes all cores, and so do the clients.
SLOWEST_HEALTH = 1.0


def judge(soak, report, exit_status):
    ledger = soak.ledger
    report.figure("requests", ledger.requests, note=", ".join(f"{kind} {n}" for kind, n in sorted(ledger.kinds.items())))
    report.figure("engines killed", len(soak.kills.times))
    for what in VIOLATIONS:
        report.figure(what, ledger.violations[what], at_most=0)
    others = {what: n for what, n in ledger.violations.items() if what not in VIOLATIONS}
    report.check("other violations", str(others or "none"), "none", not others)
    report.figure("/health, slowest", max(soak.health.times), " s", at_most=SLOWEST_HEALTH)
    report.figure("/health, 99 %", percentile(soak.health.times, 99), " s", note=f"{len(soak.health.times)} asked")
    _growth(soak, report)
    report.check("exit status after SIGTERM", str(exit_status), "0", exit_status == 0)
    _leftovers(soak, report)


def _growth(soak, report):
    readings = soak.rest.readings
    is_long = soak.minutes >= MEANINGFUL_MINUTES
    reason = "" if is_long else f"not judged: shorter than {MEANINGFUL_MINUTES} minutes"

    def grown(name, points, limit, unit):
        if len(points) < 2:
            judged = is_long and limit is not None
            report.check(name, "NOT MEASURED", "", False if judged else None, "too few readings")
            return
        value = slope(points) * (points[-1][0] - points[0][0])
        note = reason or f"{points[0][1]:.0f} first, {points[-1][1]:.0f} last, {len(points)} readings"
        report.figure(name, value, unit, at_most=limit if is_long else None, note=note)

    memories = readings["parent's memory"]
    grown("parent's memory at rest, growth after a quarter", memories[len(memories) // 4 :], PARENT_GROWTH, " MB")
    for name, limit in (("descriptors", DESCRIPTOR_GROWTH), ("threads", THREAD_GROWTH)):
        points = readings[name]
        _compare_lowest(report, f"parent's {name} at rest", points, limit if is_long else None, reason)

    for model in sorted({model for _, model in soak.memories.engines}):
        lives = [points for (_, name), points in soak.memories.engines.items() if name == model]
        longest = max(lives, key=len)
        highest = max(mb for points in lives for _, mb in points)
        # Only the default model's engine lives long enough to tell; the others are killed and unloaded all the time. How
        # high memory goes is a matter of how many long recordings meet; what is lost is never given back.
        judged = ENGINE_GROWTH if is_long and model == STARTER else None
        name = f"longest life of an engine of {model} (highest of all {highest:.0f} MB), after a third"
        _compare_lowest(report, name, longest[len(longest) // 3 :], judged, reason, " MB")


def _compare_lowest(report, name, points, limit, reason, unit=""):
    """Engines come and go and so does their work, so what is held varies; what is lost is never let go again."""
    first, second = (points[: len(points) // 2], points[len(points) // 2 :])
    if not first:
        report.check(name, "NOT MEASURED", "", None if limit is None else False, "too few readings")
        return
    low, later = (min(value for _, value in half) for half in (first, second))
    note = reason or f"lowest: {low:.0f} and {later:.0f}, of {len(points)} readings"
    report.figure(f"{name}, lowest in the second half − in the first", later - low, unit, at_most=limit, note=note)


def _leftovers(soak, report):
    folder = soak.server.temporary
    files = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    report.check("temporary files and sockets left", str(len(files)), "0", not files, ", ".join(files[:5]))
    processes = mentioning(str(folder))
    report.check("processes left", str(len(processes)), "0", not processes, str(processes or ""))
    log = soak.server.log.read_text()
    told = [sample.name for sample in soak.samples if len(sample.text.split()) > 2 and sample.text in log]
    report.check("texts in the log", str(len(told)), "0", not told, ", ".join(told))
