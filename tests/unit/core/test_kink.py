"""A node exactly at a kink is found, and the convention that decides there is told."""

import numpy as np
import pytest

import gradviz
import gradviz.core.ops
from gradviz.core.kink import kinks
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.text.explain import explain_all


def found(formula: str, **values: object) -> list[tuple[str, int, int]]:
    trace = record(gradviz.parse(formula, **dict.fromkeys(values)), values)
    return [(kink.op.name, kink.count, kink.size) for kink in kinks(trace)]


@pytest.mark.parametrize(
    ("formula", "smooth", "kinked"),
    [
        ("relu(x)", 1.0, 0.0),
        ("leaky_relu(x)", 1.0, 0.0),
        ("abs(x)", 1.0, 0.0),
        ("sign(x)", 1.0, 0.0),
        ("floor(x)", 1.5, 1.0),
        ("hinge(x)", 0.0, 1.0),
        ("clip(x, -1, 1)", 0.0, -1.0),
        ("max(x, 2)", 1.0, 2.0),
        ("min(x, 2)", 1.0, 2.0),
        ("max(x)", [1.0, 2.0], [2.0, 2.0]),
        ("min(x)", [1.0, 2.0], [2.0, 2.0]),
        ("norm(x)", [1.0, 2.0], [0.0, 0.0]),
        ("std(x)", [1.0, 2.0], [3.0, 3.0]),
        ("sqrt(x)", 1.0, 0.0),
        ("cbrt(x)", -1.0, 0.0),
        ("x^(1/2)", 1.0, 0.0),
        ("x^0", 1.0, 0.0),
        ("asin(x)", 0.0, 1.0),
        ("acos(x)", 0.0, -1.0),
        ("acosh(x)", 2.0, 1.0),
        ("max_pool1d(x)", [1.0, 2.0], [2.0, 2.0]),
    ],
)
def test_kink_is_found_where_it_is_and_nowhere_else(formula: str, smooth: object, kinked: object) -> None:
    assert not found(formula, x=smooth)
    assert len(found(formula, x=kinked)) == 1


@pytest.mark.parametrize("formula", ["x^2", "x^3", "x^1", "elu(x)", "huber(x)", "softplus(x)", "x x"])
def test_smooth_formula_has_no_kink_at_zero(formula: str) -> None:
    assert not found(formula, x=0.0)


def test_elements_at_the_kink_are_counted() -> None:
    assert found("sum(relu(x))", x=np.array([0.0, 1.0, 0.0, -1.0])) == [("relu", 2, 4)]


def test_explanation_says_that_a_convention_decides() -> None:
    trace = record(gradviz.parse("relu(x)^2 + relu(x)"), {"x": 0.0})
    texts = [explanation.sentence for explanation in explain_all(trace)]
    assert any(text.endswith("Relu is exactly at a kink. The slope at 0 is taken as 0.") for text in texts)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.kink], ids=lambda op: op.name)
def test_every_op_with_a_kink_states_its_convention(op) -> None:
    assert op.help.kinks
