"""Derivatives on the blackboard: the chain rule line by line, and closed forms."""

from typing import Any

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401  (fills the table)
from gradviz import parse
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.errors import GraphError, ShapeError
from gradviz.text.derivation import derive


class Formula:
    """Builds graphs in function notation: f("sq", f.x)."""

    def __init__(self) -> None:
        self.build = GraphBuilder()

    def __getattr__(self, name: str) -> NodeId:
        return self.build.leaf(name)

    def __call__(self, op: str, *operands: Any, **settings: Any) -> NodeId:
        ids = [self.build.literal(o) if isinstance(o, float) else o for o in operands]
        return self.build.apply(OPS[op], *ids, **settings)

    def graph(self, output: NodeId, **names: NodeId) -> Graph:
        return self.build.graph(output, names={node: name for name, node in names.items()})


def nested_square() -> Graph:
    f = Formula()
    return f.graph(f("sq", f("sq", f.x)))


def squared_error() -> Graph:
    f = Formula()
    return f.graph(f("sq", f("sub", f.y, f("add", f("matmul", f.W, f.x), f.b))))


def likelihood() -> Graph:
    f = Formula()
    scores = f("add", f("matmul", f.W, f.x), f.b)
    return f.graph(f("neg", f("take", f("log", f("softmax", scores)), f.y)))


def test_chain_rule_unrolls_one_factor_a_line() -> None:
    assert derive(squared_error(), "W").lines[:6] == (
        "∂/∂W sq(sub(y, add(matmul(W, x), b)))",
        "= sq′(sub(y, add(matmul(W, x), b))) · ∂/∂W sub(y, add(matmul(W, x), b))",
        "= sq′(…) · sub′(y, add(matmul(W, x), b)) · ∂/∂W add(matmul(W, x), b)",
        "= sq′(…) · sub′(…) · add′(matmul(W, x), b) · ∂/∂W matmul(W, x)",
        "= sq′(…) · sub′(…) · add′(…) · matmul′(W, x)",
        "= sq′ · sub′ · add′ · matmul′",
    )


def test_local_derivatives_and_their_numbers_follow() -> None:
    derivation = derive(squared_error(), "W", {"W": 2, "x": 3, "b": 1, "y": 1})
    assert derivation.lines[-1] == "= 2·(−6) · (−1) · 1 · 3 = 36"
    assert derivation.value == 36.0


def test_fourth_power_by_symbols_and_by_back_propagation_is_the_same_number() -> None:
    derivation = derive(nested_square(), "x", {"x": 2})
    assert derivation.closed_form == "4x³"
    assert derivation.latex is not None
    assert derivation.value == 32.0
    assert derivation.lines[-1].endswith("= 32")


def test_without_values_there_are_symbols_only() -> None:
    derivation = derive(nested_square(), "x")
    assert derivation.value is None
    assert derivation.lines[-1] == "= 2x² · 2x"


def test_latex_lines_go_with_the_plain_ones() -> None:
    derivation = derive(nested_square(), "x", {"x": 2})
    assert len(derivation.latex_lines) == len(derivation.lines)
    assert derivation.latex_lines[0].startswith(r"\frac{\partial}{\partial x} \mathrm{sq}")


def test_fan_out_is_a_sum_over_paths() -> None:
    f = Formula()
    graph = f.graph(f("mul", f("sq", f.x), f("exp", f.x)))
    lines = derive(graph, "x", {"x": 0}).lines
    assert lines[1] == "= mul′₁(sq(x), exp(x)) · ∂/∂x sq(x) + mul′₂(sq(x), exp(x)) · ∂/∂x exp(x)"
    assert "= mul′₁ · sq′ + mul′₂ · exp′" in lines


def test_values_of_the_paths_are_added() -> None:
    f = Formula()
    graph = f.graph(f("add", f("sq", f.x), f("mul", 3.0, f.x)))
    assert derive(graph, "x", {"x": 2}).lines[-1].endswith("= 4 + 3 = 7")


def test_many_paths_are_capped_and_counted() -> None:
    f = Formula()
    node = f.x
    for _ in range(10):
        node = f("add", node, f("sq", node))
    derivation = derive(f.graph(node), "x", {"x": 0.01})
    assert "1,024 paths" in derivation.notes[0]
    assert derivation.lines[-3].endswith("+ …")


def test_long_chain_is_shortened_and_says_so() -> None:
    f = Formula()
    node = f.x
    for _ in range(3000):
        node = f("tanh", node)
    derivation = derive(f.graph(node), "x", {"x": 0.5})
    assert len(derivation.lines) < 60
    assert max(map(len, derivation.lines)) < 1000
    assert any("left out" in note for note in derivation.notes)
    assert any("200 nodes" in note for note in derivation.notes)
    assert derivation.closed_form is None


def test_named_node_is_written_by_its_name_until_it_is_differentiated() -> None:
    f = Formula()
    hidden = f("tanh", f.x)
    lines = derive(f.graph(f("sq", hidden), h=hidden), "x").lines
    assert lines[:3] == ("∂/∂x sq(h)", "= sq′(h) · ∂/∂x tanh(x)", "= sq′(…) · tanh′(x)")


def test_leaf_without_influence_has_derivative_zero() -> None:
    f = Formula()
    graph = f.graph(f("add", f.x, f("greater", f.c, 0.0)))
    derivation = derive(graph, "c", {"x": 1, "c": 1})
    assert derivation.lines[-1] == "= 0"
    assert derivation.value == 0.0
    assert "nothing flows back" in derivation.notes[0]


def test_derivative_of_a_leaf_by_itself_is_one() -> None:
    f = Formula()
    derivation = derive(f.graph(f.x), "x", {"x": 3})
    assert derivation.lines == ("∂/∂x x", "= 1")
    assert derivation.value == 1.0


