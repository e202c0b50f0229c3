"""Between reading and training: gaps and scales."""

import numpy as np
import pytest

from gradviz.data.binding import Gaps
from gradviz.data.builtin import load
from gradviz.data.preparation import Preparation, prepared_samples
from gradviz.data.tables import Table
from gradviz.errors import DataError

GAPPED = Table("t", {"x": np.array([1.0, np.nan, 3.0, 8.0]), "y": np.array([1.0, 2.0, 3.0, 4.0])})
BINDINGS = {"x": ("x",), "y": ("y",)}


def test_standardised_columns_have_mean_zero_and_deviation_one() -> None:
    bindings = {"x": ("sepal_length..petal_width",), "y": ("species",)}
    prepared = prepared_samples(load("iris"), bindings, Preparation(("sepal_length", "petal_width")))
    np.testing.assert_allclose(prepared["x"][:, [0, 3]].mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(prepared["x"][:, [0, 3]].std(axis=0), 1)
    np.testing.assert_array_equal(prepared["x"][:, 1], load("iris").columns["sepal_width"])


def test_the_scale_is_that_of_the_rows_that_are_used() -> None:
    found = prepared_samples(GAPPED, BINDINGS, Preparation(("y",)))
    np.testing.assert_allclose(found["y"], (np.array([1, 3, 4]) - 8 / 3) / np.std([1, 3, 4]))


def test_gaps_can_be_filled_with_the_mean_of_the_others() -> None:
    found = prepared_samples(GAPPED, BINDINGS, Preparation(gaps=Gaps.MEAN))
    assert found["x"].tolist() == [1, 4, 3, 8]


def test_gaps_of_categories_are_filled_with_the_most_frequent() -> None:
    table = Table("t", {"x": np.array([0.0, 1.0, np.nan, 1.0])}, labels={"x": ("a", "b")})
    assert prepared_samples(table, {"x": ("x",)}, Preparation(gaps=Gaps.MEAN))["x"].tolist() == [0, 1, 1, 1]


def test_gaps_can_be_refused_by_row_and_column() -> None:
    with pytest.raises(DataError, match="row 2, column x"):
        prepared_samples(GAPPED, BINDINGS, Preparation(gaps=Gaps.REFUSE))


def test_a_column_of_one_value_is_only_moved() -> None:
    table = Table("t", {"x": np.array([5.0, 5.0])})
    assert prepared_samples(table, {"x": ("x",)}, Preparation(("x",)))["x"].tolist() == [0, 0]
