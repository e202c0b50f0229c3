"""The learning-rate lab against published runs and known Hessians."""

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.errors import TrainingError
from gradviz.lang.lower import read
from gradviz.train.descent import plan
from gradviz.train.paths import rate_paths
from gradviz.train.rates import compare, highest_curvature, range_test
from gradviz.train.surface import LossSurface
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA, graph_of

LINE = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})
IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})


def curvature(graph: object, values: dict[str, object], data: dict[str, object] | None = None, **more: object) -> float:
    prepared = plan(graph, values, data=data, rate=0.1, **more)  # type: ignore[arg-type]
    return highest_curvature(prepared.objective, prepared.objective.elements(prepared.start))


def test_the_three_rates_of_dive_into_deep_learning_get_their_verdicts() -> None:
    found = compare(PARABOLA, {"x": 10}, rates=[0.05, 0.2, 1.1], steps=10)
    assert [run.verdict for run in found.runs] == ["too small", "good", "too large"]
    assert [float(run.parameters["x"]) for run in found.runs] == pytest.approx(
        [3.486784, 0.060466, 61.917364], abs=5e-7
    )
    assert all(run.reason for run in found.runs)


def test_the_reasons_of_verdicts_are_numbers_that_can_be_read() -> None:
    near, beyond = compare(PARABOLA, {"x": 10}, rates=[0.2, 1.5], steps=100).runs
    assert near.reason == "after 100 iterations less than 0.01 % of the first slope is left"  # 0.6¹⁰⁰ of it
    assert beyond.reason == "the loss rises, from 100 to 1.607×10⁶²"  # 100 · 4¹⁰⁰


def test_the_limit_of_a_parabola_is_one() -> None:
    assert compare(PARABOLA, {"x": 10}, rates=[0.1], steps=1).limit == pytest.approx(1)


@pytest.mark.parametrize(
    ("rate", "verdict"), [(0.99, "too large"), (1.0, "too large"), (0.5, "good"), (1e9, "too large")]
)
def test_a_rate_at_the_limit_jumps_to_and_fro(rate: float, verdict: str) -> None:
    assert compare(PARABOLA, {"x": 10}, rates=[rate], steps=20).runs[0].verdict == verdict


def test_the_curvature_of_a_quadratic_form_is_its_largest_eigenvalue() -> None:
    rng = np.random.default_rng(0)
    root = rng.standard_normal((5, 5))
    matrix = root @ root.T
    graph = graph_of(("dot", "x", ("matmul", "A", "x")))
    found = curvature(graph, {"x": rng.standard_normal(5), "A": matrix}, fixed=["A"])
    assert found == pytest.approx(2 * np.linalg.eigvalsh(matrix)[-1], rel=1e-6)


def test_a_steeper_direction_downwards_does_not_hide_the_one_upwards() -> None:
    graph = graph_of(("sub", ("sq", "x"), ("mul", 5.0, ("sq", "y"))))
    assert curvature(graph, {"x": 1, "y": 1}) == pytest.approx(2, rel=1e-6)


def test_the_curvature_of_least_squares_is_that_of_its_inputs() -> None:
    x = LINE["x"]
    hessian = 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])
    assert curvature(LEAST_SQUARES, {"W": 0, "b": 0}, dict(LINE)) == pytest.approx(np.linalg.eigvalsh(hessian)[-1])


def test_the_curvature_of_softmax_likelihood_is_that_of_its_published_hessian() -> None:
    x = np.c_[IRIS["x"], np.ones(150)]
    share = np.full(3, 1 / 3)
    hessian = np.kron(np.diag(share) - np.outer(share, share), x.T @ x / 150)  # Böhning, 1992, at equal scores
    found = curvature(LIKELIHOOD, {"W": np.zeros((3, 4)), "b": np.zeros(3)}, dict(IRIS))
    assert found == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-6)


@pytest.mark.parametrize("expression", [("neg", ("sq", "x")), ("mul", 3.0, "x")])
def test_a_loss_that_curves_nowhere_upwards_has_no_limit(expression: object) -> None:
    assert compare(graph_of(expression), {"x": 1}, rates=[0.1], steps=3).limit is None


