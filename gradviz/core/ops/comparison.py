"""Comparisons, which give 1 for true and 0 for false, and what chooses by them. None of them has a slope."""

from typing import Any

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import COMPARE, OPS, Example, Help, Notation, Op
from gradviz.core.types import Array


def _comparison(name: str, test: Any, sign: str, latex: str, card: str, words: str) -> Op:
    def compare(a: Any, b: Any) -> Array:
        result: Array = test(a, b).astype(np.float64)
        return result

    return elementwise(
        name,
        compare,
        None,
        None,
        operands=("a", "b"),
        group="comparison",
        scalar=f"float({{0}} {sign} {{1}})",
        kink=lambda y, a, b: np.equal(a, b),
        notation=Notation(
            f"{{0}} {sign} {{1}}", f"{{0}} {latex} {{1}}", COMPARE, (COMPARE + 1, COMPARE + 1), card, card
        ),
        help=Help(
            f"1 where a is {words} b, else 0.",
            "Nothing flows back: the slope is 0 wherever there is one.",
            kinks="Where both are equal it jumps; the slope is taken as 0.",
            traps="0.1 + 0.2 is not equal to 0.3 in floating point." if sign in ("==", "!=") else "",
            keywords=("compare", sign),
        ),
        examples=(Example((2.0, 3.0)),),
    )


less = _comparison("less", np.less, "<", "<", "<", "less than")
less_equal = _comparison("less_equal", np.less_equal, "<=", r"\le", "≤", "at most")
greater = _comparison("greater", np.greater, ">", ">", ">", "greater than")
greater_equal = _comparison("greater_equal", np.greater_equal, ">=", r"\ge", "≥", "at least")
equal = _comparison("equal", np.equal, "==", "=", "=", "equal to")
not_equal = _comparison("not_equal", np.not_equal, "!=", r"\ne", "≠", "not equal to")


def _where(c: Any, a: Any, b: Any) -> Array:
    chosen: Array = np.where(np.not_equal(c, 0.0), a, b)
    return chosen


where = elementwise(
    "where",
    _where,
    None,
    lambda y, c, a, b: not_equal(c, 0.0),
    lambda y, c, a, b: equal(c, 0.0),
    operands=("c", "a", "b"),
    group="comparison",
    scalar="({1} if {0} != 0.0 else {2})",
    notation=Notation(card="where", symbol="a|b"),
    help=Help(
        "a where the condition c holds, else b.",
        "The operand that was chosen receives the adjoint, the other one 0.",
        traps="0 times ∞ in the branch that was not chosen is NaN; choose the operands, not the results, to avoid it.",
        keywords=("if", "choose", "condition"),
    ),
    examples=(Example((1.0, 2.0, 3.0)),),
)


def _larger_share(y: Any, a: Any, b: Any) -> Any:
    return greater(a, b) + 0.5 * equal(a, b)


def _smaller_share(y: Any, a: Any, b: Any) -> Any:
    return less(a, b) + 0.5 * equal(a, b)


maximum = elementwise(
    "maximum",
    np.maximum,
    _larger_share,
    lambda y, a, b: _larger_share(y, b, a),
    operands=("a", "b"),
    group="comparison",
    scalar="({0} if {0} >= {1} or {0} != {0} else {1})",
    kink=lambda y, a, b: np.equal(a, b),
    notation=Notation(card="max", symbol="max"),
    help=Help(
        "The larger of two numbers, element by element.",
        "The larger operand receives the adjoint, the smaller one 0.",
        kinks="Where both are equal each receives half.",
        traps="Only the larger operand learns.",
        keywords=("max", "larger"),
    ),
    examples=(Example((2.0, 3.0)),),
)

minimum = elementwise(
    "minimum",
    np.minimum,
    _smaller_share,
    lambda y, a, b: _smaller_share(y, b, a),
    operands=("a", "b"),
    group="comparison",
    scalar="({0} if {0} <= {1} or {0} != {0} else {1})",
    kink=lambda y, a, b: np.equal(a, b),
    notation=Notation(card="min", symbol="min"),
    help=Help(
        "The smaller of two numbers, element by element.",
        "The smaller operand receives the adjoint, the larger one 0.",
        kinks="Where both are equal each receives half.",
        traps="Only the smaller operand learns.",
        keywords=("min", "smaller"),
    ),
    examples=(Example((2.0, 3.0)),),
)

sign = elementwise(
    "sign",
    np.sign,
    None,
    group="comparison",
    scalar="(({0} > 0) - ({0} < 0) if {0} == {0} else {0}) * 1.0",
    kink=lambda y, x: np.equal(x, 0.0),
    notation=Notation(card="sign", symbol="sign"),
    help=Help(
        "−1, 0 or 1: the sign of x.",
        "Nothing flows back.",
        kinks="At 0 it jumps; the slope is taken as 0.",
        traps="Its slope is 0: nothing flows back through it.",
    ),
    examples=(Example((2.0,)),),
)

abs_ = elementwise(
    "abs",
    np.abs,
    lambda y, x: OPS["sign"](x),
    group="comparison",
    scalar="abs({0})",
    kink=lambda y, x: np.equal(x, 0.0),
    notation=Notation(card="| · |", symbol="|x|", latex=r"\left|{0}\right|"),
    help=Help(
        "The absolute value.",
        "The adjoint times the sign of x.",
        kinks="The slope at 0 is taken as 0.",
        keywords=("absolute", "modulus", "magnitude"),
    ),
    examples=(Example((-2.0,)),),
)

floor = elementwise(
    "floor",
    np.floor,
    None,
    group="comparison",
    kink=np.equal,
    notation=Notation(card="⌊ · ⌋", symbol="⌊x⌋", latex=r"\left\lfloor {0} \right\rfloor"),
    help=Help(
        "The largest whole number that is at most x.",
        "Nothing flows back.",
        kinks="At whole numbers it jumps; the slope is taken as 0.",
        traps="Its slope is 0: nothing flows back through it.",
    ),
    examples=(Example((2.5,)),),
)


def _clip(x: Any, low: Any, high: Any) -> Array:
    kept: Array = np.minimum(np.maximum(x, low), high)
    return kept


clip = elementwise(
    "clip",
    _clip,
    lambda y, x, low, high: less_equal(low, x) * less_equal(x, high),
    lambda y, x, low, high: less(x, low) * less_equal(low, high),
    lambda y, x, low, high: greater(maximum(x, low), high),
    operands=("x", "low", "high"),
    group="comparison",
    kink=lambda y, x, low, high: np.equal(x, low) | np.equal(x, high),
    notation=Notation(card="clip", symbol="clip"),
    help=Help(
        "x kept between low and high.",
        "x receives the adjoint while it is between the two; beyond, the bound receives it.",
        kinks="At a bound x receives the adjoint. Where low is above high the result is high.",
        traps="Outside the bounds the slope is 0: what is clipped learns nothing.",
        keywords=("clamp", "limit"),
    ),
    domain=((-2.0, 2.0), (-1.0, -0.5), (0.5, 1.0)),
    examples=(Example((2.0, -1.0, 1.0)), Example((0.5, -1.0, 1.0))),
)
