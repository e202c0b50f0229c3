"""Activations: the curves that make a network more than a matrix."""

from typing import Any

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import OPS, Example, Help, Notation, Op
from gradviz.core.ops.comparison import clip, greater, minimum
from gradviz.core.types import Array

LEAK = 0.01
GELU_SCALE = float(np.sqrt(2.0 / np.pi))
GELU_END = 10.0
"""From here on tanh is 1 to the last digit, so gelu is x or 0; its cube must not overflow."""


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
        traps=(
            "It saturates: beyond about 37 it is exactly 1 with slope 0. Its slope is at most ¼, so n layers "
            "leave at most 4⁻ⁿ."
        ),
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
    kink=lambda y, x: np.equal(x, 0.0),
    scalar="({0} if {0} > 0.0 or {0} != {0} else 0.0)",
    notation=Notation(card="relu", symbol="relu"),
    help=Help(
        "x where it is positive, else 0.",
        "The adjoint where x is positive, else 0.",
        kinks="The slope at 0 is taken as 0.",
        traps="A unit that is negative on every sample has slope 0 everywhere and never learns again.",
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

leaky_relu = elementwise(
    "leaky_relu",
    lambda x: np.where(np.greater(x, 0.0), x, LEAK * x),
    lambda y, x: LEAK + (1.0 - LEAK) * greater(x, 0.0),
    group="activation",
    kink=lambda y, x: np.equal(x, 0.0),
    scalar="({0} if {0} > 0.0 else 0.01 * {0})",
    notation=Notation(card="leaky relu", symbol="leaky"),
    help=Help(
        "x where it is positive, else x/100, so that a little still flows back.",
        "The adjoint where x is positive, else a hundredth of it.",
        kinks="The slope at 0 is taken as 0.01.",
        source='Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.',
        keywords=("rectifier", "activation"),
    ),
    examples=(Example((2.0,)), Example((-2.0,))),
)


def _elu(x: Any) -> Array:
    result: Array = np.where(np.greater(x, 0.0), x, np.expm1(np.minimum(x, 0.0)))
    return result


elu = elementwise(
    "elu",
    _elu,
    lambda y, x: OPS["exp"](minimum(x, 0.0)),  # y + 1 would lose every digit where x is far below 0
    group="activation",
    scalar="({0} if {0} > 0.0 else math.expm1({0}))",
    notation=Notation(card="elu", symbol="elu"),
    help=Help(
        "x where it is positive, else eˣ − 1.",
        "The adjoint where x is positive, else the adjoint times eˣ.",
        source='Clevert, Unterthiner & Hochreiter, "Exponential linear units", 2016.',
        keywords=("activation",),
    ),
    examples=(Example((2.0,)), Example((-2.0,))),
)


def _silu(x: Any) -> Array:
    result: Array = np.maximum(x, -1e3) * _sigmoid(x)  # beyond −745 σ(x) is 0, and −∞ · 0 would be NaN
    return result


silu = elementwise(
    "silu",
    _silu,
    lambda y, x: sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x))),
    group="activation",
    notation=Notation(card="silu", symbol="silu"),
    help=Help(
        "x·σ(x): a smooth relu that dips below 0. Also called swish.",
        "The adjoint times σ(x)·(1 + x·(1 − σ(x))).",
        source='Elfwing, Uchibe & Doya, "Sigmoid-weighted linear units", 2018.',
        keywords=("swish", "activation"),
    ),
    examples=(Example((0.5,)),),
)


def _gelu(x: Any) -> Array:
    near = np.clip(x, -GELU_END, GELU_END)
    result: Array = np.maximum(x, -GELU_END) * (0.5 * (1.0 + np.tanh(GELU_SCALE * (near + 0.044715 * near**3))))
    return result


gelu = elementwise(
    "gelu",
    _gelu,
    lambda y, x: _gelu_slope(x),
    group="activation",
    notation=Notation(card="gelu", symbol="gelu"),
    help=Help(
        "x times the chance that a normal variable is below x, in its tanh form.",
        "The adjoint times the slope of that curve.",
        source='Hendrycks & Gimpel, "Gaussian error linear units", 2016, the tanh approximation.',
        keywords=("activation", "gaussian"),
    ),
    examples=(Example((0.5,)),),
)


_within = Op(
    name="within",
    operands=("x",),
    evaluate=lambda x: np.clip(x, -GELU_END, GELU_END),
    shape=lambda shape: shape,
    vjps=(None,),
    batch=lambda _is_batched, x: x,
    group="activation",
    help=Help("x kept where nothing overflows; a graph holds a clip, and text leaves it out."),
    simplify=lambda x: clip(x, -GELU_END, GELU_END),
    is_public=False,
)


def _gelu_slope(x: Any) -> Any:
    near = _within(x)
    squared = OPS["sq"](near)
    t = OPS["tanh"](GELU_SCALE * (near * (1.0 + 0.044715 * squared)))
    inner = GELU_SCALE * (1.0 + 0.134145 * squared)
    return 0.5 * (1.0 + t) + 0.5 * near * (1.0 - OPS["sq"](t)) * inner
