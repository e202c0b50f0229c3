"""Choosing and joining elements; their derivatives only carry adjoints to the right place."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import ndim, shape_of
from gradviz.core.kinds import one_by_one, reshaped, spread
from gradviz.core.op import OPS, POSTFIX, Example, Help, Notation, Op, Param, declare
from gradviz.core.ops.simplify import simpler_pick
from gradviz.core.shapes import checked_size, index_shape, normal_axis, shape_text
from gradviz.core.types import Array, Shape
from gradviz.errors import EvaluationError, ShapeError

SHAPE = Param("shape", (), "shape")


def _numpy_index(index: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(slice(*part) if isinstance(part, tuple) else part for part in index)


def _placed(g: Any, index: tuple[Any, ...], shape: Shape) -> Array:
    result = np.zeros(shape)
    result[_numpy_index(index)] = g
    return result


index_: Op = declare(
    Op(
        name="index",
        operands=("x",),
        evaluate=lambda x, index=(): x[_numpy_index(index)],
        shape=lambda shape, index=(): index_shape(shape, index),
        vjps=(lambda g, y, x, index=(): OPS["place"](g, index=index, shape=shape_of(x)),),
        batch=lambda is_batched, x, index=(): index_(x, index=((None, None, None), *index)),
        group="shape",
        notation=Notation(card="[ ]", symbol="x[i]", binds=POSTFIX, needs=(POSTFIX,)),
        help=Help(
            "The elements at a fixed place, such as x[2] or x[1:].",
            "The adjoint goes back to that place; all other elements receive 0.",
            keywords=("element", "slice", "[]", "select"),
        ),
        params=(Param("index", (), "index"),),
        examples=(
            Example(([1.0, 2.0, 3.0],), {"index": (2,)}),
            Example(([[1.0, 2.0], [3.0, 4.0]],), {"index": ((1, None, None), 0)}),
        ),
    )
)

place: Op = declare(
    Op(
        name="place",
        operands=("g",),
        evaluate=lambda g, index=(), shape=(): _placed(g, index, shape),
        shape=lambda _given, index=(), shape=(): shape,
        vjps=(lambda h, y, g, index=(), shape=(): index_(h, index=index),),
        batch=lambda is_batched, g, index=(), shape=(): place(
            g, index=((None, None, None), *index), shape=(shape_of(g)[0], *shape)
        ),
        group="shape",
        help=Help("Zeros, with g at a fixed place.", "The adjoint is read from that place."),
        params=(Param("index", (), "index"), SHAPE),
        examples=(Example((5.0,), {"index": (1,), "shape": (3,)}),),
        is_public=False,
    )
)


def whole(i: Any, length: int) -> Any:
    """Indices as whole numbers within an axis; raises EvaluationError for any other number."""
    given = np.asarray(i)
    with np.errstate(invalid="ignore"):
        positions = given.astype(np.intp)
    if not (positions.astype(np.float64) == given).all():  # compared as floats: that is several times as fast
        raise EvaluationError("an index must be a whole number such as 0 or 2")
    if positions.size and positions.view(np.uintp).max() >= length:  # below 0 is beyond any length as unsigned
        beyond = positions[(positions < 0) | (positions >= length)].flat[0]
        raise EvaluationError(f"index {beyond} is out of range: the indices go from 0 to {length - 1}")
    return positions


def _take_shape(v: Shape, i: Shape) -> Shape:
    if not v:
        raise ShapeError("only a vector or an array can be indexed; this is a scalar")
    return checked_size("take", i + v[1:])


def _batched_take(is_batched: Sequence[bool], v: Any, i: Any) -> Any:
    if not is_batched[0]:
        return take(v, i)
    samples = shape_of(v)[0]
    if not is_batched[1]:
        i = spread(i, (samples, *shape_of(i)))
    if ndim(i) == 1:
        return pick(v, i)
    each = int(np.prod(shape_of(i)[1:]))  # several indices a sample: each has a row of its own to pick from
    rows = spread(reshaped(v, (samples, 1, *shape_of(v)[1:])), (samples, each, *shape_of(v)[1:]))
    picked = pick(reshaped(rows, (samples * each, *shape_of(v)[1:])), reshaped(i, (samples * each,)))
    return reshaped(picked, (*shape_of(i), *shape_of(v)[2:]))


take: Op = declare(
    Op(
        name="take",
        operands=("v", "i"),
        evaluate=lambda v, i: v[whole(i, len(v))],
        shape=_take_shape,
        vjps=(lambda g, y, v, i: OPS["put"](g, i, shape=shape_of(v)), None),
        batch=_batched_take,
        group="shape",
        notation=Notation("{0}[{1}]", "{0}_{{{1}}}", POSTFIX, (POSTFIX, 0), "v[ i ]", "v[i]"),
        help=Help(
            "The element of v whose number is i, such as the score of class y; it counts from 0.",
            "The adjoint goes back to that element; all others, and i, receive 0.",
            traps="The number of an element must be whole, and nothing flows back to it.",
            keywords=("element", "index", "class", "choose"),
        ),
        examples=(Example(([1.0, 5.0, 3.0], 1.0)),),
        domain=((-2.0, 2.0), (0.0, 0.0)),
    )
)


def _batched_put(is_batched: Sequence[bool], g: Any, i: Any, shape: Shape = ()) -> Any:
    if ndim(i) > is_batched[1]:
        return one_by_one("put")(is_batched, g, i, shape=shape)
    samples = shape_of(g if is_batched[0] else i)[0]
    each = g if is_batched[0] else spread(g, (samples, *shape_of(g)))
    return put_each(each, i if is_batched[1] else spread(i, (samples,)), shape=(samples, *shape))


def _put(g: Any, i: Any, shape: Shape = ()) -> Array:
    result = np.zeros(shape)
    np.add.at(result, whole(i, shape[0]), g)
    return result


put: Op = declare(
    Op(
        name="put",
        operands=("g", "i"),
        evaluate=_put,
        shape=lambda g, i, shape=(): shape,
        vjps=(lambda h, y, g, i, shape=(): take(h, i), None),
        batch=_batched_put,
        group="shape",
        help=Help("Zeros, with g added at element i.", "The adjoint is read from that element."),
        params=(SHAPE,),
        examples=(Example((5.0, 1.0), {"shape": (3,)}),),
        domain=((-2.0, 2.0), (0.0, 0.0)),
        is_public=False,
    )
)


def _pick_shape(v: Shape, i: Shape) -> Shape:
    if len(v) < 2 or i != v[:1]:
        raise ShapeError(f"pick needs rows and one index a row; {shape_text(v)} and {shape_text(i)} don't fit")
    return i + v[2:]


pick: Op = declare(
    Op(
        name="pick",
        operands=("v", "i"),
        evaluate=lambda v, i: v[np.arange(len(v)), whole(i, v.shape[1])],
        shape=_pick_shape,
        vjps=(lambda g, y, v, i: put_each(g, i, shape=shape_of(v)), None),
        batch=one_by_one("pick"),
        group="shape",
        help=Help("From each row n of v the element whose number is i[n].", "The adjoints go back to these elements."),
        examples=(Example(([[1.0, 5.0], [2.0, 3.0]], [1.0, 0.0])),),
        domain=((-2.0, 2.0), (0.0, 0.0)),
        simplify=simpler_pick,
        is_public=False,
    )
)


def _put_each(g: Any, i: Any, shape: Shape = ()) -> Array:
    result = np.zeros(shape)
    result[np.arange(shape[0]), whole(i, shape[1])] = g
    return result


put_each: Op = declare(
    Op(
        name="put_each",
        operands=("g", "i"),
        evaluate=_put_each,
        shape=lambda g, i, shape=(): shape,
        vjps=(lambda h, y, g, i, shape=(): pick(h, i), None),
        batch=one_by_one("put_each"),
        group="shape",
        help=Help("Rows of zeros, with g[n] at element i[n] of row n.", "The adjoints are read from these elements."),
        params=(SHAPE,),
        examples=(Example(([5.0, 6.0], [1.0, 0.0]), {"shape": (2, 3)}),),
        domain=((-2.0, 2.0), (0.0, 0.0)),
        is_public=False,
    )
)


def _stack_shape(*shapes: Shape, axis: int = 0) -> Shape:
    first = shapes[0]
    if any(shape != first for shape in shapes):
        raise ShapeError(f"a list needs parts of one shape; it has {', '.join(map(shape_text, shapes))}")
    (place,) = normal_axis("stack", axis, (*first, len(shapes)))
    return checked_size("stack", (*first[:place], len(shapes), *first[place:]))


def _all_batched(is_batched: Sequence[bool], xs: Sequence[Any]) -> list[Any]:
    """The operands, those without a sample axis repeated along it."""
    samples = next(shape_of(x)[0] for x, batched in zip(xs, is_batched, strict=True) if batched)
    return [x if b else spread(x, (samples, *shape_of(x))) for x, b in zip(xs, is_batched, strict=True)]


def _batched_stack(is_batched: Sequence[bool], *xs: Any, axis: int = 0) -> Any:
    return stack(*_all_batched(is_batched, xs), axis=axis if axis < 0 else axis + 1)


def _along(axis: int, rank: int, part: Any) -> tuple[Any, ...]:
    """The index that takes `part` of one axis and all of those before it."""
    return (*((None, None, None),) * (axis % rank), part)


stack: Op = declare(
    Op(
        name="stack",
        operands=("x",),
        evaluate=lambda *xs, axis=0: np.stack(xs, axis=axis),
        shape=_stack_shape,
        vjps=(lambda g, y, *xs, operand, axis=0: index_(g, index=_along(axis, ndim(y), operand)),),
        batch=_batched_stack,
        group="shape",
        notation=Notation(card="[ , ]", symbol="[a, b]"),
        help=Help(
            "A list of parts as one array, such as [a, b].",
            "Each part receives its own element of the adjoint.",
            keywords=("list", "vector", "array", "concatenate"),
        ),
        params=(Param("axis", 0, "axis"),),
        examples=(
            Example((1.0, 2.0)),
            Example(([1.0, 2.0], [3.0, 4.0])),
            Example(([1.0, 2.0], [3.0, 4.0]), {"axis": -1}),
        ),
        is_variadic=True,
    )
)


def _concatenated_shape(*shapes: Shape, axis: int = 0) -> Shape:
    first = shapes[0]
    if not first or not -len(first) <= axis < len(first):
        raise ShapeError(f"concat joins arrays along axis {axis}; {shape_text(first)} has no such axis")
    axis %= len(first)
    if any(s[:axis] != first[:axis] or s[axis + 1 :] != first[axis + 1 :] or len(s) != len(first) for s in shapes):
        listed = ", ".join(map(shape_text, shapes))
        raise ShapeError(f"concat needs parts that agree in all axes but {axis}; they are {listed}")
    return checked_size("concat", (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :]))


def _concat_vjp(g: Any, y: Any, *xs: Any, operand: int, axis: int = 0) -> Any:
    start = sum(shape_of(x)[axis] for x in xs[:operand])
    part = (start, start + shape_of(xs[operand])[axis], None)
    return index_(g, index=_along(axis, ndim(y), part))


def _batched_concat(is_batched: Sequence[bool], *xs: Any, axis: int = 0) -> Any:
    return concat(*_all_batched(is_batched, xs), axis=axis if axis < 0 else axis + 1)


concat: Op = declare(
    Op(
        name="concat",
        operands=("x",),
        evaluate=lambda *xs, axis=0: np.concatenate(xs, axis=axis),
        shape=_concatenated_shape,
        vjps=(_concat_vjp,),
        batch=_batched_concat,
        group="shape",
        notation=Notation(card="concat", symbol="concat"),
        help=Help(
            "Arrays one after the other along an axis.",
            "Each part receives its own stretch of the adjoint.",
            keywords=("join", "append", "concatenate"),
        ),
        params=(Param("axis", 0, "axis"),),
        examples=(Example(([1.0, 2.0], [3.0])), Example(([[1.0], [2.0]], [[3.0, 4.0], [5.0, 6.0]]), {"axis": -1})),
        is_variadic=True,
    )
)


def _one_hot(i: Any, size: int) -> Array:
    result = np.zeros((*np.shape(i), size))
    np.put_along_axis(result, whole(i, size)[..., None], 1.0, axis=-1)
    return result


one_hot: Op = declare(
    Op(
        name="one_hot",
        operands=("i",),
        evaluate=lambda i, size=2: _one_hot(i, size),
        shape=lambda i, size=2: checked_size("one_hot", (*i, size)),
        vjps=(None,),
        batch=lambda is_batched, i, size=2: one_hot(i, size=size),
        group="shape",
        notation=Notation(card="one hot", symbol="[i=j]"),
        help=Help(
            "1 at place i, else 0.",
            "Nothing flows back.",
            traps="Nothing flows back to the number of the place.",
            keywords=("class", "indicator"),
        ),
        params=(Param("size", 2, "count"),),
        examples=(Example((1.0,), {"size": 3}), Example(([0.0, 2.0],), {"size": 3})),
        domain=((0.0, 0.0),),
    )
)
