"""Softmax and its logarithm, shifted by the maximum so that nothing overflows."""

from typing import Any

import numpy as np

from gradviz.core.expr import shape_of
from gradviz.core.kinds import along_axis, reduction
from gradviz.core.op import OPS, Example, Help, Notation, Op, Param, declare
from gradviz.core.shapes import normal_axis, reduced_shape
from gradviz.core.types import Array, Shape
from gradviz.errors import ShapeError

LAST_AXIS = Param("axis", -1, "axis")


def _shape_along(name: str) -> Any:
    def rule(shape: Shape, axis: int = -1) -> Shape:
        if not shape:
            raise ShapeError(f"{name} needs a vector of scores; it was given a scalar")
        normal_axis(name, axis, shape)
        return shape

    return rule


def _shifted(x: Any, axis: int) -> Any:
    return x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)  # ∞ − ∞ is NaN: no score to compare with


def _softmax(x: Any, axis: int = -1) -> Array:
    weights = np.exp(_shifted(x, axis))
    result: Array = weights / np.sum(weights, axis=axis, keepdims=True)
    return result


def _log_softmax(x: Any, axis: int = -1) -> Array:
    shifted = _shifted(x, axis)
    result: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return result


def weights(x: Any, axis: int = -1) -> tuple[Any, Any, Any]:
    """x shifted by its maximum, e to that, and the sum of these: what softmax and its kin share."""
    shifted = x - OPS["max"](x, axis=axis, keepdims=True)
    powers = OPS["exp"](shifted)
    return shifted, powers, _total(powers, axis)


def _softmax_by_parts(x: Any, axis: int = -1) -> Any:
    _, powers, total = weights(x, axis)
    return powers / total


def _total(x: Any, axis: int) -> Any:
    return OPS["sum"](x, axis=axis, keepdims=True)


softmax = declare(
    Op(
        name="softmax",
        operands=("x",),
        evaluate=_softmax,
        shape=_shape_along("softmax"),
        vjps=(lambda g, y, x, axis=-1: y * (g - _total(g * y, axis)),),
        expand=_softmax_by_parts,
        batch=along_axis("softmax"),
        group="probability",
        notation=Notation(card="softmax", symbol="softmax", latex=r"\mathrm{{softmax}}({0})"),
        help=Help(
            "Scores as probabilities: eˣ over the sum of all eˣ.",
            "Element j receives yⱼ·(gⱼ − Σₖ gₖ yₖ): every score moves every probability.",
            kinks="A score of −∞ has probability 0. Scores of which one is ∞, or all are −∞, give NaN.",
            traps=(
                "Where one score leads by some 37 or more its probability is exactly 1 and the gradient almost 0. "
                "log(softmax(z)) becomes log 0: take log_softmax(z)."
            ),
            source='Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.',
            keywords=("probabilities", "classes", "normalise"),
        ),
        params=(LAST_AXIS,),
        examples=(Example(([1.0, -2.0, 0.0],)), Example(([[1.0, 2.0], [0.0, -1.0]],), {"axis": 0})),
    )
)

log_softmax = declare(
    Op(
        name="log_softmax",
        operands=("x",),
        evaluate=_log_softmax,
        shape=_shape_along("log_softmax"),
        vjps=(lambda g, y, x, axis=-1: g - OPS["exp"](y) * _total(g, axis),),
        batch=along_axis("log_softmax"),
        group="probability",
        notation=Notation(card="log softmax", symbol="log softmax", latex=r"\log\mathrm{{softmax}}({0})"),
        help=Help(
            "The logarithm of softmax, computed in one piece so that small probabilities don't become log 0.",
            "Element j receives gⱼ − softmax(x)ⱼ·Σₖ gₖ; for one class y this is softmax(x)ⱼ − [y = j] after the sign.",
            kinks="A score of −∞ stays −∞. Scores of which one is ∞, or all are −∞, give NaN.",
            keywords=("likelihood", "log probabilities", "nll"),
        ),
        params=(LAST_AXIS,),
        examples=(Example(([1.0, -2.0, 0.0],)), Example(([[1.0, 2.0], [0.0, -1.0]],), {"axis": 0})),
    )
)


def _logsumexp(x: Any, axis: int | None = None, keepdims: bool = False) -> Array:
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    result = np.log(np.sum(np.exp(x - highest), axis=axis, keepdims=True)) + highest
    kept: Array = result.reshape(reduced_shape("logsumexp", x.shape, axis, keepdims))
    return kept


def _share(x: Any, axes: tuple[int, ...]) -> Any:
    """softmax over these axes; exp(x − y) would have no digits left where x is huge."""
    if len(axes) == 1:
        return softmax(x, axis=axes[0])
    flat = OPS["reshape"](x, shape=(int(np.prod([shape_of(x)[axis] for axis in axes])),))
    return OPS["reshape"](softmax(flat), shape=shape_of(x))


logsumexp = reduction(
    "logsumexp",
    _logsumexp,
    lambda g, y, x, axes: g * _share(x, axes),
    notation=Notation(card="log Σ exp", symbol="logΣexp"),
    help=Help(
        "log(eˣ¹ + eˣ² + …): a smooth maximum.",
        "Each element receives the adjoint times its softmax probability.",
        traps="Written out as log(sum(exp(x))) it overflows from 709.8 on; in one piece it doesn't.",
        keywords=("softmax", "smooth maximum"),
    ),
    examples=(Example(([1.0, -2.0, 0.0],)), Example(([[1.0, 2.0], [0.0, -1.0]],), {"axis": 1})),
)