def test_a_curvature_that_is_not_finite_gives_no_limit() -> None:
    found = compare(graph_of(("log", "x")), {"x": 0}, rates=[0.1], steps=3)
    assert found.limit is None
    assert found.runs[0].verdict == "too large"


def test_a_start_at_the_minimum_is_good() -> None:
    assert compare(PARABOLA, {"x": 0}, rates=[0.1], steps=3).runs[0].verdict == "good"


def test_every_rate_starts_from_the_same_random_point() -> None:
    found = compare(LEAST_SQUARES, data=LINE, rates=[0.01, 0.1], steps=5, seed=3)
    assert found.runs[0].losses[0] == found.runs[1].losses[0]


def test_no_rate_is_refused() -> None:
    with pytest.raises(TrainingError, match="1 to 50 rates"):
        compare(PARABOLA, {"x": 1}, rates=[], steps=1)


def test_a_cancelled_comparison_keeps_the_runs_so_far() -> None:
    answers = iter([False] * 4 + [True] * 10)
    found = compare(PARABOLA, {"x": 1}, rates=[0.1, 0.2], steps=2, cancelled=lambda: next(answers))
    assert len(found.runs) <= 2


def test_negative_number_of_steps_is_refused() -> None:
    with pytest.raises(TrainingError, match="-1 is not"):
        compare(PARABOLA, {"x": 1}, rates=[0.1], steps=-1)


@pytest.mark.parametrize("seed", range(8))
def test_eigenvalues_of_both_signs_and_one_size_give_the_positive_one(seed: int) -> None:
    found = curvature(read("x * y").graph, {"x": 0.3, "y": 0.4}, seed=seed)  # H = [[0, 1], [1, 0]] has ±1
    assert found == pytest.approx(1)


@pytest.mark.parametrize("seed", range(6))
def test_verdicts_on_batches_compare_all_samples(seed: int) -> None:
    x = np.ones(8)
    y = np.array([0.0, 20.0] * 4)  # one sample's loss says nothing: it is (y - w)²
    graph = read("(y - w x)^2").graph
    run = compare(graph, {"w": 12.0}, rates=[0.001], steps=7, data={"x": x, "y": y}, batch=1, seed=seed).runs[0]
    assert run.verdict == "too small"


def test_a_start_without_a_finite_loss_is_not_called_an_overflow() -> None:
    run = compare(read("log(x)").graph, {"x": -1.0}, rates=[0.1], steps=3).runs[0]
    assert run.reason == "the loss is not finite at iteration 0"


def test_a_range_test_on_a_parabola_ends_where_the_loss_explodes() -> None:
    prepared = plan(PARABOLA, {"x": 10.0}, rate=0.1)
    found = range_test(prepared, 1e-3, 100.0, 60)
    assert len(found.losses) < 60
    assert found.rates[-1] < 10
    x, expected = 10.0, []
    for rate in np.geomspace(1e-3, 100.0, 60)[: len(found.losses)]:
        expected.append(x * x)
        x -= rate * 2 * x
    assert found.losses == pytest.approx(expected)
    assert found.suggested is not None
    assert 0.01 < found.suggested < 1  # the limit is 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.0, 0.1), (0.1, float("inf"))])
def test_a_range_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(TrainingError, match="range of rates"):
        range_test(plan(PARABOLA, {"x": 10.0}, rate=0.1), low, high)


def test_half_of_the_limit_is_proposed() -> None:
    assert compare(PARABOLA, {"x": 10.0}, rates=[0.1], steps=3).proposed == pytest.approx(0.5)


def test_the_ways_of_all_rates_lie_on_one_surface() -> None:
    comparison = compare(LEAST_SQUARES, {"W": 0.0, "b": 0.0}, rates=[0.1, 0.9], steps=20, data=LINE)
    found = rate_paths(comparison)
    assert found is not None
    assert isinstance(found.shape, LossSurface)
    slope, offset = np.polyfit(LINE["x"], LINE["y"], 1)
    assert found.paths[0].way[0].tolist() == [0, 0]
    assert found.paths[0].way[-1] == pytest.approx([slope, offset], abs=0.05)
    assert found.shape.across.low < slope < found.shape.across.high
