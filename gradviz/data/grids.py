"""Arrays made by hand: a shape typed as `3x2`, a filling, and cells pasted from a spreadsheet.

parse_shape("3x2")            (3, 2)
shorthand("ones 2", …)        [1, 1]
cells("1\\t2\\n3\\t4")          [[1, 2], [3, 4]]
"""

import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from gradviz.core.types import Array, Shape
from gradviz.data.cells import is_number
from gradviz.data.csv_text import find_separator, split
from gradviz.errors import DataError

MOST_NUMBERS = 1_000_000
"""The largest array that is made by hand."""
MOST_AXES = 4

_AXES = re.compile(r"[(\[]?\s*([0-9]{1,7}(?:\s*[x×*,]\s*[0-9]{1,7})*)\s*,?\s*[)\]]?", re.IGNORECASE)
_FILLED = re.compile(r"([a-z]+)\s*[( ]\s*(.*?)\s*\)?", re.IGNORECASE)


class Fill(StrEnum):
    """What a new array holds. Random numbers are normal, with mean 0 and deviation 1."""

    RANDOM = "random"
    ZEROS = "zeros"
    ONES = "ones"
    IDENTITY = "identity"


_FILL_WORDS = {**{fill.value: fill for fill in Fill}, "eye": Fill.IDENTITY, "randn": Fill.RANDOM}


def parse_shape(text: str) -> Shape:
    """The shape in a text such as `3x2`, `3 × 2`, `4` or `number` (a scalar); raises DataError."""
    wanted = text.strip().lower()
    if wanted in ("", "number", "scalar", "()"):
        return ()
    found = _AXES.fullmatch(wanted)
    if found is None:
        raise DataError(f"`{text.strip()[:40]}` is no shape; write 3x2 for 3 rows and 2 columns, 4 for a vector")
    shape = tuple(int(axis) for axis in re.split(r"\s*[x×*,]\s*", found[1], flags=re.IGNORECASE))
    _check(shape)
    return shape


def shape_text(shape: Shape) -> str:
    """A shape as people type it: `3x2`; `number` for a scalar."""
    return "x".join(map(str, shape)) or "number"


def filled(fill: Fill, shape: Shape, seed: int = 0) -> Array:
    """A new array; raises DataError for an identity that is no square matrix."""
    _check(shape)
    match fill:
        case Fill.ZEROS:
            return np.zeros(shape)
        case Fill.ONES:
            return np.ones(shape)
        case Fill.RANDOM:
            return np.asarray(np.random.default_rng(seed).normal(size=shape), dtype=np.float64)
        case Fill.IDENTITY:
            if len(shape) != 2 or shape[0] != shape[1]:
                raise DataError(f"an identity is a square matrix such as 3x3, not {shape_text(shape)}")
            return np.eye(shape[0])


def resized(value: Array, shape: Shape) -> Array:
    """The array in another shape: elements keep their places, new ones are 0.

    A vector that becomes a matrix of as many elements, or a matrix that becomes a vector, keeps the order instead.
    """
    _check(shape)
    if value.size == int(np.prod(shape)):
        return value.reshape(shape)
    made = np.zeros(shape)
    old = value.reshape((1,) * max(len(shape) - value.ndim, 0) + value.shape)
    old = old[(0,) * (old.ndim - len(shape))]
    common = tuple(slice(0, min(a, b)) for a, b in zip(old.shape, shape, strict=True))
    made[common] = old[common]
    return made


def shorthand(text: str, present: Array, seed: int = 0) -> Array | None:
    """The array that a text such as `3x2`, `zeros 3x2` or `identity(3)` asks for; None when it asks for none.

    A shape alone keeps the elements that are there.
    """
    wanted = text.strip()
    if re.fullmatch(r"[0-9]+\s*[x×]\s*[0-9].*", wanted, re.IGNORECASE):
        return resized(present, parse_shape(wanted))
    found = _FILLED.fullmatch(wanted)
    fill = _FILL_WORDS.get(found[1].lower()) if found is not None else _FILL_WORDS.get(wanted.lower())
    if fill is None:
        return None
    shape = parse_shape(found[2]) if found is not None else present.shape
    if fill is Fill.IDENTITY and len(shape) == 1:
        shape = (shape[0], shape[0])
    return filled(fill, shape, seed)


def cells(text: str) -> Array:
    """The numbers of text from a spreadsheet or a CSV file, as a matrix; a first row of names is left out.

    Decimal commas are read where no number has a point. Raises DataError that names the cell which is no number.
    """
    rows = _rows(text)
    if len(rows) > 1 and not any(is_number(cell) for cell in rows[0]):
        rows = rows[1:]
    if not rows:
        raise DataError("there is nothing to paste; copy cells of a spreadsheet, or lines of numbers")
    width = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise DataError(f"row {number} has {len(row)} cells, the first has {width}; copy a whole rectangle")
    _check((len(rows), width))
    has_commas = not any("." in cell for row in rows for cell in row)
    return np.array(
        [[_number(cell, i, j, has_commas) for j, cell in enumerate(row, 1)] for i, row in enumerate(rows, 1)]
    )


def pasted(value: Array, block: Array, row: int, column: int) -> Array:
    """The vector or matrix with a block of cells written over it from a place on; it grows where the block sticks out.

    A row or a column pasted into a vector stays a vector.
    """
    if value.ndim <= 1 and 1 in block.shape:
        flat = block.reshape(-1)
        grown = resized(value, (max(value.size, row + flat.size),)) if value.ndim else np.zeros(flat.size)
        grown = grown.copy()
        grown[row : row + flat.size] = flat
        return grown
    matrix = value.reshape(-1, 1) if value.ndim <= 1 else value
    rows, columns = max(matrix.shape[0], row + block.shape[0]), max(matrix.shape[1], column + block.shape[1])
    _check((rows, columns))
    grown = np.zeros((rows, columns))
    grown[: matrix.shape[0], : matrix.shape[1]] = matrix
    grown[row : row + block.shape[0], column : column + block.shape[1]] = block
    return grown


def _rows(text: str) -> list[tuple[str, ...]]:
    separator = find_separator(text)
    rows = [row.cells for row in split(text.strip("\r\n"), separator)]
    if all(len(row) == 1 for row in rows):
        rows = [tuple(row[0].split()) for row in rows]
    return [row for row in rows if any(row)]


def _number(cell: str, row: int, column: int, has_commas: bool) -> float:
    if not is_number(cell) or ("," in cell and not has_commas):
        what = f"`{cell[:30]}` is no number" if cell else "the cell is empty"
        raise DataError(f"row {row}, column {column}: {what}; write numbers like 1.5, -2 or 3e-4")
    return float(cell.replace(",", ".").replace("−", "-"))


def _check(shape: Sequence[int]) -> None:
    if len(shape) > MOST_AXES:
        raise DataError(f"{len(shape)} axes are too many; the limit is {MOST_AXES}")
    if 0 in shape:
        raise DataError("an axis of length 0 leaves nothing; give each axis at least 1")
    count = 1
    for axis in shape:
        count *= axis
    if count > MOST_NUMBERS:
        raise DataError(f"{count:,} numbers are too many to make by hand; the limit is {MOST_NUMBERS:,}")
