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
    help=Help(
        "The sine of an angle in radians.",
        "The adjoint times cos x.",
        traps="From 10¹⁶ on neighbouring numbers lie 2 apart: nothing of the angle is left.",
        keywords=("sine",),
    ),
    examples=(Example((1.0,)),),
)

cos = elementwise(
    "cos",
    np.cos,
    lambda y, x: -sin(x),
    group="trigonometric",
    scalar="math.cos({0})",
    notation=Notation(card="cos", symbol="cos", latex=r"\cos({0})"),
    help=Help(
        "The cosine of an angle in radians.",
        "The adjoint times −sin x.",
        traps="From 10¹⁶ on neighbouring numbers lie 2 apart: nothing of the angle is left.",
        keywords=("cosine",),
    ),
    examples=(Example((1.0,)),),
)

tan = elementwise(
    "tan",
    np.tan,
    lambda y, x: 1.0 + OPS["sq"](y),
    group="trigonometric",
    scalar="math.tan({0})",
    notation=Notation(card="tan", symbol="tan", latex=r"\tan({0})"),
    help=Help(
        "The tangent of an angle in radians.",
        "The adjoint times 1 + tan² x.",
        traps="Near ±π/2 value and slope grow without bound.",
        keywords=("tangent",),
    ),
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
        traps="It saturates: beyond about ±19 it is exactly ±1 and its slope exactly 0, so nothing flows back.",
        keywords=("activation", "squash"),
    ),
    examples=(Example((0.5,)),),
)

asin = elementwise(
    "asin",
    np.arcsin,
    lambda y, x: 1.0 / OPS["sqrt"]((1.0 - x) * (1.0 + x)),
    group="trigonometric",
    kink=lambda y, x: np.equal(np.abs(x), 1.0),
    scalar="math.asin({0})",
    notation=Notation(card="arcsin", symbol="arcsin", latex=r"\arcsin({0})"),
    help=Help(
        "The angle in radians whose sine is x.",
        "The adjoint over √(1 − x²).",
        kinks="Beyond −1 and 1 it is NaN; the slope there is infinite.",
        traps="Near ±1 the slope grows without bound.",
    ),
    domain=((-0.8, 0.8),),
    examples=(Example((0.5,)),),
)

acos = elementwise(
    "acos",
    np.arccos,
    lambda y, x: -1.0 / OPS["sqrt"]((1.0 - x) * (1.0 + x)),
    group="trigonometric",
    kink=lambda y, x: np.equal(np.abs(x), 1.0),
    scalar="math.acos({0})",
    notation=Notation(card="arccos", symbol="arccos", latex=r"\arccos({0})"),
    help=Help(
        "The angle in radians whose cosine is x.",
        "The adjoint over −√(1 − x²).",
        kinks="Beyond −1 and 1 it is NaN; the slope there is infinite.",
        traps="Near ±1 the slope grows without bound.",
    ),
    domain=((-0.8, 0.8),),
    examples=(Example((0.5,)),),
)

atan = elementwise(
    "atan",
    np.arctan,
    lambda y, x: 1.0 / (1.0 + OPS["sq"](x)),
    group="trigonometric",
    scalar="math.atan({0})",
    notation=Notation(card="arctan", symbol="arctan", latex=r"\arctan({0})"),
    help=Help("The angle in radians whose tangent is x.", "The adjoint over 1 + x²."),
    examples=(Example((0.5,)),),
)

sinh = elementwise(
    "sinh",
    np.sinh,
    lambda y, x: OPS["cosh"](x),
    group="trigonometric",
    scalar="math.sinh({0})",
    notation=Notation(card="sinh", symbol="sinh", latex=r"\sinh({0})"),
    help=Help("The hyperbolic sine.", "The adjoint times cosh x.", traps="Beyond ±710.5 it is infinite."),
    examples=(Example((0.5,)),),
)

cosh = elementwise(
    "cosh",
    np.cosh,
    lambda y, x: sinh(x),
    group="trigonometric",
    scalar="math.cosh({0})",
    notation=Notation(card="cosh", symbol="cosh", latex=r"\cosh({0})"),
    help=Help("The hyperbolic cosine.", "The adjoint times sinh x.", traps="Beyond ±710.5 it is ∞."),
    examples=(Example((0.5,)),),
)

asinh = elementwise(
    "asinh",
    np.arcsinh,
    lambda y, x: 1.0 / OPS["sqrt"](OPS["sq"](x) + 1.0),
    group="trigonometric",
    scalar="math.asinh({0})",
    notation=Notation(card="arsinh", symbol="arsinh", latex=r"\operatorname{{arsinh}}({0})"),
    help=Help("The inverse of the hyperbolic sine.", "The adjoint over √(x² + 1)."),
    examples=(Example((0.5,)),),
)

acosh = elementwise(
    "acosh",
    np.arccosh,
    lambda y, x: 1.0 / (OPS["sqrt"](x - 1.0) * OPS["sqrt"](x + 1.0)),
    group="trigonometric",
    kink=lambda y, x: np.equal(x, 1.0),
    scalar="math.acosh({0})",
    notation=Notation(card="arcosh", symbol="arcosh", latex=r"\operatorname{{arcosh}}({0})"),
    help=Help(
        "The inverse of the hyperbolic cosine.",
        "The adjoint over √(x² − 1).",
        kinks="Below 1 it is NaN; the slope at 1 is infinite.",
        traps="Near 1 the slope grows without bound.",
    ),
    domain=((1.3, 4.0),),
    examples=(Example((2.0,)),),
)

atanh = elementwise(
    "atanh",
    np.arctanh,
    lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)),
    group="trigonometric",
    scalar="math.atanh({0})",
    notation=Notation(card="artanh", symbol="artanh", latex=r"\operatorname{{artanh}}({0})"),
    help=Help(
        "The inverse of the hyperbolic tangent.",
        "The adjoint over 1 − x².",
        kinks="At −1 and 1 it is infinite, beyond NaN.",
        traps="Near ±1 value and slope grow without bound.",
    ),
    domain=((-0.8, 0.8),),
    examples=(Example((0.5,)),),
)

atan2 = elementwise(
    "atan2",
    np.arctan2,
    lambda y, a, b: b / (OPS["sq"](a) + OPS["sq"](b)),
    lambda y, a, b: -a / (OPS["sq"](a) + OPS["sq"](b)),
    operands=("a", "b"),
    group="trigonometric",
    kink=lambda y, a, b: np.equal(a, 0.0) & np.less_equal(b, 0.0),
    scalar="math.atan2({0}, {1})",
    notation=Notation(card="atan2", symbol="atan2"),
    help=Help(
        "The angle in radians of the point (b, a), from −π to π.",
        "a receives the adjoint times b/(a² + b²), b that times −a/(a² + b²).",
        kinks="At the origin the slopes are NaN. On the half-line left of it the angle jumps from π to −π; "
        "the slopes are those of either side.",
        traps="Near the origin the slopes grow without bound.",
        keywords=("angle", "polar"),
    ),
    domain=((0.5, 2.0), (0.5, 2.0)),
    examples=(Example((1.0, 2.0)),),
)
