"""What the loss surface computes in a worker: the loss around the way that descent takes.

along one element      the curve through the newest parameters
along two elements     the surface through them
on a plane             in two random directions, or in the two in which the way stretches most
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.types import Array
from gradviz.session.runner import CancelToken
from gradviz.session.worker import Recipe
from gradviz.train.descent import Descent, State
from gradviz.train.planning import Plan, as_arrays
from gradviz.train.surface import (
    LossCurve,
    LossSurface,
    Plane,
    axis_through,
    loss_curve,
    loss_surface,
    plane_of_way,
    plane_surface,
    random_plane,
)

GRID = 41
CURVE = 121
_MOST_REPLAYED = 1_000
"""So many iterations of the way are computed again where it is not known."""
_PATH_POINTS = 120

Element = tuple[str, tuple[int, ...]]


class Directions(Enum):
    """Planes that are not along elements."""

    RANDOM = "random directions"
    WAY = "directions of the way"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What to compute. chosen: one or two elements, or directions. batch_of: the iteration whose batch counts."""

    chosen: Sequence[Element] | Directions
    iterations: int
    batch_of: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """What was computed: a curve or a surface, and the way: one row an iteration, one column an axis.

    losses: along the way, only for a curve. plane: of a surface that is not along elements.
    """

    shape: LossCurve | LossSurface
    way: Array
    losses: Array
    plane: Plane | None = None


def survey(recipe: Recipe, question: Question, token: CancelToken, known: Descent | None = None) -> Landscape | None:
    """The loss around the way that descent takes; None when cancelled. known: a descent that has gone it already."""
    plan = known.plan if known is not None else recipe()
    states = _states(plan, question.iterations, token, known)
    samples = None if question.batch_of is None else plan.samples_at(question.batch_of)
    points = [as_arrays(state.parameters) for state in states]
    if isinstance(question.chosen, Directions):
        is_random = question.chosen is Directions.RANDOM
        plane = random_plane(points[-1], question.seed) if is_random else plane_of_way(points, question.seed)
        places = plane.places(points)
        found = plane_surface(plan.objective, plane, places, points=GRID, samples=samples, cancelled=token)
        return None if found is None else Landscape(found, places, np.array([]), plane)
    chosen = question.chosen
    way = np.array([[float(point[name][index]) for name, index in chosen] for point in points])
    count = CURVE if len(chosen) == 1 else GRID
    axes = [axis_through(points, name, index, count=count) for name, index in chosen]
    if len(axes) == 1:
        curve = loss_curve(plan.objective, points[-1], axes[0], samples=samples, cancelled=token)
        losses = np.array([plan.objective.loss(state.parameters, samples) for state in states])
        return None if curve is None else Landscape(curve, way, losses)
    surface = loss_surface(plan.objective, points[-1], axes[0], axes[1], samples=samples, cancelled=token)
    return None if surface is None else Landscape(surface, way, np.array([]))


def _states(plan: Plan, iterations: int, token: CancelToken, known: Descent | None) -> list[State]:
    """States along the way, evenly spread."""
    if known is not None:
        kept = known.kept_states()
        stride = max(1, len(kept) // _PATH_POINTS)
        return [*kept[:-1:stride], kept[-1]]
    descent, wanted = Descent(plan), min(iterations, _MOST_REPLAYED)
    stride = max(1, wanted // _PATH_POINTS)
    states = [descent.state]
    while descent.state.iteration < wanted and not token.is_cancelled and descent.advance():
        if descent.state.iteration % stride == 0:
            states.append(descent.state)
    return states
