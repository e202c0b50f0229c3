"""Activations: the curves that make a network more than a matrix."""

from typing import Any

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import Example, Help, Notation
from gradviz.core.ops.comparison import greater
from gradviz.core.types import Array


def _sigmoid(x: Any) -> Array:
    # by the sign of x, so that exp never overflows
    small = np.exp(-np.abs(x))
    result: Array = np.where(np.greater_equal(x, 0.0), 1.0, small) / (1.0 + small)
    return result


sigmoid = elementwise(
    "sigmoid",
    _sigmoid,
    lambda y, x: y * (1.0 - y),
    group="activation",
    scalar="(1.0 / (1.0 + math.exp(-{0})) if {0} >= 0.0 else math.exp({0}) / (1.0 + math.exp({0})))",
    notation=Notation(card="σ", symbol="σ", latex=r"\sigma({0})"),
    help=Help(
        "The logistic function 1 / (1 + e⁻ˣ): an S-curve from 0 to 1.",
        "The adjoint times σ(x)·(1 − σ(x)), at most a quarter; nearly 0 where it saturates.",
        keywords=("logistic", "activation", "squash", "σ"),
    ),
    examples=(Example((0.5,)),),
)


def _relu(x: Any) -> Array:
    result: Array = np.maximum(x, 0.0)
    return result


relu = elementwise(
    "relu",
    _relu,
    lambda y, x: greater(x, 0.0),
    group="activation",
    scalar="({0} if {0} > 0.0 or {0} != {0} else 0.0)",
    notation=Notation(card="relu", symbol="relu"),
    help=Help(
        "x where it is positive, else 0.",
        "The adjoint where x is positive, else 0.",
        kinks="The slope at 0 is taken as 0.",
        keywords=("rectifier", "activation", "max(0, x)"),
    ),
    examples=(Example((2.0,)),),
)


def _softplus(x: Any) -> Array:
    result: Array = np.logaddexp(x, 0.0)
    return result


softplus = elementwise(
    "softplus",
    _softplus,
    lambda y, x: sigmoid(x),
    group="activation",
    scalar="(max({0}, 0.0) + math.log1p(math.exp(-abs({0}))))",
    notation=Notation(card="softplus", symbol="softplus"),
    help=Help("log(1 + eˣ): a smooth relu.", "The adjoint times σ(x).", keywords=("activation", "smooth")),
    examples=(Example((0.5,)),),
)
