"""Everything that can be done to a project: each function returns a command, `Project -> Project`.

    document.apply(set_value("x", 3), "Set x to 3", merge_key="x")

A command returns the very same project when there is nothing to change, and raises a GradvizError, leaving no
trace, when what it is asked for makes no sense. Only `set_formula` never raises: a half-typed formula is normal.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.types import Array, NodeId, Role
from gradviz.data.binding import bindings_by_name, expand_columns
from gradviz.data.preparation import prepared_samples
from gradviz.data.tables import Table
from gradviz.errors import DataError, FormulaError, GradvizError, GraphError, TrainingError, ValueTextError
from gradviz.lang.lower import read_all
from gradviz.lang.names import CONSTANTS, RESERVED, canonical, function_names, is_name
from gradviz.project.changes import ChangeFlags
from gradviz.project.following import followed, has_marks
from gradviz.project.leaves import settle_leaves
from gradviz.project.matching import same_nodes
from gradviz.project.project import BreakPhase, Breakpoint, Command, LeafSetting, Project, TrainingSettings
from gradviz.project.wording import renamed_text, with_default
from gradviz.train.descent import check_settings

__all__ = [
    "ChangeFlags",
    "Command",
    "bind_column",
    "bind_table",
    "bound_samples",
    "clear_breakpoints",
    "enable_breakpoint",
    "rename_leaf",
    "set_formula",
    "set_notes",
    "set_role",
    "set_title",
    "set_training",
    "set_value",
    "set_values",
    "stop_at_non_finite",
    "toggle_breakpoint",
]

MAX_STEPS = 100_000_000
_DRAWING = ("seed", "initialiser", "initial_scale")
"""The settings that say how parameters without a value are drawn."""
MAX_TEXT = 100_000


def set_formula(text: str) -> Command:
    """Replace the formula's text; leaves of the same name keep role and value."""

    def command(project: Project) -> Project:
        if text == project.formula:
            return project
        if not text.strip():
            former = {**project.former, **project.leaves}
            emptied = replace(project, formula=text, reading=None, error=None, leaves={}, former=former)
            return followed(emptied, None, {})
        try:
            reading = read_all(text, _declared(project))
        except GradvizError as error:
            return replace(project, formula=text, error=error)
        return with_reading(replace(project, formula=text, reading=reading, error=None), project.graph)

    return command


def set_value(name: str, value: Any) -> Command:
    """Give a leaf a value (a number or an array); a line `name = …` of the formula is rewritten to match."""

    def command(project: Project) -> Project:
        array = _value(name, value)
        leaf = _leaf(project, name)
        if (
            leaf.is_value_given
            and leaf.value.shape == array.shape
            and np.array_equal(leaf.value, array, equal_nan=True)
        ):
            return project
        return _rewritten(_with_leaf(project, name, replace(leaf, value=array, is_value_given=True)), name)

    return command


def set_values(values: Mapping[str, Any]) -> Command:
    """Give several leaves values at once."""

    def command(project: Project) -> Project:
        for name, value in values.items():
            project = set_value(name, value)(project)
        return project

    return command


def set_role(name: str, role: Role) -> Command:
    """Make a leaf a parameter, data or a constant."""

    def command(project: Project) -> Project:
        leaf = _leaf(project, name)
        if leaf.role is role and leaf.is_role_given:
            return project
        return _with_leaf(project, name, replace(leaf, role=role, is_role_given=True))

    return command


def rename_leaf(name: str, new_name: str) -> Command:
    """Rename a leaf everywhere: formula, value, binding. Raises FormulaError when the new name can't be one."""

    def command(project: Project) -> Project:
        leaf = _leaf(project, name)
        renamed = canonical(new_name.strip())
        if renamed == name:
            return project
        if project.error is not None or project.reading is None:
            raise FormulaError(f"{name} can't be renamed while the formula has an error")
        _check_name(project, renamed)
        text = renamed_text(project.reading, name, renamed)
        reading = read_all(text, {*_declared(project), renamed} - {name})
        expected = [renamed if known == name else known for known in project.leaves]
        if sorted(reading.graph.leaves()) != sorted(expected):
            raise FormulaError(f"{new_name} would be read as something else beside its neighbours; choose another name")
        leaves = {**{k: v for k, v in project.leaves.items() if k != name}, renamed: leaf}
        bindings = {renamed if k == name else k: columns for k, columns in project.bindings.items()}
        moved = replace(project, formula=text, reading=reading, leaves=leaves, bindings=bindings)
        return with_reading(moved, project.graph)

    return command


