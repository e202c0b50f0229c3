"""Simplifications that change no value, applied while a derivative is built: 1 · x is x, x + 0 is x.

x · 0 stays: it is NaN where x is infinite, and the graph must say so.
"""

from typing import Any

import numpy as np

from gradviz.core.expr import Expr, shape_of
from gradviz.core.graph import Apply, Literal
from gradviz.core.op import OPS
from gradviz.core.types import SCALAR, Shape


def simpler_add(a: Expr, b: Expr) -> Any:
    """a + 0 = a, a + (−b) = a − b."""
    if b.is_number(0.0):
        return a
    if a.is_number(0.0):
        return b
    if (negated := _negated(b)) is not None and _same_rank(a, b):
        return a - negated
    return None


def simpler_sub(a: Expr, b: Expr) -> Any:
    """a − 0 = a."""
    return a if b.is_number(0.0) else None


def simpler_mul(a: Expr, b: Expr) -> Any:
    """1 · a = a, −1 · a = −a, a · (−b) = −(a · b), and a repeated number times an array is the number times it."""
    if a.shape == SCALAR and b.shape == SCALAR:
        return _simpler_product(a, b)
    for number, other in ((a, b), (b, a)):
        if (repeated := _repeated_scalar(number)) is not None and _spreads_to(number.shape, other.shape):
            return repeated * other
        if repeated is not None and other.shape == SCALAR:
            return OPS["broadcast_to"](repeated * other, shape=number.shape)
        if number.constant is not None:
            if number.is_number(1.0):
                return other
            if number.is_number(-1.0):
                return -other
    if (negated := _negated(b)) is not None:
        return -(a * negated)
    if (negated := _negated(a)) is not None:
        return -(negated * b)
    if b.constant is not None and a.constant is None and b.shape == ():
        return b * a
    return None


def _simpler_product(a: Expr, b: Expr) -> Any:
    # the same for two numbers, which most products of a derivative are
    first, second = a.tape.nodes[a.id], b.tape.nodes[b.id]
    for node, other in ((first, b), (second, a)):
        if isinstance(node, Literal):
            if node.value == 1.0:
                return other
            if node.value == -1.0:
                return -other
    if isinstance(second, Apply) and second.op is OPS["neg"]:
        return -(a * b.operand(0))
    if isinstance(first, Apply) and first.op is OPS["neg"]:
        return -(a.operand(0) * b)
    return b * a if isinstance(second, Literal) and not isinstance(first, Literal) else None


def simpler_div(a: Expr, b: Expr) -> Any:
    """a / 1 = a, (−a) / b = −(a / b)."""
    if b.is_number(1.0):
        return a
    if (repeated := _repeated_scalar(a)) is not None and b.shape == SCALAR:
        return OPS["broadcast_to"](repeated / b, shape=a.shape)
    if (negated := _negated(a)) is not None:
        return -(negated / b)
    return None


def simpler_neg(x: Expr) -> Any:
    """−(−x) = x; the negative of a literal is a literal."""
    if x.constant is not None:
        return x.tape.literal(-x.constant)
    if (repeated := _repeated_scalar(x)) is not None:
        return OPS["broadcast_to"](-repeated, shape=x.shape)
    return _negated(x)


def simpler_pow(a: Expr, n: Expr) -> Any:
    """a¹ = a, a² = sq(a)."""
    if n.is_number(1.0):
        return a
    if n.is_number(2.0):
        return OPS["sq"](a)
    return None


def simpler_transpose(x: Expr) -> Any:
    """(xᵀ)ᵀ = x."""
    applied = x.applied()
    return x.operand(0) if applied is not None and applied.op is OPS["transpose"] else None


def simpler_sum_to(x: Expr, shape: Shape = ()) -> Any:
    """The sum over all axes, or over the first, by the plain sum."""
    if shape == SCALAR:
        return OPS["sum"](x)
    return OPS["sum"](x, axis=0) if x.shape[1:] == shape else None


def simpler_broadcast_to(x: Expr, shape: Shape = ()) -> Any:
    """Repeating what is repeated already is done once."""
    repeated = _repeated_scalar(x)
    return OPS["broadcast_to"](repeated, shape=shape) if repeated is not None and x.shape != shape else None


def simpler_reshape(x: Expr, shape: Shape = ()) -> Any:
    """A repeated number has no order to keep."""
    repeated = _repeated_scalar(x) if x.shape else x if x.constant is not None else None
    return OPS["broadcast_to"](repeated, shape=shape) if repeated is not None and shape else repeated


def simpler_sum(x: Expr, axis: int | None = None, keepdims: bool = False) -> Any:
    """Σ (−x) = −Σ x; a row of zeros with g in one place sums to g."""
    if (negated := _negated(x)) is not None:
        return -OPS["sum"](negated, axis=axis, keepdims=keepdims)
    applied = x.applied()
    if applied is not None and applied.op is OPS["put_each"] and axis in (-1, 1) and keepdims and len(x.shape) == 2:
        return OPS["reshape"](x.operand(0), shape=(x.shape[0], 1))
    return None


def simpler_pick(v: Expr, i: Expr) -> Any:
    """log_softmax(z)[y] = −cross_entropy(z, y), which never makes the whole table of logarithms."""
    applied = v.applied()
    is_by_row = applied is not None and applied.settings.get("axis", -1) in (-1, 1) and len(v.shape) == 2
    if applied is not None and applied.op is OPS["log_softmax"] and is_by_row:
        return -OPS["cross_entropy"](v.operand(0), i)
    return None


def _repeated_scalar(x: Expr) -> Expr | None:
    """The number behind an array that only repeats it."""
    if x.shape == SCALAR:
        return None
    value = x.constant
    if value is not None and value.size and np.all(value == value.flat[0]):
        return x.tape.literal(value.flat[0])
    applied = x.applied()
    if applied is not None and applied.op is OPS["broadcast_to"] and x.operand(0).shape == SCALAR:
        return x.operand(0)
    return None


def _spreads_to(shape: Shape, other: Shape) -> bool:
    """True when the first shape broadcasts to the second."""
    return len(shape) <= len(other) and all(a in (1, b) for a, b in zip(reversed(shape), reversed(other), strict=False))


def _negated(x: Expr) -> Expr | None:
    applied = x.applied()
    return x.operand(0) if applied is not None and applied.op is OPS["neg"] else None


def _same_rank(a: Expr, b: Expr) -> bool:
    return shape_of(a) == shape_of(b)
