"""The loss along one or two elements of the parameters, all others kept: a curve or a surface to draw.

Pure functions of frozen data; they can be cancelled between two points and then give None.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.op import as_value
from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.train.descent import never
from gradviz.train.objective import Element, Objective, Samples

_PLANE = 3
"""Sets the random numbers of a plane apart from all others."""

MAX_POINTS = 40_000
"""The most points of a curve or a surface."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One element of a parameter, and between which values it varies.

    index: where the element stands in the parameter; () for a scalar.
    """

    name: str
    index: tuple[int, ...]
    low: float
    high: float
    points: int = 61

    @property
    def label(self) -> str:
        """How people write the element: w, or W[0, 2]."""
        return f"{self.name}[{', '.join(map(str, self.index))}]" if self.index else self.name

    @property
    def values(self) -> Array:
        """The values of the element, evenly spaced."""
        return np.linspace(self.low, self.high, self.points)


@dataclass(frozen=True, slots=True, eq=False)
class LossCurve:
    """The loss at each value of one element; NaN or ∞ where it overflows."""

    axis: Axis
    losses: Array


@dataclass(frozen=True, slots=True, eq=False)
class LossSurface:
    """The loss at each pair of values, losses[i, j] at the i-th value of `across` and the j-th of `up`."""

    across: Axis
    up: Axis
    losses: Array


def elements(parameters: Mapping[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    """Every element of the parameters, as name and index, in order."""
    return [(name, index) for name, value in parameters.items() for index in np.ndindex(np.shape(value))]


def axis_through(
    points: Sequence[Mapping[str, Any]], name: str, index: tuple[int, ...] = (), *, count: int = 61
) -> Axis:
    """An axis on which all these parameters lie, with room on both sides: their range once more, at least 1 around."""
    values = [float(as_value(point[name])[index]) for point in points]
    low, high = min(values), max(values)
    margin = max(0.5 * (high - low), 1.0 if high == low else 0.0, 0.1 * max(abs(low), abs(high)))
    return Axis(name, index, low - margin, high + margin, count)


def loss_curve(
    objective: Objective,
    parameters: Mapping[str, Any],
    axis: Axis,
    *,
    samples: Samples | None = None,
    cancelled: Callable[[], bool] = never,
) -> LossCurve | None:
    """The loss over the samples, over all when None, along one axis through the parameters; None when cancelled."""
    _check(parameters, axis)
    _check_size(axis.points)
    losses = np.empty(axis.points)
    for i, value in enumerate(axis.values):
        if cancelled():
            return None
        losses[i] = objective.loss(_moved(objective.elements(parameters), axis, value), samples)
    return LossCurve(axis, losses)


def loss_surface(
    objective: Objective,
    parameters: Mapping[str, Any],
    across: Axis,
    up: Axis,
    *,
    samples: Samples | None = None,
    cancelled: Callable[[], bool] = never,
) -> LossSurface | None:
    """The loss over the samples, over all when None, on the plane of two axes through the parameters.

    None when cancelled.
    """
    _check(parameters, across)
    _check(parameters, up)
    if (across.name, across.index) == (up.name, up.index):
        raise TrainingError(f"a surface needs two different elements; both are {up.label}")
    _check_size(across.points * up.points)
    losses = np.empty((across.points, up.points))
    start = objective.elements(parameters)
    for i, first in enumerate(across.values):
        row = _moved(start, across, first)
        for j, second in enumerate(up.values):
            if cancelled():
                return None
            losses[i, j] = objective.loss(_moved(row, up, second), samples)
    return LossSurface(across, up, losses)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane through a point: θ = centre + a · first + b · second."""

    centre: Mapping[str, Array]
    first: Mapping[str, Array]
    second: Mapping[str, Array]

    def at(self, a: float, b: float) -> dict[str, Array]:
        """The parameters at a place of the plane."""
        return {
            name: as_value(value + a * self.first[name] + b * self.second[name]) for name, value in self.centre.items()
        }

    def places(self, points: Sequence[Mapping[str, Any]]) -> Array:
        """Where points lie, seen straight from above: a row a point."""
        basis = np.stack([_flat(self.first), _flat(self.second)], axis=1)
        offsets = np.array([_flat(point) - _flat(self.centre) for point in points])
        found: Array = np.linalg.lstsq(basis, offsets.T, rcond=None)[0].T
        return found


