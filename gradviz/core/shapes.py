"""Shape rules: what shape an op gives, or in words why its operands don't fit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradviz.core.types import SCALAR, Shape
from gradviz.errors import ShapeError

MAX_ELEMENTS = 10_000_000
"""The most elements that one op may make; refused before anything is allocated."""


def broadcast_rule(name: str) -> Callable[..., Shape]:
    """The shape rule of an elementwise op: NumPy broadcasting."""

    def rule(*shapes: Shape, **_attrs: Any) -> Shape:
        if not any(shapes):
            return SCALAR
        first = shapes[0]
        if all(shape in (first, SCALAR) for shape in shapes):
            return first
        try:
            return checked_size(name, np.broadcast_shapes(*shapes))
        except ValueError:
            listed = " and ".join(map(shape_text, shapes))
            raise ShapeError(
                f"{name} needs shapes that are equal or broadcast; {listed} don't fit: "
                "axes are compared from the last, and must be equal or 1"
            ) from None

    return rule


def checked_size(name: str, shape: Shape) -> Shape:
    """The shape itself; raises ShapeError when it holds more than MAX_ELEMENTS."""
    size = int(np.prod(shape, dtype=np.float64))
    if size > MAX_ELEMENTS:
        raise ShapeError(
            f"{name} would make {size:,} numbers, shape {shape_text(shape)}; the limit is {MAX_ELEMENTS:,}"
        )
    return shape


def normal_axis(name: str, axis: Any, shape: Shape) -> tuple[int, ...]:
    """The axes that a reduction runs over, counted from the front; None means all."""
    if axis is None:
        return tuple(range(len(shape)))
    rank = len(shape)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        has = f"axes 0 to {rank - 1}" if rank else "no axes: it is a scalar"
        raise ShapeError(f"{name} along axis {axis}: the operand of shape {shape_text(shape)} has {has}")
    return (axis % rank,)


def reduced_shape(name: str, shape: Shape, axis: Any, keepdims: bool) -> Shape:
    """The shape after a reduction along `axis`."""
    axes = normal_axis(name, axis, shape)
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def matmul_shape(a: Shape, b: Shape) -> Shape:
    """The shape of a product as on paper: scaling, inner product, matrix product, or a stack of these."""
    if a == SCALAR or b == SCALAR:
        return a or b
    if a[-1] != (b[-2] if len(b) > 1 else b[0]):
        raise ShapeError(_matmul_words(a, b))
    try:
        batch = np.broadcast_shapes(a[:-2], b[:-2])
    except ValueError:
        raise ShapeError(_matmul_words(a, b)) from None
    return checked_size("matmul", batch + a[-2:-1] + (b[-1:] if len(b) > 1 else ()))


def _matmul_words(a: Shape, b: Shape) -> str:
    message = f"matmul needs (…, k) · (k, …): {shape_text(a)} and {shape_text(b)} don't fit"
    if len(a) == 2 and a[0] == (b[-2] if len(b) > 1 else b[0]):
        return message + ". Did you mean the transpose of the first?"
    if len(b) == 2 and a[-1] == b[1]:
        return message + ". Did you mean the transpose of the second?"
    return message + f": the inner lengths are {a[-1]} and {b[-2] if len(b) > 1 else b[0]}"


def index_shape(shape: Shape, index: tuple[Any, ...]) -> Shape:
    """The shape of x[index]; each part is a whole number or a (start, stop, step) slice."""
    if len(index) > len(shape):
        raise ShapeError(
            f"{len(index)} indices for an operand of shape {shape_text(shape)}, which has {len(shape)} axes"
        )
    kept: list[int] = []
    for part, length in zip(index, shape, strict=False):
        if isinstance(part, tuple):
            kept.append(len(range(*slice(*part).indices(length))))
        elif not -length <= part < length:
            raise ShapeError(f"index {part} is out of range for an axis of length {length}; it counts from 0")
    return tuple(kept) + shape[len(index) :]


def shape_text(shape: Shape) -> str:
    """A shape as people write it: (3, 2), (3,), or "a scalar"."""
    return str(tuple(shape)) if shape else "a scalar"
