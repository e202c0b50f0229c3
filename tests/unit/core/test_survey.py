"""The batch as the sum of its samples."""

import numpy as np

import gradviz
from gradviz.core.survey import Survey, survey
from gradviz.train.descent import plan

GRAPH = gradviz.parse("(y - (w x + b))^2")
DATA = {"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([2.0, 3.0, 9.0, 8.0])}
START = {"w": 1.5, "b": 0.25}


def _survey(samples: tuple[int, ...] = (0, 1, 2, 3)) -> Survey:
    found = survey(GRAPH, {**START, "x": 0.0, "y": 0.0}, DATA, samples, ["w", "b"])
    assert found is not None
    return found


def test_gradient_of_the_sum_is_what_training_uses() -> None:
    total = _survey().total
    assert total is not None
    objective = plan(GRAPH, START, data=DATA, rate=0.1, reduce="sum").objective
    loss, gradient = objective.loss_and_gradient(START)
    np.testing.assert_allclose(total.result, loss, rtol=1e-14)
    np.testing.assert_allclose([total.gradients[n] for n in ("w", "b")], [gradient[n] for n in ("w", "b")], rtol=1e-14)


def test_each_edge_carries_the_sum_of_what_it_carries_for_each_sample() -> None:
    total = _survey().total
    assert total is not None
    for key, value in total.contributions.items():
        parts = [
            gradviz.record(GRAPH, {**START, "x": x, "y": y}).contributions[key]
            for x, y in zip(DATA["x"], DATA["y"], strict=True)
        ]
        np.testing.assert_allclose(value, sum(parts), rtol=1e-14)


def test_parameters_keep_their_value_in_the_sum() -> None:
    total = _survey().total
    assert total is not None
    assert float(total.value("w")) == 1.5
    assert float(total.value("x")) == 10.0


def test_largest_loss_and_longest_gradient_are_found() -> None:
    found = _survey()
    residuals = DATA["y"] - (1.5 * DATA["x"] + 0.25)
    np.testing.assert_allclose(found.losses, residuals**2, rtol=1e-12)
    lengths = np.abs(2 * residuals) * np.sqrt(DATA["x"] ** 2 + 1)
    np.testing.assert_allclose(found.gradient_norms, lengths, rtol=1e-12)
    assert found.worst == 2
    assert found.steepest == int(np.argmax(lengths))
    assert found.order(found.losses)[0] == 2


def test_only_the_samples_of_the_batch_count() -> None:
    found = _survey((3, 1))
    assert found.samples == (3, 1)
    assert found.total is not None
    assert float(found.total.value("x")) == 6.0


def test_a_sample_without_a_run_is_told_and_left_out() -> None:
    graph = gradviz.parse("-log(softmax(W x))[y]")
    data = {"x": np.array([[1.0, 2.0], [0.5, 1.0]]), "y": np.array([0.0, 9.0])}
    found = survey(graph, {"W": np.ones((3, 2)), "x": [0.0, 0.0], "y": 0.0}, data, (0, 1), ["W"])
    assert found is not None
    assert found.failed == 1
    assert np.isnan(found.losses[1])
    assert found.worst == 0


def test_a_cancelled_survey_gives_nothing() -> None:
    assert survey(GRAPH, {**START, "x": 0.0, "y": 0.0}, DATA, (0, 1), ["w"], lambda: True) is None
