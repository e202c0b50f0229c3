"""The fused loop: the same descent to the last bit as iteration by iteration, only faster."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS, Example, Op
from gradviz.errors import EvaluationError
from gradviz.lang.lower import read
from gradviz.train.descent import Descent, Plan, plan
from gradviz.train.fused import FusedLoop, can_leap
from gradviz.train.optimizer import OPTIMIZERS

DRAW = np.random.default_rng(5)
RULES = [name for name, rule in OPTIMIZERS.items() if not rule.searches]


def planned(formula: str, **given: Any) -> Plan:
    return plan(read(formula, declared=("W", "V")).graph, **{"rate": 0.01, **given})


def quartic(**more: Any) -> Plan:
    return planned("(x^2)^2", values={"x": 1.3}, **more)


def line(**more: Any) -> Plan:
    x = DRAW.normal(size=100)
    return planned("(y - (W x + b))^2", data={"x": x, "y": 3 * x + 1}, **more)


def classes(**more: Any) -> Plan:
    x, y = DRAW.normal(size=(40, 4)), DRAW.integers(0, 3, 40)
    values = {"W": DRAW.normal(size=(3, 4)), "b": np.zeros(3)}
    return planned("-log(softmax(W x + b))[y]", values=values, data={"x": x, "y": y}, **more)


def network(**more: Any) -> Plan:
    x, y = DRAW.normal(size=(30, 4)), DRAW.normal(size=30)
    values = {"W": DRAW.normal(size=(5, 4)), "b": np.zeros(5), "V": DRAW.normal(size=5), "c": 0.1}
    return planned("(y - (V tanh(W x + b) + c))^2", values=values, data={"x": x, "y": y}, **more)


def product(**more: Any) -> Plan:
    """Each parameter is the other one's gradient."""
    return planned("sum(V*W) + sum((V*W)^2)", values={"V": [0.5, -1.0], "W": [2.0, 0.3]}, **more)


PLANS: list[Callable[..., Plan]] = [quartic, line, classes, network, product]


def step_by_step(descent: Descent, steps: int) -> Descent:
    for _ in range(steps):
        if not descent.advance():
            break
    return descent


def at_once(descent: Descent, steps: int) -> Descent:
    descent.run(steps)
    return descent


def assert_same(a: Descent, b: Descent) -> None:
    assert a.divergence == b.divergence
    assert a.state.iteration == b.state.iteration
    for name, value in a.state.parameters.items():
        assert type(value) is type(b.state.parameters[name])
        np.testing.assert_array_equal(value, b.state.parameters[name])
        for kept, other in zip(a.state.memory[name], b.state.memory[name], strict=True):
            np.testing.assert_array_equal(kept, other)
        np.testing.assert_array_equal(a.measured.gradients[name], b.measured.gradients[name])
    for column in ("iteration", "loss", "gradient_norm", "validation", "accuracy"):
        np.testing.assert_array_equal(getattr(a.history, column), getattr(b.history, column))
    assert [state.iteration for state in a._kept] == [state.iteration for state in b._kept]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("make", PLANS, ids=lambda make: make.__name__)
def test_is_the_same_descent_to_the_last_bit(make: Callable[..., Plan], rule: str) -> None:
    chosen = make(optimizer=rule, rate=0.003)
    fused = at_once(Descent(chosen), 700)

    assert fused._fused is not None
    assert_same(fused, step_by_step(Descent(chosen), 700))


CALLS = [
    pytest.param(op, example, id=f"{op.name}-{i}")
    for op in OPS.values()
    for i, example in enumerate(op.examples)
    if any(op.is_differentiable_by(operand) for operand in range(len(example.operands)))
]


@pytest.mark.parametrize(("op", "example"), CALLS)
def test_every_op_descends_alike_whether_its_other_operands_move_or_stay(op: Op, example: Example) -> None:
    builder = GraphBuilder()
    values = {f"x{i}": np.asarray(value, dtype=float) for i, value in enumerate(example.operands)}
    node = builder.apply(op, *map(builder.leaf, values), **example.attrs)
    is_scalar = np.ndim(op.evaluate(*(np.asarray(v, dtype=float)[()] for v in values.values()), **example.attrs)) == 0
    graph = builder.graph(builder.apply(OPS["sq"], node) if is_scalar else builder.apply(OPS["norm"], node))
    moving = [name for i, name in enumerate(values) if op.is_differentiable_by(i)]
    for kept in (moving, moving[:1]):
        chosen = plan(graph, values, rate=1e-3, fixed=[name for name in values if name not in kept])
        assert_same(at_once(Descent(chosen), 120), step_by_step(Descent(chosen), 120))


@pytest.mark.parametrize("steps", [4095, 4096, 4097, 9001])
def test_keeps_of_a_long_descent_what_is_kept_step_by_step(steps: int) -> None:
    assert_same(at_once(Descent(quartic()), steps), step_by_step(Descent(quartic()), steps))


