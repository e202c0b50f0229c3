"""Gradient descent: published numbers, then the laws that any run keeps."""

import math
import warnings

import numpy as np
import pytest

from gradviz.core.graph import Graph
from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.errors import EvaluationError, GraphError, TrainingError
from gradviz.train.descent import Descent, Run, descend, norm, plan
from gradviz.train.optimizer import OPTIMIZERS
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA, STABLE_LIKELIHOOD, graph_of

LINE = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})
IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})


@pytest.mark.parametrize(("rate", "x"), [(0.05, 3.486784), (0.2, 0.060466), (1.1, 61.917364)])
def test_ten_iterations_on_a_parabola_end_where_dive_into_deep_learning_says(rate: float, x: float) -> None:
    run = descend(PARABOLA, {"x": 10}, rate=rate, steps=10)
    assert float(run.parameters["x"]) == pytest.approx(x, abs=5e-7)
    assert run.iterations == 10
    assert not run.diverged


def test_the_history_holds_loss_and_gradient_norm_of_every_state() -> None:
    run = descend(PARABOLA, {"x": 10}, rate=0.25, steps=2)
    assert run.history.iteration.tolist() == [0, 1, 2]
    assert run.history.loss.tolist() == [100, 25, 6.25]
    assert run.history.gradient_norm.tolist() == [20, 10, 5]
    assert run.loss == 6.25


def test_least_squares_ends_at_the_regression_line() -> None:
    run = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=400)
    slope, offset = np.polyfit(LINE["x"], LINE["y"], 1)
    assert float(run.parameters["W"]) == pytest.approx(slope, rel=1e-12)
    assert float(run.parameters["b"]) == pytest.approx(offset, rel=1e-12)


def test_the_first_update_of_least_squares_is_the_courses_formula() -> None:
    x, y, weight, offset = LINE["x"], LINE["y"], 0.5, -1.0
    run = descend(LEAST_SQUARES, {"W": weight, "b": offset}, data=LINE, rate=0.01, steps=1, reduce="sum")
    residual = (weight * x + offset) - y
    assert float(run.parameters["W"]) == pytest.approx(weight - 0.01 * np.sum(2 * residual * x), rel=1e-12)
    assert float(run.parameters["b"]) == pytest.approx(offset - 0.01 * np.sum(2 * residual), rel=1e-12)


@pytest.mark.parametrize("graph", [LIKELIHOOD, STABLE_LIKELIHOOD])
def test_the_first_update_of_softmax_likelihood_is_the_courses_formula(graph: Graph) -> None:
    weights, offsets = np.full((3, 4), 0.1), np.zeros(3)
    run = descend(graph, {"W": weights, "b": offsets}, data=IRIS, rate=0.1, steps=1)
    scores = IRIS["x"] @ weights.T + offsets
    share = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) - np.eye(3)[IRIS["y"].astype(int)]
    np.testing.assert_allclose(run.parameters["W"], weights - 0.1 * share.T @ IRIS["x"] / 150, rtol=1e-12)
    np.testing.assert_allclose(run.parameters["b"], offsets - 0.1 * share.mean(axis=0), atol=1e-16)


def test_irises_are_learned() -> None:
    run = descend(STABLE_LIKELIHOOD, data=IRIS, rate=0.05, steps=500, optimizer="adam")
    scores = IRIS["x"] @ run.parameters["W"].T + run.parameters["b"]
    assert np.mean(scores.argmax(axis=1) == IRIS["y"]) > 0.95


def test_the_mean_is_the_sum_over_the_number_of_samples() -> None:
    at = {"W": 1.0, "b": 0.0}
    total = descend(LEAST_SQUARES, at, data=LINE, rate=0, steps=0, reduce="sum").loss
    mean = descend(LEAST_SQUARES, at, data=LINE, rate=0, steps=0, reduce="mean").loss
    assert total == pytest.approx(40 * mean)


def noisy_run(seed: int, steps: int = 57, optimizer: str = "adam") -> Run:
    return descend(STABLE_LIKELIHOOD, data=IRIS, rate=0.05, steps=steps, batch=32, seed=seed, optimizer=optimizer)


def same_bits(a: object, b: object) -> bool:
    assert isinstance(a, dict)
    assert isinstance(b, dict)
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_the_same_seed_gives_the_same_run_bit_for_bit() -> None:
    first, again = noisy_run(3), noisy_run(3)
    assert same_bits(first.parameters, again.parameters)
    assert first.history.loss.tobytes() == again.history.loss.tobytes()


def test_another_seed_gives_another_run() -> None:
    assert not same_bits(noisy_run(3).parameters, noisy_run(4).parameters)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_any_iteration_is_had_again_bit_for_bit(optimizer: str) -> None:
    descent = Descent(plan(STABLE_LIKELIHOOD, data=IRIS, rate=0.01, batch=32, seed=1, optimizer=optimizer))
    descent._kept.capacity = 4
    seen = [descent.parameters_at(0)]
    for iteration in range(1, 40):
        assert descent.advance()
        seen.append(descent.parameters_at(iteration))
    assert descent._kept.stride > 4
    assert all(same_bits(descent.parameters_at(iteration), parameters) for iteration, parameters in enumerate(seen))


def test_an_epoch_uses_every_sample_once_and_the_next_one_in_another_order() -> None:
    run = noisy_run(3, steps=10)
    first = np.concatenate([run.samples_at(k) for k in range(5)])
    second = np.concatenate([run.samples_at(k) for k in range(5, 10)])
    assert len(run.samples_at(4)) == 150 - 4 * 32
    assert sorted(first) == sorted(second) == list(range(150))
    assert first.tolist() != second.tolist()


