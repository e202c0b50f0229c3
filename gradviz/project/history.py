"""Undo by construction: the projects before and after each change, with the change's name."""

from dataclasses import dataclass
from typing import Any

from gradviz.project.project import Project

MOST_CHANGES = 10_000
"""How many changes are kept; projects share what is equal, so one costs little."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One step of the history. Changes with the same merge key in a row become one (a slider being dragged)."""

    name: str
    before: Project
    after: Project
    merge_key: Any = None


class History:
    """The changes made and the changes undone; the document alone writes it."""

    def __init__(self) -> None:
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._is_sealed = True

    @property
    def can_undo(self) -> bool:
        """True when there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """True when there is an undone change to make again."""
        return bool(self._undone)

    @property
    def undo_name(self) -> str:
        """The name of the change that undo would take back, or ""."""
        return self._done[-1].name if self._done else ""

    @property
    def redo_name(self) -> str:
        """The name of the change that redo would make again, or ""."""
        return self._undone[-1].name if self._undone else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all changes that can be undone, oldest first."""
        return tuple(change.name for change in self._done)

    @property
    def count(self) -> int:
        """How many changes can be undone."""
        return len(self._done)

    @property
    def undone_names(self) -> tuple[str, ...]:
        """The names of all changes that can be made again, the next one first."""
        return tuple(change.name for change in reversed(self._undone))

    def add(self, change: Change) -> None:
        """Keep a change; what was undone is forgotten. An unsealed change of the same merge key grows instead."""
        self._undone.clear()
        if self._merges_with(change):
            change = Change(change.name, self._done.pop().before, change.after, change.merge_key)
        self._done.append(change)
        del self._done[:-MOST_CHANGES]
        self._is_sealed = False

    def undo(self) -> Project | None:
        """The project before the last change, None when there is none."""
        self._is_sealed = True
        if not self._done:
            return None
        change = self._done.pop()
        self._undone.append(change)
        return change.before

    def redo(self) -> Project | None:
        """The project after the change that was undone last, None when there is none."""
        self._is_sealed = True
        if not self._undone:
            return None
        change = self._undone.pop()
        self._done.append(change)
        return change.after

    def seal(self) -> None:
        """Let the next change stand alone, whatever its merge key."""
        self._is_sealed = True

    def clear(self) -> None:
        """Forget everything."""
        self._done.clear()
        self._undone.clear()
        self._is_sealed = True

    def _merges_with(self, change: Change) -> bool:
        return (
            bool(self._done)
            and not self._is_sealed
            and change.merge_key is not None
            and self._done[-1].merge_key == change.merge_key
        )
