"""The gradient check finds wrong rules however small, and blames neither kinks nor rounding."""

from dataclasses import replace

import numpy as np
import pytest

import gradviz
import gradviz.core.ops
from gradviz.core.gradcheck import LeafCheck, Verdict, check, check_node, check_rules, difference, symbolic_gradients
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS, Op
from gradviz.core.record import record


def unary(op: Op) -> Graph:
    builder = GraphBuilder()
    return builder.graph(builder.apply(op, builder.leaf("x")))


def checked(formula: str, **values: object) -> LeafCheck:
    return check(gradviz.parse(formula, **dict.fromkeys(values)), values)["x"]


def wrong_exp(*factors: float) -> Op:
    """exp with a derivative that is off by a factor in each element."""
    return replace(OPS["exp"], vjps=(lambda g, y, x: g * y * np.array(factors[0] if len(factors) == 1 else factors),))


def test_a_right_gradient_passes_to_ten_digits() -> None:
    found = check(unary(OPS["exp"]), {"x": 0.5})["x"]
    assert found.has_passed
    assert found.relative_error < 1e-10


def test_an_infinite_gradient_is_a_finding_and_no_warning() -> None:
    assert not checked("sum(log(x))", x=[0.0, 1.0]).has_passed


@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.0001, 1.00001, 0.0])
def test_a_wrong_rule_is_called_wrong(factor: float) -> None:
    found = check(unary(wrong_exp(factor)), {"x": 0.5})["x"]
    assert (found.has_passed, found.kind) == (False, Verdict.WRONG)
    assert found.verdict.startswith("wrong: ")


@pytest.mark.parametrize("large", [14.0, 21.0])
def test_a_wrong_element_a_million_or_a_milliard_times_smaller_is_found(large: float) -> None:
    # e¹⁴ ≈ 10⁶, e²¹ ≈ 10⁹: the gradient is right there, and off by a hundredth at e⁰
    found = check(unary(wrong_exp(1.0, 1.01)), {"x": np.array([large, 0.0])})["x"]
    assert (found.kind, found.worst) == (Verdict.WRONG, (1,))
    assert found.relative_error == pytest.approx(0.0099, rel=0.01)
    assert found.verdict == "wrong: 1.01 came back, but the slope of the value is 1, at element 1"


@pytest.mark.parametrize("large", [0.0, 14.0, 21.0])
def test_small_right_elements_beside_large_ones_pass(large: float) -> None:
    assert check(unary(OPS["exp"]), {"x": np.array([large, 0.0, -5.0])})["x"].has_passed


def test_rounding_is_not_called_a_bug() -> None:
    found = checked("(10^15 + x) - 10^15", x=1.0)
    assert (found.kind, found.has_passed) == (Verdict.ROUNDING, True)
    assert found.verdict.startswith("equal within rounding: differences are sure to ±")


def test_a_wrong_rule_under_rounding_is_still_found() -> None:
    builder = GraphBuilder()
    large = builder.literal(1e10)
    inner = builder.apply(wrong_exp(1.5), builder.leaf("x"))
    graph = builder.graph(builder.apply(OPS["sub"], builder.apply(OPS["add"], large, inner), large))
    assert check(graph, {"x": 0.3})["x"].kind is Verdict.WRONG


@pytest.mark.parametrize(
    ("formula", "x"),
    [
        ("log(x)", 1e-9),
        ("sqrt(x)", 1e-12),
        ("1/x", 1e-6),
        ("x^3", 1e8),
        ("sin(10000x)", 0.3),
        ("exp(x)", 300.0),
        ("exp(-x^2)", 5.0),
        ("relu(x)", 1e-9),
        ("abs(x)", -1e-7),
        ("tanh(x)", 12.0),
        ("0x", 1.0),
        ("x - x", 1.0),
        ("softmax([x, 1000, -1000])[0]", 3.0),
        ("log(1 + x)", -0.999),
        ("norm([x, x])", 1e-8),
    ],
)
def test_right_rules_pass_at_awkward_points(formula: str, x: float) -> None:
    found = checked(formula, x=x)
    assert found.kind in (Verdict.RIGHT, Verdict.ROUNDING), found.verdict


def test_a_kink_is_called_a_kink_and_the_convention_is_told() -> None:
    found = checked("relu(x)", x=0.0)
    assert (found.kind, found.has_passed) == (Verdict.KINK, True)
    assert found.verdict == (
        "a kink: the slope is 0 on one side and 1 on the other (relu: The slope at 0 is taken as 0.)"
    )


@pytest.mark.parametrize("formula", ["max(x, 2)", "abs(x - 2)", "min(x^2, 4)", "clip(x, 0, 2)", "hinge(x - 1)"])
def test_every_kink_is_excused(formula: str) -> None:
    assert checked(formula, x=2.0).kind is Verdict.KINK


@pytest.mark.parametrize("formula", ["floor(x)", "sign(x - 2)", "where(x > 2, 1, 0)"])
def test_a_jump_is_called_a_jump(formula: str) -> None:
    found = checked(formula, x=2.0)
    assert found.has_passed
    assert found.verdict.startswith("a jump: the value itself leaps here")


