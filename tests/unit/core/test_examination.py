"""Every leaf and node of a run is examined by three ways, and a wrong rule is traced to its op."""

from dataclasses import replace

import pytest

import gradviz
import gradviz.core.ops
from gradviz.core import examination
from gradviz.core.examination import examine
from gradviz.core.gradcheck import Verdict
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import Trace


def trace_of(formula: str, **values: object) -> Trace:
    return record(gradviz.parse(formula, **dict.fromkeys(values)), values)


def test_leaves_come_first_and_nodes_from_the_output_on() -> None:
    found = examine(trace_of("(x^2)^2", x=2.0))
    assert found is not None
    assert [(row.node, float(row.check.backward), float(row.symbolic), row.kind) for row in found.rows] == [
        (0, 32.0, 32.0, Verdict.RIGHT),
        (2, 1.0, 1.0, Verdict.RIGHT),
        (1, 8.0, 8.0, Verdict.RIGHT),
    ]
    assert [float(row.check.numeric) for row in found.rows] == pytest.approx([32.0, 1.0, 8.0], rel=1e-9)
    assert found.is_whole
    assert found.culprits == ()


def test_wrong_rule_is_found_as_the_culprit() -> None:
    builder = GraphBuilder()
    wrong = replace(OPS["exp"], vjps=(lambda g, y, x: 2.0 * g * y,))
    graph = builder.graph(builder.apply(OPS["sq"], builder.apply(wrong, builder.leaf("x"))))
    found = examine(record(graph, {"x": 0.5}))
    assert found is not None
    assert {row.node: row.kind for row in found.rows} == {0: Verdict.WRONG, 1: Verdict.RIGHT, 2: Verdict.RIGHT}
    assert [(rule.node, rule.operand) for rule in found.culprits] == [(1, 0)]
    assert found.count(Verdict.WRONG) == 1


def test_kink_is_no_fault_and_has_no_culprit() -> None:
    found = examine(trace_of("relu(x)", x=0.0))
    assert found is not None
    assert (found.rows[0].kind, found.culprits) == (Verdict.KINK, ())


def test_only_leaves_of_a_large_graph_are_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MOST_WORK", 2)
    found = examine(trace_of("(x^2)^2", x=2.0))
    assert found is not None
    assert ([row.node for row in found.rows], found.is_whole) == ([0], False)


def test_cancelled_examination_gives_nothing() -> None:
    assert examine(trace_of("x^2", x=2.0), lambda: True) is None
