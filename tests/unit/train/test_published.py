"""Trajectories that others have published, or that follow from their formulas on paper.

Dive into Deep Learning, sections 12.3 (gradient descent), 12.6 (momentum), 12.7 (AdaGrad), 12.8 (RMSProp) and 12.11
(schedules) run on f = 0.1 x₁² + 2 x₂² from (−5, −2) for 20 epochs and print where they end.
"""

import numpy as np
import pytest

from gradviz.train.descent import Run, descend
from unit.train.formulas import PARABOLA, graph_of

VALLEY = graph_of(("add", ("mul", 0.1, ("sq", "x1")), ("mul", 2.0, ("sq", "x2"))))
START = {"x1": -5.0, "x2": -2.0}


def end(run: Run) -> list[float]:
    return [float(run.parameters[name]) for name in ("x1", "x2")]


@pytest.mark.parametrize(
    ("settings", "x1", "x2"),
    [
        ({"optimizer": "sgd", "rate": 0.4}, -0.943467, -0.000073),
        ({"optimizer": "sgd", "rate": 0.6}, -0.387814, -1673.365109),
        ({"optimizer": "momentum", "rate": 0.6, "options": (("momentum", 0.5),)}, 0.007188, 0.002553),
        ({"optimizer": "momentum", "rate": 0.6, "options": (("momentum", 0.25),)}, -0.126340, -0.186632),
        ({"optimizer": "adagrad", "rate": 0.4, "options": (("delta", 1e-6),)}, -2.382563, -0.158591),
        ({"optimizer": "adagrad", "rate": 2.0, "options": (("delta", 1e-6),)}, -0.002295, 0.000000),
        ({"optimizer": "rmsprop", "rate": 0.4, "options": (("decay", 0.9), ("delta", 1e-6))}, -0.010599, 0.000000),
    ],
)
def test_twenty_iterations_in_a_valley_end_where_dive_into_deep_learning_prints(
    settings: dict[str, object], x1: float, x2: float
) -> None:
    run = descend(VALLEY, START, steps=20, **settings)  # type: ignore[arg-type]  # a table of settings
    assert end(run) == pytest.approx([x1, x2], abs=2e-6)


def test_nesterov_on_a_parabola_is_its_linear_recurrence() -> None:
    # v' = μv + 2x, x' = x − ε(2x + μv'): a matrix, whose power is the run
    mu, rate = 0.9, 0.05
    v_row = np.array([mu, 2.0])
    step = np.array([v_row, [0, 1] - rate * (np.array([0, 2.0]) + mu * v_row)])
    run = descend(PARABOLA, {"x": 10.0}, rate=rate, steps=30, optimizer="nesterov")
    assert float(run.parameters["x"]) == pytest.approx((np.linalg.matrix_power(step, 30) @ [0, 10.0])[1], rel=1e-10)


def test_an_inverse_schedule_on_a_parabola_is_a_product() -> None:
    # x ← x (1 − 2ε/(1 + k/n)) at each k
    run = descend(PARABOLA, {"x": 10.0}, rate=0.1, steps=25, schedule="inverse", schedule_period=5)
    assert float(run.parameters["x"]) == pytest.approx(10 * np.prod(1 - 0.2 / (1 + np.arange(25) / 5)), rel=1e-12)
