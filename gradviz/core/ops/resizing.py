"""The same elements in another shape, repeated, or summed back to the shape that they were repeated from."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import ndim, shape_of
from gradviz.core.kinds import reshaped, spread, unbroadcast
from gradviz.core.op import Example, Help, Notation, Op, Param, declare
from gradviz.core.ops.simplify import simpler_broadcast_to, simpler_reshape, simpler_sum_to
from gradviz.core.shapes import shape_text
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.errors import ShapeError

SHAPE = Param("shape", (), "shape")


def _reshaped_shape(given: Shape, shape: Shape = ()) -> Shape:
    if int(np.prod(given)) != int(np.prod(shape)):
        raise ShapeError(
            f"reshape can't make {shape_text(shape)} of {shape_text(given)}: the numbers of elements differ"
        )
    return shape


reshape: Op = declare(
    Op(
        name="reshape",
        operands=("x",),
        evaluate=lambda x, shape=(): np.reshape(x, shape),
        shape=_reshaped_shape,
        vjps=(lambda g, y, x, shape=(): reshaped(g, shape_of(x)),),
        batch=lambda is_batched, x, shape=(): reshaped(x, (shape_of(x)[0], *shape)),
        group="shape",
        notation=Notation(card="reshape", symbol="reshape"),
        help=Help(
            "The same elements in another shape.", "The adjoint takes the old shape.", keywords=("view", "flatten")
        ),
        params=(SHAPE,),
        simplify=simpler_reshape,
        examples=(Example(([1.0, 2.0, 3.0, 4.0],), {"shape": (2, 2)}),),
    )
)


def _sum_to(x: Any, shape: Shape = ()) -> Array:
    extra = x.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + i for i, n in enumerate(shape) if n == 1 and x.shape[extra + i] != 1)
    result: Array = np.reshape(np.sum(x, axis=axes), shape)
    return result


def _sum_to_shape(given: Shape, shape: Shape = ()) -> Shape:
    if np.broadcast_shapes(given, shape) != given:
        raise ShapeError(f"{shape_text(shape)} doesn't broadcast to {shape_text(given)}")
    return shape


def _batched_sum_to(_is_batched: Sequence[bool], x: Any, shape: Shape = ()) -> Any:
    samples = shape_of(x)[0]
    same_rank = unbroadcast(x, (samples, *(1,) * (ndim(x) - 1 - len(shape)), *shape))
    return reshaped(same_rank, (samples, *shape))


sum_to: Op = declare(
    Op(
        name="sum_to",
        operands=("x",),
        evaluate=_sum_to,
        shape=_sum_to_shape,
        vjps=(lambda g, y, x, shape=(): spread(g, shape_of(x)),),
        batch=_batched_sum_to,
        group="shape",
        help=Help("The sum over the axes that broadcasting added.", "The adjoint is repeated along these axes."),
        params=(SHAPE,),
        examples=(Example(([[1.0, 2.0], [3.0, 4.0]],), {"shape": (2,)}), Example(([1.0, 2.0],), {"shape": SCALAR})),
        simplify=simpler_sum_to,
        is_public=False,
    )
)

broadcast_to: Op = declare(
    Op(
        name="broadcast_to",
        operands=("x",),
        evaluate=lambda x, shape=(): np.broadcast_to(x, shape),
        shape=lambda given, shape=(): shape,
        vjps=(lambda g, y, x, shape=(): unbroadcast(g, shape_of(x)),),
        batch=lambda is_batched, x, shape=(): spread(
            reshaped(x, (shape_of(x)[0], *(1,) * (len(shape) + 1 - ndim(x)), *shape_of(x)[1:])),
            (shape_of(x)[0], *shape),
        ),
        group="shape",
        help=Help("x repeated up to a shape.", "The adjoint is summed over the repeated axes."),
        params=(SHAPE,),
        examples=(Example(([1.0, 2.0],), {"shape": (3, 2)}), Example((2.0,), {"shape": (3,)})),
        simplify=simpler_broadcast_to,
        is_public=False,
    )
)
