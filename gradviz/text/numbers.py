"""The one rule by which numbers become text, wherever a person reads them.

At most five significant digits, no trailing zeros, a true minus sign, and no minus before zero:

    number(-6.0)               −6              number(float("nan"))   NaN
    number(1.23456e-10)        1.2346e−10      number(float("-inf"))  −∞
    typeset(1.23456e-10)       1.2346×10⁻¹⁰    array([[1, 2]])        [[1, 2]]
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gradviz.core.types import Array, Shape

DIGITS = 5
"""Significant digits of a scalar."""

SMALL = 6
"""An array of at most this many elements is written in full; a larger one as its shape."""

MINUS = "−"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: float, digits: int = DIGITS) -> str:
    """The number as short text: 0.7311, −6, 1.2346e−10, NaN, ∞."""
    mantissa, exponent = _split(x, digits)
    return mantissa if exponent is None else f"{mantissa}e{_signed(exponent)}"


def typeset(x: float, digits: int = DIGITS) -> str:
    """The number as in a book: 1.2346×10⁻¹⁰ where `number` says 1.2346e−10."""
    mantissa, exponent = _split(x, digits)
    return mantissa if exponent is None else f"{mantissa}×10{str(exponent).translate(_SUPERSCRIPTS)}"


def latex(x: float, digits: int = DIGITS) -> str:
    r"""The number as LaTeX: -6, 1.2346 \times 10^{-10}, \mathrm{NaN}, \infty."""
    mantissa, exponent = _split(x, digits)
    mantissa = mantissa.replace(MINUS, "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    return mantissa if exponent is None else rf"{mantissa} \times 10^{{{exponent}}}"


def exact(x: float) -> str:
    """The number with all its digits, as people type it: 0.1, -6, 1e-20."""
    return repr(int(x)) if math.isfinite(x) and x == int(x) and abs(x) < 1e15 else repr(float(x))


def count(n: int) -> str:
    """A whole number as people read it: 1 099 511 627 776, and beyond a trillion 1.2677×10³⁰."""
    return f"{n:,}".replace(",", "\u202f") if n < 10**13 else typeset(float(n), 5)


def plural(n: int, word: str) -> str:
    """1 call, 5 calls, 2 passes."""
    many = f"{word}es" if word.endswith("s") else f"{word}s"
    return f"{count(n)} {word if n == 1 else many}"


def array(value: Any, digits: int = DIGITS) -> str:
    """An array as short text: [1, 2] in full when small, else its shape, "(3, 2) array"."""
    return _array(value, lambda x: number(x, digits))


def value(v: Any, digits: int = DIGITS) -> str:
    """A scalar or an array as short text."""
    return number(float(v), digits) if np.ndim(v) == 0 else array(v, digits)


def typeset_value(v: Any, digits: int = DIGITS) -> str:
    """A scalar or an array as in a book."""
    return typeset(float(v), digits) if np.ndim(v) == 0 else _array(v, lambda x: typeset(x, digits))


def latex_value(v: Any, digits: int = DIGITS) -> str:
    """A scalar or an array as LaTeX; a large array as its shape in words."""
    found = np.asarray(v, dtype=np.float64)
    if found.ndim == 0:
        return latex(float(found), digits)
    if not is_small(found):
        return rf"\text{{{array(found)}}}"
    if found.ndim == 1:
        return rf"\left[{', '.join(latex(float(x), digits) for x in found)}\right]"
    rows = r" \\ ".join(" & ".join(latex(float(x), digits) for x in row) for row in found)
    return rf"\begin{{bmatrix}}{rows}\end{{bmatrix}}"


def shape(of: Shape) -> str:
    """A shape as text: (3, 2), (3,), "scalar"."""
    return str(tuple(int(n) for n in of)) if of else "scalar"


def is_small(found: Array) -> bool:
    """True for an array that is written in full."""
    return found.ndim <= 2 and 0 < found.size <= SMALL


def is_negative(x: float) -> bool:
    """True for a number whose text begins with a minus sign."""
    return number(x).startswith(MINUS)


def _array(of: Any, write: Callable[[float], str]) -> str:
    found = np.asarray(of, dtype=np.float64)
    if found.ndim == 0:
        return write(float(found))
    if not is_small(found):
        return f"{shape(found.shape)} array"
    if found.ndim == 1:
        return f"[{', '.join(write(float(x)) for x in found)}]"
    return f"[{', '.join(_array(row, write) for row in found)}]"


def _split(x: float, digits: int) -> tuple[str, int | None]:
    """Mantissa as text with a true minus, and the exponent of ten where the number needs one."""
    if math.isnan(x):
        return "NaN", None
    if math.isinf(x):
        return ("∞" if x > 0 else f"{MINUS}∞"), None
    text = f"{x:.{digits}g}"
    if float(text) == 0:
        return "0", None
    mantissa, _, exponent = text.partition("e")
    return mantissa.replace("-", MINUS), int(exponent) if exponent else None


def _signed(exponent: int) -> str:
    return f"{MINUS}{-exponent}" if exponent < 0 else str(exponent)
