"""Trigonometric and hyperbolic functions."""

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import OPS, Example, Help, Notation

sin = elementwise(
    "sin",
    np.sin,
    lambda y, x: OPS["cos"](x),
    group="trigonometric",
    scalar="math.sin({0})",
    notation=Notation(card="sin", symbol="sin", latex=r"\sin({0})"),
    help=Help("The sine of an angle in radians.", "The adjoint times cos x.", keywords=("sine",)),
    examples=(Example((1.0,)),),
)

cos = elementwise(
    "cos",
    np.cos,
    lambda y, x: -sin(x),
    group="trigonometric",
    scalar="math.cos({0})",
    notation=Notation(card="cos", symbol="cos", latex=r"\cos({0})"),
    help=Help("The cosine of an angle in radians.", "The adjoint times −sin x.", keywords=("cosine",)),
    examples=(Example((1.0,)),),
)

tan = elementwise(
    "tan",
    np.tan,
    lambda y, x: 1.0 + OPS["sq"](y),
    group="trigonometric",
    scalar="math.tan({0})",
    notation=Notation(card="tan", symbol="tan", latex=r"\tan({0})"),
    help=Help("The tangent of an angle in radians.", "The adjoint times 1 + tan² x.", keywords=("tangent",)),
    domain=((-1.2, 1.2),),
    examples=(Example((0.5,)),),
)

tanh = elementwise(
    "tanh",
    np.tanh,
    lambda y, x: 1.0 - OPS["sq"](y),
    group="trigonometric",
    scalar="math.tanh({0})",
    notation=Notation(card="tanh", symbol="tanh", latex=r"\tanh({0})"),
    help=Help(
        "The hyperbolic tangent: an S-curve from −1 to 1.",
        "The adjoint times 1 − tanh² x, which is nearly 0 where it saturates.",
        keywords=("activation", "squash"),
    ),
    examples=(Example((0.5,)),),
)
