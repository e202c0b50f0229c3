"""Tables of numbers by column, and how a CSV file becomes one.

    text ──split──▶ rows ──header?──▶ names + columns of cells ──read_column──▶ float64, gaps as NaN, texts as 0, 1, …

A table can always be shown as it is read. Gaps (empty cells, NA, NaN, inf) stay in it as NaN or ±inf, named by
`gaps`; whoever binds columns to leaves chooses what becomes of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np

from gradviz.core.types import Array
from gradviz.data.cells import Column, is_gap, is_number, read_column
from gradviz.data.csv_text import NAMES, Row, find_separator, read_sample, read_text, split
from gradviz.data.options import FIND_OUT, Kind, ReadOptions
from gradviz.data.plain_numbers import MAX_NUMBERS, is_plain, read_plain
from gradviz.errors import DataError

_MAX_NAME = 100
_NAMED_ROWS = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell without a finite value: the sample (counted from 0), its row in the file and its column."""

    sample: int
    row: int
    column: str


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Table:
    """Columns of one length, by name.

    rows: for each sample its row in the file, counted from 1.
    labels: for a column of categories the texts that 0, 1, … stand for.
    notes: what a person should know about how the table was read. found: how it was read, None when it is no file.
    """

    name: str
    columns: Mapping[str, Array]
    notes: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: Sequence[int] = ()
    found: ReadOptions | None = None

    def __post_init__(self) -> None:
        columns = {name: _read_only(values) for name, values in self.columns.items()}
        object.__setattr__(self, "columns", MappingProxyType(columns))
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))
        object.__setattr__(self, "rows", self.rows or range(1, self.samples + 1))

    @property
    def samples(self) -> int:
        """The number of rows that hold data."""
        return len(next(iter(self.columns.values()), ()))

    def gaps(self, names: Iterable[str] | None = None) -> list[Gap]:
        """The cells of these columns (of all, when None) that hold no finite value, by sample and then by column."""
        chosen = list(self.columns) if names is None else list(dict.fromkeys(names))
        found = [(int(sample), place) for place, name in enumerate(chosen) for sample in _gaps_of(self.columns[name])]
        return [Gap(sample, self.rows[sample], chosen[place]) for sample, place in sorted(found)]

    def without_gaps(self, names: Iterable[str] | None = None) -> Self:
        """The table without the samples that have a gap in these columns (in any, when None); a note says how many."""
        chosen = list(self.columns) if names is None else list(dict.fromkeys(names))
        is_whole = np.ones(self.samples, dtype=bool)
        for name in chosen:
            is_whole &= np.isfinite(self.columns[name])
        if is_whole.all():
            return self
        dropped, keep = np.flatnonzero(~is_whole), np.flatnonzero(is_whole)
        note = f"{_count(len(dropped), 'row')} with gaps left out (first: row {self.rows[int(dropped[0])]})"
        return type(self)(
            self.name,
            {name: values[keep] for name, values in self.columns.items()},
            (*self.notes, note),
            self.labels,
            tuple(self.rows[sample] for sample in keep.tolist()),
            self.found,
        )


def read_csv(path: Path | str, options: ReadOptions = FIND_OUT) -> Table:
    """The table in a CSV file: UTF-8, separated by comma, semicolon or tab, with or without a header, maybe .csv.gz.

    options: what a person knows about it; the rest is found out. Raises DataError, which names the row and the
    column where it can, for anything that is not such a table.
    """
    path = Path(path)
    quick = _read_plain(path, options) if path.suffix.lower() != ".gz" else None
    return quick if quick is not None else table_from_text(read_text(path), path.name, options)


def table_from_text(text: str, name: str = "table", options: ReadOptions = FIND_OUT) -> Table:
    """The table in CSV text; see `read_csv`."""
    separator = options.separator or find_separator(text)
    rows = list(split(text, separator))
    if not rows:
        raise DataError(f"{name} is empty: it has no rows")
    _check_width(rows)
    has_header = _has_header(rows) if options.has_header is None else options.has_header
    names, notes = _names(rows[0], has_header)
    body = rows[1:] if has_header else rows
    if not body:
        raise DataError(f"{name} has only a header and no rows of data")
    allow_commas = separator != "," if options.decimal is None else options.decimal == ","
    found = replace(options, separator=separator, has_header=has_header)
    return _table(name, names, body, notes + _separator_notes(separator), allow_commas=allow_commas, options=found)


def _read_plain(path: Path, options: ReadOptions) -> Table | None:
    """The table of a file of nothing but numbers; None when it isn't one."""
    if options.decimal == "," or options.kinds:
        return None
    lines, goes_on = read_sample(path)
    text = "".join(lines)
    if not text or not goes_on:  # a small file is read the other way just as quickly
        return None
    separator = options.separator or find_separator(text)
    try:
        rows = list(split(text, separator))
        _check_width(rows)
    except DataError:
        return None
    has_header = _has_header(rows) if options.has_header is None else options.has_header
    if len(rows) < 2 or separator == " " or not all(is_plain(row.cells) for row in rows[has_header:]):
        return None
    columns = len(rows[0].cells)
    numbers = read_plain(path, separator, rows[0].number if has_header else 0, columns)
    if numbers is None:
        return None
    if numbers.size > MAX_NUMBERS:
        raise DataError(
            f"{path.name} holds more than {MAX_NUMBERS:,} numbers, the limit for a table; take a part of it"
        )
    names, notes = _names(rows[0], has_header)
    values = {name: np.ascontiguousarray(column) for name, column in zip(names, numbers.T, strict=True)}
    first = rows[0].number + has_header
    numbered = range(first, first + len(numbers))
    found = ReadOptions(separator, ".", has_header)
    notes = [*notes, *_separator_notes(separator), *_gap_notes(values, numbered)]
    return Table(path.name, values, tuple(notes), {}, numbered, found)


