"""Judges what came of the requests: counts, never seconds."""

import collections

from clustering.faults import FAULTS, drain, fill, kill, unplug, unplug_at_rest
from clustering.ledger import BROKEN, ENDED, FAILURES, OK, REFUSED
from clustering.load import DEFAULT

#: How far a node's seconds of sound may be from the mean.
UNEVEN = 0.2
#: Seconds without a request to a dead node after which it counts as avoided.
QUIET = 3.0
#: Faults that end connections.
DEADLY = [FAULTS[kill], FAULTS[unplug], FAULTS[unplug_at_rest]]


class Verdict:
    def __init__(self, cluster, report):
        self.cluster, self.report = cluster, report
        self.passages = {balancer.name: balancer.passages() for balancer in cluster.balancers}

    def judge(self):
        for balancer in self.cluster.balancers:
            self._balance(balancer)
        for fault in self.cluster.faults:
            for balancer in self.cluster.balancers:
                self._uploads(fault, balancer)
                self._streams(fault, balancer)
                self._sessions(fault, balancer)
                if fault.node:
                    self._avoidance(fault, balancer)
            self._monitoring(fault)
        wrong = [request for request in self.cluster.ledger.requests if request.result in ("wrong text", "node's error", "")]
        self.report.check("wrong texts, nodes' errors, no result", str(len(wrong)), "0", not wrong, _told(wrong))
        statuses = self.cluster.drained
        self.report.check("exit status of drained nodes", str(statuses), "0", all(status == 0 for status in statuses))
        up = self.cluster.prometheus.up()
        self.report.check("Prometheus at the end: up", _values(up), "1", set(up.values()) == {1} and len(up) == len(self.cluster.nodes))

        for balancer, failures in self.cluster.secrets.items():
            failed = [failure for failure in failures if failure]
            found = f"{len(failures) - len(failed)} of {len(failures)}"
            name = f"{balancer}: sessions opened with a client secret"
            self.report.check(name, found, "all", not failed, "; ".join(failed[:2]))

    def _balance(self, balancer):
        seconds = collections.Counter({node.name: 0 for node in self.cluster.nodes})
        requests = self.cluster.ledger.select(balancer=balancer.name, phase="balance", kind="upload")
        answered = [request for request in requests if request.result == OK]
        for request in answered:
            seconds[self._nodes(balancer, request)[-1]] += request.length
        mean = sum(seconds.values()) / len(seconds)
        worst = max(abs(value - mean) for value in seconds.values()) / mean if mean else 1.0
        name = f"{balancer.name}, no faults"
        self.report.check(f"{name}: answered", f"{len(answered)} of {len(requests)}", "all", len(answered) == len(requests))
        note = ", ".join(f"{node} {value:.0f} s" for node, value in seconds.items())
        self.report.figure(f"{name}: sound of a node, from the mean", 100 * worst, " %", at_most=100 * UNEVEN, note=note)

    def _uploads(self, fault, balancer):
        everything = self.cluster.ledger.select(balancer=balancer.name, phase=fault.phase)
        # A stream that has sent nothing is an upload that may be sent to another node.
        uploads = [
            request for request in everything if request.kind == "upload" or request.kind == "stream" and not request.has_begun
        ]
        limit = balancer.limit
        sizes = {recording.name: len(recording.content) for recording in [*self.cluster.sizes, self.cluster.long]}
        fits = [request for request in uploads if limit is None or sizes[request.size] < limit]
        larger = [request for request in uploads if request not in fits]
        for retries in (0, DEFAULT):
            self._answers(fault, balancer, f"max_retries={retries}", [request for request in fits if request.retries == retries])
        if limit is not None and larger:
            self._larger(fault, balancer, larger)
        met = [request for request in uploads if self._met(fault, balancer, request)]
        if fault.node:
            tally = collections.Counter(request.size for request in met)
            note = ", ".join(f"{size}: {count}" for size, count in sorted(tally.items()))
            name = f"{balancer.name}, {fault.phase}: uploads that the node did not answer"
            self.report.figure(name, len(met), note=note, at_least=self._least(fault))

    @staticmethod
    def _least(fault):
        # A node that drains goes on answering what it has; nothing need have met it.
        return 1 if fault.name in DEADLY else None

    def _met(self, fault, balancer, request):
        """Whether the request was at the node when that died, or was sent there afterwards."""
        if not request.begin <= fault.end or not fault.begin <= request.end:
            return False
        return any(passage.retries > 0 or passage.status == 502 for passage in self.passages[balancer.name][request.id])

    def _nodes(self, balancer, request):
        """The nodes that it was sent to, in order."""
        return [node for passage in self.passages[balancer.name][request.id] for node in passage.nodes]

    def _answers(self, fault, balancer, what, requests):
        tally = collections.Counter(request.result for request in requests)
        failed = [request for request in requests if request.result in _failures(fault)]
        slowest = max((request.end - request.begin for request in requests), default=0)
        name = f"{balancer.name}, {fault.phase}: uploads, {what}"
        self.report.check(
            name, f"{tally[OK]} texts, {tally[REFUSED]} refusals of {len(requests)}",
            "all of both" if _may_refuse(fault) else "all texts", bool(requests) and not failed,
            _told(failed) or f"slowest {slowest:.1f} s")

    def _larger(self, fault, balancer, requests):
        """Uploads that do not fit into the buffer. If their node dies: without retries, the balancer's own 502; with the
        client's, an answer.
        """
        once, again = ([request for request in requests if bool(request.retries) == retries] for retries in (False, True))
        lost = [request for request in once if request.result in _failures(fault)]
        other = [request for request in lost if (request.result, request.detail) != ("balancer", "status 502")]
        slowest = max((request.end - max(request.begin, fault.begin) for request in lost), default=0)
        name = f"{balancer.name}, {fault.phase}: uploads above tune.bufsize"
        note = f"{slowest:.1f} s after the fault at the latest" if lost else ""
        is_right = not other and (fault.name in DEADLY or not lost)
        goal = "no other error" if fault.name in DEADLY else "none"
        found = f"{len(lost)} of {len(once)} are 502"
        if _may_refuse(fault):
            found += f", {sum(request.result == REFUSED for request in once)} refusals"
        self.report.check(f"{name}, max_retries=0", found, goal, is_right, _told(other) or note)
        self._answers(fault, balancer, f"above tune.bufsize, max_retries={DEFAULT}", again)

    def _streams(self, fault, balancer):
        streams = [
            request for request in self.cluster.ledger.select(balancer=balancer.name, phase=fault.phase, kind="stream")
            if request.has_begun
        ]
        if not streams:
            return
        broken = [request for request in streams if request.result == BROKEN]
        elsewhere = [request for request in broken if fault.node not in self._nodes(balancer, request)]
        deadly = fault.name in DEADLY
        unexplained = elsewhere if deadly else broken
        name = f"{balancer.name}, {fault.phase}: streams that had begun"
        found = f"{len(broken)} of {len(streams)} broken"
        self.report.check(name, found, "those of the node" if deadly else "0 broken", not unexplained, _told(unexplained))

    def _sessions(self, fault, balancer):
        sessions = [
            request for request in self.cluster.ledger.select(balancer=balancer.name, kind="session")
            if request.begin <= fault.begin <= request.end
        ]
        # Until the next fault: a connection to a silent node is given up after some time.
        next_fault = min((other.begin for other in self.cluster.faults if other.begin > fault.begin), default=float("inf"))
        ended = [request for request in sessions if request.result not in (OK, "") and request.end < next_fault]
        # Only a node that dies may break a connection.
        is_drained = fault.name == FAULTS[drain]
        wrong = [
            request for request in ended
            if fault.node not in self._nodes(balancer, request) or is_drained and request.result != ENDED
        ]
        goal = "those of the node" + (", which ends them" if is_drained else "")
        later = [
            request for request in self.cluster.ledger.select(balancer=balancer.name, kind="session")
            if request.has_begun and fault.begin < request.begin
        ]
        tally = collections.Counter(request.result for request in ended)
        name = f"{balancer.name}, {fault.phase}: live sessions"
        found = ", ".join(f"{count} {result}" for result, count in tally.items()) or "none ended"
        note = _told(wrong)
        if ended and later:
            first = min(request.first_text for request in later) - fault.begin
            note = note or f"a new one has its first text {first:.1f} s after the fault"
        self.report.check(
            f"{name} ({len(sessions)} open)", found, goal, not wrong and (not ended or bool(later)), note)

    def _avoidance(self, fault, balancer):
        """When the last request was sent to the node before others, or the balancer's log says that it was tried again."""
        tries = sorted(
            passage.begin for passages in self.passages[balancer.name].values() for passage in passages
            if fault.begin <= passage.begin <= fault.end and (passage.nodes[:1] == [fault.node] or passage.retries)
        )
        last = fault.begin
        for begin in tries:
            if begin - last > QUIET:
                break
            last = begin
        others = sum(begin > last for begin in tries)
        self.report.check(
            f"{balancer.name}, {fault.phase}: the node is avoided after", f"{last - fault.begin:.1f} s", "", None,
            f"{len(tries)} requests tried it, {others} of them later, to see whether it is back")

    def _monitoring(self, fault):
        up = self.cluster.prometheus.course("up", fault.begin, fault.end)
        queue = self.cluster.prometheus.course("sum by (instance) (asr2clip_queue_seconds)", fault.begin, fault.end)
        down = {node: values.count(0.0) for node, values in up.items()}
        note = f"queue of at most {_values({node: max(values) for node, values in queue.items()})} s" if queue else ""
        seen = down.get(fault.node, 0) > 0 if fault.name in DEADLY else None
        self.report.check(f"Prometheus, {fault.phase}: seconds with up = 0", _values(down), "", seen, note)


def _may_refuse(fault):
    return fault.name == FAULTS[fill]


def _failures(fault):
    """Which results are failures: a refusal also, unless all nodes are full."""
    return FAILURES if _may_refuse(fault) else [*FAILURES, REFUSED]


def _values(by_node):
    return ", ".join(f"{node} {value:.4g}" for node, value in sorted(by_node.items()))


def _told(requests, most=3):
    told = [f"{request.id} ({request.size or request.kind}): {request.result}, {request.detail}" for request in requests[:most]]
    return "; ".join(told) + (f"; {len(requests) - most} more" if len(requests) > most else "")
