"""Everything that can be done to a project: each function returns a command, `Project -> Project`.

    document.apply(set_value("x", 3), "Set x to 3", merge_key="x")

A command returns the very same project when there is nothing to change, and raises a GradvizError, leaving no
trace, when what it is asked for makes no sense. Only `set_formula` never raises: a half-typed formula is normal.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Flag, auto
from typing import TYPE_CHECKING, Any

from gradviz.core.types import NodeId, Role
from gradviz.project.project import BreakPhase, Project

if TYPE_CHECKING:
    from gradviz.data.tables import Table

Command = Callable[[Project], Project]


class ChangeFlags(Flag):
    """What differs between two projects; a widget redraws only for what it shows."""

    NONE = 0
    FORMULA = auto()
    """The text or its error."""
    STRUCTURE = auto()
    """The graph's nodes or edges: it must be laid out again."""
    VALUES = auto()
    """A leaf's value."""
    ROLES = auto()
    """A leaf's role."""
    DATA = auto()
    """The table or the bindings."""
    TRAINING = auto()
    """The training settings."""
    BREAKPOINTS = auto()
    """The breakpoints."""
    NOTES = auto()
    """Title and notes."""
    FILE = auto()
    """The path, or whether there is unsaved work."""


def changes(before: Project, after: Project) -> ChangeFlags:
    """What differs between two projects."""
    raise NotImplementedError


def set_formula(text: str) -> Command:
    """Replace the formula's text; leaves of the same name keep role and value."""
    raise NotImplementedError


def set_value(name: str, value: Any) -> Command:
    """Give a leaf a value (a number or an array); a line `name = …` of the formula is rewritten to match."""
    raise NotImplementedError


def set_role(name: str, role: Role) -> Command:
    """Make a leaf a parameter, data or a constant."""
    raise NotImplementedError


def rename_leaf(name: str, new_name: str) -> Command:
    """Rename a leaf everywhere: formula, value, binding."""
    raise NotImplementedError


def set_training(**settings: Any) -> Command:
    """Change training settings by name: set_training(rate=0.2, steps=500). Raises TrainingError for senseless ones."""
    raise NotImplementedError


def bind_table(table: "Table | None", bindings: Mapping[str, Sequence[str]] | None = None) -> Command:
    """Take a table as the data, with the columns that feed each data leaf; None takes the data away.

    Without bindings, columns are bound to the data leaves of the same name. Bound leaves get the role data.
    """
    raise NotImplementedError


def bind_column(name: str, columns: Sequence[str]) -> Command:
    """Feed one leaf from columns of the table; no columns unbind it."""
    raise NotImplementedError


def toggle_breakpoint(node: NodeId, phase: BreakPhase = BreakPhase.FORWARD) -> Command:
    """Put a breakpoint on a node, or take it away."""
    raise NotImplementedError


def enable_breakpoint(node: NodeId, phase: BreakPhase, *, is_enabled: bool) -> Command:
    """Switch a breakpoint on or off without taking it away."""
    raise NotImplementedError


def clear_breakpoints() -> Command:
    """Take all breakpoints on nodes away."""
    raise NotImplementedError


def stop_at_non_finite(is_on: bool) -> Command:
    """Choose whether a run stops at the first NaN or infinity."""
    raise NotImplementedError


def set_title(title: str) -> Command:
    """Name the project."""
    raise NotImplementedError


def set_notes(notes: str) -> Command:
    """Replace the notes."""
    raise NotImplementedError
