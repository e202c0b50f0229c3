"""What is done to the columns of a table between reading and training: rows with gaps, and a common scale.

    standardised   x ← (x − mean) / standard deviation        over the rows that are used

The table itself stays as it was read, so both numbers can be shown, and taking the choice back gives the first ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gradviz.core.types import Array
from gradviz.data.binding import Gaps, bind_columns, expand_columns
from gradviz.data.tables import Table


@dataclass(frozen=True, slots=True)
class Preparation:
    """standardised: columns of which the mean is taken off, and which are divided by their standard deviation.

    gaps: what becomes of rows with a gap in a bound column.
    """

    standardised: tuple[str, ...] = ()
    gaps: Gaps = Gaps.DROP


AS_READ = Preparation()


@dataclass(frozen=True, slots=True)
class Scale:
    """What standardising takes off a column, and what it divides by."""

    mean: float
    deviation: float


def prepared_samples(
    table: Table, bindings: Mapping[str, Sequence[str]], preparation: Preparation = AS_READ
) -> dict[str, Array]:
    """The values of each leaf, samples along the first axis, as training uses them; see `bind_columns`."""
    return dict(_prepared(table, _as_key(bindings), preparation))


def used_table(table: Table, bindings: Mapping[str, Sequence[str]], preparation: Preparation = AS_READ) -> Table:
    """The rows of the table that are used, with their numbers as they were read, gaps filled where that is chosen.

    Raises DataError for an unknown column, for gaps that are refused, and when no row is left.
    """
    return _used(table, _as_key(bindings), preparation)


def scale_of(values: Array) -> Scale:
    """Mean and standard deviation of a column's finite values; a column of one value is only moved."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Scale(0.0, 1.0)
    deviation = float(np.std(finite))
    return Scale(float(np.mean(finite)), deviation if deviation > 0 else 1.0)


def standardised(values: Array, scale: Scale) -> Array:
    """The column on its common scale."""
    return (values - scale.mean) / scale.deviation


_Key = tuple[tuple[str, tuple[str, ...]], ...]


def _as_key(bindings: Mapping[str, Sequence[str]]) -> _Key:
    return tuple((name, tuple(columns)) for name, columns in bindings.items())


@lru_cache(maxsize=2)  # asked for several times at each change, and a million rows take a second
def _prepared(table: Table, key: _Key, preparation: Preparation) -> dict[str, Array]:
    used = _used(table, key, preparation)
    changed = {
        name: standardised(used.columns[name], scale_of(used.columns[name]))
        for name in preparation.standardised
        if name in used.columns
    }
    scaled = Table(used.name, {**used.columns, **changed}, used.notes, used.labels, used.rows) if changed else used
    return bind_columns(scaled, dict(key), gaps=Gaps.KEEP if preparation.gaps is Gaps.KEEP else Gaps.REFUSE)


@lru_cache(maxsize=2)
def _used(table: Table, key: _Key, preparation: Preparation) -> Table:
    columns = [column for names in dict(key).values() for column in expand_columns(table, names)]
    match preparation.gaps:
        case Gaps.DROP:
            kept = table.without_gaps(columns)
            return kept if kept.samples else _refused(table, dict(key))
        case Gaps.MEAN:
            filled = {name: _filled(values, table.labels.get(name)) for name, values in table.columns.items()}
            return Table(table.name, filled, table.notes, table.labels, table.rows)
        case _:
            return table


def _refused(table: Table, bindings: Mapping[str, Sequence[str]]) -> Table:
    bind_columns(table, bindings, gaps=Gaps.DROP)  # says which columns leave no row
    return table


def _filled(values: Array, labels: tuple[str, ...] | None) -> Array:
    """The column with its mean, or its most frequent category, in place of gaps."""
    is_gap = ~np.isfinite(values)
    known = values[~is_gap]
    if not is_gap.any() or not known.size:
        return values
    usual = float(np.bincount(known.astype(int)).argmax()) if labels else float(known.mean())
    return np.where(is_gap, usual, values)
