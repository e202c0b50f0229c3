"""Losses of one sample, in one piece where that is safer than their parts."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import ndim, shape_of
from gradviz.core.kinds import elementwise, reshaped, spread
from gradviz.core.op import OPS, Example, Help, Notation, Op, declare
from gradviz.core.ops.comparison import clip, less
from gradviz.core.ops.probability import weights
from gradviz.core.ops.shaping import pick, put, put_each, whole
from gradviz.core.shapes import shape_text
from gradviz.core.types import Array, Shape
from gradviz.errors import ShapeError

SOURCE = 'Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.'


def _class_loss_shape(z: Shape, y: Shape) -> Shape:
    if len(z) != len(y) + 1 or z[:-1] != y:
        raise ShapeError(
            f"cross_entropy needs scores (k,) and one class number; {shape_text(z)} and {shape_text(y)} don't fit"
        )
    return y


def _cross_entropy(z: Any, y: Any) -> Array:
    log_p = OPS["log_softmax"].evaluate(z)
    likely: Array = log_p[whole(y, len(z))] if z.ndim == 1 else pick.evaluate(log_p, y)
    return -likely


def _cross_entropy_by_parts(z: Any, y: Any) -> Any:
    if ndim(z) == 1:
        return None
    shifted, _, total = weights(z)
    return OPS["log"](reshaped(total, shape_of(y))) - pick(shifted, y)


def _scores_vjp(g: Any, loss: Any, z: Any, y: Any) -> Any:
    """softmax(z) − [j = y], times the adjoint."""
    p = OPS["softmax"](z)
    if ndim(z) == 1:
        return g * p - put(g, y, shape=shape_of(z))
    return reshaped(g, (*shape_of(g), 1)) * p - put_each(g, y, shape=shape_of(z))


def _batched_cross_entropy(is_batched: Sequence[bool], z: Any, y: Any) -> Any:
    samples = shape_of(z if is_batched[0] else y)[0]
    scores = z if is_batched[0] else spread(z, (samples, *shape_of(z)))
    classes = y if is_batched[1] else spread(y, (samples, *shape_of(y)))
    if ndim(classes) == 1:
        return cross_entropy(scores, classes)
    rows = int(np.prod(shape_of(classes)))  # each sample has rows of its own: all rows are one long table
    flat = cross_entropy(reshaped(scores, (rows, shape_of(scores)[-1])), reshaped(classes, (rows,)))
    return reshaped(flat, shape_of(classes))


cross_entropy: Op = declare(
    Op(
        name="cross_entropy",
        operands=("z", "y"),
        evaluate=_cross_entropy,
        shape=_class_loss_shape,
        vjps=(_scores_vjp, None),
        expand=_cross_entropy_by_parts,
        batch=_batched_cross_entropy,
        group="loss",
        notation=Notation(card="−log softmax", symbol="NLL", latex=r"-\log\mathrm{{softmax}}({0})_{{{1}}}"),
        help=Help(
            "The negative log-likelihood −log softmax(z)[y] of class y under the scores z.",
            "Score j receives softmax(z)ⱼ − [j = y], times the adjoint.",
            kinks="y is a class number, counted from 0; it receives nothing. z may also hold log-probabilities, "
            "since log softmax leaves these as they are.",
            traps="y is the number of a class, no one-hot vector.",
            source=SOURCE,
            keywords=("nll", "negative log-likelihood", "softmax", "classification", "cross entropy"),
        ),
        examples=(Example(([1.0, -2.0, 0.5], 2.0)), Example(([[1.0, -2.0], [0.5, 0.0]], [1.0, 0.0]))),
        domain=((-2.0, 2.0), (0.0, 0.0)),
    )
)


def _huber(r: Any) -> Array:
    size = np.abs(r)
    inner = np.minimum(size, 1.0)
    result: Array = inner * (size - 0.5 * inner)  # r²/2 within, |r| − ½ beyond: no square that overflows
    return result


huber = elementwise(
    "huber",
    _huber,
    lambda y, r: clip(r, -1.0, 1.0),
    operands=("r",),
    group="loss",
    notation=Notation(card="huber", symbol="huber"),
    help=Help(
        "r²/2 for small residuals, |r| − ½ for those beyond 1: outliers count less than squared.",
        "The adjoint times r, kept between −1 and 1.",
        source='Huber, "Robust estimation of a location parameter", 1964.',
        keywords=("robust", "loss", "outlier"),
    ),
    examples=(Example((0.5,)), Example((3.0,))),
)

hinge = elementwise(
    "hinge",
    lambda m: np.maximum(1.0 - m, 0.0),
    lambda y, m: -less(m, 1.0),
    operands=("m",),
    group="loss",
    kink=lambda y, m: np.equal(m, 1.0),
    notation=Notation(card="hinge", symbol="hinge"),
    help=Help(
        "max(0, 1 − m) for a margin m = y·score with y = ±1.",
        "The adjoint changes its sign where the margin is below 1, else 0.",
        kinks="The slope at m = 1 is taken as 0.",
        traps="Samples beyond the margin have slope 0 and teach nothing.",
        source='Cortes & Vapnik, "Support-vector networks", 1995.',
        keywords=("svm", "margin", "loss"),
    ),
    examples=(Example((0.5,)), Example((2.0,))),
)


def _paired(name: str, a: Shape, b: Shape) -> Shape:
    if a != b:
        raise ShapeError(f"{name} needs two arrays of one shape; {shape_text(a)} and {shape_text(b)} are not")
    return ()


def _batched_mse(is_batched: Sequence[bool], a: Any, b: Any) -> Any:
    squares = OPS["sq"](a - b)
    size = int(np.prod(shape_of(squares)[1:]))
    return OPS["mean"](reshaped(squares, (shape_of(squares)[0], size)), axis=1)


mse: Op = declare(
    Op(
        name="mse",
        operands=("a", "b"),
        evaluate=lambda a, b: np.mean(np.square(a - b)),
        shape=lambda a, b: _paired("mse", a, b),
        vjps=(
            lambda g, y, a, b: (2.0 * g / float(np.prod(shape_of(a)))) * (a - b),
            lambda g, y, a, b: (2.0 * g / float(np.prod(shape_of(a)))) * (b - a),
        ),
        batch=_batched_mse,
        group="loss",
        notation=Notation(card="mse", symbol="mse"),
        help=Help(
            "The mean of the squared differences.",
            "a receives the adjoint times 2(a − b)/n, and b its negative.",
            traps="A far outlier rules the whole gradient; huber counts it less.",
            keywords=("mean squared error", "least squares", "loss"),
        ),
        examples=(Example(([1.0, 2.0, 4.0], [1.5, 0.0, 3.0])), Example((3.0, 1.0))),
    )
)
