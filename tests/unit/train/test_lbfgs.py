"""L-BFGS against solvers of other makes."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from gradviz.core.types import Array
from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.train.descent import Descent, descend, plan_of
from gradviz.train.settings import TrainingSettings
from unit.train.formulas import LEAST_SQUARES, PARABOLA, STABLE_LIKELIHOOD, graph_of

IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})
ROSENBROCK = graph_of(("add", ("sq", ("sub", 1.0, "a")), ("mul", 100.0, ("sq", ("sub", "b", ("sq", "a"))))))
"""(1 − a)² + 100 (b − a²)², whose minimum is at (1, 1)"""


def test_the_valley_of_rosenbrock_is_walked_to_its_end() -> None:
    run = descend(ROSENBROCK, {"a": -1.2, "b": 1.0}, rate=0.1, steps=60, optimizer="lbfgs")
    assert [float(run.parameters[name]) for name in "ab"] == pytest.approx([1, 1], abs=1e-8)
    assert run.loss < 1e-20


def test_a_parabola_takes_a_few_steps_and_then_says_that_it_is_done() -> None:
    run = descend(PARABOLA, {"x": 10.0}, rate=0.1, steps=50, optimizer="lbfgs")
    assert float(run.parameters["x"]) == pytest.approx(0, abs=1e-8)


def test_softmax_regression_on_digits_reaches_the_optimum_of_a_second_order_solver_to_four_digits() -> None:
    digits = load("digits")
    x = np.stack([digits.columns[f"p{i}"] for i in range(64)], axis=1)[:400] / 16
    y = digits.columns["digit"][:400]
    decay = 0.01
    run = descend(STABLE_LIKELIHOOD, data={"x": x, "y": y}, rate=0.1, steps=300, optimizer="lbfgs", weight_decay=decay)
    penalty = decay / 2 * sum(float(np.sum(value**2)) for value in run.parameters.values())
    assert run.loss + penalty == pytest.approx(newton_softmax(x, y.astype(int), 10, decay), rel=1e-4)


def newton_softmax(x: Array, y: Array, classes: int, decay: float) -> float:
    """The lowest penalised loss, by Newton's method with the exact Hessian."""
    n = len(x)
    inputs, targets = np.hstack([x, np.ones((n, 1))]), np.eye(classes)[y]
    d = inputs.shape[1]

    def shares(theta: Array) -> Array:
        scores = inputs @ theta.T
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    theta = np.zeros((classes, d))
    for _ in range(8):
        p = shares(theta)
        gradient = ((p - targets).T @ inputs / n + decay * theta).ravel()
        hessian = decay * np.eye(classes * d)
        for j in range(classes):
            for k in range(j + 1):
                block = (inputs.T * (p[:, j] * ((j == k) - p[:, k]))) @ inputs / n
                hessian[j * d : (j + 1) * d, k * d : (k + 1) * d] += block
                if j != k:
                    hessian[k * d : (k + 1) * d, j * d : (j + 1) * d] += block
        theta -= np.linalg.solve(hessian, gradient).reshape(theta.shape)
    assert np.linalg.norm(gradient) < 1e-6
    return float(-np.mean(np.log(shares(theta)[np.arange(n), y])) + decay / 2 * np.sum(theta**2))


def test_ill_conditioned_least_squares_ends_at_the_known_solution() -> None:
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((60, 4)))[0]
    x = basis * np.array([1, 1e-1, 1e-2, 1e-3])  # condition number 1000, of the Hessian a million
    known = np.array([1.0, -2.0, 3.0, -4.0])
    run = descend(
        graph_of(("sq", ("sub", "y", ("matmul", "W", "x")))),
        {"W": np.zeros(4)},
        data={"x": x, "y": x @ known},
        rate=1.0,
        steps=200,
        optimizer="lbfgs",
        reduce="sum",
    )
    np.testing.assert_allclose(run.parameters["W"], known, rtol=1e-3)


@pytest.mark.parametrize("batch", [None, 32])
def test_any_iteration_comes_again_bit_for_bit(batch: int | None) -> None:
    settings = TrainingSettings(optimizer="lbfgs", batch=batch, seed=2)
    descent = Descent(plan_of(STABLE_LIKELIHOOD, None, settings, data=IRIS))
    seen = [descent.parameters_at(0)]
    while descent.state.iteration < 25 and descent.advance():
        seen.append(descent.parameters_at(descent.state.iteration))
    descent._kept._kept = descent._kept._kept[:1]
    for k, parameters in enumerate(seen):
        for name, value in descent.parameters_at(k).items():
            np.testing.assert_array_equal(value, parameters[name])


def test_least_squares_of_a_line_is_exact() -> None:
    line = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})
    run = descend(LEAST_SQUARES, data=line, rate=0.1, steps=30, optimizer="lbfgs")
    slope, offset = np.polyfit(line["x"], line["y"], 1)
    assert float(run.parameters["W"]) == pytest.approx(slope, rel=1e-6)
    assert float(run.parameters["b"]) == pytest.approx(offset, rel=1e-6)
