"""What differs between two projects, so that a widget redraws only for what it shows."""

from enum import Flag, auto

from gradviz.project.matching import same_structure
from gradviz.project.project import LeafSetting, Project


class ChangeFlags(Flag):
    """What differs between two projects."""

    NONE = 0
    FORMULA = auto()
    """The text, its reading or its error."""
    STRUCTURE = auto()
    """The graph's nodes or edges: it must be laid out again."""
    VALUES = auto()
    """A leaf's value, or a number in the formula."""
    ROLES = auto()
    """A leaf's role."""
    DATA = auto()
    """The table or the bindings."""
    TRAINING = auto()
    """The training settings."""
    BREAKPOINTS = auto()
    """The breakpoints, the watches and the ready-made watches."""
    PLACES = auto()
    """The pins, what is unfolded, or the direction: cards stand elsewhere."""
    REMARKS = auto()
    """The comments and the colours of nodes."""
    NOTES = auto()
    """Title and notes."""
    LESSON = auto()
    """What teacher mode hides."""
    FILE = auto()
    """The path, or whether there is unsaved work; only a document emits it."""
    REPLACED = auto()
    """Another project altogether was opened; only a document emits it."""


def changes(before: Project, after: Project) -> ChangeFlags:
    """What differs between two projects."""
    differs = {
        ChangeFlags.FORMULA: (before.formula, before.error) != (after.formula, after.error)
        or before.reading is not after.reading,
        ChangeFlags.STRUCTURE: _has_other_structure(before, after),
        ChangeFlags.VALUES: _values(before) != _values(after) or _has_other_numbers(before, after),
        ChangeFlags.ROLES: before.roles != after.roles,
        ChangeFlags.DATA: before.table is not after.table
        or (before.bound, before.preparation) != (after.bound, after.preparation),
        ChangeFlags.TRAINING: before.training != after.training,
        ChangeFlags.BREAKPOINTS: (before.breakpoints, before.stops_at_non_finite, before.watches)
        != (after.breakpoints, after.stops_at_non_finite, after.watches)
        or before.advice != after.advice,
        ChangeFlags.PLACES: (before.pins, before.unfolded, before.direction)
        != (after.pins, after.unfolded, after.direction),
        ChangeFlags.REMARKS: (before.comments, before.colours) != (after.comments, after.colours),
        ChangeFlags.LESSON: before.lesson != after.lesson,
        ChangeFlags.NOTES: (before.title, before.notes) != (after.title, after.notes),
    }
    found = ChangeFlags.NONE
    for flag, is_different in differs.items():
        if is_different:
            found |= flag
    return found


def _has_other_structure(before: Project, after: Project) -> bool:
    if before.graph is None or after.graph is None:
        return before.graph is not after.graph
    return not same_structure(before.graph, after.graph)


def _has_other_numbers(before: Project, after: Project) -> bool:
    if before.graph is None or after.graph is None or before.graph is after.graph:
        return False
    return not before.graph.same_as(after.graph)


def _values(project: Project) -> dict[str, tuple[object, bytes]]:
    return {name: _identity(leaf) for name, leaf in project.leaves.items()}


def _identity(leaf: LeafSetting) -> tuple[object, bytes]:
    return leaf.value.shape, leaf.value.tobytes()
