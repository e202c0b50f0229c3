"""Figures of arrays, against numbers worked out by hand."""

import numpy as np
import pytest

from gradviz.core.statistics import histogram, norm, statistics


def test_figures_of_a_small_matrix_are_those_worked_out_by_hand() -> None:
    found = statistics(np.array([[3.0, -4.0], [0.0, 0.0]]))
    assert (found.shape, found.count, found.least, found.most) == ((2, 2), 4, -4.0, 3.0)
    assert (found.mean, found.norm, found.zeros) == (-0.25, 5.0, 2)


def test_what_is_not_finite_is_counted_and_left_out_of_the_other_figures() -> None:
    found = statistics(np.array([np.nan, np.inf, -np.inf, -np.inf, 2.0]))
    assert (found.nans, found.positive_infinities, found.negative_infinities) == (1, 1, 2)
    assert (found.least, found.most, found.mean, found.norm) == (2.0, 2.0, 2.0, 2.0)
    assert not found.is_finite


def test_an_array_without_elements_has_no_least() -> None:
    found = statistics(np.zeros((0, 3)))
    assert (found.count, found.least, found.mean, found.norm) == (0, None, None, 0.0)


def test_norm_does_not_overflow_on_the_way() -> None:
    assert norm(np.array([3e300, 4e300])) == pytest.approx(5e300)


def test_mean_of_numbers_near_the_largest_does_not_overflow() -> None:
    assert statistics(np.array([1e308, 1e308])).mean == pytest.approx(1e308)


def test_histogram_counts_every_finite_element_once() -> None:
    found = histogram(np.array([0.0, 1.0, 2.0, 3.0, np.nan]), bins=4)
    assert found.counts.tolist() == [1, 1, 1, 1]
    assert (found.edges[0], found.edges[-1], found.left_out) == (0.0, 3.0, 1)


def test_equal_elements_stand_in_one_bin() -> None:
    found = histogram(np.full(5, 7.0), bins=3)
    assert found.counts.tolist() == [0, 5, 0]


def test_a_range_wider_than_float64_is_one_bin() -> None:
    assert histogram(np.array([-1.7e308, 1.7e308])).counts.tolist() == [2]