def test_unknown_leaf_is_refused() -> None:
    with pytest.raises(GraphError, match="no leaf q"):
        derive(nested_square(), "q")


def test_run_that_fails_raises_its_reason() -> None:
    with pytest.raises(ShapeError):
        derive(squared_error(), "W", {"W": [[1, 2]], "x": [1, 2, 3], "b": 0, "y": 0})


def test_closed_form_of_least_squares_for_scalars() -> None:
    assert derive(squared_error(), "b").closed_form == "2(W·x + b − y)"


def test_closed_form_of_least_squares_for_a_matrix() -> None:
    values = {"W": np.ones((3, 2)), "x": [1, 2], "b": [0, 1, 0], "y": [1, 2, 3]}
    assert derive(squared_error(), "W", values).closed_form == "2(W·x + b − y)·xᵀ"


def test_closed_form_of_softmax_likelihood() -> None:
    values = {"W": np.ones((3, 2)), "x": [1, 2], "b": [0, 1, 0], "y": 1}
    assert derive(likelihood(), "b", values).closed_form == "softmax(W·x + b) − onehot(y)"
    assert derive(likelihood(), "W", values).closed_form == "(softmax(W·x + b) − onehot(y))·xᵀ"


def test_closed_form_of_sigmoid_stays_a_sigmoid() -> None:
    f = Formula()
    assert derive(f.graph(f("sigmoid", f.x)), "x").closed_form == "σ(x)·(1 − σ(x))"


def test_closed_form_brings_in_no_function_that_the_formula_does_not_have() -> None:
    f = Formula()
    graph = f.graph(f("div", 1.0, f("add", 1.0, f("exp", f("neg", f.x)))))
    assert derive(graph, "x").closed_form == "exp(x)/(exp(x) + 1)²"  # and not 1/(4·cosh(x/2)²)


def test_power_rule_with_a_letter_for_the_exponent() -> None:
    f = Formula()
    assert derive(f.graph(f("pow", f.x, f.n)), "x").closed_form == "n·x^(n − 1)"


def test_elementwise_product_of_arrays_is_told_from_the_matrix_product() -> None:
    f = Formula()
    graph = f.graph(f("sum", f("matmul", f.V, f("tanh", f("matmul", f.W, f.x)))))
    values = {"V": np.ones((2, 3)), "W": np.ones((3, 2)), "x": [1, 2]}
    form = derive(graph, "W", values).closed_form
    assert form is not None
    assert "⊙ (1 − tanh(W·x)²))·xᵀ" in form


def test_back_propagation_is_written_for_arrays() -> None:
    values = {"W": np.ones((3, 2)), "x": [1, 2], "b": [0, 1, 0], "y": [1, 2, 3]}
    lines = derive(squared_error(), "W", values).lines
    assert "∂L/∂v₂ = −∂L/∂v₃" in lines


@pytest.mark.parametrize(
    ("formula", "first"),
    [
        ("log(x)[1]", "∂/∂x index(log(x), 1)"),
        ("sum(x[0, 1:])", "∂/∂x sum(index(x, 0, 1:))"),
        ("sum(max(x, axis=0))", "∂/∂x sum(max(x, axis=0))"),
    ],
)
def test_settings_stand_in_a_derivation_as_in_a_formula(formula: str, first: str) -> None:
    assert derive(parse(formula), "x").lines[0] == first


def test_shapes_that_only_values_tell_are_asked_for() -> None:
    f = Formula()
    derivation = derive(f.graph(f("index", f.x, index=(1,))), "x")
    assert derivation.closed_form is None
    assert any("give values" in note for note in derivation.notes)


def test_numbers_too_large_for_exact_arithmetic_do_not_hang() -> None:
    f = Formula()
    node: Any = f("add", 9.0, f("mul", 0.0, f.x))
    for _ in range(100):
        node = f("sq", node)
    assert derive(f.graph(f("mul", node, f.x)), "x").value is None


def test_polynomial_of_high_degree_is_not_multiplied_out() -> None:
    f = Formula()
    node = f.x
    for _ in range(12):
        node = f("sq", f("add", node, 1.0))
    derive(f.graph(node), "x", {"x": 0.1})


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.is_public], ids=lambda op: op.name)
def test_closed_form_is_the_derivative_for_every_op(op: Any) -> None:
    """A form is shown only when it agrees with back-propagation, so that it exists is the claim."""
    for example in op.examples:
        f = Formula()
        values = {f"x{i}": value for i, value in enumerate(example.operands)}
        graph = f.graph(f("sq", f(op.name, *(f.build.leaf(name) for name in values), **example.attrs)))
        for name in values:
            derivation = derive(graph, name, values)
            np.testing.assert_array_equal(derivation.value, record(graph, values).adjoint(name))
            assert derivation.closed_form is not None, (name, derivation.notes)


@pytest.mark.parametrize(
    ("formula", "values", "closed"),
    [
        ("norm(x)", [3.0, 4.0], "x/‖x‖"),
        ("prod(x)", [3.0, 4.0, 0.0], "prod(x)/x"),
        ("logsumexp(x)", [3.0, 4.0], "softmax(x, axis=0)"),
    ],
)
def test_closed_form_is_written_without_the_guards_it_is_computed_with(formula, values, closed) -> None:
    graph = parse(formula)
    found = derive(graph, "x", {"x": np.array(values)})
    assert found.closed_form == closed
    np.testing.assert_allclose(found.value, record(graph, {"x": values}).gradients["x"])


def test_slope_of_gelu_is_written_without_a_clip() -> None:
    assert "clip" not in str(derive(parse("gelu(x)"), "x", {"x": 1.0}).closed_form)
