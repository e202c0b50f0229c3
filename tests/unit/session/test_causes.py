"""Why a number is not finite, what would help, and where it went; per sample too."""

import numpy as np
import pytest

import gradviz
from gradviz.core.op import OPS
from gradviz.core.ops.hazards import _OPS_OF
from gradviz.session.breakpoints import first_non_finite
from gradviz.session.causes import cause_of
from gradviz.session.monitors import none_but
from gradviz.session.poison import poison_of
from gradviz.session.sentry import Guard, run_until
from gradviz.train.descent import Descent, plan

CASES = [
    ("-log(softmax(z))[1]", {"z": [800.0, 0.0, 0.0]}, "log of 0 at v₂, because softmax saturated", "log_softmax"),
    ("log(sigmoid(x))", {"x": -800.0}, "sigmoid of −800 is too small for 64 bits", "softplus"),
    ("log(x)", {"x": -1.0}, "log of the negative number −1", "abs(x)"),
    ("(a - b)/(c - d)", {"a": 1.0, "b": 2.0, "c": 3.0, "d": 3.0}, "because c and d are equal", "1e-12"),
    ("(a - b)/(c - d)", {"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}, "0 divided by 0", "1e-12"),
    ("1/relu(x)", {"x": -1.0}, "because relu is 0 for its operand −1", "1e-12"),
    ("exp(x)", {"x": 800.0}, "beyond 709.78", "logsumexp"),
    ("sqrt(x)", {"x": -1.0}, "sqrt of the negative number −1", "abs(x)"),
    ("x^(-1)", {"x": 0.0}, "0 to a negative power", "away from 0"),
    ("x^2", {"x": 1e200}, "sq overflows", "smaller learning rate"),
    ("sqrt(x)", {"x": 0.0}, "the local derivative of sqrt at 0 is infinite", "1e-12"),
    ("where(x > 0, sqrt(x), 0)", {"x": 0.0}, "0 · ∞ at v₂", "where(c, sqrt(where(c, x, 1)), 0)"),
    ("x y", {"x": float("inf"), "y": 1.0}, "x itself is ∞", "finite value"),
]


@pytest.mark.parametrize(("formula", "values", "why", "advice"), CASES)
def test_cause_and_what_would_help(formula: str, values: dict[str, object], why: str, advice: str) -> None:
    trace = gradviz.record(gradviz.parse(formula, **values), values)
    hit = first_non_finite(trace)
    assert hit is not None
    cause = cause_of(trace, trace.steps[hit.position - 1])
    assert why in cause.why
    assert advice in cause.advice


def test_poison_goes_where_the_bad_value_went() -> None:
    trace = gradviz.record(gradviz.parse("h = log(x); h + 2y"), {"x": -1.0, "y": 1.0})
    hit = first_non_finite(trace)
    assert hit is not None
    poison = poison_of(trace, trace.steps[hit.position - 1])
    h = trace.graph.find("h")
    assert poison.origins == {h}
    assert {(edge.source, edge.target) for edge in poison.edges} >= {
        (trace.graph.find("x"), h),
        (h, trace.graph.output),
    }
    assert trace.graph.find("y") not in poison.nodes


def test_zero_times_infinity_comes_back_through_a_masked_branch() -> None:
    trace = gradviz.record(gradviz.parse("where(x > 0, log(x) + a, 0)"), {"x": 0.0, "a": 1.0})
    hit = first_non_finite(trace)
    assert hit is not None
    poison = poison_of(trace, trace.steps[hit.position - 1])
    x = trace.graph.find("x")
    assert any(edge.source == x for edge in poison.edges)
    assert trace.graph.output not in poison.nodes  # the mask keeps it out of the value


def test_bad_sample_is_named() -> None:
    data = {"x": np.array([1.0, 2.0, 0.0, 4.0])}
    asked = plan(gradviz.parse("log(x) w"), {"w": 1.0}, data=data, rate=0.1)
    stop = run_until(Descent(asked), Guard(settings=none_but("non_finite"))(asked), 10)
    assert stop is not None
    assert (stop.iteration, stop.sample) == (0, 2)
    assert "log of 0" in stop.cause
    assert "at sample 2" in stop.cause


def test_dead_relu_over_all_samples_is_found() -> None:
    data = {"x": np.array([[1.0, 2.0], [2.0, 1.0], [0.5, 1.5], [3.0, 1.0]]), "y": np.arange(4.0)}
    values = {"W": [[-1.0, -1.0], [-2.0, -0.5]], "v": [1.0, 1.0]}
    graph = gradviz.parse("h = relu(W x); (y - v h)^2", x=data["x"][0], **values)
    asked = plan(graph, values, data=data, rate=0.1)
    stop = run_until(Descent(asked), Guard(settings=none_but("dead_relu"))(asked), 10)
    assert stop is not None
    assert stop.node == graph.find("h")
    assert "2 of its 2 units give 0 for all 4 samples" in stop.cause


def test_saturated_units_are_found_while_the_loss_is_high() -> None:
    asked = plan(gradviz.parse("(y - sigmoid(w x))^2"), {"w": 50.0, "x": 1.0, "y": 0.0}, rate=0.1, fixed=("x", "y"))
    stop = run_until(Descent(asked), Guard(settings=none_but("saturated"))(asked), 10)
    assert stop is not None
    assert "saturated" in stop.cause


def test_parameter_that_never_moves_is_found() -> None:
    asked = plan(gradviz.parse("a^2 + 0 b"), {"a": 1.0, "b": 3.0}, rate=0.1)
    stop = run_until(Descent(asked), Guard(settings=none_but("unchanged"))(asked), 20)
    assert stop is not None
    assert stop.iteration == 4  # the fifth iteration without a change
    assert "its gradient is exactly 0" in stop.cause


def test_update_that_is_far_too_small_is_found() -> None:
    asked = plan(gradviz.parse("(x - 3)^2"), {"x": 1.0}, rate=1e-9)
    stop = run_until(Descent(asked), Guard(settings=none_but("update_small"))(asked), 50)
    assert stop is not None
    assert "larger learning rate" in stop.advice


@pytest.mark.parametrize(
    ("formula", "value", "key"),
    [("log(x)", 1e-40, "log_near_zero"), ("1/x", 1e-40, "division_near_zero"), ("x^2", 1e-170, "underflow")],
)
def test_numbers_next_to_trouble_are_found(formula: str, value: float, key: str) -> None:
    asked = plan(gradviz.parse(formula), {"x": value}, rate=1e-300)
    stop = run_until(Descent(asked), Guard(settings=none_but(key))(asked), 1)
    assert stop is not None
    assert stop.key == key


def test_every_op_with_a_hazard_exists() -> None:
    assert {name for names in _OPS_OF.values() for name in names} <= set(OPS)
