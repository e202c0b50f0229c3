"""Clipping and weight decay, against numbers made by hand."""

import numpy as np
import pytest

from gradviz.errors import TrainingError
from gradviz.train.descent import descend
from gradviz.train.treatment import Treatment
from unit.train.formulas import PARABOLA

GRADIENTS = {"a": 3.0, "W": np.array([0.0, -4.0])}
PARAMETERS = {"a": 10.0, "W": np.array([1.0, 2.0])}


def test_clipping_by_value_brings_each_element_into_the_range() -> None:
    treated = Treatment(clip_value=3.5).applied(GRADIENTS, PARAMETERS)
    assert treated["a"] == 3.0
    assert treated["W"].tolist() == [0.0, -3.5]


def test_clipping_by_length_keeps_the_direction_of_all_gradients_together() -> None:
    treated = Treatment(clip_norm=1.0).applied(GRADIENTS, PARAMETERS)
    assert treated["a"] == pytest.approx(0.6)
    assert treated["W"].tolist() == pytest.approx([0.0, -0.8])


def test_gradients_that_are_short_enough_stay_bit_for_bit() -> None:
    treated = Treatment(clip_norm=5.0, clip_value=4.0).applied(GRADIENTS, PARAMETERS)
    assert treated["a"] == 3.0
    assert treated["W"].tolist() == [0.0, -4.0]


def test_weight_decay_adds_the_gradient_of_half_the_squares_and_is_not_clipped() -> None:
    treated = Treatment(clip_norm=1.0, decay=0.5).applied(GRADIENTS, PARAMETERS)
    assert treated["a"] == pytest.approx(0.6 + 5)
    assert treated["W"].tolist() == pytest.approx([0.5, -0.8 + 1])


def test_weight_decay_shrinks_what_has_no_gradient() -> None:
    run = descend(PARABOLA, {"x": 1.0}, rate=0.1, steps=1, weight_decay=3.0)
    assert float(run.parameters["x"]) == pytest.approx(1 - 0.1 * (2 + 3))


def test_adamw_takes_the_decay_as_its_own() -> None:
    run = descend(PARABOLA, {"x": 2.0}, rate=0.1, steps=1, optimizer="adamw", weight_decay=0.5)
    assert float(run.parameters["x"]) == pytest.approx(2 - 0.1 * (1 + 0.5 * 2), rel=1e-7)


def test_clipping_saves_a_descent_that_would_diverge() -> None:
    assert descend(PARABOLA, {"x": 10.0}, rate=1.1, steps=2000).diverged
    clipped = descend(PARABOLA, {"x": 10.0}, rate=1.1, steps=2000, clip_norm=1.0)
    assert not clipped.diverged
    assert abs(float(clipped.parameters["x"])) < 1.1


@pytest.mark.parametrize("settings", [{"clip_value": 0.0}, {"clip_norm": -1.0}, {"decay": -0.1}])
def test_limits_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(TrainingError):
        Treatment(**settings)
