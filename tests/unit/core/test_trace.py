"""A trace never changes, and a run that failed on the way back gives no gradient."""

from dataclasses import replace

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import EvaluationError


def squares(values: Array) -> Trace:
    builder = GraphBuilder()
    return record(builder.graph(builder.apply(OPS["sq"], builder.leaf("x"))), {"x": values})


def test_contributions_can_not_be_written() -> None:
    with pytest.raises(TypeError):
        squares(np.ones(2)).contributions[NodeId(1), 0] = np.ones(2)  # type: ignore[index]


def test_updates_share_nothing_with_the_caller() -> None:
    given = np.array([1.0, 2.0])
    trace = squares(given).with_updates({"x": given})
    given[0] = 99
    assert list(trace.updates["x"]) == [1, 2]
    assert trace.steps[-1].value is trace.updates["x"]
    assert not trace.updates["x"].flags.writeable


def test_a_backward_pass_that_failed_half_way_gives_no_gradient() -> None:
    def fail(*_: object) -> Array:
        raise ArithmeticError("out of range")

    builder = GraphBuilder()
    x = builder.leaf("x")
    failing = replace(OPS["exp"], vjps=(fail,))
    trace = record(builder.graph(builder.apply(OPS["add"], builder.apply(failing, x), x)), {"x": 1.0})
    with pytest.raises(EvaluationError, match="out of range"):
        _ = trace.gradients
