"""The gradient check finds wrong rules and does not blame kinks."""

from dataclasses import replace

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.gradcheck import check
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS, Op


def unary(op: Op) -> Graph:
    builder = GraphBuilder()
    return builder.graph(builder.apply(op, builder.leaf("x")))


def test_a_right_gradient_passes_to_ten_digits() -> None:
    found = check(unary(OPS["exp"]), {"x": 0.5})["x"]
    assert found.has_passed
    assert found.relative_error < 1e-10


@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.0001, 0.0])
def test_a_wrong_rule_is_called_wrong(factor: float) -> None:
    wrong = replace(OPS["exp"], vjps=(lambda g, y, x: g * y * factor,))
    found = check(unary(wrong), {"x": 0.5})["x"]
    assert not found.has_passed
    assert found.verdict.startswith("wrong")


def test_a_kink_is_called_a_kink() -> None:
    found = check(unary(OPS["relu"]), {"x": 0.0})["x"]
    assert found.has_passed
    assert found.verdict == "a kink: the slope is 0 on one side and 1 on the other"


def test_a_point_without_a_value_beside_it_is_said_to_be_so() -> None:
    found = check(unary(OPS["sqrt"]), {"x": 0.0})["x"]
    assert not found.has_passed
    assert "not finite" in found.verdict


def test_a_large_leaf_is_checked_along_random_directions() -> None:
    found = check(unary(OPS["tanh"]), {"x": np.linspace(-1, 1, 1000)})["x"]
    assert found.has_passed
    assert found.numeric.shape == (20,)


def test_a_kink_in_one_element_does_not_excuse_a_wrong_rule_in_another() -> None:
    wrong = replace(OPS["relu"], vjps=(lambda g, y, x: g * np.where(x > 0, 0.75, 0.0),))
    found = check(unary(wrong), {"x": np.array([0.0, 2.0])})["x"]
    assert not found.has_passed
    assert found.verdict.startswith("wrong")
