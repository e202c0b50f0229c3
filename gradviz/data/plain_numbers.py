"""The quick way for tables of nothing but numbers: NumPy's reader, which holds no cell as text.

A million rows of four columns take under a second, and no more memory than their numbers. Only what our own grammar
takes is taken here: the first rows must be plain numbers, and NumPy's reader knows no `1_000` and no Arabic digits.
Anything else is left to the reader that can name a row and a column.
"""

import warnings
from pathlib import Path

import numpy as np

from gradviz.core.types import Array
from gradviz.data.cells import is_gap, is_number

MAX_NUMBERS = 30_000_000
"""The most numbers of a plain table: 240 MB."""


def read_plain(path: Path, separator: str, header_rows: int, columns: int) -> Array | None:
    """The numbers of a table, a row a sample; None when it is no plain table of so many columns.

    Of a longer table than MAX_NUMBERS allows, one row more is read, so that the caller can tell.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty table warns, and is no plain table
            found: Array = np.loadtxt(
                file,
                delimiter=separator,
                skiprows=header_rows,
                comments=None,
                ndmin=2,
                max_rows=MAX_NUMBERS // columns + 1,
            )
    except (ValueError, OSError):  # a text, a gap, a quote, a byte that is no UTF-8: for the other reader
        return None
    return found if found.shape[1:] == (columns,) and found.size else None


def is_plain(cells: tuple[str, ...]) -> bool:
    """True for a row that NumPy's reader and our grammar read alike."""
    return all((is_number(cell) and "," not in cell and "−" not in cell) or _is_word(cell) for cell in cells)


def _is_word(cell: str) -> bool:
    return bool(cell) and is_gap(cell) and cell.casefold().lstrip("+-") in ("nan", "inf", "infinity")
