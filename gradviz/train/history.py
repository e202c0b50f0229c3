"""What a descent remembers of its past, in bounded memory.

Every `stride`-th iteration is kept. When there are too many, every other one is dropped and the stride doubles; so
the kept ones lie evenly, and which they are depends on the number of iterations alone.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradviz.core.types import Array

T = TypeVar("T")

MAX_POINTS = 4096
"""The most points that a history keeps: more than a plot has pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Loss and gradient norm by iteration; evenly thinned when long, the last iteration always there.

    validation, accuracy: the loss on the samples kept out, and the part of samples that is classified rightly; NaN
    where they were not measured.
    """

    iteration: NDArray[np.int64]
    loss: Array
    gradient_norm: Array
    validation: Array = field(default_factory=lambda: np.array([]))
    accuracy: Array = field(default_factory=lambda: np.array([]))

    def __len__(self) -> int:
        return len(self.iteration)


@dataclass(frozen=True, slots=True, eq=False)
class Tail(Generic[T]):
    """What something thinned has gained after an iteration; `stride` says what of the earlier it has dropped."""

    after: int
    stride: int
    gained: tuple[tuple[int, T], ...]


class Thinned(Generic[T]):
    """Things by iteration, at most `capacity` of them, evenly spread; they come in order, without a gap.

    One thread may add while others read.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = max(2, capacity)
        self.stride = 1
        self._kept: list[tuple[int, T]] = []

    def add(self, iteration: int, thing: T) -> None:
        """Keep the thing when its iteration is one of those that are kept."""
        if len(self._kept) == self.capacity:
            self._kept = self._kept[::2]
            self.stride *= 2
        if iteration % self.stride == 0:
            self._kept.append((iteration, thing))

    def stride_at(self, iteration: int) -> int:
        """One iteration in so many will be kept of a past that goes up to there; a power of two."""
        stride = self.stride
        while iteration > (self.capacity - 1) * stride:
            stride *= 2
        return stride

    def extend(self, pairs: Sequence[tuple[int, T]]) -> None:
        """Add many at once, in order; of those that are to be kept none may be left out, of the others any."""
        stride = self.stride_at(pairs[-1][0])
        if stride != self.stride:
            self._kept, self.stride = self._kept[:: stride // self.stride], stride
        self._kept += [pair for pair in pairs if pair[0] % stride == 0]

    def tail(self, after: int) -> Tail[T]:
        """What has been kept since an iteration, for a twin elsewhere that has all up to there."""
        return Tail(after, self.stride, tuple(pair for pair in self._kept if pair[0] > after))

    def join(self, tail: Tail[T]) -> None:
        """Become what the twin is whose tail this is."""
        earlier = [pair for pair in self._kept if pair[0] <= tail.after and pair[0] % tail.stride == 0]
        self.stride = tail.stride
        self._kept = earlier + list(tail.gained)

    def __iter__(self) -> Iterator[T]:
        return (thing for _, thing in tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def at_or_before(self, iteration: int) -> T:
        """The latest kept thing of an iteration that is not after the given one."""
        kept = self._kept
        return kept[bisect_right(kept, iteration, key=lambda pair: pair[0]) - 1][1]


Point = tuple[int, float, float, float, float]
"""Iteration, loss, gradient norm, validation loss and accuracy."""


class HistoryLog:
    """A history that grows."""

    def __init__(self) -> None:
        self._points: Thinned[Point] = Thinned(MAX_POINTS)
        self._last: Point | None = None

    def add(
        self,
        iteration: int,
        loss: float,
        gradient_norm: float,
        validation: float = math.nan,
        accuracy: float = math.nan,
    ) -> None:
        """Write down one iteration; they come in order, without a gap."""
        self._last = (iteration, loss, gradient_norm, validation, accuracy)
        self._points.add(iteration, self._last)

    def extend(self, points: Sequence[Point]) -> None:
        """Write down many iterations; those may be left out that `stride_at` the last of them leaves out."""
        self._last = points[-1]
        self._points.extend([(point[0], point) for point in points])

    def stride_at(self, iteration: int) -> int:
        """One iteration in so many is kept of a history that goes up to there."""
        return self._points.stride_at(iteration)

    def tail(self, after: int) -> tuple[Tail[Point], Point | None]:
        """What was written down after an iteration, for a twin elsewhere; and the last point, kept or not."""
        return self._points.tail(after), self._last

    def join(self, tail: tuple[Tail[Point], Point | None]) -> None:
        """Become what the twin is whose tail this is."""
        points, self._last = tail
        self._points.join(points)

    def frozen(self) -> History:
        """The history so far."""
        points = list(self._points)
        if self._last is not None and points[-1][0] != self._last[0]:
            points.append(self._last)
        columns = list(zip(*points, strict=True)) or [()] * 5
        iteration, *measured = columns
        return History(np.array(iteration, dtype=np.int64), *(np.array(column, dtype=float) for column in measured))


def smoothed(values: Array, part: float = 0.05) -> Array:
    """For each value the mean over the last ones: that part of all of them; at the beginning, as many as there are.

    A value that is not finite counts for nothing.
    """
    width = max(1, int(part * len(values)))
    is_finite = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(is_finite, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(is_finite)])
    ends = np.arange(1, len(values) + 1)
    begins = np.maximum(ends - width, 0)
    number = counts[ends] - counts[begins]
    with np.errstate(all="ignore"):
        found: Array = (sums[ends] - sums[begins]) / np.where(number > 0, number, np.nan)
    return found
