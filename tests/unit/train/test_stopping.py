"""Stopping rules, and the samples that are kept out for one of them."""

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.errors import TrainingError
from gradviz.train.descent import Descent, descend, plan_of
from gradviz.train.settings import TrainingSettings
from gradviz.train.split import split_rows
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA

LINE = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})
IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})


def test_a_descent_stops_at_the_first_loss_that_is_low_enough() -> None:
    run = descend(PARABOLA, {"x": 8.0}, rate=0.25, steps=100, stop_loss=1.0)  # 8, 4, 2, 1
    assert run.iterations == 3
    assert run.loss == 1.0
    assert run.ending is not None
    assert run.ending.message == "stopped at iteration 3: the loss 1 is not above 1"


def test_a_descent_stops_at_the_first_gradient_that_is_short_enough() -> None:
    assert descend(PARABOLA, {"x": 8.0}, rate=0.25, steps=100, stop_gradient=4.0).iterations == 2


def test_a_start_that_is_good_enough_is_the_end() -> None:
    assert descend(PARABOLA, {"x": 1.0}, rate=0.25, steps=100, stop_loss=5.0).iterations == 0


def test_patience_counts_from_the_lowest_loss() -> None:
    run = descend(PARABOLA, {"x": 1.0}, rate=1.0, steps=100, patience=7)  # 1, −1, 1, …: never lower
    assert run.iterations == 7
    assert "7 iterations old" in (run.ending.reason if run.ending else "")


def test_time_ends_a_run() -> None:
    run = descend(PARABOLA, {"x": 1.0}, rate=1e-9, steps=10_000_000, stop_seconds=0.01)
    assert 0 < run.iterations < 10_000_000


def test_a_descent_that_has_ended_moves_no_more_and_can_be_reopened() -> None:
    settings = TrainingSettings(rate=0.25, stop_loss=1.0)
    descent = Descent(plan_of(PARABOLA, {"x": 8.0}, settings))
    descent.run(100)
    assert not descent.advance()
    assert float(descent.parameters_at(1)["x"]) == 4.0


def test_a_twin_that_catches_up_has_the_same_patience() -> None:
    settings = TrainingSettings(rate=1.0, patience=7)
    here, there = (Descent(plan_of(PARABOLA, {"x": 1.0}, settings)) for _ in range(2))
    there.run(4)
    here.catch_up(there.progress())
    here.run(100)
    assert here.state.iteration == 7
    assert here.ending is not None


def test_the_split_takes_each_sample_once_and_the_seed_says_which() -> None:
    found = split_rows(50, 0.3, seed=4)
    assert found is not None
    assert sorted([*found[0], *found[1]]) == list(range(50))
    assert len(found[1]) == 15
    again = split_rows(50, 0.3, seed=4)
    assert again is not None
    assert again[1].tolist() == found[1].tolist()


def test_a_descent_trains_on_the_samples_that_are_not_kept_out() -> None:
    split = split_rows(40, 0.25, seed=3)
    assert split is not None
    run = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=500, seed=3, validation=0.25)
    slope, offset = np.polyfit(LINE["x"][split[0]], LINE["y"][split[0]], 1)
    assert float(run.parameters["W"]) == pytest.approx(slope, rel=1e-10)
    kept_out = (LINE["y"] - slope * LINE["x"] - offset)[split[1]]
    assert run.history.validation[-1] == pytest.approx(np.mean(kept_out**2))


def test_samples_of_an_iteration_are_rows_of_the_data() -> None:
    split = split_rows(40, 0.25, seed=3)
    run = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=3, seed=3, validation=0.25, batch=8)
    assert split is not None
    assert set(run.samples_at(2)) <= set(split[0].tolist())


def test_the_accuracy_is_the_part_of_samples_that_get_the_highest_score_right() -> None:
    run = descend(LIKELIHOOD, data=IRIS, rate=0.1, steps=200, optimizer="adam")
    scores = IRIS["x"] @ run.parameters["W"].T + run.parameters["b"]
    assert run.history.accuracy[-1] == pytest.approx(np.mean(scores.argmax(axis=1) == IRIS["y"]))


def test_least_squares_of_a_line_has_no_accuracy() -> None:
    assert np.all(np.isnan(descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=3).history.accuracy))


def test_a_long_run_is_judged_some_hundred_times() -> None:
    run = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=6000, validation=0.25)
    assert 300 < np.count_nonzero(np.isfinite(run.history.validation)) < 600


@pytest.mark.parametrize("part", [-0.1, 1.0, 1.5])
def test_a_part_that_is_none_is_refused(part: float) -> None:
    with pytest.raises(TrainingError, match="between 0 and 1"):
        descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=1, validation=part)
