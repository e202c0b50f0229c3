"""Numbers and arrays as Python text that gives the same bits again."""

import math
import textwrap

import numpy as np

from gradviz.core.types import Array
from gradviz.errors import LimitError
from gradviz.text.code.dialect import Dialect

MOST = 100_000
"""Numbers in one array; beyond that a file of code is the wrong place."""

_WIDTH = 88


def number(value: float, dialect: Dialect) -> str:
    """0.5, -np.inf, np.nan."""
    if math.isnan(value):
        return f"{dialect.library}.nan"
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}{dialect.library}.inf"
    return repr(float(value))


def value(array: Array, dialect: Dialect) -> str:
    """A number or an array as the library's own kind of value; raises LimitError for one that is too large."""
    if array.ndim == 0:
        return dialect.scalar.format(number(float(array), dialect))
    if array.size > MOST:
        raise LimitError(f"an array of {array.size:,} numbers is too large to be written as code; at most {MOST:,}")
    shape = repr(array.shape)
    if array.size == 0 or (array.size > 1 and not array.any() and not np.signbit(array).any()):
        return f"{dialect.library}.zeros({shape})"
    if array.size > 1 and (array == 1.0).all():
        return f"{dialect.library}.ones({shape})"
    return dialect.array.format(library=dialect.library, numbers=_listed(array, dialect))


def _listed(array: Array, dialect: Dialect, depth: int = 1) -> str:
    if array.ndim == 1:
        text = f"[{', '.join(number(float(x), dialect) for x in array)}]"
        return textwrap.fill(text, _WIDTH, subsequent_indent=" " * 4 * depth, break_long_words=False)
    rows = [_listed(row, dialect, depth + 1) for row in array]
    line = f"[{', '.join(rows)}]"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    indent = " " * 4 * depth
    return "[\n" + "".join(f"{indent}{row},\n" for row in rows) + " " * 4 * (depth - 1) + "]"