def test_a_batch_as_large_as_the_data_is_the_data_in_order() -> None:
    whole = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=5)
    batched = descend(LEAST_SQUARES, data=LINE, rate=0.1, steps=5, batch=64)
    assert same_bits(whole.parameters, batched.parameters)


def test_the_loss_of_a_run_with_batches_is_over_all_samples() -> None:
    run = noisy_run(3)
    scores = IRIS["x"] @ run.parameters["W"].T + run.parameters["b"]
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    assert run.loss == pytest.approx(-np.mean(logs[np.arange(150), IRIS["y"].astype(int)]), rel=1e-12)


def test_a_diverging_descent_stops_and_keeps_the_last_finite_state() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = descend(PARABOLA, {"x": 10}, rate=1e100, steps=50)
    # x is multiplied by 1 − 2·10¹⁰⁰: 10, −2·10¹⁰¹, 4·10²⁰¹ whose square overflows
    assert run.divergence is not None
    assert (run.divergence.iteration, run.divergence.what) == (2, "the loss")
    assert run.iterations == 1
    assert float(run.parameters["x"]) == pytest.approx(-2e101)
    assert "iteration 2" in run.divergence.message


def test_the_state_that_is_not_finite_can_be_reopened_too() -> None:
    run = descend(PARABOLA, {"x": 10}, rate=1e100, steps=50)
    assert float(run.parameters_at(2)["x"]) == pytest.approx(4e201)


@pytest.mark.parametrize("rate", [1e308, math.nan, math.inf])
def test_an_absurd_rate_stops_at_the_first_update(rate: float) -> None:
    run = descend(PARABOLA, {"x": 10}, rate=rate, steps=50)
    assert run.diverged
    assert float(run.parameters["x"]) == 10


def test_a_negative_rate_goes_uphill_until_it_overflows() -> None:
    run = descend(PARABOLA, {"x": 10}, rate=-1, steps=5000)
    assert run.diverged
    assert np.all(np.diff(run.history.loss) > 0)


def test_a_loss_that_is_not_finite_from_the_start_is_a_run_of_no_iterations() -> None:
    run = descend(graph_of(("log", "x")), {"x": -1}, rate=0.1, steps=5)
    assert run.diverged
    assert run.iterations == 0
    assert math.isnan(run.loss)


def test_an_infinite_gradient_is_named() -> None:
    run = descend(graph_of(("sqrt", "x")), {"x": 0}, rate=0.1, steps=5)
    assert run.divergence is not None
    assert run.divergence.what == "the gradient of x"


def test_a_loss_a_sample_that_is_no_scalar_is_refused_with_advice() -> None:
    vector = graph_of(("sq", ("sub", "y", ("mul", "w", "x"))))
    with pytest.raises(GraphError, match=r"must be a scalar: put sum\("):
        descend(vector, {"w": 1}, data={"x": np.ones((5, 2)), "y": np.ones(5)}, rate=0.1, steps=1)


def test_a_formula_without_data_that_is_no_scalar_is_refused_with_advice() -> None:
    with pytest.raises(GraphError, match=r"must be a scalar: put sum\("):
        descend(PARABOLA, {"x": [1, 2]}, rate=0.1, steps=1)


def test_a_class_that_has_no_score_is_refused() -> None:
    with pytest.raises(EvaluationError, match="index 2 is out of range"):
        descend(LIKELIHOOD, {"W": np.ones((2, 4)), "b": np.ones(2)}, data=IRIS, rate=0.1, steps=1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": -1}, "steps"),
        ({"batch": 0}, "batch"),
        ({"reduce": "max"}, "sum or mean"),
        ({"optimizer": "adma"}, "did you mean adam"),
        ({"seed": -3}, "seed"),
    ],
)
def test_settings_that_can_not_be_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        descend(PARABOLA, {"x": 1}, **{"rate": 0.1, "steps": 1, **settings})  # type: ignore[arg-type]


def test_an_iteration_that_was_not_reached_is_refused() -> None:
    with pytest.raises(TrainingError, match="iterations 0 to 10"):
        descend(PARABOLA, {"x": 10}, rate=0.1, steps=10).parameters_at(11)


def test_a_cancelled_descent_ends_where_it_is() -> None:
    answers = iter([False, False, False, True])
    assert descend(PARABOLA, {"x": 10}, rate=0.1, steps=10, cancelled=lambda: next(answers)).iterations == 3


def test_a_long_history_is_thinned_evenly_and_keeps_its_end() -> None:
    run = descend(PARABOLA, {"x": 10}, rate=0.001, steps=9_001)
    gaps = np.diff(run.history.iteration)
    assert len(run.history) <= 4097
    assert len(set(gaps[:-1])) == 1
    assert run.history.iteration[-1] == 9_001


def test_the_gradient_norm_is_over_all_parameters_and_does_not_overflow_early() -> None:
    assert norm({"a": 3.0, "b": np.array([4.0])}) == 5
    assert norm({"a": 3e200, "b": np.array([4e200])}) == pytest.approx(5e200)
    assert norm({"a": math.inf}) == math.inf
    assert math.isnan(norm({"a": math.nan}))


def test_the_start_is_left_as_it_was() -> None:
    start = np.array([1.0, 2.0])
    descend(graph_of(("sum", ("sq", "x"))), {"x": start}, rate=0.1, steps=3)
    assert start.tolist() == [1, 2]
