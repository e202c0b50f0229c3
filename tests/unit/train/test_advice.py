"""Honest advice."""

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.errors import GraphError
from gradviz.lang.lower import read
from gradviz.train.advice import Remedy, advise_on_data, advise_on_failure, advise_on_run, condition_number
from gradviz.train.descent import descend
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA

DIABETES = bind_columns(load("diabetes"), {"x": ("age..glu",), "y": ("progression",)})
LINE = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})


def test_badly_scaled_inputs_are_told_with_their_condition_number() -> None:
    (found,) = advise_on_data(LEAST_SQUARES, DIABETES)
    design = np.hstack([DIABETES["x"], np.ones((442, 1))])
    assert condition_number(DIABETES["x"]) == pytest.approx(np.linalg.cond(design))
    assert "condition number" in found.text
    assert found.remedies == (Remedy.STANDARDISE,)


def test_standardised_inputs_need_no_advice() -> None:
    x = DIABETES["x"]
    scaled = {"x": (x - x.mean(axis=0)) / x.std(axis=0), "y": DIABETES["y"]}
    assert advise_on_data(LEAST_SQUARES, scaled) == []
    assert advise_on_data(LEAST_SQUARES, LINE) == []


@pytest.mark.parametrize(("classes", "says"), [([1, 2, 3], "1 to 3"), ([0.5, 1.5, 2.5], "0.5 to 2.5")])
def test_classes_that_do_not_count_from_0_are_told(classes: list[float], says: str) -> None:
    data = {"x": np.eye(3), "y": np.array(classes)}
    (found,) = advise_on_data(LIKELIHOOD, data)
    assert says in found.text
    assert found.remedies == (Remedy.RECODE,)
    assert advise_on_data(LIKELIHOOD, {"x": np.eye(3), "y": np.arange(3.0)}) == []


def test_a_diverged_run_is_told_the_limit_and_a_rate() -> None:
    run = descend(PARABOLA, {"x": 10.0}, rate=1.5, steps=3000)
    (found,) = advise_on_run(run.descent.plan, run.history, run.divergence)
    assert "2/λmax = 1" in found.text
    assert found.rate == 0.5


def test_a_run_whose_loss_rises_is_told_a_smaller_rate_before_its_numbers_overflow() -> None:
    run = descend(PARABOLA, {"x": 10.0}, rate=1.5, steps=6)  # x is multiplied by 1 − 2 · 1.5 = −2 each time
    (found,) = advise_on_run(run.descent.plan, run.history, run.divergence)
    assert found.text.startswith("the loss rises, from 100 to")
    assert found.rate == 0.5


def test_a_rate_that_has_shrunk_to_nothing_is_no_plateau() -> None:
    softplus = read("-log(sigmoid(a))").graph  # its gradient never dies
    run = descend(softplus, {"a": 0.0}, rate=0.01, steps=400, schedule="cosine", schedule_period=100)
    assert run.history.gradient_norm[-1] > 0.1
    assert run.history.loss[-100] == pytest.approx(run.history.loss[-1], rel=1e-5)
    assert advise_on_run(run.descent.plan, run.history, run.divergence) == []


def test_a_plateau_is_told_and_a_minimum_is_not() -> None:
    flat = read("1 - 1/(1 + exp(-(a - 20))) + 0.001 a").graph  # a saturated sigmoid with a gentle slope
    run = descend(flat, {"a": 0.0}, rate=1e-3, steps=500)
    (found,) = advise_on_run(run.descent.plan, run.history, run.divergence)
    assert "plateau" in found.text
    arrived = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=500)
    assert advise_on_run(arrived.descent.plan, arrived.history, None) == []


def test_a_loss_that_is_an_array_can_be_summed_or_averaged() -> None:
    with pytest.raises(GraphError) as caught:
        descend(read("x^2").graph, {"x": [1.0, 2.0]}, rate=0.1, steps=1)
    (found,) = advise_on_failure(caught.value)
    assert found.remedies == (Remedy.SUM, Remedy.MEAN)
