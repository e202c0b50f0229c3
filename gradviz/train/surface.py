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
from gradviz.train.objective import Element, Objective

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
    objective: Objective, parameters: Mapping[str, Any], axis: Axis, *, cancelled: Callable[[], bool] = never
) -> LossCurve | None:
    """The loss over all samples along one axis through the given parameters; None when cancelled."""
    _check(parameters, axis)
    _check_size(axis.points)
    losses = np.empty(axis.points)
    for i, value in enumerate(axis.values):
        if cancelled():
            return None
        losses[i] = objective.loss(_moved(objective.elements(parameters), axis, value))
    return LossCurve(axis, losses)


def loss_surface(
    objective: Objective,
    parameters: Mapping[str, Any],
    across: Axis,
    up: Axis,
    *,
    cancelled: Callable[[], bool] = never,
) -> LossSurface | None:
    """The loss over all samples on the plane of two axes through the given parameters; None when cancelled."""
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
            losses[i, j] = objective.loss(_moved(row, up, second))
    return LossSurface(across, up, losses)


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
