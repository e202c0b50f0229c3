"""Update rules against their published first steps and against hand-made sums."""

import math

import numpy as np
import pytest

from gradviz.errors import TrainingError
from gradviz.train.optimizer import OPTIMIZERS, make_optimizer


def after(name: str, gradients: list[float], theta: float = 1.0, rate: float = 0.1, **settings: float) -> float:
    optimizer = make_optimizer(name, rate, **settings)
    parameters = {"a": theta}
    memory = optimizer.start(parameters)
    for t, g in enumerate(gradients, start=1):
        parameters, memory = optimizer.step(parameters, {"a": g}, memory, t)
    return float(parameters["a"])


def test_sgd_takes_the_rate_times_the_gradient_off() -> None:
    assert after("sgd", [4.0]) == 1 - 0.1 * 4


def test_momentum_adds_up_a_decaying_sum_of_gradients() -> None:
    assert after("momentum", [1.0, 2.0]) == pytest.approx(1 - 0.1 * 1 - 0.1 * (0.9 * 1 + 2))


def test_nesterov_looks_one_step_of_momentum_ahead() -> None:
    first, second = 1.0, 0.9 * 1 + 2
    assert after("nesterov", [1.0, 2.0]) == pytest.approx(1 - 0.1 * (1 + 0.9 * first) - 0.1 * (2 + 0.9 * second))


def test_momentum_of_zero_is_sgd() -> None:
    assert after("momentum", [1.0, 2.0, -3.0], momentum=0.0) == pytest.approx(after("sgd", [1.0, 2.0, -3.0]))


def test_adagrad_divides_by_the_root_of_all_squares() -> None:
    assert after("adagrad", [3.0, 4.0]) == pytest.approx(1 - 0.1 * 3 / 3 - 0.1 * 4 / 5)


def test_rmsprop_divides_by_the_root_of_a_decaying_mean_of_squares() -> None:
    s1 = 0.1 * 9
    s2 = 0.9 * s1 + 0.1 * 16
    assert after("rmsprop", [3.0, 4.0]) == pytest.approx(
        1 - 0.1 * 3 / math.sqrt(s1) - 0.1 * 4 / math.sqrt(s2), rel=1e-6
    )


@pytest.mark.parametrize("g", [1e-3, 1.0, -250.0])
def test_the_first_step_of_adam_is_the_rate_whatever_the_size_of_the_gradient(g: float) -> None:
    assert after("adam", [g]) == pytest.approx(1 - 0.1 * math.copysign(1, g), rel=1e-5)


def test_adam_corrects_both_means_for_their_start_at_zero() -> None:
    m, s = 0.9 * 0.1 * 1 + 0.1 * 2, 0.999 * 0.001 * 1 + 0.001 * 4
    second = (m / (1 - 0.9**2)) / math.sqrt(s / (1 - 0.999**2))
    assert after("adam", [1.0, 2.0]) == pytest.approx(1 - 0.1 - 0.1 * second, rel=1e-6)


def test_adamw_also_shrinks_the_parameter_itself() -> None:
    assert after("adamw", [1.0], theta=5.0) == pytest.approx(after("adam", [1.0], theta=5.0) - 0.1 * 0.01 * 5)


@pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if not rule.searches])
def test_a_step_on_an_array_is_the_step_on_each_element(name: str) -> None:
    optimizer = make_optimizer(name, 0.1)
    theta = {"a": np.array([1.0, -2.0, 0.5])}
    memory = optimizer.start(theta)
    for t, g in enumerate([np.array([1.0, 0.0, -3.0]), np.array([2.0, 5.0, 0.1])], start=1):
        theta, memory = optimizer.step(theta, {"a": g}, memory, t)
    singly = [after(name, gs, start) for gs, start in [([1.0, 2.0], 1.0), ([0.0, 5.0], -2.0), ([-3.0, 0.1], 0.5)]]
    assert theta["a"].tolist() == pytest.approx(singly, rel=1e-14)


@pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if not rule.searches])
def test_a_step_changes_nothing_that_it_was_handed(name: str) -> None:
    optimizer = make_optimizer(name, 0.1)
    theta, g = {"a": np.array([1.0])}, {"a": np.array([2.0])}
    memory = optimizer.start(theta)
    optimizer.step(theta, g, memory, 1)
    assert theta["a"].tolist() == [1]
    assert g["a"].tolist() == [2]
    assert all(kept.tolist() == [0] for kept in memory["a"])


@pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if not rule.searches])
def test_every_rule_goes_down_a_parabola(name: str) -> None:
    optimizer = make_optimizer(name, 0.1)
    theta = {"a": 1.0}
    memory = optimizer.start(theta)
    for t in range(1, 200):
        theta, memory = optimizer.step(theta, {"a": 2 * theta["a"]}, memory, t)
    assert abs(theta["a"]) < 0.3


@pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_every_rule_can_be_shown_and_says_where_it_stands(rule: object) -> None:
    assert all(getattr(rule, part) for part in ("title", "plain", "latex", "source"))


def test_an_unknown_optimizer_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(TrainingError, match=r"no optimizer adma, did you mean adam\?"):
        make_optimizer("adma", 0.1)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(TrainingError, match="sgd has no setting momentum"):
        make_optimizer("sgd", 0.1, momentum=0.9)
