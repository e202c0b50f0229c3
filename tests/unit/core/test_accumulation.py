"""Derivatives that are not set to zero."""

import numpy as np
import pytest

import gradviz
from gradviz.core.accumulation import backward_again, walk
from gradviz.core.types import NodeId


def test_leaves_that_keep_theirs_count_each_call_once() -> None:
    trace = gradviz.record(gradviz.parse("(x^2)^2"), {"x": 2.0})
    found = backward_again(trace, 3)
    assert [float(call[NodeId(0)]) for call in found.at_leaves] == [32.0, 64.0, 96.0]


def test_nodes_that_keep_theirs_send_the_past_once_more() -> None:
    trace = gradviz.record(gradviz.parse("(x^2)^2"), {"x": 2.0})
    found = backward_again(trace, 3)  # v: 8, 16, 24 and x: 32, 32 + 64, 96 + 96
    assert [float(call[NodeId(1)]) for call in found.at_all] == [8.0, 16.0, 24.0]
    assert [float(call[NodeId(0)]) for call in found.at_all] == [32.0, 96.0, 192.0]


def test_one_call_gives_the_adjoints() -> None:
    trace = gradviz.record(gradviz.parse("a = x*y\na*x + sin(a)"), {"x": 0.5, "y": 2.0})
    found = backward_again(trace, 1)
    for call in (*found.at_leaves, *found.at_all):
        for node, adjoint in call.items():
            np.testing.assert_allclose(adjoint, trace.adjoint(node), rtol=1e-14)


def _parabola(parameters: object) -> tuple[float, dict[str, float]]:
    x = parameters["x"]  # type: ignore[index]
    return x * x, {"x": 2 * x}


def test_a_walk_with_zeros_is_gradient_descent() -> None:
    found = walk(_parabola, {"x": 1.0}, 0.25, 3, forgets=False)
    assert [float(p["x"]) for p in found.parameters] == [1.0, 0.5, 0.25, 0.125]
    assert found.losses == (1.0, 0.25, 0.0625, 0.015625)


def test_a_walk_without_zeros_uses_the_sum_of_all_gradients() -> None:
    found = walk(_parabola, {"x": 1.0}, 0.25, 2, forgets=True)  # g: 2, then 2 + 1
    assert found.used_norms[:2] == (2.0, 3.0)
    assert [float(p["x"]) for p in found.parameters] == [1.0, 0.5, -0.25]


def test_a_walk_ends_where_the_loss_is_not_finite() -> None:
    found = walk(_parabola, {"x": 1.0}, 1e200, 50, forgets=False)
    assert len(found.losses) < 50
    assert not np.isfinite(found.losses[-1])


def test_a_walk_of_arrays_keeps_their_shape() -> None:
    def bowl(parameters: object) -> tuple[float, dict[str, np.ndarray]]:
        w = np.asarray(parameters["w"])  # type: ignore[index]
        return float(np.sum(w**2)), {"w": 2 * w}

    found = walk(bowl, {"w": np.array([1.0, -2.0])}, 0.5, 1, forgets=False)
    assert found.parameters[1]["w"] == pytest.approx([0.0, 0.0])