def set_training(**settings: Any) -> Command:
    """Change training settings by name: set_training(rate=0.2, steps=500). Raises TrainingError for senseless ones."""

    def command(project: Project) -> Project:
        training = replace(project.training, **settings)
        _check(training)
        if training == project.training:
            return project
        is_drawn_anew = any(getattr(training, name) != getattr(project.training, name) for name in _DRAWING)
        changed = replace(project, training=training)
        return _with_data(changed) if is_drawn_anew else changed

    return command


def bind_table(
    table: Table | None, bindings: Mapping[str, Sequence[str]] | None = None, *, data_set: str | None = None
) -> Command:
    """Take a table as the data, with the columns that feed each data leaf; None takes the data away.

    Without bindings, columns are bound to the leaves of the same name. Bound leaves get the role data.
    data_set: the table's name among those that come with gradviz, so that a document needn't hold it.
    """

    def command(project: Project) -> Project:
        if table is None:
            return project if project.table is None else replace(project, table=None, data_set=None, bindings={})
        chosen = bindings if bindings is not None else bindings_by_name(table, project.leaves)
        for name in chosen:
            _leaf(project, name)
        expanded = {name: expand_columns(table, columns) for name, columns in chosen.items()}
        return _with_data(replace(project, table=table, data_set=data_set, bindings=expanded))

    return command


def bind_column(name: str, columns: Sequence[str]) -> Command:
    """Feed one leaf from columns of the table; no columns unbind it."""

    def command(project: Project) -> Project:
        _leaf(project, name)
        if project.table is None:
            raise DataError(f"there is no table whose columns could feed {name}; open one first")
        rest = {leaf: bound for leaf, bound in project.bindings.items() if leaf != name}
        if columns:
            rest[name] = expand_columns(project.table, columns)
        return project if rest == dict(project.bindings) else _with_data(replace(project, bindings=rest))

    return command


def toggle_breakpoint(node: NodeId, phase: BreakPhase = BreakPhase.FORWARD) -> Command:
    """Put a breakpoint on a node, or take it away."""

    def command(project: Project) -> Project:
        if project.graph is None or not 0 <= node < len(project.graph):
            raise GraphError(f"there is no node {node} to stop at", node=node)
        rest = tuple(p for p in project.breakpoints if (p.node, p.phase, p.operand) != (node, phase, None))
        if len(rest) == len(project.breakpoints):
            rest = (*rest, Breakpoint(node, phase))
        return replace(project, breakpoints=rest)

    return command


def enable_breakpoint(node: NodeId, phase: BreakPhase, *, is_enabled: bool) -> Command:
    """Switch a breakpoint on or off without taking it away."""

    def command(project: Project) -> Project:
        points = tuple(
            replace(point, is_enabled=is_enabled) if (point.node, point.phase) == (node, phase) else point
            for point in project.breakpoints
        )
        return project if points == project.breakpoints else replace(project, breakpoints=points)

    return command


def clear_breakpoints() -> Command:
    """Take all breakpoints on nodes away."""
    return lambda project: replace(project, breakpoints=()) if project.breakpoints else project


def stop_at_non_finite(is_on: bool) -> Command:
    """Choose whether a run stops at the first NaN or infinity."""
    return lambda project: (
        project if project.stops_at_non_finite is is_on else replace(project, stops_at_non_finite=is_on)
    )


def set_title(title: str) -> Command:
    """Name the project."""
    return lambda project: project if title == project.title else replace(project, title=_short_enough(title))


