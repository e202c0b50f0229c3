"""A descent has diverged when something is not finite, or when its loss ends far above its start and still rises."""

import numpy as np

import gradviz
from gradviz.train.divergence import growth_of
from gradviz.train.history import History


def _history(*losses: float) -> History:
    return History(np.arange(len(losses)), np.array(losses), np.ones(len(losses)))


def test_finite_loss_that_ends_a_million_times_as_high_has_diverged() -> None:
    run = gradviz.descend(gradviz.parse("x^2"), {"x": 10}, rate=1.5, steps=20)  # x ← −2x: the loss grows 4²⁰-fold
    assert run.loss == 100 * 4**20
    assert run.diverged
    assert run.divergence is not None
    assert run.divergence.message == (
        "iteration 20: the loss is 1.1e12 times the first and still rises; try a smaller learning rate"
    )


def test_descent_that_has_grown_can_go_on() -> None:
    run = gradviz.descend(gradviz.parse("x^2"), {"x": 10}, rate=1.5, steps=20)
    assert run.descent.divergence is None
    assert run.descent.advance()


def test_rate_that_is_too_large_for_few_iterations_has_not_diverged_yet() -> None:
    assert not gradviz.descend(gradviz.parse("x^2"), {"x": 10}, rate=1.1, steps=10).diverged


def test_loss_that_has_been_high_and_comes_down_has_not_diverged() -> None:
    assert growth_of(_history(1, 1e9, 1e8, 5e7, 2e7, 1e7)) is None


def test_growth_from_rounding_says_nothing() -> None:
    assert growth_of(_history(1e-30, 1e-25, 1e-20)) is None


def test_first_sample_that_fits_by_chance_is_no_measure_of_growth() -> None:
    assert growth_of(_history(0.0, *([0.3, 0.1] * 10), 0.4)) is None


def test_single_samples_that_fit_at_the_start_make_no_run_diverge() -> None:
    x = np.linspace(-1.0, 1.0, 50)
    y = np.where(np.arange(50) % 2 == 0, 0.0, x)  # every other sample has no loss at w = b = 0
    graph, start = gradviz.parse("(y - (w x + b))^2"), {"w": 0.0, "b": 0.0}
    data = {"x": x, "y": y}
    runs = [gradviz.descend(graph, start, data=data, rate=0.01, steps=60, batch=1, seed=seed) for seed in range(16)]
    assert any(run.history.loss[0] == 0 for run in runs)
    assert not any(run.diverged for run in runs)
