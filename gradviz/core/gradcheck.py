"""Is the gradient right? Each leaf's back-propagated gradient against differences of the value itself.

    ∂L/∂x ≈ (L(x + h) − L(x − h)) / 2h        error O(h²); two steps h and h/2 are extrapolated to O(h⁴)

The verdict in words tells a wrong rule from a kink (left and right slope differ) and from rounding.
Source: Griewank & Walther, "Evaluating Derivatives", 2008; Ridders, "Accurate computation of F′(x)", 1982.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.record import bind, evaluate, record, wanted_leaves
from gradviz.core.types import Array
from gradviz.errors import GradvizError

TOLERANCE = 1e-6
"""The largest relative error that passes."""

MAX_DIRECTIONS = 200
"""A leaf with more elements is checked along this many random directions instead of element by element."""


@dataclass(frozen=True, slots=True, eq=False)
class LeafCheck:
    """One leaf's gradient by both ways; `numeric` has the shape of the leaf, or one number a direction.

    relative_error: |backward − numeric| / max(|backward|, |numeric|), 0 where both are 0.
    """

    backward: Array
    numeric: Array
    relative_error: float
    verdict: str
    has_passed: bool


def check(graph: Graph, values: Mapping[str, Any], *, wrt: Iterable[str] | None = None) -> dict[str, LeafCheck]:
    """Check the gradient by each wanted leaf; a non-scalar output is summed.

    Raises the error of the run when the formula has no value there.
    """
    leaf_values = bind(graph, values)
    trace = record(graph, leaf_values, wrt=wrt)
    if trace.failure is not None:
        raise trace.failure
    wanted = wanted_leaves(graph, wrt)
    return {
        name: _check_leaf(graph, leaf_values, name, trace.gradients[name]) for name in graph.leaves() if name in wanted
    }


def _check_leaf(graph: Graph, leaf_values: Mapping[str, Array], name: str, backward: Array) -> LeafCheck:
    start = np.asarray(leaf_values[name])

    def total_at(value: Array) -> float:
        return float(np.sum(evaluate(graph, {**leaf_values, name: value})))

    directions = _directions(start.shape)
    slopes = [_slope(total_at, start, direction) for direction in directions]
    exact = np.array([float(np.sum(np.asarray(backward) * direction)) for direction in directions])
    numeric = np.array([slope.value for slope in slopes])
    relative_error = _relative_error(exact, numeric)
    verdict, has_passed = _verdict(exact, slopes, relative_error)
    if len(directions) == start.size and len(directions) <= MAX_DIRECTIONS:
        return LeafCheck(backward, numeric.reshape(start.shape), relative_error, verdict, has_passed)
    return LeafCheck(exact, numeric, relative_error, verdict, has_passed)


@dataclass(frozen=True, slots=True)
class _Slope:
    value: float
    left: float
    right: float
    uncertainty: float


def _slope(function: Callable[[Array], float], at: Array, direction: Array) -> _Slope:
    """The directional derivative by central differences, extrapolated over shrinking steps; the best is kept."""
    scale = max(1.0, float(np.max(np.abs(at), initial=0.0)))
    middle = _attempt(function, at)
    best = _Slope(float("nan"), float("nan"), float("nan"), float("inf"))
    with np.errstate(all="ignore"):
        for exponent in range(2, 8):
            h = scale * 10.0**-exponent
            coarse = _central(function, at, direction, h)
            fine = _central(function, at, direction, h / 2)
            value = (4.0 * fine - coarse) / 3.0
            uncertainty = abs(value - fine) + 1e-16 * abs(middle) / h
            if uncertainty < best.uncertainty or not np.isfinite(best.value):
                left = (middle - _attempt(function, at - h * direction)) / h
                right = (_attempt(function, at + h * direction) - middle) / h
                best = _Slope(value, left, right, uncertainty)
    return best


def _central(function: Callable[[Array], float], at: Array, direction: Array, h: float) -> float:
    return (_attempt(function, at + h * direction) - _attempt(function, at - h * direction)) / (2.0 * h)


def _attempt(function: Callable[[Array], float], at: Array) -> float:
    try:
        return function(at)
    except GradvizError:
        return float("nan")


def _verdict(exact: Array, slopes: list[_Slope], relative_error: float) -> tuple[str, bool]:
    if not np.all(np.isfinite(exact)):
        return "the gradient is not finite here", False
    if not all(np.isfinite(slope.value) for slope in slopes):
        return "the value is not finite beside this point, so there is nothing to compare with", False
    if relative_error <= TOLERANCE:
        return "right", True
    scale = max(float(np.max(np.abs(exact))), max(abs(slope.value) for slope in slopes))
    pairs = zip(exact, slopes, strict=True)
    off = sorted(((abs(e - s.value), e, s) for e, s in pairs), key=lambda item: item[0], reverse=True)
    # each one that is off must be excused: a kink in one element says nothing about another
    verdicts = [_excuse(e, slope) for distance, e, slope in off if distance > TOLERANCE * scale]
    if None in verdicts:
        return "wrong: the derivative rule and the value disagree", False
    return str(verdicts[0]), True


def _excuse(exact: float, slope: _Slope) -> str | None:
    """Why the derivative differs from the slope in one direction although the rule is right; None when it is wrong."""
    low, high = sorted((slope.left, slope.right))
    slack = 1e-3 * max(abs(low), abs(high), 1e-12)
    if high - low > 10 * slack and low - slack <= exact <= high + slack:
        return f"a kink: the slope is {low:.3g} on one side and {high:.3g} on the other"
    if abs(exact - slope.value) <= 100 * slope.uncertainty + 1e-10:
        return "equal within rounding of the differences"
    return None


def _relative_error(exact: Array, numeric: Array) -> float:
    scale = max(float(np.max(np.abs(exact), initial=0.0)), float(np.max(np.abs(numeric), initial=0.0)))
    if scale == 0.0:
        return 0.0
    return float(np.max(np.abs(exact - numeric))) / scale


def _directions(shape: tuple[int, ...]) -> list[Array]:
    size = int(np.prod(shape))
    if size <= MAX_DIRECTIONS:
        return [unit.reshape(shape) for unit in np.eye(size)]
    random = np.random.default_rng(0)
    return [random.standard_normal(shape) / np.sqrt(size) for _ in range(20)]
