"""The ways that several rates take from one start, on the loss curve of one parameter or the surface of two.

The picture reaches as far as the ways that stay near: a way that flies off leaves it at the edge.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradviz.core.types import Array
from gradviz.train.descent import never
from gradviz.train.objective import Element, Objective
from gradviz.train.rates import RateComparison, RateRun
from gradviz.train.surface import LossCurve, LossSurface, axis_through, elements, loss_curve, loss_surface

_POINTS_ALONG, _POINTS_ACROSS = 101, 41
_MOST_STEPS = 200
_FIRST_STEPS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One rate's way: a row an iteration, a column an axis; losses at each."""

    rate: float
    verdict: str
    way: Array
    losses: Array


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """The ways on one picture of the loss."""

    shape: LossCurve | LossSurface
    paths: tuple[Path, ...]


def rate_paths(comparison: RateComparison, *, cancelled: Callable[[], bool] = never) -> Paths | None:
    """The ways of all compared rates over the first one or two elements of the parameters; None when cancelled."""
    if not comparison.runs:
        return None
    plan = comparison.runs[0].run.descent.plan
    chosen = elements(plan.start)[:2]
    states = {run.rate: _states(run) for run in comparison.runs}
    near = [state for run in comparison.runs for state in _near(run, states[run.rate])]
    count = _POINTS_ALONG if len(chosen) == 1 else _POINTS_ACROSS
    axes = [axis_through(near, name, index, count=count) for name, index in chosen]
    shape: LossCurve | LossSurface | None
    if len(axes) == 1:
        shape = loss_curve(plan.objective, plan.start, axes[0], cancelled=cancelled)
    else:
        shape = loss_surface(plan.objective, near[-1], axes[0], axes[1], cancelled=cancelled)
    if shape is None:
        return None
    return Paths(shape, tuple(_path(plan.objective, run, states[run.rate], chosen) for run in comparison.runs))


def _states(run: RateRun) -> list[Mapping[str, Element]]:
    return [state.parameters for state in run.run.descent.kept_states()[:_MOST_STEPS]]


def _near(run: RateRun, states: Sequence[Mapping[str, Element]]) -> Sequence[Mapping[str, Element]]:
    return states[:_FIRST_STEPS] if run.verdict == "too large" else states


def _path(
    objective: Objective,
    run: RateRun,
    states: Sequence[Mapping[str, Element]],
    chosen: Sequence[tuple[str, tuple[int, ...]]],
) -> Path:
    way = np.array([[float(np.asarray(state[name])[index]) for name, index in chosen] for state in states])
    losses = np.array([objective.loss(state) for state in states]) if len(chosen) == 1 else np.array([])
    return Path(run.rate, run.verdict, way, losses)
