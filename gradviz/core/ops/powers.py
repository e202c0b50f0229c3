"""Powers and roots."""

from typing import Any

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import OPS, POWER, Example, Help, Notation
from gradviz.core.ops.comparison import equal, greater_equal, where
from gradviz.core.ops.simplify import simpler_pow

sq = elementwise(
    "sq",
    np.square,
    lambda y, x: 2.0 * x,
    group="powers",
    scalar="{0} * {0}",
    notation=Notation("{0}^2", "{0}^{{2}}", POWER, (POWER + 1,), "( · )²", "( )²"),
    help=Help(
        "The square.",
        "The adjoint times 2x.",
        traps="Beyond 1.3·10¹⁵⁴ the square is ∞. A far outlier rules the whole gradient, for the slope grows with x.",
        keywords=("square", "^2", "squared", "power"),
    ),
    examples=(Example((3.0,)),),
)


def _power_slope(y: Any, x: Any, n: Any) -> Any:
    # at n = 0 the power is the constant 1: its slope is 0 even where x^(n-1) is infinite
    is_constant = equal(n, 0.0)
    return n * OPS["pow"](x, where(is_constant, 1.0, n - 1.0))


def _exponent_slope(y: Any, x: Any, n: Any) -> Any:
    # 0^n stays 0 for n > 0: log 0 is not taken
    return y * OPS["log"](where(equal(x, 0.0) * greater_equal(n, 0.0), 1.0, x))


def _is_at_zero(y: Any, x: Any, n: Any) -> Any:
    # a whole n ≥ 2 is smooth in x; elsewhere 0^n has a corner, a pole or a jump
    is_smooth = np.greater(n, 1.0) & np.equal(n, np.floor(n)) | np.equal(n, 1.0)
    return np.equal(x, 0.0) & ~is_smooth


pow_ = elementwise(
    "pow",
    np.power,
    _power_slope,
    _exponent_slope,
    operands=("x", "n"),
    group="powers",
    scalar="math.pow({0}, {1})",
    notation=Notation("{0}^{1}", "{0}^{{{1}}}", POWER, (POWER + 1, POWER), "( · )ⁿ", "xⁿ"),
    help=Help(
        "x to the power n.",
        "The base receives the adjoint times n·xⁿ⁻¹, the exponent the adjoint times xⁿ·log x.",
        kinks="0⁰ is 1 with slope 0. At x = 0 the slope by n is taken as 0, and by x it is +∞ for 0 < n < 1. "
        "A negative base has no logarithm: the slope by n is NaN for every n, and for a broken n the value is too.",
        traps=(
            "A learnt exponent over a base that may be negative gives NaN. Near 0 a power below 1 has a slope "
            "without bound."
        ),
        keywords=("power", "^", "exponent", "cube"),
    ),
    simplify=simpler_pow,
    kink=_is_at_zero,
    domain=((0.5, 2.0), (-2.0, 3.0)),
    examples=(Example((2.0, 3.0)),),
)

sqrt = elementwise(
    "sqrt",
    np.sqrt,
    lambda y, x: 0.5 / y,
    group="powers",
    scalar="math.sqrt({0})",
    kink=lambda y, x: np.equal(x, 0.0),
    notation=Notation(None, r"\sqrt{{{0}}}", card="√", symbol="√x"),
    help=Help(
        "The square root.",
        "The adjoint over twice the root.",
        kinks="The slope at 0 is +∞; the root of a negative number is NaN.",
        traps="Near 0 the slope grows without bound; √(x + c) with a small c tames it.",
        keywords=("root", "√", "square root"),
    ),
    domain=((0.3, 4.0),),
    examples=(Example((4.0,)),),
)

cbrt = elementwise(
    "cbrt",
    np.cbrt,
    lambda y, x: 1.0 / (3.0 * sq(y)),
    group="powers",
    kink=lambda y, x: np.equal(x, 0.0),
    scalar="math.cbrt({0})",
    notation=Notation(None, r"\sqrt[3]{{{0}}}", card="∛", symbol="∛x"),
    help=Help(
        "The cube root, also of negative numbers.",
        "The adjoint over three times the squared root.",
        kinks="The slope at 0 is +∞.",
        traps="Near 0 the slope grows without bound.",
        keywords=("root", "cube root"),
    ),
    domain=((0.3, 4.0),),
    examples=(Example((8.0,)), Example((-8.0,))),
)
