"""Where no derivative exists each op keeps to the convention that its help states."""

import math

import numpy as np
import pytest

from unit.core.ops.asked import asked, slope


@pytest.mark.parametrize(
    ("formula", "x", "expected"),
    [
        ("relu(x)", 0.0, 0.0),
        ("relu(x)", -0.0, 0.0),
        ("leaky_relu(x)", 0.0, 0.01),
        ("elu(x)", 0.0, 1.0),  # smooth: both sides have slope 1
        ("abs(x)", 0.0, 0.0),
        ("sign(x)", 0.0, 0.0),
        ("floor(x)", 2.0, 0.0),
        ("hinge(x)", 1.0, 0.0),
        ("clip(x, -1, 1)", 1.0, 1.0),
        ("clip(x, -1, 1)", -1.0, 1.0),
        ("sqrt(x)", 0.0, math.inf),
        ("cbrt(x)", 0.0, math.inf),
        ("max(x, 2)", 2.0, 0.5),
        ("min(x, 2)", 2.0, 0.5),
        ("asin(x)", 1.0, math.inf),
        ("acos(x)", 1.0, -math.inf),
        ("acosh(x)", 1.0, math.inf),
        ("x > 1", 1.0, 0.0),
    ],
)
def test_slope_at_the_kink_is_the_stated_one(formula: str, x: float, expected: float) -> None:
    formula = f"where({formula}, 1, 0)" if ">" in formula else formula
    assert slope(formula, x) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("max(x)", [0.0, 0.5, 0.5]),
        ("min(-x)", [0.0, -0.5, -0.5]),
        ("norm(x - x)", [0.0, 0.0, 0.0]),
        ("std(0x + 1)", [0.0, 0.0, 0.0]),
    ],
)
def test_equal_elements_share_and_zero_lengths_have_no_slope(formula: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(slope(formula, [1.0, 3.0, 3.0]), expected)


def test_norm_of_the_zero_vector_has_slope_zero() -> None:
    np.testing.assert_array_equal(slope("norm(x)", [0.0, 0.0]), [0.0, 0.0])


@pytest.mark.parametrize(
    ("power", "expected"), [("x^2", 0.0), ("x^3", 0.0), ("x^1", 1.0), ("x^0", 0.0), ("x^(1/2)", math.inf)]
)
def test_slope_of_powers_at_zero(power: str, expected: float) -> None:
    assert slope(power, 0.0) == expected


@pytest.mark.parametrize("x", [-2.0, 0.0])
def test_constant_exponent_never_takes_the_logarithm(x: float) -> None:
    assert slope("x^3", x) == 3 * x**2
    _, gradients = asked("x^n", ["x"], x=x, n=3.0)
    assert gradients == {"x": 3 * x**2}


@pytest.mark.parametrize(
    ("x", "n", "by_x", "by_n"),
    [(0.0, 0.0, 0.0, 0.0), (0.0, 3.0, 0.0, 0.0), (0.0, 1.0, 1.0, 0.0), (2.0, 3.0, 12.0, 8 * math.log(2))],
)
def test_power_with_a_differentiable_exponent(x: float, n: float, by_x: float, by_n: float) -> None:
    _, gradients = asked("x^n", x=x, n=n)
    assert gradients["x"] == pytest.approx(by_x, rel=1e-14)
    assert gradients["n"] == pytest.approx(by_n, rel=1e-14)


def test_slope_by_the_exponent_at_a_negative_base_is_nan() -> None:
    value, gradients = asked("x^n", x=-2.0, n=3.0)
    assert (value, gradients["x"]) == (-8.0, 12.0)
    assert math.isnan(gradients["n"])


@pytest.mark.parametrize(
    ("x", "low", "high", "expected"),
    [
        (0.0, -1.0, 1.0, (1, 0, 0)),
        (-2.0, -1.0, 1.0, (0, 1, 0)),
        (2.0, -1.0, 1.0, (0, 0, 1)),
        (0.0, 1.0, -1.0, (0, 0, 1)),
    ],
)
def test_clip_sends_the_adjoint_to_what_it_returned(
    x: float, low: float, high: float, expected: tuple[int, ...]
) -> None:
    _, gradients = asked("clip(x, l, h)", x=x, l=low, h=high)
    assert (gradients["x"], gradients["l"], gradients["h"]) == expected


def test_determinant_of_a_singular_matrix_has_its_cofactors_as_slope() -> None:
    # d det/dA = [[d, −c], [−b, a]] for [[a, b], [c, d]]
    value, gradients = asked("det(A)", A=[[1.0, 2.0], [2.0, 4.0]])
    assert value == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_allclose(gradients["A"], [[4.0, -2.0], [-2.0, 1.0]], rtol=1e-14)


def test_product_with_a_zero_has_the_product_of_the_others_as_slope() -> None:
    np.testing.assert_array_equal(slope("prod(x)", [2.0, 0.0, 4.0]), [0.0, 8.0, 0.0])
    np.testing.assert_array_equal(slope("prod(x)", [0.0, 0.0, 4.0]), [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(
        slope("prod(x)", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), [[720, 360, 240], [180, 144, 120]]
    )


def test_product_of_one_element_has_slope_one() -> None:
    np.testing.assert_array_equal(slope("prod(x)", [7.0]), [1.0])
