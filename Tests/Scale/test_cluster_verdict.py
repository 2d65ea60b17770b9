"""What Benchmarks/cluster.py accepts: its verdict about requests whose results are given here."""

import contextlib
from types import SimpleNamespace

import pytest
from clustering.balancers import Passage
from clustering.faults import Fault
from clustering.ledger import Ledger
from clustering.load import Clients
from clustering.verdict import Verdict
from harness.report import Report

NODE, OTHER = "node1", "node2"


def judged(fault, kind, results):
    """Which rows of the table are not as they must be, if requests ended like this: pairs of a result and a node."""
    ledger, passages = Ledger(), {}
    ledger.phase = fault
    for result, node in results:
        request = ledger.begin("nginx", kind, "11 kB", 0)
        passages[request.id] = [Passage(0, 1, [node], 0, 200)]
        request.begin, request.has_begun = 1, kind == "session"
        ledger.end(request, result)
        request.end = 3
    balancer = SimpleNamespace(name="nginx", limit=None, passages=lambda: passages)
    later = ledger.begin("nginx", "session", "", 0)
    later.has_begun, later.first_text = True, 4
    passages[later.id] = [Passage(4, 5, [OTHER], 0, 101)]
    small = SimpleNamespace(name="11 kB", content=b"")
    cluster = SimpleNamespace(
        ledger=ledger, balancers=[balancer], faults=[], sizes=[small], long=small, nodes=[SimpleNamespace(name=NODE)])
    report = Report()
    verdict = Verdict(cluster, report)
    happened = Fault(fault, NODE, begin=2, end=3, phase=fault)
    if kind == "session":
        verdict._sessions(happened, balancer)
    else:
        verdict._answers(happened, balancer, "max_retries=0", ledger.select(kind="upload"))
    return report.missed


@pytest.mark.parametrize("fault, results, is_right", [
    ("kill -9", ["ok", "ok"], True), ("kill -9", ["ok", "refused"], False), ("drained", ["refused"], False),
    ("full", ["ok", "refused"], True), ("full", ["ok", "balancer"], False), ("full", [], False),
])
def test_nodes_may_refuse_only_if_all_are_full(fault, results, is_right):
    assert bool(judged(fault, "upload", [(result, NODE) for result in results])) != is_right


@pytest.mark.parametrize("fault, result, node, is_right", [
    ("drained", "ended by the node", NODE, True), ("drained", "broken", NODE, False),
    ("drained", "no answer", NODE, False), ("drained", "ended by the node", OTHER, False),
    ("kill -9", "broken", NODE, True), ("kill -9", "broken", OTHER, False),
])
def test_sessions_end_at_the_node_and_a_drained_one_ends_them(fault, result, node, is_right):
    assert bool(judged(fault, "session", [(result, node)])) != is_right


@pytest.mark.parametrize("code, explains", [(1001, True), (1011, True), (None, True), (1000, False), (1008, False)])
def test_a_turn_that_was_cut_is_explained_by_the_end_of_its_connection(code, explains):
    """Without a code, the connection broke."""
    closed = Exception()
    closed.rcvd = SimpleNamespace(code=code) if code else None
    events = iter(["error", closed])

    def recv():
        if isinstance(event := next(events), Exception):
            raise event
        return event

    connection = SimpleNamespace(recv=recv, close=lambda: None)
    with pytest.raises(Exception) if explains else contextlib.nullcontext() as raised:
        Clients._expect_end(connection)
    assert not explains or raised.value is closed
