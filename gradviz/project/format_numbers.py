"""Numbers in documents: as JSON has them, and words for what JSON has no number for: "nan", "inf", "-inf"."""

import math
from typing import Any

import numpy as np

from gradviz.core.op import as_value
from gradviz.core.shapes import MAX_ELEMENTS
from gradviz.core.types import Array
from gradviz.errors import DocumentError


def plain(value: Array) -> Any:
    """A number or nested lists of numbers, with words for what JSON has no number for."""
    tree = value.tolist()
    return tree if np.all(np.isfinite(value)) else _worded(tree)


def _worded(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_worded(item) for item in tree]
    return tree if math.isfinite(tree) else str(tree)


def value_of(what: str, tree: Any) -> Array:
    """The array that a file holds; raises DocumentError for anything but numbers in rows of one length."""
    try:
        array = as_value(_unworded(what, tree))
    except ValueError:
        raise DocumentError(f"the file is damaged: {what} has rows of different lengths") from None
    if array.size > MAX_ELEMENTS:
        raise DocumentError(f"{what} holds {array.size:,} numbers; the limit is {MAX_ELEMENTS:,}")
    return array


def _unworded(what: str, tree: Any) -> Any:
    if isinstance(tree, list):
        return [_unworded(what, item) for item in tree]
    if isinstance(tree, str) and tree in ("nan", "inf", "-inf"):
        return float(tree)
    if isinstance(tree, int | float) and not isinstance(tree, bool):
        return float(tree)
    raise DocumentError(f"the file is damaged: {what} holds something that is no number")