def _table(
    name: str, names: list[str], body: Sequence[Row], notes: list[str], *, allow_commas: bool, options: ReadOptions
) -> Table:
    numbers = tuple(row.number for row in body)
    columns: dict[str, Column] = {}
    for column, cells in zip(names, zip(*(row.cells for row in body), strict=True), strict=True):
        kind = options.kinds.get(column)
        if kind is Kind.SKIP:
            continue
        is_empty = all(map(is_gap, cells))
        found = None if is_empty else read_column(column, cells, numbers, allow_commas=allow_commas, kind=kind)
        notes.extend(_column_notes(column, found, cells))
        if found is not None and kind is Kind.ONE_HOT:
            columns.update(_one_hot(column, found))
        elif found is not None:
            columns[column] = found
    if not columns:
        raise DataError(f"{name} has no column with values that can be used")
    has_commas = any(column.has_decimal_commas for column in columns.values())
    if has_commas:
        notes.append("decimal commas: 1,5 is read as 1.5")
    labels = {key: column.labels for key, column in columns.items() if column.labels}
    values = {key: column.values for key, column in columns.items()}
    found_out = replace(options, decimal="," if has_commas else options.decimal or ".")
    return Table(name, values, tuple(notes + _gap_notes(values, numbers)), labels, numbers, found_out)


def _one_hot(name: str, column: Column) -> dict[str, Column]:
    """A column of 0 and 1 for each label; a gap is a gap in each."""
    is_gap_there = np.isnan(column.values)
    return {
        f"{name}={label}": Column(np.where(is_gap_there, np.nan, (column.values == code).astype(float)))
        for code, label in enumerate(column.labels)
    }


def _check_width(rows: Sequence[Row]) -> None:
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            raise DataError(
                f"row {row.number} has {_count(len(row.cells), 'column')}, the first row has {width}; "
                "each row needs as many",
                row=row.number,
            )


def _has_header(rows: Sequence[Row]) -> bool:
    """True when the first row is text: none of it is a number, or there is a number below one of its texts."""
    first = rows[0].cells
    if not any(map(is_number, first)):
        return not all(map(is_gap, first))
    if len(rows) == 1:
        return False
    second = rows[1].cells
    return any(not is_number(a) and not is_gap(a) and is_number(b) for a, b in zip(first, second, strict=True))


def _names(first: Row, has_header: bool) -> tuple[list[str], list[str]]:
    """A name for each column, all different, and notes about the ones that had to be changed."""
    if not has_header:
        count = len(first.cells)
        return [f"column{i + 1}" for i in range(count)], ["no header: the columns are called column1, column2, …"]
    names: dict[str, None] = {}
    notes = []
    for place, cell in enumerate(first.cells):
        given = "".join(c if c.isprintable() else " " for c in cell[:_MAX_NAME]).strip() or f"column{place + 1}"
        name = _free_name(given, names)
        if name != given:
            notes.append(f"two columns are called {given}: the later one is {name} here")
        names[name] = None
    return list(names), notes


def _free_name(given: str, taken: Mapping[str, None]) -> str:
    name, count = given, 1
    while name in taken:
        count += 1
        name = f"{given}_{count}"
    return name


def _separator_notes(separator: str) -> list[str]:
    return [] if separator == "," else [f"columns are separated by {NAMES[separator]}s"]


def _column_notes(name: str, column: Column | None, cells: Sequence[str]) -> list[str]:
    if column is None:
        why = "is empty" if all(map(is_gap, cells)) else "holds too many different texts to be categories"
        return [f"column {name} {why}: it is left out"]
    if column.labels:
        return [f"column {name} holds text: its {len(column.labels)} different texts are read as 0, 1, … in order"]
    finite = column.values[np.isfinite(column.values)]
    if len(column.values) > 1 and finite.size and finite.min() == finite.max():
        return [f"column {name} has the same value in every row"]
    return []


def _gap_notes(values: Mapping[str, Array], rows: Sequence[int]) -> list[str]:
    has_gap = np.zeros(len(rows), dtype=bool)
    for column in values.values():
        has_gap |= ~np.isfinite(column)
    with_gaps = np.flatnonzero(has_gap)
    notes = ["the table has only one row"] if len(rows) == 1 else []
    if with_gaps.size:
        named = ", ".join(str(rows[int(sample)]) for sample in with_gaps[:_NAMED_ROWS])
        more = ", …" if with_gaps.size > _NAMED_ROWS else ""
        notes.append(f"{_count(with_gaps.size, 'row')} with gaps: row {named}{more}")
    return notes


def _gaps_of(values: Array) -> Iterable[int]:
    found: list[int] = np.flatnonzero(~np.isfinite(values)).tolist()
    return found


def _read_only(values: Array) -> Array:
    if values.dtype == np.float64 and not values.flags.writeable:
        return values  # nobody can change it: no copy is needed
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
