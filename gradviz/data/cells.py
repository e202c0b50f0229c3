"""What the cells of one column mean: numbers, gaps or categories.

The grammar of a number is our own, for Python's `float` also takes `1_000`, Arabic digits and `infinity`:

    number = [+ − -] (digits [. digits] | . digits) [(e | E) [+ -] digits]        digits = 0 … 9
    gap    = nothing | NA | N/A | NaN | null | none | - | ? | [+ -] inf
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradviz.core.types import Array
from gradviz.data.options import Kind
from gradviz.errors import DataError

MAX_CATEGORIES = 1_000
"""The most different texts that a column of categories may hold."""

_NUMBER = re.compile(r"[+\-−]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA_NUMBER = re.compile(r"[+\-−]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MEANT_AS_NUMBER = re.compile(r"[+\-−]?\.?\d[\d_.,' xXoOa-fA-F]*")
_PLAIN_CHARACTERS = frozenset("0123456789+-.eE")
_GAPS = {
    **dict.fromkeys(("", "na", "n/a", "nan", "null", "none", "-", "?"), np.nan),
    "inf": np.inf,
    "+inf": np.inf,
    "-inf": -np.inf,
    "infinity": np.inf,
    "-infinity": -np.inf,
}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one column: NaN or ±inf where a cell is a gap.

    labels: the texts that the numbers 0, 1, … stand for, when the column holds categories.
    """

    values: Array
    labels: tuple[str, ...] = ()
    has_decimal_commas: bool = False


def is_number(cell: str) -> bool:
    """True for a cell that is a number by the grammar, with a decimal point or comma."""
    return (_NUMBER.fullmatch(cell) or _COMMA_NUMBER.fullmatch(cell)) is not None


def is_gap(cell: str) -> bool:
    """True for a cell that holds no finite value: nothing, NA, NaN, inf."""
    return cell.casefold() in _GAPS


def read_column(
    name: str, cells: Sequence[str], rows: Sequence[int], *, allow_commas: bool, kind: Kind | None = None
) -> Column | None:
    """The values of a column: numbers where at least half of the filled cells are meant so, else categories.

    None for a column of more than MAX_CATEGORIES different texts, such as names or remarks.
    rows: the row of each cell in the file, for errors. allow_commas: 1,5 is a number when the column has no 1.5.
    kind: what the column is to be taken for, None to find out.
    Raises DataError at the first cell of a column of numbers that is none.
    """
    if kind in (Kind.CATEGORY, Kind.ONE_HOT):
        return _categories(cells)
    quick = _plain_numbers(cells)
    if quick is not None:
        return Column(quick)
    filled = [cell for cell in cells if not is_gap(cell)]
    meant = sum(_MEANT_AS_NUMBER.fullmatch(cell) is not None or is_number(cell) for cell in filled)
    if kind is None and filled and 2 * meant < len(filled):
        return _categories(cells)
    with_commas = allow_commas and _has_decimal_commas(filled)
    return Column(_numbers(name, cells, rows, with_commas), has_decimal_commas=with_commas)


def _plain_numbers(cells: Sequence[str]) -> Array | None:
    """The quick way for a column of nothing but plain numbers; None when it isn't one."""
    if not _PLAIN_CHARACTERS.issuperset("".join(cells)):
        return None
    try:  # of texts in these characters, float takes just those of the grammar
        return np.array([float(cell) for cell in cells])
    except ValueError:
        return None


def _has_decimal_commas(filled: Sequence[str]) -> bool:
    return any("," in cell for cell in filled) and all(_COMMA_NUMBER.fullmatch(cell) for cell in filled)


def _numbers(name: str, cells: Sequence[str], rows: Sequence[int], with_commas: bool) -> Array:
    grammar = _COMMA_NUMBER if with_commas else _NUMBER
    values = np.empty(len(cells))
    for i, cell in enumerate(cells):
        if grammar.fullmatch(cell):
            values[i] = float(cell.replace(",", ".").replace("−", "-"))
        elif is_gap(cell):
            values[i] = _GAPS[cell.casefold()]
        else:
            raise DataError(
                f"row {rows[i]}, column {name}: not a number; write numbers like 1.5, -2 or 3e-4, "
                "and leave a cell without a value empty",
                row=rows[i],
                column=name,
            )
    return values


def _categories(cells: Sequence[str]) -> Column | None:
    labels = tuple(sorted({cell for cell in cells if not is_gap(cell)}))
    if len(labels) > MAX_CATEGORIES:
        return None
    codes: dict[str, float] = {label: float(code) for code, label in enumerate(labels)}
    return Column(np.array([codes.get(cell, np.nan) for cell in cells]), labels)
