"""The interpreter: values, adjoints, contributions and steps of one run."""

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import Edge, Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import StepKind
from gradviz.errors import GraphError, ShapeError


def square_of_square() -> Graph:
    builder = GraphBuilder()
    return builder.graph(builder.apply(OPS["sq"], builder.apply(OPS["sq"], builder.leaf("x"))))


def of_one_leaf(*names: str) -> Graph:
    """The ops applied one after the other to x."""
    builder = GraphBuilder()
    node = builder.leaf("x")
    for name in names:
        node = builder.apply(OPS[name], node)
    return builder.graph(node)


def binary(name: str) -> Graph:
    builder = GraphBuilder()
    return builder.graph(builder.apply(OPS[name], builder.leaf("a"), builder.leaf("b")))


def test_square_of_square_at_two_has_derivative_32() -> None:
    trace = record(square_of_square(), {"x": 2})
    assert trace.result == 16.0
    assert [trace.adjoint(node) for node in trace.graph.node_ids()] == [32.0, 8.0, 1.0]


def test_steps_are_evaluate_seed_and_one_contribution_an_edge() -> None:
    kinds = [step.kind for step in record(square_of_square(), {"x": 2}).steps]
    assert kinds == [StepKind.EVALUATE] * 3 + [StepKind.SEED] + [StepKind.CONTRIBUTE] * 2


def test_same_node_on_both_operands_has_two_edges_with_their_own_contributions() -> None:
    builder = GraphBuilder()
    x = builder.leaf("x")
    trace = record(builder.graph(builder.apply(OPS["div"], x, x)), {"x": 4.0})
    assert dict(trace.contributions) == {(1, 0): 0.25, (1, 1): -0.25}
    assert trace.gradients["x"] == 0.0


def test_adjoint_of_shared_operand_is_sum_of_contributions() -> None:
    builder = GraphBuilder()
    x = builder.leaf("x")
    squared = builder.apply(OPS["sq"], x)
    graph = builder.graph(builder.apply(OPS["mul"], squared, builder.apply(OPS["add"], squared, x)))
    trace = record(graph, {"x": 2.0})
    assert list(trace.contributions_to(squared).values()) == [6.0, 4.0]
    assert trace.adjoint(squared) == 10.0
    assert trace.gradients["x"] == 4 * 2.0**3 + 3 * 2.0**2


def test_contributions_name_the_edges_that_carry_them() -> None:
    trace = record(square_of_square(), {"x": 2})
    (edge,) = trace.contributions_to(trace.graph.find("x"))
    assert edge == Edge(source=0, target=1, operand=0)


def test_a_number_in_the_formula_receives_no_contribution() -> None:
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["pow"], builder.leaf("x"), builder.literal(3.0)))
    trace = record(graph, {"x": -2.0})
    assert trace.gradients == {"x": 12.0}
    assert (2, 1) not in trace.contributions
    assert trace.findings == ()  # the logarithm of −2 was never taken


def test_derivative_of_a_power_at_zero_is_finite() -> None:
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["pow"], builder.leaf("x"), builder.leaf("n")))
    trace = record(graph, {"x": 0.0, "n": 2.0})
    assert trace.gradients == {"x": 0.0, "n": 0.0}


def test_broadcast_operand_receives_the_sum_over_its_copies() -> None:
    trace = record(binary("add"), {"a": [1.0, 2.0, 3.0], "b": 10.0})
    assert trace.gradients["b"] == 3.0
    assert trace.is_seeded_with_ones


def test_a_leaf_that_has_no_influence_has_gradient_zero() -> None:
    builder = GraphBuilder()
    chosen = builder.apply(OPS["greater"], builder.leaf("a"), builder.leaf("b"))
    trace = record(builder.graph(chosen), {"a": 1.0, "b": [2.0, 3.0]})
    np.testing.assert_array_equal(trace.gradients["b"], [0.0, 0.0])


def test_shapes_that_do_not_fit_end_the_trace_and_keep_what_came_before() -> None:
    trace = record(binary("matmul"), {"a": np.ones((2, 3)), "b": np.ones((2, 3))})
    assert isinstance(trace.failure, ShapeError)
    assert trace.failure.node == 2
    assert trace.steps[-1].kind is StepKind.FAIL
    assert trace.value("a").shape == (2, 3)
    with pytest.raises(ShapeError, match=r"\(2, 3\) and \(2, 3\)"):
        _ = trace.gradients


@pytest.mark.parametrize(
    ("op", "x", "value", "what"),
    [
        ("log", 0.0, -np.inf, "division by zero"),
        ("log", -1.0, np.nan, "invalid value"),
        ("exp", 1000.0, np.inf, "overflow"),
        ("sqrt", -1.0, np.nan, "invalid value"),
    ],
)
def test_numerical_trouble_becomes_a_finding_at_its_node(op: str, x: float, value: float, what: str) -> None:
    trace = record(of_one_leaf(op), {"x": x})
    np.testing.assert_equal(float(trace.result), value)
    assert trace.findings[0].node == 1
    assert trace.findings[0].what == what


def test_only_what_leads_to_a_wanted_leaf_is_differentiated() -> None:
    trace = record(binary("mul"), {"a": 2.0, "b": 3.0}, wrt=["a"])
    assert trace.gradients == {"a": 3.0}
    assert (2, 1) not in trace.contributions


def test_a_missing_value_is_named() -> None:
    with pytest.raises(GraphError, match="b has no value; give it as b=2"):
        record(binary("mul"), {"a": 1.0})


def test_an_unknown_leaf_is_named_with_those_that_exist() -> None:
    with pytest.raises(GraphError, match="the formula has no z; its leaves are a, b"):
        record(binary("mul"), {"a": 1.0, "b": 1.0, "z": 1.0})


def test_recorded_arrays_can_not_be_changed() -> None:
    given = np.array([1.0, 2.0])
    trace = record(of_one_leaf("sq"), {"x": given})
    given[0] = 99.0
    np.testing.assert_array_equal(trace.value("x"), [1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        trace.result[0] = 0.0


def test_a_chain_of_many_nodes_needs_no_recursion() -> None:
    graph = of_one_leaf(*["neg"] * 20_000)
    assert record(graph, {"x": 1.0}).gradients == {"x": 1.0}


def test_updates_follow_the_run_as_steps() -> None:
    trace = record(square_of_square(), {"x": 2}).with_updates({"x": 1.5})
    assert trace.steps[-1].kind is StepKind.UPDATE
    assert trace.steps[-1].value == 1.5
    assert trace.value("x") == 2.0


def test_formula_without_leaves_says_that_it_has_none() -> None:
    from gradviz import parse

    with pytest.raises(GraphError, match="the formula has no x; it has no leaves"):
        record(parse("2 + 3"), {"x": 1.0})
    with pytest.raises(GraphError, match="the formula has no leaf x to differentiate by; it has no leaves"):
        record(parse("2 + 3"), wrt=["x"])
