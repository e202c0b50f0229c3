"""The exponential function and its inverse."""

import math

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import Example, Help, Notation

LN_2, LN_10 = math.log(2.0), math.log(10.0)

exp = elementwise(
    "exp",
    np.exp,
    lambda y, x: y,
    group="exponential",
    scalar="math.exp({0})",
    notation=Notation(card="exp", symbol="exp", latex=r"\exp({0})"),
    help=Help(
        "e to the power x.",
        "The adjoint times the value itself.",
        traps=(
            "Beyond 709.8 it is ∞, below −745.2 exactly 0. Inside softmax the largest score is taken off first "
            "for that."
        ),
        keywords=("exponential", "e^x", "exponent"),
    ),
    examples=(Example((1.0,)),),
)

log = elementwise(
    "log",
    np.log,
    lambda y, x: 1.0 / x,
    group="exponential",
    scalar="math.log({0})",
    notation=Notation(card="log", symbol="log", latex=r"\log({0})"),
    help=Help(
        "The natural logarithm.",
        "The adjoint over x.",
        kinks="log 0 is −∞, and the logarithm of a negative number is NaN; both are marked.",
        traps="Near 0 the slope 1/x grows without bound. log(softmax(z)) becomes log 0: take log_softmax(z).",
        keywords=("logarithm", "ln"),
    ),
    domain=((0.3, 4.0),),
    examples=(Example((2.0,)),),
)

expm1 = elementwise(
    "expm1",
    np.expm1,
    lambda y, x: exp(x),  # y + 1 would lose every digit where x is far below 0
    group="exponential",
    scalar="math.expm1({0})",
    notation=Notation(card="expm1", symbol="eˣ−1"),
    help=Help(
        "eˣ − 1, exact also where x is tiny.",
        "The adjoint times eˣ.",
        traps="Beyond 709.8 it is ∞.",
        keywords=("exponential",),
    ),
    examples=(Example((1.0,)),),
)

log1p = elementwise(
    "log1p",
    np.log1p,
    lambda y, x: 1.0 / (1.0 + x),
    group="exponential",
    scalar="math.log1p({0})",
    notation=Notation(card="log1p", symbol="log(1+x)"),
    help=Help(
        "log(1 + x), exact also where x is tiny.",
        "The adjoint over 1 + x.",
        traps="At −1 it is −∞, below NaN.",
        keywords=("logarithm",),
    ),
    domain=((-0.5, 3.0),),
    examples=(Example((1.0,)),),
)

log2 = elementwise(
    "log2",
    np.log2,
    lambda y, x: 1.0 / (x * LN_2),
    group="exponential",
    scalar="math.log2({0})",
    notation=Notation(card="log₂", symbol="log₂", latex=r"\log_2({0})"),
    help=Help(
        "The logarithm to base 2.",
        "The adjoint over x·log 2.",
        kinks="log 0 is −∞, and the logarithm of a negative number is NaN; both are marked.",
        traps="Near 0 the slope grows without bound.",
        keywords=("logarithm", "bits"),
    ),
    domain=((0.3, 4.0),),
    examples=(Example((8.0,)),),
)

log10 = elementwise(
    "log10",
    np.log10,
    lambda y, x: 1.0 / (x * LN_10),
    group="exponential",
    scalar="math.log10({0})",
    notation=Notation(card="log₁₀", symbol="log₁₀", latex=r"\log_{{10}}({0})"),
    help=Help(
        "The logarithm to base 10.",
        "The adjoint over x·log 10.",
        kinks="log 0 is −∞, and the logarithm of a negative number is NaN; both are marked.",
        traps="Near 0 the slope grows without bound.",
        keywords=("logarithm", "decades"),
    ),
    domain=((0.3, 4.0),),
    examples=(Example((100.0,)),),
)
