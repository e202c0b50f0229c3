"""Only what leads to a wanted gradient is differentiated; both executors agree on what that is."""

import math

import numpy as np
import pytest

import gradviz
from gradviz.core.compile import compile
from gradviz.core.record import record
from gradviz.core.trace import StepKind
from unit.core.ops.asked import asked


@pytest.mark.parametrize("branch", ["log(c)", "sqrt(c)", "c^0.5", "0/c - 1/0", "acosh(c)"])
def test_nan_beside_the_wanted_gradient_does_not_spoil_it(branch: str) -> None:
    value, gradients = asked(f"x^2 + {branch}", ["x"], x=3.0, c=-1.0)
    assert not math.isfinite(value)
    assert gradients == {"x": 6.0}


def test_nan_in_one_element_stays_in_that_element() -> None:
    _, gradients = asked("sum(log(x))", x=[2.0, 0.0, 4.0])
    assert gradients["x"].tolist() == [0.5, math.inf, 0.25]


def test_unwanted_operand_of_a_wanted_product_is_not_differentiated() -> None:
    # by c the slope of x^c at x = −2 would be NaN; by x it is 3·4
    trace = record(gradviz.parse("x^c"), {"x": -2.0, "c": 3.0}, wrt=["x"])
    assert trace.gradients == {"x": 12.0}
    assert trace.findings == ()
    sent = [(step.node, step.operand) for step in trace.steps if step.kind is StepKind.CONTRIBUTE]
    assert sent == [(2, 0)]


def test_failing_derivative_of_an_unwanted_branch_is_never_tried() -> None:
    # det(A·0) is fine; the second derivative of an inverse is never asked for
    graph = gradviz.parse("x tr(inverse(A))", A=None)
    values = {"x": 2.0, "A": np.array([[1e-200, 0.0], [0.0, 1e-200]])}
    trace = record(graph, values, wrt=["x"])
    assert trace.gradients == {"x": 2e200}
    assert trace.findings == ()
    assert compile(graph, ["x"], **values)(values)[1] == {"x": 2e200}


def test_leaf_without_influence_has_gradient_zero() -> None:
    _, gradients = asked("where(c > 0, x, y)", x=1.0, y=2.0, c=3.0)
    assert gradients == {"x": 1.0, "y": 0.0, "c": 0.0}
