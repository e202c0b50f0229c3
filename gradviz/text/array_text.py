r"""An array to take away: as text for a table, as NumPy code, as LaTeX, as CSV. All digits, except in LaTeX.

    text    1.0⇥2.0            numpy   np.array([[1.0, 2.0],        latex   \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}
            3.0⇥4.0                             [3.0, 4.0]])

Arrays with more than two axes are written as a table whose rows run over all axes but the last.
"""

import numpy as np

from gradviz.core.types import Array, Shape
from gradviz.text import numbers

MOST_IN_LATEX = 12
"""Rows and columns of a matrix in LaTeX; larger ones are elided in the middle."""


def as_text(value: Array) -> str:
    """Rows of numbers with all digits, separated by tabs: what a table takes when it is pasted."""
    return "\n".join("\t".join(_exact(x) for x in row) for row in table(value))


def as_csv(value: Array) -> str:
    """Rows of numbers with all digits, separated by commas, ending in a newline."""
    return "".join(",".join(_exact(x) for x in row) + "\n" for row in table(value))


def as_numpy(value: Array) -> str:
    """Python code that gives the same array bit for bit, with NumPy as np."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return f"np.float64({_code(float(array))})"
    if not array.size:
        return f"np.zeros({array.shape})"
    return f"np.array({_nested(array, len('np.array('))})"


def as_latex(value: Array, digits: int = numbers.DIGITS) -> str:
    """The array as LaTeX without dollar signs; a large one with dots in the middle."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return numbers.latex(float(array), digits)
    rows = table(array)
    across, down = _elided(rows.shape[1]), _elided(rows.shape[0])
    lines = []
    for i in down:
        if i is None:
            lines.append(" & ".join([r"\vdots"] * len(across)))
        else:
            cells = (r"\cdots" if j is None else numbers.latex(float(rows[i, j]), digits) for j in across)
            lines.append(" & ".join(cells))
    return r"\begin{bmatrix}" + r" \\ ".join(lines) + r"\end{bmatrix}"


def table(value: Array) -> Array:
    """The array with two axes: a vector as one column, the last axis across, all others down."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim < 2:
        return array.reshape(-1, 1)
    return array.reshape(-1, array.shape[-1]) if array.size else np.zeros((0, 0))


def row_names(shape: Shape) -> "RowNames":
    """What the rows of the table are called: 0, 1, … or with more axes 0, 0 …"""
    return RowNames(shape[:-1] if len(shape) > 1 else shape)


class RowNames:
    """The names of a table's rows, made when they are asked for."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def __getitem__(self, row: int) -> str:
        if len(self._shape) < 2:
            return str(row)
        return ", ".join(str(int(place)) for place in np.unravel_index(row, self._shape))


def _nested(array: Array, indent: int) -> str:
    if array.ndim == 1:
        return f"[{', '.join(_code(float(x)) for x in array)}]"
    rows = (_nested(row, indent + 1) for row in array)
    return f"[{_gap(indent + 1).join(rows)}]"


def _gap(indent: int) -> str:
    return ",\n" + " " * indent


def _exact(x: float) -> str:
    return repr(float(x))


def _code(x: float) -> str:
    if np.isfinite(x):
        return repr(x)
    return "np.nan" if np.isnan(x) else "np.inf" if x > 0 else "-np.inf"


def _elided(count: int) -> list[int | None]:
    if count <= MOST_IN_LATEX:
        return list(range(count))
    half = MOST_IN_LATEX // 2
    return [*range(half), None, *range(count - half + 1, count)]
