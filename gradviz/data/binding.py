"""Which columns of a table feed which leaf.

y = petal_width               one column: a number a sample
x = sepal_length,sepal_width  several columns: a vector a sample
x = p0..p63                   a range of neighbouring columns
x = p*                        all columns whose names begin so
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.types import Array
from gradviz.data.names import did_you_mean
from gradviz.data.tables import Table
from gradviz.errors import DataError


class Gaps(Enum):
    """What to do with samples that have a gap in a bound column."""

    REFUSE = "refuse"
    DROP = "drop"
    KEEP = "keep"
    MEAN = "mean"
    """Fill with the column's mean, or its most frequent category."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A leaf and the columns that give its values."""

    leaf: str
    columns: tuple[str, ...]


def parse_binding(text: str) -> Binding:
    """The binding in `leaf=column,column`; raises DataError for text without a leaf or without a column."""
    leaf, equals, columns = text.partition("=")
    names = tuple(name.strip() for name in columns.split(","))
    if not (equals and leaf.strip() and all(names)):
        raise DataError(f"{text} is no binding; write it as leaf=column or leaf=column,column")
    return Binding(leaf.strip(), names)


def bind_columns(table: Table, bindings: Mapping[str, Sequence[str]], *, gaps: Gaps = Gaps.REFUSE) -> dict[str, Array]:
    """The values of each leaf with the samples as first axis: (n,) for one column, (n, k) for several.

    Raises DataError for an unknown column, and for gaps when they are refused.
    """
    expanded = {leaf: expand_columns(table, columns) for leaf, columns in bindings.items()}
    used = [column for columns in expanded.values() for column in columns]
    if gaps is Gaps.DROP:
        table = table.without_gaps(used)
    elif gaps is Gaps.REFUSE:
        _refuse_gaps(table, used)
    if not table.samples:
        raise DataError(f"{table.name} has no rows left: each has a gap in {', '.join(dict.fromkeys(used))}")
    return {leaf: _values(table, columns) for leaf, columns in expanded.items()}


def expand_columns(table: Table, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that these names stand for: a range `a..b` and a beginning `a*` become all that they cover."""
    if not columns:
        raise DataError("a leaf is bound to no column; name one")
    return tuple(found for name in columns for found in _expand(table, name))


def bindings_by_name(table: Table, leaves: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The bindings that go without saying: a leaf and the column of its name, or columns of its name and a number.

    x is fed by the column x, or else by x1, x2, … (or x_1, x0, …) when there are at least two.
    """
    found: dict[str, tuple[str, ...]] = {}
    for leaf in leaves:
        if leaf in table.columns:
            found[leaf] = (leaf,)
        elif len(numbered := _numbered(table, leaf)) > 1 and not set(numbered) & set(leaves):
            found[leaf] = numbered
    return found


def _numbered(table: Table, leaf: str) -> tuple[str, ...]:
    return tuple(n for n in table.columns if n.startswith(leaf) and _is_count(n[len(leaf) :].removeprefix("_")))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _expand(table: Table, name: str) -> tuple[str, ...]:
    names = list(table.columns)
    if name in table.columns:
        return (name,)
    first, dots, last = name.partition("..")
    if dots:
        start, stop = names.index(_known(table, first)), names.index(_known(table, last))
        if start > stop:
            raise DataError(f"the columns {name} are in the wrong order: {last} comes before {first}", column=name)
        return tuple(names[start : stop + 1])
    covered = tuple(n for n in names if name.endswith("*") and n.startswith(name[:-1]))
    return covered or (_known(table, name),)


def _known(table: Table, name: str) -> str:
    if name not in table.columns:
        raise DataError(f"{table.name} has no column {name}{did_you_mean(name, table.columns)}", column=name)
    return name


def _refuse_gaps(table: Table, used: Sequence[str]) -> None:
    gaps = table.gaps(used)
    if gaps:
        first, rows = gaps[0], len({gap.sample for gap in gaps})
        more = f", and {rows - 1} more {'row' if rows == 2 else 'rows'}" if rows > 1 else ""
        raise DataError(
            f"row {first.row}, column {first.column} has no value{more}: leave out the rows with gaps, or fill them",
            row=first.row,
            column=first.column,
        )


def _values(table: Table, columns: Sequence[str]) -> Array:
    values = [table.columns[column] for column in columns]
    array = values[0] if len(values) == 1 else np.stack(values, axis=1)
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array
