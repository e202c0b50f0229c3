"""What numbers of the graph are hidden: places one by one in a quiz, whole kinds where a teacher says so.

A place is named like a pill: its mark (▸ a value, ◂ a derivative) and its edge, None for the output's stub.
Whatever shows numbers asks the veil; while it lies, explanations and tooltips say none at all.
"""

from collections.abc import Iterable

from gradviz.core.graph import Edge
from gradviz.events import Signal

VALUE, DERIVATIVE = "▸", "◂"
Place = tuple[str, Edge | None]


class Veil:
    """The hidden places. changed(): others are hidden now."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._places: frozenset[Place] = frozenset()
        self._kinds: frozenset[str] = frozenset()
        self._is_held = False

    @property
    def is_on(self) -> bool:
        """True while any number is hidden, or a quiz is on."""
        return bool(self._places or self._kinds) or self._is_held

    @property
    def is_quiz(self) -> bool:
        """True while a quiz is on."""
        return self._is_held

    def hides(self, place: Place) -> bool:
        """Whether the number at a place is hidden."""
        return place in self._places or place[0] in self._kinds

    def cover(self, places: Iterable[Place], *, in_quiz: bool) -> None:
        """Hide exactly these places; in_quiz: also all that would tell them."""
        self._set(frozenset(places), self._kinds, in_quiz)

    def cover_kinds(self, kinds: Iterable[str]) -> None:
        """Hide all values, all derivatives, both or neither."""
        self._set(self._places, frozenset(kinds), self._is_held)

    def _set(self, places: frozenset[Place], kinds: frozenset[str], is_held: bool) -> None:
        if (places, kinds, is_held) != (self._places, self._kinds, self._is_held):
            self._places, self._kinds, self._is_held = places, kinds, is_held
            self.changed.emit()