def set_notes(notes: str) -> Command:
    """Replace the notes."""
    return lambda project: project if notes == project.notes else replace(project, notes=_short_enough(notes))


def bound_samples(project: Project) -> dict[str, Array]:
    """The values of all samples for each bound leaf, samples along the first axis, prepared as the project says.

    Raises DataError when a column is missing or no row is left.
    """
    if project.table is None:
        return {}
    present = project.graph.leaves() if project.graph is not None else {}
    names = {name: columns for name, columns in project.bindings.items() if name in present}
    return prepared_samples(project.table, names, project.preparation) if names else {}


def _declared(project: Project) -> Collection[str]:
    columns = [name for name in project.table.columns if name.isidentifier()] if project.table is not None else []
    return {*project.leaves, *project.former, *project.bindings, *columns}


def with_reading(project: Project, before: Graph | None, moved: Mapping[NodeId, NodeId] | None = None) -> Project:
    """The project, whose reading is new, with its leaves and all that is kept by node brought in line.

    moved: node of the graph before → node now, where that is known; then leaves keep their values.
    """
    graph = project.graph
    assert graph is not None
    if has_marks(project):
        known = moved if moved is not None else same_nodes(before, graph) if before is not None else {}
        project = followed(project, before, known)
    return _with_data(project, kept=project.leaves if moved is not None else ())


def _with_data(project: Project, kept: Collection[str] = ()) -> Project:
    """The project with its leaves settled anew for its graph and its data; kept: leaves whose value stays."""
    if project.graph is None:
        return project
    known = {**project.former, **project.leaves}
    leaves = settle_leaves(project.graph, known, bound_samples(project), project.training, kept)
    former = {name: leaf for name, leaf in known.items() if name not in leaves}
    return replace(project, leaves=leaves, former=former)


def _with_leaf(project: Project, name: str, leaf: LeafSetting) -> Project:
    return replace(project, leaves={**project.leaves, name: leaf})


def _rewritten(project: Project, name: str) -> Project:
    """The project with the line `name = …`, if its formula has one, saying the leaf's value."""
    if project.reading is None or project.error is not None or name not in project.reading.graph.defaults:
        return project
    text = with_default(project.formula, name, project.leaves[name].value)
    try:
        reading = read_all(text, _declared(project))
    except GradvizError:  # a value that no formula can say, such as NaN, stands beside it
        return project
    same = reading.graph.defaults.get(name)
    if same is None or not np.array_equal(same, project.leaves[name].value):
        return project
    return replace(project, formula=text, reading=reading)


def _leaf(project: Project, name: str) -> LeafSetting:
    if name not in project.leaves:
        has = ", ".join(project.leaves) or "none yet"
        raise GraphError(f"the formula has no {name}; its leaves are {has}")
    return project.leaves[name]


def _check_name(project: Project, name: str) -> None:
    if project.graph is not None and (name in project.leaves or name in project.graph.names.values()):
        raise FormulaError(f"there is a {name} already; choose another name")
    if not is_name(name):
        raise FormulaError(f"{name or 'nothing'} is no name for a leaf; use letters, then digits, such as w1 or theta")
    if name in function_names() or name in RESERVED or name in CONSTANTS:
        raise FormulaError(f"{name} means something else in a formula already; choose another name")


def _value(name: str, value: Any) -> Array:
    try:
        return as_value(value)
    except (TypeError, ValueError):
        raise ValueTextError(f"the value of {name} must be a number or an array such as [[1, 2], [3, 4]]") from None


def _check(training: TrainingSettings) -> None:
    check_settings(training)
    if not 0 <= training.rate < math.inf:
        raise TrainingError(f"{training.rate} is no learning rate; choose a number from 0, such as 0.1")
    if not 1 <= training.steps <= MAX_STEPS:
        raise TrainingError(f"{training.steps} iterations can't be run; choose between 1 and {MAX_STEPS:,}")


def _short_enough(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueTextError(f"a text of {len(text):,} characters is too long; the limit is {MAX_TEXT:,}")
    return text