def random_plane(centre: Mapping[str, Any], seed: int) -> Plane:
    """A plane in two random directions, each row as long as the parameter's own row.

    Li et al., "Visualizing the loss landscape of neural nets", 2018, section 4.
    """
    rng = np.random.default_rng([_PLANE, seed])
    values = {name: as_value(value) for name, value in centre.items()}
    first, second = ({name: _random_like(rng, value) for name, value in values.items()} for _ in range(2))
    return Plane(values, first, second)


def plane_of_way(points: Sequence[Mapping[str, Any]], seed: int = 0) -> Plane:
    """The plane through the last of the points in which the way to it stretches most: its two principal directions."""
    centre = {name: as_value(value) for name, value in points[-1].items()}
    offsets = np.array([_flat(point) - _flat(centre) for point in points])
    directions = np.linalg.svd(offsets, full_matrices=False)[2] if len(points) > 1 else np.empty((0, offsets.shape[1]))
    spread = np.abs(offsets @ directions.T).max(axis=0) if len(directions) else np.array([])
    spare = random_plane(centre, seed)
    chosen = [_unflat(directions[i], centre) if i < len(spread) and spread[i] > 0 else None for i in range(2)]
    first, second = (found if found is not None else other for found, other in zip(chosen, (spare.first, spare.second)))  # noqa: B905
    return Plane(centre, first, second)


def plane_surface(
    objective: Objective,
    plane: Plane,
    places: Array,
    *,
    points: int = 41,
    samples: Samples | None = None,
    cancelled: Callable[[], bool] = never,
) -> LossSurface | None:
    """The loss on a plane, around places on it and at least from −1 to 1; None when cancelled."""
    _check_size(points * points)
    axes = []
    for column, name in enumerate(("direction 1", "direction 2")):
        low, high = min(-1.0, float(places[:, column].min())), max(1.0, float(places[:, column].max()))
        margin = 0.15 * (high - low)
        axes.append(Axis(name, (), low - margin, high + margin, points))
    losses = np.empty((points, points))
    for i, a in enumerate(axes[0].values):
        for j, b in enumerate(axes[1].values):
            if cancelled():
                return None
            losses[i, j] = objective.loss(objective.elements(plane.at(float(a), float(b))), samples)
    return LossSurface(axes[0], axes[1], losses)


def _random_like(rng: np.random.Generator, value: Array) -> Array:
    drawn = np.asarray(rng.standard_normal(value.shape))
    axis = -1 if value.ndim > 1 else None
    wanted = np.linalg.norm(value, axis=axis, keepdims=value.ndim > 1) if value.ndim else np.abs(value)
    length = np.linalg.norm(drawn, axis=axis, keepdims=value.ndim > 1) if value.ndim else np.abs(drawn)
    return as_value(drawn * np.where(wanted > 0, wanted, 1.0) / np.where(length > 0, length, 1.0))


def _flat(values: Mapping[str, Any]) -> Array:
    return np.concatenate([np.ravel(value) for value in values.values()]).astype(np.float64)


def _unflat(flat: Array, like: Mapping[str, Array]) -> dict[str, Array]:
    cuts = np.cumsum([value.size for value in like.values()])[:-1]
    parts = zip(like.items(), np.split(flat, cuts), strict=True)
    return {name: as_value(part.reshape(value.shape)) for (name, value), part in parts}


def _moved(parameters: Mapping[str, Element], axis: Axis, value: float) -> dict[str, Element]:
    """The parameters with one element changed."""
    if not axis.index:
        return {**parameters, axis.name: float(value)}
    array = np.array(parameters[axis.name])
    array[axis.index] = value
    return {**parameters, axis.name: array}


def _check(parameters: Mapping[str, Any], axis: Axis) -> None:
    if axis.name not in parameters:
        raise TrainingError(f"there is no parameter {axis.name}; there is {', '.join(parameters) or 'none'}")
    shape = np.shape(parameters[axis.name])
    if len(axis.index) != len(shape) or not all(0 <= i < n for i, n in zip(axis.index, shape, strict=True)):
        raise TrainingError(f"{axis.label} is no element of {axis.name}, whose shape is {shape}")
    if not np.isfinite([axis.low, axis.high]).all():
        raise TrainingError(f"the range of {axis.label} must be finite; it is {axis.low} to {axis.high}")


def _check_size(points: int) -> None:
    if not 2 <= points <= MAX_POINTS:
        raise TrainingError(f"a picture of the loss takes 2 to {MAX_POINTS:,} points; {points:,} were asked for")
