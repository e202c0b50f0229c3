"""Smoothing of a history."""

import numpy as np

from gradviz.train.history import smoothed


def test_smoothing_takes_the_mean_over_the_last_values() -> None:
    assert smoothed(np.array([4.0, 2.0, 6.0, 0.0]), part=0.5).tolist() == [4, 3, 4, 3]


def test_what_is_not_finite_counts_for_nothing() -> None:
    found = smoothed(np.array([1.0, np.inf, 3.0, np.nan, np.nan]), part=0.4)
    np.testing.assert_array_equal(found, [1, 1, 3, 3, np.nan])
