"""How a number went over the iterations: value and adjoint of a node or an edge, for the shown sample.

The descent is run again from its plan, which draws no new random numbers, so every point is exact; the iterations at
which the run is recorded are thinned evenly, and nothing but their two numbers is kept.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradviz.core.graph import Edge, Graph
from gradviz.core.record import record
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.session.politeness import polite
from gradviz.train.descent import Plan, as_arrays

MOST_POINTS = 160
REPORT_SECONDS = 0.25

Subject = NodeId | Edge


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Numbers by iteration. An array counts with its Euclidean length (is_length), a scalar with itself.

    values: of the node (of an edge's source). derivatives: the adjoint (an edge's contribution), NaN for none.
    """

    iterations: NDArray[np.int64]
    values: Array
    derivatives: Array
    is_length: bool


def course(
    graph: Graph,
    subject: Subject,
    make_plan: Callable[[], Plan],
    values: Mapping[str, Array],
    last: int,
    *,
    most: int = MOST_POINTS,
    cancelled: Callable[[], bool] = lambda: False,
    report: Callable[[Course], None] = lambda so_far: None,
) -> Course | None:
    """The course from iteration 0 to `last`; None when cancelled, and shorter where the descent diverges before.

    values: of all leaves; the parameters' are taken from each iteration. report: called now and then with what there
    is so far.
    """
    wanted = np.unique(np.linspace(0, last, min(last + 1, most)).astype(np.int64))
    points: list[tuple[int, float, float]] = []
    is_length = False
    reported = time.monotonic()
    with polite():
        plan = make_plan()
        state = plan.first()
        for iteration in wanted:
            while state.iteration < iteration:
                if cancelled():
                    return None
                state = plan.following(state, plan.measure(state))
            trace = record(graph, {**values, **as_arrays(state.parameters)})
            value, derivative = numbers_of(trace, subject)
            is_length |= value is not None and np.ndim(value) > 0
            points.append((int(iteration), _one(value), _one(derivative)))
            if time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                report(_course(points, is_length))
    return _course(points, is_length)


def numbers_of(trace: Trace, subject: Subject) -> tuple[Array | None, Array | None]:
    """Value and derivative of a node, or what an edge carries forward and back."""
    if isinstance(subject, Edge):
        return trace.values[subject.source], trace.contributions.get((subject.target, subject.operand))
    return trace.values[subject], trace.adjoints[subject]


def _course(points: list[tuple[int, float, float]], is_length: bool) -> Course:
    columns = list(zip(*points, strict=True)) or [(), (), ()]
    return Course(np.array(columns[0], dtype=np.int64), np.array(columns[1]), np.array(columns[2]), is_length)


def _one(value: Array | None) -> float:
    if value is None:
        return float("nan")
    return norm(value) if np.ndim(value) else float(value)
