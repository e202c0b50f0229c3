"""What can be said about an array at a glance: how many numbers, how large, how many zeros, how many that are none.

Least, most, mean and norm are those of the finite elements, so that one NaN does not hide all the others.
"""

from dataclasses import dataclass

import numpy as np

from gradviz.core.types import Array, Shape


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of one array; least, most and mean are None when no element is finite."""

    shape: Shape
    count: int
    least: float | None
    most: float | None
    mean: float | None
    norm: float
    zeros: int
    nans: int
    positive_infinities: int
    negative_infinities: int

    @property
    def is_finite(self) -> bool:
        """True when every element is a number."""
        return not (self.nans or self.positive_infinities or self.negative_infinities)


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How many finite elements lie in each bin; edges has one more element than counts. left_out: not finite."""

    counts: Array
    edges: Array
    left_out: int


def statistics(value: Array) -> Statistics:
    """The figures of an array or a number."""
    array = np.asarray(value, dtype=np.float64)
    finite = array[np.isfinite(array)]
    has_any = finite.size > 0
    return Statistics(
        array.shape,
        array.size,
        float(finite.min()) if has_any else None,
        float(finite.max()) if has_any else None,
        _mean(finite) if has_any else None,
        norm(finite),
        int(np.count_nonzero(array == 0)),
        int(np.count_nonzero(np.isnan(array))),
        int(np.count_nonzero(np.isposinf(array))),
        int(np.count_nonzero(np.isneginf(array))),
    )


def norm(value: Array) -> float:
    """The Euclidean length of all elements together, without overflow on the way; not finite where one isn't."""
    flat = np.asarray(value, dtype=np.float64).ravel()
    if not flat.size:
        return 0.0
    most = float(np.max(np.abs(flat)))
    if most == 0.0 or not np.isfinite(most):
        return most
    with np.errstate(all="ignore"):
        return most * float(np.linalg.norm(flat / most))


def histogram(value: Array, bins: int = 24) -> Histogram:
    """How the finite elements are spread; equal elements stand in one bin in the middle."""
    array = np.asarray(value, dtype=np.float64).ravel()
    finite = array[np.isfinite(array)]
    if not finite.size:
        return Histogram(np.zeros(0), np.zeros(0), array.size)
    with np.errstate(all="ignore"):
        half = _margin(finite)
        edges = np.linspace(finite.min() - half, finite.max() + half, bins + 1)
    if not np.all(np.isfinite(edges)) or not np.all(np.diff(edges) > 0):  # a range wider than float64 holds
        return Histogram(np.array([float(finite.size)]), np.array([finite.min(), finite.max()]), array.size)
    counts, _ = np.histogram(finite, bins=bins, range=(edges[0], edges[-1]))  # even bins are counted without a search
    return Histogram(counts.astype(np.float64), edges, array.size - finite.size)


def _mean(finite: Array) -> float:
    most = float(np.max(np.abs(finite))) or 1.0
    with np.errstate(under="ignore"):
        return most * float(np.mean(finite / most))


def _margin(finite: Array) -> float:
    """Half a unit around elements that are all equal."""
    if finite.min() < finite.max():
        return 0.0
    return max(abs(float(finite.max())) * 0.5, 0.5)
