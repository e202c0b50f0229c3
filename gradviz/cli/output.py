"""Answers on the terminal: JSON in which every number is one, and aligned columns."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gradviz.text import numbers

_FULL = 1000
"""Values of at most this many elements are written in full."""


def print_json(answer: Any) -> None:
    """Write the answer as one JSON document; a number that isn't finite becomes "nan", "inf" or "-inf"."""
    speaks_unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(plain_data(answer), ensure_ascii=not speaks_unicode, allow_nan=False))


def plain_data(value: Any) -> Any:
    """Arrays as lists, numbers as JSON has them, all else as it is."""
    match value:
        case dict():
            return {key: plain_data(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_data(item) for item in value]
        case np.ndarray() | np.generic():
            return plain_data(value.tolist())
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def full_value(value: Any) -> str:
    """A scalar or an array with all its elements, by the one rule for numbers; a huge array as its shape."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0 or array.size > _FULL:
        return numbers.value(value)
    with np.printoptions(threshold=_FULL, linewidth=110):
        return np.array2string(array, separator=", ", formatter={"float_kind": lambda x: numbers.number(float(x))})


def print_named(rows: Iterable[tuple[str, str]]) -> None:
    """Write names and values in two columns; further lines of a value stand under its first."""
    listed = list(rows)
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        indented = value.replace("\n", "\n" + " " * (width + 2))
        print(f"{name:<{width}}  {indented}")


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows in aligned columns under their headers."""
    listed = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*listed, strict=True)]
    for row in listed:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
