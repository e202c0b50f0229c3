"""What can be done to a project's data: another table, other rows, another scale. Each returns a command.

Points drawn by hand are rows of a table of their own, so that undo takes the last point away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradviz.core.types import Role
from gradviz.data.binding import Gaps, expand_columns
from gradviz.data.cells import MAX_CATEGORIES
from gradviz.data.preparation import AS_READ, Preparation
from gradviz.data.tables import Table
from gradviz.errors import DataError
from gradviz.project.commands import Command, bind_table, set_formula
from gradviz.project.project import Project
from gradviz.text.numbers import number

MOST_DRAWN = 10_000
"""The most rows of a table to which points can be added by hand: each is a copy of the table in the history."""

_DRAWN = "drawn by hand"


def load_table(
    table: Table,
    bindings: Mapping[str, Sequence[str]] | None = None,
    *,
    data_set: str | None = None,
    preparation: Preparation = AS_READ,
) -> Command:
    """Take a table as the data, with what is to be done to its columns."""

    def command(project: Project) -> Project:
        return bind_table(table, bindings, data_set=data_set)(replace(project, preparation=preparation))

    return command


def standardise(columns: Sequence[str]) -> Command:
    """Bring these columns, and no others, to mean 0 and standard deviation 1; none for all as they were read."""

    def command(project: Project) -> Project:
        if project.table is None:
            raise DataError("there is no table to standardise; load data first")
        chosen = expand_columns(project.table, columns) if columns else ()
        return _prepared(project, replace(project.preparation, standardised=chosen))

    return command


def fill_gaps(gaps: Gaps) -> Command:
    """Choose what becomes of rows with a gap in a bound column."""
    return lambda project: _prepared(project, replace(project.preparation, gaps=gaps))


def count_from_zero(leaf: str) -> Command:
    """Number the different values of the leaf's column 0, 1, … in order; what they were becomes their labels."""

    def command(project: Project) -> Project:
        table, columns = project.table, project.bindings.get(leaf, ())
        if table is None or len(columns) != 1:
            raise DataError(f"{leaf} is fed by no single column whose values could be counted")
        values = table.columns[columns[0]]
        kinds, codes = np.unique(values[np.isfinite(values)], return_inverse=True)
        if len(kinds) > MAX_CATEGORIES:
            raise DataError(f"{columns[0]} holds {len(kinds):,} different values: too many to be classes")
        counted = np.full(len(values), np.nan)
        counted[np.isfinite(values)] = codes
        old = table.labels.get(columns[0])
        labels = tuple(old[int(kind)] if old else number(float(kind)) for kind in kinds)
        changed = Table(
            table.name,
            {**table.columns, columns[0]: counted},
            table.notes,
            {**table.labels, columns[0]: labels},
            table.rows,
        )
        return _with_rows(project, changed)

    return command


def reduce_loss(how: str) -> Command:
    """Put `sum(…)` or `mean(…)` around the last line of the formula."""

    def command(project: Project) -> Project:
        lines = project.formula.rstrip().split("\n")
        return set_formula("\n".join([*lines[:-1], f"{how}({lines[-1].strip()})"]))(project)

    return command


def add_row(values: Mapping[str, float]) -> Command:
    """Add a row with these values, by leaf; without a table, one begins with the columns of these leaves.

    Raises DataError when a column of the table would be left without a value.
    """

    def command(project: Project) -> Project:
        table = project.table
        if table is None:
            new = Table(_DRAWN, {name: np.array([value]) for name, value in values.items()})
            return bind_table(new, {name: (name,) for name in values})(_as_data(project, values))
        if table.samples >= MOST_DRAWN:
            raise DataError(f"points can be drawn to tables of at most {MOST_DRAWN:,} rows")
        by_column = {project.bindings[name][0]: value for name, value in values.items() if name in project.bindings}
        columns = {name: np.append(column, by_column.get(name, np.nan)) for name, column in table.columns.items()}
        return _with_rows(project, Table(table.name, columns, labels=table.labels))

    return command


def remove_row(row: int) -> Command:
    """Take a row away, counted from 0; the last row of a table stays."""

    def command(project: Project) -> Project:
        table = project.table
        if table is None or not 0 <= row < table.samples:
            raise DataError(f"there is no row {row} to take away")
        if table.samples == 1:
            return bind_table(None)(project)
        columns = {name: np.delete(column, row) for name, column in table.columns.items()}
        return _with_rows(project, Table(table.name, columns, labels=table.labels))

    return command


def _as_data(project: Project, names: Mapping[str, float]) -> Project:
    leaves = {name: replace(leaf, role=Role.DATA) if name in names else leaf for name, leaf in project.leaves.items()}
    return replace(project, leaves=leaves)


def _with_rows(project: Project, table: Table) -> Project:
    return bind_table(table, project.bindings)(project)


def _prepared(project: Project, preparation: Preparation) -> Project:
    if preparation == project.preparation:
        return project
    changed = replace(project, preparation=preparation)
    return bind_table(project.table, project.bindings, data_set=project.data_set)(changed)
