"""Slopes by differences of values, with an honest error: how far the number may be off, by truncation and by rounding.

    D(h) = (f(x + h) − f(x − h)) / 2h = f′ + c₂h² + c₄h⁴ + …       smaller h: less truncation, more rounding

D is taken on a ladder of steps, each a quarter of the last, and the powers of h are eliminated (Richardson). Of all
estimates the one is kept whose truncation (what elimination still changes) plus rounding (noise of f over h) is least.
Sources: Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", 1982; Higham, "Accuracy and Stability of Numerical
Algorithms", 2002, section 3.1 (running error).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.errors import GradvizError

Function = Callable[[float], float]
"""A value along a line through the point: f(t) with the point at t = 0."""

FIRST_STEP = 0.05
RUNGS = 12
ENOUGH = 1e-11
"""A slope this sure, relative to itself, needs no smaller step."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope by differences. uncertainty: how far it may be from the true one; infinite where there is none.

    left, right: the slopes on either side when they differ by a jump (a kink), else None.
    """

    value: float
    uncertainty: float
    left: float | None = None
    right: float | None = None
    is_jump: bool = False
    """The value itself leaps."""


def slope(function: Function, noise: float, scale: float = 1.0) -> Slope:
    """f′(0) with its uncertainty. noise: of one value of f. scale: the length over which f changes."""
    best = Slope(nan, inf)
    previous: list[float] = []
    with np.errstate(all="ignore"):
        for rung in range(RUNGS):
            h = FIRST_STEP * scale * 4.0**-rung
            row = _extrapolated((function(h) - function(-h)) / (2.0 * h), previous)
            best = min([best, *_judged(row, previous, noise / h)], key=lambda found: found.uncertainty)
            previous = row
            if best.uncertainty <= max(ENOUGH * abs(best.value), 2.0 * noise / scale):
                break
    return best


def _extrapolated(central: float, previous: list[float]) -> list[float]:
    """The next row of the tableau: column j is free of powers of h up to h^(2j)."""
    row = [central]
    for j, coarse in enumerate(previous[:4]):
        weight = 16.0 ** (j + 1)
        row.append((weight * row[j] - coarse) / (weight - 1.0))
    return row


def _judged(row: list[float], previous: list[float], rounding: float) -> list[Slope]:
    found = []
    for j, value in enumerate(row):
        neighbours = [row[j - 1]] if j else []
        neighbours += previous[max(j - 1, 0) : j + 1]
        truncation = max((abs(value - other) for other in neighbours), default=inf)
        if isfinite(value) and isfinite(truncation):
            found.append(Slope(value, truncation + 2.0 * rounding + 1e-16 * abs(value)))
    return found


def with_sides(found: Slope, function: Function, noise: float, scale: float = 1.0) -> Slope:
    """The same slope, with the slopes on either side where these differ however small the step: at a kink or a jump."""
    middle = function(0.0)
    coarse, fine = ((_sides(function, middle, h), 8.0 * noise / h) for h in (1e-3 * scale, 1e-5 * scale))
    (wide, _), ((left, right), rounding) = coarse, fine
    steepest = max(abs(left), abs(right))
    gap = abs(right - left)
    leaps = steepest > 30.0 * max(map(abs, wide)) and steepest > rounding
    differs = gap > 0.3 * abs(wide[1] - wide[0]) and gap > rounding and gap > 1e-6 * steepest
    is_sure = isfinite(steepest) and isfinite(gap) and (leaps or differs)
    return Slope(found.value, found.uncertainty, left, right, leaps) if is_sure else found


def _sides(function: Function, middle: float, h: float) -> tuple[float, float]:
    return (middle - function(-h)) / h, (function(h) - middle) / h


def noise_of(trace: Trace) -> float:
    """How far rounding may throw the summed output about: half a unit in the last place of each value, sent forward.

    A value v that is off by ε|v| moves the output by |v̄|ε|v|. (10¹⁴ + x) − 10¹⁴ is off by a hundredth, whatever x is.
    """
    total = float(np.sum(np.abs(trace.result)))
    with np.errstate(all="ignore"):
        for value, adjoint in zip(trace.values, trace.adjoints, strict=True):
            if value is not None and adjoint is not None:
                sent = np.abs(np.asarray(value * adjoint))
                total += float(np.sum(sent[np.isfinite(sent)]))
    return 2.0**-53 * total if isfinite(total) else inf


def attempt(function: Callable[[Array], float], at: Array) -> float:
    """The value there; NaN where an op has none."""
    try:
        return function(at)
    except (GradvizError, ArithmeticError, np.linalg.LinAlgError):
        return nan