@pytest.mark.parametrize("make", [quartic, classes], ids=lambda make: make.__name__)
def test_any_iteration_can_be_had_again(make: Callable[..., Plan]) -> None:
    chosen = make()
    fused, plain = at_once(Descent(chosen), 1500), Descent(chosen)
    for iteration in range(1500):
        if iteration % 100 == 37:
            for name, value in fused.parameters_at(iteration).items():
                np.testing.assert_array_equal(value, plain.state.parameters[name])
        plain.advance()


@pytest.mark.parametrize(
    ("formula", "x", "rate"),
    [
        ("(x^2)^2", 100.0, 1.0),  # overflows at once
        ("x^2", 1.0, 1.001),  # overflows after some 10^5 iterations, or doesn't
        ("x^2", 1.0, 1.5),
        ("x - log(x)", 0.9, -0.01),  # runs into log of a negative number
        ("sqrt(x)", 1.0, 0.01),
        ("exp(x)", 1.0, -0.05),  # Python's exp raises OverflowError
        ("1/x", 0.5, -0.001),
        ("x", 0.0, 1e306),  # only the parameter ends
        ("abs(x) + 1/(x - 0.5)^2 * 0", 0.0, -0.001953125),  # 0 · ∞ on the way
    ],
)
def test_a_descent_that_diverges_ends_at_the_same_iteration(formula: str, x: float, rate: float) -> None:
    chosen = planned(formula, values={"x": x}, rate=rate)
    assert_same(at_once(Descent(chosen), 2000), step_by_step(Descent(chosen), 2000))


@pytest.mark.parametrize("name", ["classes", "network"])
def test_a_descent_on_arrays_that_diverges_ends_at_the_same_iteration(name: str) -> None:
    chosen = {"classes": classes, "network": network}[name](rate=1e30)
    fused = at_once(Descent(chosen), 300)
    assert_same(fused, step_by_step(Descent(chosen), 300))


def test_what_python_floats_refuse_on_the_way_is_done_as_iteration_by_iteration() -> None:
    # e^(x²) raises OverflowError in Python, 1/(1 + ∞) is 0, and nothing flows back through floor: all stays finite
    chosen = planned("1/(1 + floor(exp(x^2))) + x^2", values={"x": 30.0}, rate=0.001)
    fused = at_once(Descent(chosen), 1000)
    assert fused.divergence is None
    assert_same(fused, step_by_step(Descent(chosen), 1000))


def test_an_op_that_fails_on_the_way_says_why() -> None:
    # V moves away from a whole number with the first update
    for go in (at_once, step_by_step):
        descent = Descent(planned("[1, 2, 3][V] + V^2", values={"V": 1.0}))
        with pytest.raises(EvaluationError, match="whole number"):
            go(descent, 200)
        assert descent.state.iteration == 0


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("g", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("kind", [float, np.atleast_1d])
def test_no_rule_hides_a_gradient_that_is_not_finite(rule: str, g: float, kind: Callable[[float], Any]) -> None:
    """The loop looks at its end only: what went wrong on the way must still be seen there."""
    from gradviz.train.optimizer import make_optimizer

    optimizer = make_optimizer(rule, 0.1)
    parameters = {"x": kind(1.0)}
    memory = optimizer.start(parameters)
    with np.errstate(all="ignore"):
        for t, slope in enumerate([1.0, g, 1.0, 1.0], 1):
            parameters, memory = optimizer.step(parameters, {"x": kind(slope)}, memory, t)
    assert not np.isfinite(parameters["x"])


def test_minibatches_rate_schedules_and_the_like_go_iteration_by_iteration() -> None:
    assert can_leap(line())
    assert not can_leap(line(batch=10))
    assert can_leap(line(batch=100))


def test_a_state_that_was_kept_is_not_written_over() -> None:
    descent = at_once(Descent(classes()), 300)
    state, weights = descent.state, descent.state.parameters["W"].copy()
    slope = descent.measured.gradients["W"]
    before = slope.copy()
    descent.run(300)
    np.testing.assert_array_equal(state.parameters["W"], weights)
    np.testing.assert_array_equal(slope, before)


def test_names_of_leaves_do_not_reach_the_generated_text() -> None:
    loop = FusedLoop(planned("(theta^2)^2 + sigma^2", values={"theta": 1.0, "sigma": 2.0}))
    assert "theta" not in loop.source
    assert "sigma" not in loop.source


def test_work_that_depends_on_fixed_leaves_alone_stands_before_the_loop() -> None:
    before, _, inside = FusedLoop(planned("exp(a) x^2", values={"x": 1.0, "a": 0.5}, fixed=("a",))).source.partition(
        "def loop"
    )
    assert "exp" in before
    assert "exp" not in inside


def test_a_cancelled_descent_is_the_same_up_to_where_it_was_cancelled() -> None:
    answers = iter([False] * 5 + [True])
    fused = Descent(quartic())
    fused.run(1_000_000, lambda: next(answers))

    assert 0 < fused.state.iteration < 1_000_000
    assert_same(fused, step_by_step(Descent(quartic()), fused.state.iteration))
