"""Four ways to send derivatives back, and where two of them go wrong."""

import pytest

import gradviz
from gradviz.core.graph import Apply
from gradviz.core.recursion import Way, attempt
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId

ALL = tuple(Way)
SHARED = "a = x^2\nb = a + a\nb*a"  # L = 2x⁴, and a is used three times


def _run(text: str, **values: object) -> Trace:
    return gradviz.record(gradviz.parse(text), values)


def _doublings(count: int) -> str:
    return "\n".join(["v0 = x + 0", *(f"v{i + 1} = v{i} + v{i}" for i in range(count)), f"v{count} + 0"])


@pytest.mark.parametrize("way", ALL)
def test_without_sharing_all_ways_agree(way: Way) -> None:
    trace = _run("sin(exp(x))", x=0.5)
    found = attempt(trace, way)
    assert found.wrong == ()
    assert found.is_complete
    assert found.calls == 3


def test_with_sharing_topological_order_calls_each_node_once() -> None:
    trace = _run(SHARED, x=2.0)
    found = attempt(trace, Way.TOPOLOGICAL)
    assert found.calls == len(found.made) == 4
    assert float(found.adjoints[NodeId(0)]) == 8 * 2.0**3


def test_with_sharing_the_recursion_is_right_and_calls_once_a_path() -> None:
    trace = _run(SHARED, x=2.0)
    found = attempt(trace, Way.EVERY_PATH)
    assert found.wrong == ()
    assert float(found.adjoints[NodeId(0)]) == 64.0
    assert found.calls == 1 + 1 + 3 + 3  # L; b; a by three ways; x by each of them


def test_sending_at_the_first_receipt_loses_what_comes_later() -> None:
    trace = _run(SHARED, x=2.0)
    found = attempt(trace, Way.TOO_EARLY)
    assert found.wrong == (NodeId(0),)
    assert found.culprit is not None
    assert found.culprit.node == trace.graph.find("a")
    assert found.culprit.waits_for == 2
    assert float(found.adjoints[NodeId(0)]) < 64.0


def test_sending_the_sum_again_counts_receipts_twice() -> None:
    trace = _run(SHARED, x=2.0)
    found = attempt(trace, Way.AGAIN)
    assert NodeId(0) in found.wrong
    assert float(found.adjoints[NodeId(0)]) > 64.0


def test_calls_double_with_each_doubling_of_use() -> None:
    calls = [attempt(_run(_doublings(n), x=1.0), Way.EVERY_PATH).calls for n in (1, 2, 3, 4)]
    # the output once, v_n once, v_(n−1) twice, … v0 and x 2ⁿ times each
    assert calls == [1 + sum(2**k for k in range(n + 1)) + 2**n for n in (1, 2, 3, 4)]


def test_more_calls_than_can_be_made_are_counted_all_the_same() -> None:
    found = attempt(_run(_doublings(60), x=1.0), Way.EVERY_PATH, most=1000)
    assert not found.is_complete
    assert len(found.made) == 1000
    assert found.calls > 2**60
    assert found.adjoints == {}


def test_calls_as_counted_are_calls_as_made() -> None:
    trace = _run("a = x*y\nb = a*x + y\nsin(b)*a + b*x", x=0.5, y=2.0)
    for way in ALL:
        found = attempt(trace, way)
        assert found.calls == len(found.made), way


def test_only_operations_send() -> None:
    trace = _run(SHARED, x=2.0)
    for way in ALL:
        for call in attempt(trace, way).made:
            assert call.sent is None or isinstance(trace.graph.nodes[call.node], Apply)
