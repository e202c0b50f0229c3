"""A run as a row of pictures: one after each step, all of the same size, with the words that belong to each.

position      0        1          2       …     n
picture    nothing   x = 2   x² = 4             ∂L/∂x = 32
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gradviz.core.trace import Trace
from gradviz.errors import ExportError
from gradviz.export.accents import NONE, Accents
from gradviz.export.choice import Choice, chosen, room_below
from gradviz.export.picture import Composer, Picture
from gradviz.text.explain import Explainer, Explanation

MOST_PICTURES = 2000
START = Explanation("Before the first step", "Nothing is computed yet.")


class Film:
    """The pictures of one run. trace: None draws the structure alone, and then there is one picture."""

    def __init__(
        self,
        composer: Composer,
        trace: Trace | None,
        explainer: Explainer | None = None,
        finish: Callable[[Picture], Picture] = lambda picture: picture,
    ) -> None:
        """finish: what is done to each picture before it is seen."""
        self._composer = composer
        self._trace = trace
        self._explainer = explainer or (Explainer(trace) if trace is not None else None)
        self._finish = finish

    @property
    def last(self) -> int:
        """The position after the last step."""
        return len(self._trace.steps) if self._trace is not None else 0

    def at(self, position: int | None, choice: Choice, accents: Accents = NONE, *, room: float = 0.0) -> Picture:
        """The picture after the first `position` steps; None: of the whole run. room: for the words below it."""
        picture = self._finish(self._composer.at(position, accents))
        return chosen(picture, self._numbers(choice), self.told(position), room=room)

    def told(self, position: int | None) -> Explanation | None:
        """What is said about the step that led to a position."""
        if self._explainer is None or position is None:
            return None
        return START if position == 0 else self._explainer.explain(position - 1)

    def pictures(self, positions: Sequence[int], choice: Choice) -> Iterator[Picture]:
        """The pictures at these positions, all of the same size."""
        room = self.room(positions, choice)
        for position in positions:
            yield self.at(position, choice, room=room)

    def room(self, positions: Sequence[int], choice: Choice) -> float:
        """The height of the words below any of the pictures at these positions."""
        choice = self._numbers(choice)
        told = [self.told(position) for position in positions] if choice.explanation else [None]
        return room_below(self._composer.at(0), choice, told)

    def _numbers(self, choice: Choice) -> Choice:
        return choice if self._trace is not None else replace(choice, values=False, derivatives=False)


def positions(last: int, first: int = 0, until: int | None = None, *, most: int = MOST_PICTURES) -> list[int]:
    """The positions from `first` to `until` (the last one), evenly fewer when there are more than `most`.

    Raises ExportError for a range that has none of 0 … last.
    """
    end = last if until is None else until
    if not 0 <= first <= end <= last:
        raise ExportError(f"there are no steps {first} to {end}; the run has steps 0 to {last}")
    stride = -(-(end - first + 1) // most)
    return [*range(first, end, stride), end]


def numbered(path: Path, count: int) -> list[Path]:
    """The files of a row of frames: run-01.png … run-12.png for run.png."""
    digits = len(str(count))
    return [path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}") for number in range(1, count + 1)]
