"""Numbers and lists of nothing but numbers: what a formula may give as a value."""

import numpy as np

from gradviz.core.types import Array
from gradviz.lang.syntax import Expression, Listing, Number

_MAX_RANK = 30


def literal_of(expression: Expression) -> Array | None:
    """The value of a number or of a list of nothing but numbers; None for anything else and for ragged lists."""
    if isinstance(expression, Number):
        return np.float64(expression.value)  # type: ignore[return-value]  # a scalar with an array's attributes
    if not isinstance(expression, Listing):
        return None
    items = [literal_of(item) for item in expression.items]  # lists nest at most MAX_NESTING deep
    rows = [item for item in items if item is not None]
    if len(rows) < len(items) or not rows or len({row.shape for row in rows}) > 1:
        return None
    return np.array(rows) if np.ndim(rows[0]) < _MAX_RANK else None


def is_ragged(expression: Listing) -> bool:
    """True for a list of lists of numbers whose lengths differ."""
    values = [literal_of(item) for item in expression.items]
    shapes = {value.shape for value in values if value is not None}
    return all(value is not None for value in values) and len(shapes) > 1
