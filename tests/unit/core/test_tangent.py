"""Forward mode: every op's tangent is the transpose of its vjp, and both modes give one Jacobian."""

import numpy as np
import pytest

import gradviz
from gradviz.core.op import OPS, Example, Op, freeze_attrs
from gradviz.core.record import frozen, record
from gradviz.core.tangent import both_modes, push, tangent
from gradviz.errors import GraphError
from gradviz.lang.lower import read_all

CASES = [(op, example) for op in OPS.values() for example in op.examples]


@pytest.mark.parametrize(("op", "example"), CASES, ids=[f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)])
def test_tangent_and_contribution_are_transposes_of_each_other(op: Op, example: Example) -> None:
    xs = [frozen(np.asarray(x, dtype=np.float64)) for x in example.operands]
    y = frozen(op.evaluate(*xs, **example.attrs))
    random = np.random.default_rng(7)
    for operand in range(len(xs)):
        if op.is_differentiable_by(operand):
            direction, g = (frozen(random.standard_normal(np.shape(v))) for v in (xs[operand], y))
            pushed = tangent(op, operand, direction, y, xs, freeze_attrs(op, example.attrs))
            pulled = op.vjp(operand, g, y, *xs, **example.attrs)
            assert np.shape(pushed) == np.shape(y)
            np.testing.assert_allclose(np.sum(pushed * g), np.sum(pulled * direction), rtol=1e-9, atol=1e-12)


def test_tangent_along_x_is_the_derivative_of_the_lecture() -> None:
    trace = gradviz.record(gradviz.parse("(x^2)^2"), {"x": 2.0})
    tangents, cost = push(trace, {trace.graph.find("x"): np.asarray(1.0)})
    assert [float(tangents[node]) for node in trace.graph.node_ids()] == [1.0, 4.0, 32.0]
    assert (cost.passes, cost.products) == (1, 2)


def test_many_inputs_take_forward_mode_many_passes_and_reverse_mode_one() -> None:
    trace = gradviz.record(gradviz.parse("sum(tanh(W x))"), {"W": np.ones((3, 4)) / 5, "x": np.arange(4.0)})
    found = both_modes(trace, [trace.graph.find("W"), trace.graph.find("x")], trace.graph.output)
    assert (found.inputs, found.outputs) == (16, 1)
    assert (found.forward.passes, found.reverse.passes) == (16, 1)
    assert found.forward.products == 16 * 3
    assert found.reverse.products == 4
    assert found.difference < 1e-14


def test_many_outputs_take_reverse_mode_many_passes_and_forward_mode_one() -> None:
    trace = gradviz.record(gradviz.parse("exp(t * [1, 2, 3])"), {"t": 0.5})
    found = both_modes(trace, [trace.graph.find("t")], trace.graph.output)
    assert (found.forward.passes, found.reverse.passes) == (1, 3)
    np.testing.assert_allclose(found.by_columns[:, 0], np.array([1, 2, 3]) * np.exp([0.5, 1.0, 1.5]), rtol=1e-14)
    np.testing.assert_allclose(found.by_rows, found.by_columns, rtol=1e-14)


def test_sharing_adds_up_in_forward_mode_too() -> None:
    trace = gradviz.record(gradviz.parse("x*x + sin(x)*x"), {"x": 1.25})
    tangents, _ = push(trace, {trace.graph.find("x"): np.asarray(1.0)})
    assert float(tangents[trace.graph.output]) == pytest.approx(2.5 + np.cos(1.25) * 1.25 + np.sin(1.25), rel=1e-14)


def test_too_many_inputs_are_refused_in_words() -> None:
    trace = gradviz.record(gradviz.parse("sum(x)"), {"x": np.zeros(50)})
    with pytest.raises(GraphError, match="50 inputs"):
        both_modes(trace, [trace.graph.find("x")], trace.graph.output, most=10)


def test_a_loose_part_without_a_value_is_left_out() -> None:
    graph = read_all("x * ?\nx^2").graph
    found = both_modes(record(graph, {"x": 3.0}), [graph.find("x")], graph.output)
    assert found.by_columns.tolist() == found.by_rows.tolist() == [[6.0]]
