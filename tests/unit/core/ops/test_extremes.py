"""Soundness where naive formulas overflow: what is finite on paper is finite here. Numbers from limits by hand."""

import math

import numpy as np
import pytest

from unit.core.ops.asked import asked, slope

HUGE, INF = 1e308, math.inf


@pytest.mark.parametrize(
    ("formula", "x", "value", "derivative"),
    [
        ("sigmoid(x)", 1e3, 1.0, 0.0),
        ("sigmoid(x)", -1e3, 0.0, 0.0),
        ("sigmoid(x)", -700.0, math.exp(-700), math.exp(-700)),
        ("sigmoid(x)", HUGE, 1.0, 0.0),
        ("sigmoid(x)", -HUGE, 0.0, 0.0),
        ("sigmoid(x)", INF, 1.0, 0.0),
        ("sigmoid(x)", -INF, 0.0, 0.0),
        ("softplus(x)", 1e3, 1e3, 1.0),
        ("softplus(x)", -1e3, 0.0, 0.0),
        ("softplus(x)", -40.0, math.exp(-40), math.exp(-40)),
        ("softplus(x)", HUGE, HUGE, 1.0),
        ("softplus(x)", -HUGE, 0.0, 0.0),
        ("softplus(x)", INF, INF, 1.0),
        ("softplus(x)", -INF, 0.0, 0.0),
        ("hinge(x)", 1e3, 0.0, 0.0),
        ("hinge(x)", -1e3, 1001.0, -1.0),
        ("hinge(x)", HUGE, 0.0, 0.0),
        ("hinge(x)", -HUGE, HUGE, -1.0),
        ("hinge(x)", INF, 0.0, 0.0),
        ("hinge(x)", -INF, INF, -1.0),
        ("huber(x)", HUGE, HUGE, 1.0),
        ("huber(x)", -INF, INF, -1.0),
        ("tanh(x)", HUGE, 1.0, 0.0),
        ("silu(x)", HUGE, HUGE, 1.0),
        ("silu(x)", -HUGE, 0.0, 0.0),
        ("gelu(x)", HUGE, HUGE, 1.0),
        ("gelu(x)", -HUGE, 0.0, 0.0),
        ("gelu(x)", INF, INF, 1.0),
        ("gelu(x)", -INF, 0.0, 0.0),
        ("elu(x)", HUGE, HUGE, 1.0),
        ("elu(x)", -HUGE, -1.0, 0.0),
        ("elu(x)", -40.0, -1.0, math.exp(-40)),
        ("expm1(x)", -40.0, -1.0, math.exp(-40)),
        ("expm1(x)", 1e-20, 1e-20, 1.0),
        ("log1p(x)", 1e-20, 1e-20, 1.0),
        ("relu(x)", INF, INF, 1.0),
        ("relu(x)", -INF, 0.0, 0.0),
        ("atan(x)", HUGE, math.pi / 2, 0.0),
    ],
)
def test_value_and_slope_are_the_limits(formula: str, x: float, value: float, derivative: float) -> None:
    found, gradients = asked(formula, x=x)
    assert found == pytest.approx(value, rel=1e-13)
    assert gradients["x"] == pytest.approx(derivative, rel=1e-13)


@pytest.mark.parametrize("scale", [1e3, HUGE / 2, INF])
def test_softmax_gives_all_to_the_one_that_is_far_above(scale: float) -> None:
    value, gradients = asked("softmax(x)[1]", x=[-scale, 0.0])
    assert (value, gradients["x"].tolist()) == (1.0, [0.0, 0.0])


@pytest.mark.parametrize("scale", [1e3, HUGE])
def test_softmax_of_equal_huge_scores_is_even(scale: float) -> None:
    # ∂p₀/∂z = p₀ (δ − p) = ½ (½, −½)
    value, gradients = asked("softmax(x)[0]", x=[scale, scale])
    assert (value, gradients["x"].tolist()) == (0.5, [0.25, -0.25])


@pytest.mark.parametrize(("scale", "lost"), [(1e3, 1e3), (HUGE, HUGE), (INF, INF)])
def test_log_softmax_and_nll_keep_the_logarithm_of_what_underflows(scale: float, lost: float) -> None:
    for formula in ("-log_softmax(x)[0]", "nll(x, 0)"):
        value, gradients = asked(formula, x=[-scale, 0.0])
        assert (value, gradients["x"].tolist()) == (lost, [-1.0, 1.0])


@pytest.mark.parametrize("scale", [1e3, HUGE, INF])
def test_nll_of_a_certain_class_is_zero(scale: float) -> None:
    value, gradients = asked("nll(x, 1)", x=[-scale, 0.0])
    assert (value, gradients["x"].tolist()) == (0.0, [0.0, 0.0])


@pytest.mark.parametrize(("x", "value", "weights"), [
    ([1e3, 1e3], 1e3 + math.log(2), [0.5, 0.5]),
    ([-1e3, -1e3], -1e3 + math.log(2), [0.5, 0.5]),
    ([HUGE, HUGE], HUGE, [0.5, 0.5]),
    ([-HUGE, 0.0], 0.0, [0.0, 1.0]),
    ([-INF, 0.0], 0.0, [0.0, 1.0]),
])  # fmt: skip
def test_logsumexp_shifts_by_the_largest(x: list[float], value: float, weights: list[float]) -> None:
    found, gradients = asked("logsumexp(x)", x=x)
    assert found == pytest.approx(value, rel=1e-15)
    np.testing.assert_allclose(gradients["x"], weights, rtol=1e-12)


def test_logsumexp_of_nothing_but_minus_infinity_is_minus_infinity() -> None:
    assert asked("logsumexp(x)", [], x=[-INF, -INF])[0] == -INF


def test_infinite_score_makes_softmax_nan_in_both_executors() -> None:
    assert np.isnan(asked("softmax(x)", x=[INF, 0.0])[0]).all()
    assert np.isnan(asked("nll(x, 1)", x=[INF, 0.0])[0])


@pytest.mark.parametrize("size", [1e200, 1e-200, 5e-320, HUGE / 10])
def test_norm_neither_overflows_nor_vanishes(size: float) -> None:
    value, gradients = asked("norm(x)", x=[3 * size, 4 * size])
    assert value == pytest.approx(5 * size, rel=1e-14)
    np.testing.assert_allclose(gradients["x"], [0.6, 0.8], rtol=1e-4 if size < 1e-300 else 1e-14)


def test_slopes_near_a_pole_keep_their_digits() -> None:
    # d/dx arcsin x = 1/√((1−x)(1+x)); at x = 1 − δ with δ = 2⁻³⁰ this is 1/√(δ(2 − δ)) exactly
    gap = 2.0**-30
    expected = 1 / math.sqrt(gap * (2 - gap))
    assert slope("asin(x)", 1 - gap) == pytest.approx(expected, rel=1e-15)
    assert slope("atanh(x)", 1 - gap) == pytest.approx(expected**2, rel=1e-15)
    assert slope("acosh(x)", 1 + gap) == pytest.approx(1 / math.sqrt(gap * (2 + gap)), rel=1e-15)


def test_a_run_at_the_extremes_reports_no_false_overflow() -> None:
    import gradviz
    from gradviz.core.record import record

    for formula in ("huber(x)", "elu(x)", "gelu(x)", "silu(x)", "softplus(x)", "sigmoid(x)", "norm([x, 1])"):
        assert record(gradviz.parse(formula), {"x": 1e200}).findings == (), formula
