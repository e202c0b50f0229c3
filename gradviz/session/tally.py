"""How often a breakpoint was hit, and in which iterations: what ignore counts and "for 5 iterations" need to know.

The iterations in which it was hit are kept as stretches, so the count before any iteration is exact and a breakpoint
that holds for a million iterations on end takes no more room than one that holds once.
"""

from bisect import bisect_right
from collections.abc import Iterator

MAX_STRETCHES = 10_000


class Tally:
    """The iterations in which one breakpoint was hit; they are added in ascending order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._before: list[int] = []
        self._last = -1

    @property
    def count(self) -> int:
        """The number of iterations in which it was hit."""
        return self._before[-1] + self._stops[-1] - self._starts[-1] if self._starts else 0

    def copy(self) -> "Tally":
        """A tally of its own with the same iterations."""
        found = Tally()
        found._starts, found._stops, found._before = [*self._starts], [*self._stops], [*self._before]
        found._last = self._last
        return found

    def stretches(self) -> Iterator[tuple[int, int]]:
        """The iterations in which it was hit, as half-open stretches."""
        return zip(self._starts, self._stops, strict=True)

    def add(self, iteration: int) -> None:
        """Write down that it was hit; an iteration that was looked at before counts once."""
        if iteration <= self._last:
            return
        if self._stops and self._stops[-1] == iteration:
            self._stops[-1] = iteration + 1
        else:
            count = self.count
            self._starts.append(iteration)
            self._stops.append(iteration + 1)
            self._before.append(count)
        self._last = iteration
        if len(self._starts) > MAX_STRETCHES:  # the oldest are forgotten; how many they were is not
            half = MAX_STRETCHES // 2
            self._starts, self._stops, self._before = self._starts[half:], self._stops[half:], self._before[half:]

    def before(self, iteration: int) -> int:
        """In how many iterations before this one it was hit."""
        place = bisect_right(self._starts, iteration - 1) - 1
        if place < 0:
            return self._before[0] if self._before else 0
        return self._before[place] + min(self._stops[place], iteration) - self._starts[place]

    def streak(self, iteration: int) -> int:
        """In how many iterations on end just before this one it was hit."""
        place = bisect_right(self._starts, iteration - 1) - 1
        return iteration - self._starts[place] if place >= 0 and self._stops[place] >= iteration else 0
