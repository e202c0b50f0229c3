"""A run with other numbers in it, and two runs beside each other."""

import numpy as np
import pytest

import gradviz
from gradviz.core.comparison import compare
from gradviz.core.record import record
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import NodeId
from gradviz.core.what_if import Change, changed_run
from gradviz.errors import GraphError
from gradviz.lang.lower import read_all


def _run(text: str, **values: object) -> Trace:
    return record(gradviz.parse(text), values)


def _number(x: float) -> Change:
    return Change(value=np.asarray(x))


def test_a_changed_leaf_gives_the_run_with_that_value() -> None:
    trace = _run("(x^2)^2", x=2.0)
    changed = changed_run(trace, {"x": 2.0}, {NodeId(0): _number(3.0)})
    plain = _run("(x^2)^2", x=3.0)
    assert [float(v) for v in changed.values if v is not None] == [float(v) for v in plain.values if v is not None]
    assert float(changed.adjoint("x")) == 4 * 3.0**3


def test_what_follows_a_changed_inner_value_is_computed_from_it() -> None:
    trace = _run("(x^2)^2", x=2.0)
    changed = changed_run(trace, {"x": 2.0}, {NodeId(1): _number(5.0)})
    assert [float(changed.value(node)) for node in trace.graph.node_ids()] == [2.0, 5.0, 25.0]


def test_derivatives_pass_a_changed_value_by_the_local_derivative_of_its_op() -> None:
    trace = _run("(x^2)^2", x=2.0)  # L = (x² + 1)² has ∂L/∂x = 2·5·2x = 40 where x² + 1 = 5
    changed = changed_run(trace, {"x": 2.0}, {NodeId(1): _number(5.0)})
    assert float(changed.adjoint(NodeId(1))) == 10.0
    assert float(changed.adjoint("x")) == 40.0


def test_the_changed_run_has_the_same_steps() -> None:
    trace = _run("h = tanh(w x)\n(y - h)^2 + h", w=0.5, x=1.0, y=2.0)
    changed = changed_run(trace, {"w": 0.5, "x": 1.0, "y": 2.0}, {trace.graph.find("h"): _number(0.0)})
    assert [(s.index, s.kind, s.node, s.operand) for s in changed.steps] == [
        (s.index, s.kind, s.node, s.operand) for s in trace.steps
    ]


def test_a_number_takes_the_place_of_nan() -> None:
    trace = _run("log(x) + 1", x=-1.0)
    node = next(n for n in trace.graph.node_ids() if np.isnan(trace.value(n)))
    changed = changed_run(trace, {"x": -1.0}, {node: _number(2.0)})
    assert float(changed.result) == 3.0


def test_a_changed_adjoint_is_what_is_sent_on() -> None:
    trace = _run("(x^2)^2", x=2.0)
    changed = changed_run(trace, {"x": 2.0}, {NodeId(1): Change(adjoint=np.asarray(1.0))})
    assert float(changed.adjoint(NodeId(1))) == 1.0
    assert float(changed.adjoint("x")) == 4.0
    assert float(changed.result) == 16.0


def test_changes_at_the_output_are_seen() -> None:
    trace = _run("x*3", x=2.0)
    changed = changed_run(trace, {"x": 2.0}, {trace.graph.output: Change(np.asarray(9.0), np.asarray(2.0))})
    assert (float(changed.result), float(changed.adjoint("x"))) == (9.0, 6.0)


def test_no_change_gives_the_same_numbers() -> None:
    trace = _run("x*x + x", x=2.0)
    assert compare(trace, changed_run(trace, {"x": 2.0}, {})).changed == ()


def test_a_change_of_another_shape_is_refused() -> None:
    trace = _run("sum(v)", v=[1.0, 2.0])
    with pytest.raises(GraphError, match="shape"):
        changed_run(trace, {"v": [1.0, 2.0]}, {NodeId(0): _number(1.0)})


def test_an_op_that_fails_after_a_change_ends_the_run_at_that_node() -> None:
    trace = _run("z = 2*x\nsoftmax(x)[y]*z[0]", x=[1.0, 2.0], y=1.0)
    changed = changed_run(trace, {"x": [1.0, 2.0], "y": 1.0}, {trace.graph.find("y"): _number(7.0)})
    assert changed.failure is not None
    assert changed.steps[-1].kind is StepKind.FAIL
    assert trace.graph.nodes[changed.steps[-1].node] is changed.graph.nodes[changed.steps[-1].node]


def test_comparison_names_what_differs_and_by_how_much() -> None:
    found = compare(_run("x*y + 1", x=2.0, y=3.0), _run("x*y + 1", x=2.0, y=5.0))
    graph = found.before.graph
    assert float(np.asarray(found.loss.difference)) == 4.0
    assert float(np.asarray(found.values[graph.find("y")].difference)) == 2.0
    assert float(np.asarray(found.adjoints[graph.find("x")].difference)) == 2.0
    assert found.adjoints[graph.find("y")].size == 0.0
    assert graph.find("x") in found.changed


def test_equal_infinities_do_not_differ() -> None:
    found = compare(_run("1/x", x=0.0), _run("1/x", x=0.0))
    assert found.changed == ()


def test_runs_of_other_formulas_are_not_compared() -> None:
    with pytest.raises(GraphError, match="one graph"):
        compare(_run("x + 1", x=1.0), _run("x + 2", x=1.0))


def test_a_loose_part_that_fails_is_told_in_the_changed_run_too() -> None:
    graph = read_all("v[7]\nx^2").graph
    trace = record(graph, {"x": 2.0, "v": [1.0]})
    assert trace.is_complete
    changed = changed_run(trace, {"x": 2.0, "v": [1.0]}, {graph.find("x"): _number(3.0)})
    assert float(changed.result) == 9.0
    assert set(changed.loose_failures) == set(trace.loose_failures) != set()
