"""Numbers as people read them."""

import math

import numpy as np
import pytest

from gradviz.text import numbers


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (4.0, "4"),
        (-6.0, "−6"),
        (0.5, "0.5"),
        (1 / 3, "0.33333"),
        (-0.196611933, "−0.19661"),
        (24.70408163, "24.704"),
        (12345.0, "12345"),
        (123456.0, "1.2346e5"),
        (-1.23456e-10, "−1.2346e−10"),
        (1e-7, "1e−7"),
        (5e-324, "4.9407e−324"),
        (1.7976931348623157e308, "1.7977e308"),
        (99999.9, "1e5"),
    ],
)
def test_scalar_has_at_most_five_significant_digits_and_a_true_minus(x: float, text: str) -> None:
    assert numbers.number(x) == text


def test_trailing_zeros_are_dropped() -> None:
    assert numbers.number(2.50000) == "2.5"


def test_negative_zero_is_zero() -> None:
    assert numbers.number(-0.0) == "0"


@pytest.mark.parametrize(("x", "text"), [(math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞")])
def test_non_finite_numbers_have_their_own_words(x: float, text: str) -> None:
    assert numbers.number(x) == text
    assert numbers.typeset(x) == text


def test_typeset_writes_a_power_of_ten() -> None:
    assert numbers.typeset(-1.23456e-10) == "−1.2346×10⁻¹⁰"


def test_latex_writes_a_power_of_ten() -> None:
    assert numbers.latex(-1.23456e-10) == r"-1.2346 \times 10^{-10}"


def test_latex_of_minus_infinity_is_a_command() -> None:
    assert numbers.latex(-math.inf) == r"-\infty"


def test_number_of_digits_can_be_chosen() -> None:
    assert numbers.number(math.pi, 3) == "3.14"


def test_small_vector_is_written_in_full() -> None:
    assert numbers.array(np.array([1.0, -2.0, 0.0])) == "[1, −2, 0]"


def test_small_matrix_is_written_in_full() -> None:
    assert numbers.array(np.array([[1.0, 2.0], [3.0, 4.5]])) == "[[1, 2], [3, 4.5]]"


def test_large_array_is_its_shape() -> None:
    assert numbers.array(np.zeros((3, 4))) == "(3, 4) array"
    assert numbers.array(np.zeros(100)) == "(100,) array"


def test_empty_array_is_its_shape() -> None:
    assert numbers.array(np.zeros((0,))) == "(0,) array"


def test_value_takes_scalars_and_arrays() -> None:
    assert numbers.value(np.float64(2.0)) == "2"
    assert numbers.value(np.array(-2.0)) == "−2"
    assert numbers.value([1, 2]) == "[1, 2]"


def test_latex_of_a_matrix_has_rows_and_columns() -> None:
    assert numbers.latex_value([[1, -2], [3, 4]]) == r"\begin{bmatrix}1 & -2 \\ 3 & 4\end{bmatrix}"


@pytest.mark.parametrize("x", [0.1, -7.25, 3e9, 1.5e-8, 123.456])
def test_text_reads_back_to_within_half_a_unit_of_the_last_digit(x: float) -> None:
    text = numbers.number(x).replace("−", "-")
    assert float(text) == pytest.approx(x, rel=5e-5)
