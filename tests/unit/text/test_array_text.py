"""Arrays to take away."""

import numpy as np
import pytest

from gradviz.text.array_text import as_csv, as_latex, as_numpy, as_text, row_names, table

CASES = [
    np.float64(0.1),
    np.array([1.0, -2.5, 1e-300]),
    np.array([[1.0, np.nan], [np.inf, -np.inf]]),
    np.arange(24.0).reshape(2, 3, 4) / 7,
    np.zeros((0, 3)),
]


@pytest.mark.parametrize("value", CASES, ids=lambda value: str(np.shape(value)))
def test_numpy_code_gives_the_same_array_bit_for_bit(value: np.ndarray) -> None:
    made = eval(as_numpy(value), {"np": np})
    assert np.shape(made) == np.shape(value)
    np.testing.assert_array_equal(made, value)


def test_text_has_a_row_a_line_and_tabs_between() -> None:
    assert as_text(np.array([[1.0, 0.1], [-3.0, 4.0]])) == "1.0\t0.1\n-3.0\t4.0"


def test_a_vector_is_a_column_of_text() -> None:
    assert as_text(np.array([1.0, 2.0])) == "1.0\n2.0"


def test_csv_is_read_back_by_numpy() -> None:
    value = np.random.default_rng(0).standard_normal((3, 4))
    np.testing.assert_array_equal(np.loadtxt(as_csv(value).splitlines(), delimiter=","), value)


def test_latex_is_a_matrix() -> None:
    assert as_latex(np.array([[1.0, -0.5], [1e-10, 4.0]])) == (
        r"\begin{bmatrix}1 & -0.5 \\ 1 \times 10^{-10} & 4\end{bmatrix}"
    )


def test_latex_of_a_large_matrix_has_dots() -> None:
    text = as_latex(np.zeros((100, 100)))
    assert r"\vdots" in text
    assert r"\cdots" in text
    assert len(text) < 1200


def test_rows_of_more_axes_are_named_by_their_place() -> None:
    names = row_names((2, 3, 4))
    assert (names[0], names[5]) == ("0, 0", "1, 2")
    assert row_names((7,))[6] == "6"
    assert table(np.zeros((2, 3, 4))).shape == (6, 4)
