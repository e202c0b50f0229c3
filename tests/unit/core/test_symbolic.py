"""Derivatives as graphs: of any order, and the same numbers."""

import numpy as np

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.compile import compile_tape
from gradviz.core.expr import Tape
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.symbolic import backward, gradient_graphs, hessian_vector_product


def test_derivative_of_a_derivative_is_a_graph_again() -> None:
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["pow"], builder.leaf("x"), builder.literal(4.0)))
    values = []
    for _ in range(4):
        graph = gradient_graphs(graph, {"x": ()})["x"]
        values.append(float(record(graph, {"x": 2.0} if graph.leaves() else {}).result))
    assert values == [32.0, 48.0, 48.0, 24.0]


def test_hessian_vector_product_of_a_quadratic_form_is_the_matrix_times_the_vector() -> None:
    matrix = np.array([[2.0, 1.0], [1.0, 5.0]])
    tape = Tape()
    x, v = tape.leaf("x", (2,)), tape.leaf("v", (2,))
    quadratic = OPS["dot"](x, OPS["matmul"](tape.literal(matrix), x)) * 0.5
    (product,) = hessian_vector_product(quadratic, [x], [v])
    function = compile_tape(product, {}, {"x": (2,), "v": (2,)})
    np.testing.assert_allclose(function({"x": np.array([3.0, -1.0]), "v": np.array([1.0, 2.0])})[0], [4.0, 11.0])


def test_equal_expressions_are_one_node() -> None:
    tape = Tape()
    x = tape.leaf("x", ())
    assert (x + 1.0).same_node(x + 1.0)


def test_multiplication_by_one_leaves_no_trace() -> None:
    tape = Tape()
    x = tape.leaf("x", ())
    assert (x * 1.0).same_node(x)
    assert (1.0 * x + 0.0).same_node(x)


def test_multiplication_by_zero_is_kept_because_x_may_be_infinite() -> None:
    tape = Tape()
    x = tape.leaf("x", ())
    assert not (x * 0.0).is_number(0.0)


def test_an_expression_without_influence_has_derivative_zero() -> None:
    tape = Tape()
    x, z = tape.leaf("x", ()), tape.leaf("z", (3,))
    (gradient,) = backward(x * x, [z])
    np.testing.assert_array_equal(gradient.constant, np.zeros(3))
