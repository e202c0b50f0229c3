"""Kinds of ops: what all ops of one kind have in common, so that a declaration says only what is its own.

An elementwise op says its partial derivatives. Everything else about it follows here:

    contribution to xᵢ = unbroadcast(g · partialᵢ(y, x₀, x₁, …), shape of xᵢ)
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import ndim, shape_of
from gradviz.core.op import FUNCTION_NOTATION, OPS, Example, Help, Notation, Op, Param, Rule, declare
from gradviz.core.shapes import broadcast_rule, normal_axis, reduced_shape
from gradviz.core.types import SCALAR, Array, Shape

AXIS = Param("axis", None, "axis")
KEEPDIMS = Param("keepdims", False, "flag")


def elementwise(
    name: str,
    function: Callable[..., Any],
    *partials: Rule | None,
    group: str,
    operands: tuple[str, ...] = ("x",),
    scalar: str | None = None,
    notation: Notation = FUNCTION_NOTATION,
    help: Help,
    simplify: Rule | None = None,
    kink: Rule | None = None,
    domain: tuple[tuple[float, float], ...] = (),
    examples: tuple[Example, ...] = (),
) -> Op:
    """Declare an op that acts on each element alone, with broadcasting.

    function: a NumPy ufunc, or any function of arrays. partials: one rule (y, *xs) an operand, None for no gradient.
    kink(y, *xs): where the convention in `help.kinks` decides the slope.
    """
    return declare(
        Op(
            name=name,
            operands=operands,
            evaluate=function,
            shape=broadcast_rule(name),
            vjps=tuple(_elementwise_vjp(i, partial) for i, partial in enumerate(partials)),
            batch=lambda is_batched, *xs: OPS[name](*aligned(is_batched, xs)),
            group=group,
            notation=notation,
            help=help,
            partials=partials,
            ufunc=function if isinstance(function, np.ufunc) else None,
            scalar_code=scalar,
            simplify=simplify,
            kink=kink,
            domain=domain,
            examples=examples,
        )
    )


def reduction(
    name: str,
    function: Callable[..., Any],
    vjp: Rule,
    *,
    notation: Notation = FUNCTION_NOTATION,
    help: Help,
    examples: tuple[Example, ...] = (),
    domain: tuple[tuple[float, float], ...] = (),
    simplify: Rule | None = None,
    kink: Rule | None = None,
    expand: Rule | None = None,
) -> Op:
    """Declare an op that reduces along one axis or all.

    function(x, axis=…, keepdims=…); vjp(g, y, x, axes) with g and y in the shape that keepdims gives.
    kink(y, x, axes): where the convention in `help.kinks` decides the slope.
    """

    def spread_vjp(g: Any, y: Any, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        kept = reduced_shape(name, shape_of(x), axis, True)
        return vjp(reshaped(g, kept), reshaped(y, kept), x, normal_axis(name, axis, shape_of(x)))

    def spread_kink(y: Any, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        assert kink is not None
        kept = reduced_shape(name, shape_of(x), axis, True)
        return kink(np.reshape(y, kept), x, normal_axis(name, axis, shape_of(x)))

    def batch(_is_batched: Sequence[bool], x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        return batched_reduction(OPS[name], x, axis, keepdims)

    return declare(
        Op(
            name=name,
            operands=("x",),
            evaluate=function,
            shape=lambda shape, axis=None, keepdims=False: reduced_shape(name, shape, axis, keepdims),
            vjps=(spread_vjp,),
            batch=batch,
            group="reduction",
            notation=notation,
            help=help,
            params=(AXIS, KEEPDIMS),
            simplify=simplify,
            expand=expand,
            kink=spread_kink if kink is not None else None,
            domain=domain,
            examples=examples,
        )
    )


def along_axis(op_name: str) -> Rule:
    """The batching rule of an op that works along one axis and keeps the shape: the axis moves by one."""

    def rule(_is_batched: Sequence[bool], x: Any, *, axis: int = -1) -> Any:
        return OPS[op_name](x, axis=axis if axis < 0 else axis + 1)

    return rule


def one_by_one(op_name: str) -> Rule:
    """The batching rule of an op that has no faster one: each sample for itself, then stacked."""

    def rule(is_batched: Sequence[bool], *xs: Any, **attrs: Any) -> Any:
        samples = next(shape_of(x)[0] for x, batched in zip(xs, is_batched, strict=True) if batched)
        each = [
            OPS[op_name](
                *(OPS["index"](x, index=(i,)) if b else x for x, b in zip(xs, is_batched, strict=True)), **attrs
            )
            for i in range(samples)
        ]
        return OPS["stack"](*each)

    return rule


def aligned(is_batched: Sequence[bool], xs: Sequence[Any]) -> list[Any]:
    """Operands whose per-sample axes line up: ones are put between the sample axis and a shorter rank."""
    rank = max(ndim(x) - batched for x, batched in zip(xs, is_batched, strict=True))
    return [
        reshaped(x, (shape_of(x)[0],) + (1,) * (rank + 1 - ndim(x)) + shape_of(x)[1:]) if batched else x
        for x, batched in zip(xs, is_batched, strict=True)
    ]


def batched_reduction(op: Op, x: Any, axis: int | None, keepdims: bool) -> Any:
    """A reduction of each sample: the axes move by one; all axes are first made one."""
    shape = shape_of(x)
    if axis is not None:
        return op(x, axis=axis if axis < 0 else axis + 1, keepdims=keepdims)
    if len(shape) == 1:  # a scalar each: reduce an axis of length one
        return op(reshaped(x, (*shape, 1)), axis=1)
    flat = op(reshaped(x, (shape[0], int(np.prod(shape[1:])))), axis=1)
    return reshaped(flat, shape[:1] + (1,) * (len(shape) - 1)) if keepdims else flat


def reshaped(x: Any, shape: Shape) -> Any:
    """x in another shape; x itself when it has that shape already."""
    return x if shape_of(x) == shape else OPS["reshape"](x, shape=shape)


def is_factor(x: Any) -> bool:
    """True for a number that may be taken out of a sum: one from 1 up, so that no sum overflows which didn't before."""
    return shape_of(x) == SCALAR and x.constant is not None and abs(float(x.constant)) >= 1.0


def unbroadcast(g: Any, shape: Shape) -> Any:
    """Sum g over the axes that broadcasting added, so that the result has the given shape."""
    return g if shape_of(g) == shape else OPS["sum_to"](g, shape=shape)


def spread(g: Any, shape: Shape) -> Any:
    """Repeat g along the axes that it lacks, up to the given shape."""
    return g if shape_of(g) == shape else OPS["broadcast_to"](g, shape=shape)


def _elementwise_vjp(operand: int, partial: Rule | None) -> Rule | None:
    if partial is None:
        return None

    def vjp(g: Any, y: Any, *xs: Any) -> Array | Any:
        sent = g * partial(y, *xs)
        shape = xs[operand].shape
        return sent if sent.shape == shape else unbroadcast(sent, shape)

    return vjp