def test_a_slope_that_is_on_neither_side_of_the_kink_is_wrong() -> None:
    wrong = replace(OPS["relu"], vjps=(lambda g, y, x: g * 5.0,))
    assert check(unary(wrong), {"x": 0.0})["x"].kind is Verdict.WRONG


def test_a_kink_in_one_element_does_not_excuse_a_wrong_rule_in_another() -> None:
    wrong = replace(OPS["relu"], vjps=(lambda g, y, x: g * np.where(x > 0, 0.75, 0.0),))
    found = check(unary(wrong), {"x": np.array([0.0, 2.0])})["x"]
    assert (found.kind, found.worst) == (Verdict.WRONG, (1,))


def test_a_point_without_a_slope_is_said_to_be_so() -> None:
    found = checked("sqrt(x)", x=0.0)
    assert (found.kind, found.has_passed) == (Verdict.UNKNOWN, False)
    assert "not finite" in found.verdict
    assert "sqrt: The slope at 0 is +∞" in found.verdict


def test_a_large_leaf_is_checked_along_random_directions() -> None:
    found = check(unary(OPS["tanh"]), {"x": np.linspace(-1, 1, 1000)})["x"]
    assert found.has_passed
    assert found.numeric.shape == (20,)


def test_one_wrong_element_in_a_thousand_does_not_hide() -> None:
    factors = np.ones(1000)
    factors[137] = 1.001
    wrong = replace(OPS["tanh"], vjps=(lambda g, y, x: g * (1.0 - y * y) * factors,))
    assert check(unary(wrong), {"x": np.linspace(-1, 1, 1000)})["x"].kind is Verdict.WRONG


def test_leaf_without_elements_is_right() -> None:
    assert checked("sum(x)", x=np.empty(0)).kind is Verdict.RIGHT


def test_adjoint_of_an_inner_node_is_checked_by_moving_its_value() -> None:
    trace = record(gradviz.parse("h = x^2\nh^2"), {"x": 2.0})
    found = check_node(trace, trace.graph.find("h"))
    assert found is not None
    assert found.has_passed
    assert (float(found.backward), float(found.numeric)) == (8.0, pytest.approx(8.0, rel=1e-9))


def test_number_in_the_formula_has_no_adjoint_to_check() -> None:
    trace = record(gradviz.parse("3x"), {"x": 2.0})
    assert check_node(trace, 0) is None


def test_the_op_whose_rule_is_wrong_is_named_and_no_other() -> None:
    builder = GraphBuilder()
    inner = builder.apply(OPS["sin"], builder.leaf("x"))
    wrong = builder.apply(wrong_exp(2.0), inner)
    graph = builder.graph(builder.apply(OPS["sq"], wrong))
    found = {(rule.node, rule.operand): rule.check.kind for rule in check_rules(record(graph, {"x": 0.4}))}
    assert found == {(3, 0): Verdict.RIGHT, (2, 0): Verdict.WRONG, (1, 0): Verdict.RIGHT}


def test_check_that_is_cancelled_checks_no_further_leaf() -> None:
    graph = gradviz.parse("x y")
    assert check(graph, {"x": 1.0, "y": 2.0}, cancelled=lambda: True) == {}
    assert list(check_rules(record(graph, {"x": 1.0, "y": 2.0}), lambda: True)) == []


def test_symbolic_gradient_is_the_one_that_came_back() -> None:
    graph = gradviz.parse("softmax(W x)[0]", W=None, x=None)
    values = {"W": [[1.0, 2.0], [3.0, 4.0]], "x": [0.5, -1.0]}
    found = symbolic_gradients(graph, values)
    for name, gradient in record(graph, values).gradients.items():
        assert difference(gradient, found[name]) < 1e-13


def test_difference_is_relative_to_the_largest_element() -> None:
    assert difference(np.array([100.0, 1.0]), np.array([100.0, 2.0])) == 0.01
    assert difference(np.array([np.nan]), np.array([np.nan])) == 0.0
    assert difference(np.array([np.nan]), np.array([1.0])) == np.inf


def test_class_number_takes_no_gradient_and_that_is_right() -> None:
    found = check(gradviz.parse("nll(z, y)", z=None), {"z": [1.0, 2.0], "y": 1.0})
    assert found["z"].has_passed
    assert (found["y"].has_passed, found["y"].verdict) == (
        True,
        "it takes no gradient: it has no value between whole numbers",
    )


def test_gradient_that_is_not_finite_names_the_op_where_it_becomes_so() -> None:
    # d/dn (−2)ⁿ = (−2)ⁿ log(−2), which no real number is
    found = check(gradviz.parse("x^n"), {"x": -2.0, "n": 3.0})
    assert found["x"].kind is Verdict.RIGHT
    assert found["n"].kind is Verdict.UNKNOWN
    assert "pow: " in found["n"].verdict
    assert "the slope by n is NaN for every n" in found["n"].verdict
