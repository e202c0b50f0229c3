"""What a descent remembers of its past, in bounded memory.

Every `stride`-th iteration is kept. When there are too many, every other one is dropped and the stride doubles; so
the kept ones lie evenly, and which they are depends on the number of iterations alone.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradviz.core.types import Array

T = TypeVar("T")

MAX_POINTS = 4096
"""The most points that a history keeps: more than a plot has pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Loss and gradient norm by iteration; evenly thinned when long, the last iteration always there."""

    iteration: NDArray[np.int64]
    loss: Array
    gradient_norm: Array

    def __len__(self) -> int:
        return len(self.iteration)


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

    def __iter__(self) -> Iterator[T]:
        return (thing for _, thing in tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def at_or_before(self, iteration: int) -> T:
        """The latest kept thing of an iteration that is not after the given one."""
        kept = self._kept
        return kept[bisect_right(kept, iteration, key=lambda pair: pair[0]) - 1][1]


class HistoryLog:
    """A history that grows."""

    def __init__(self) -> None:
        self._points: Thinned[tuple[int, float, float]] = Thinned(MAX_POINTS)
        self._last: tuple[int, float, float] | None = None

    def add(self, iteration: int, loss: float, gradient_norm: float) -> None:
        """Write down one iteration; they come in order, without a gap."""
        self._last = (iteration, loss, gradient_norm)
        self._points.add(iteration, self._last)

    def frozen(self) -> History:
        """The history so far."""
        points = list(self._points)
        if self._last is not None and points[-1] is not self._last:
            points.append(self._last)
        columns = list(zip(*points, strict=True)) or [(), (), ()]
        return History(
            np.array(columns[0], dtype=np.int64), np.array(columns[1], dtype=float), np.array(columns[2], dtype=float)
        )
