"""The four rules of arithmetic, and the sign."""

import numpy as np

from gradviz.core.kinds import elementwise
from gradviz.core.op import PRODUCT, SUM, UNARY, Example, Help, Notation
from gradviz.core.ops.simplify import simpler_add, simpler_div, simpler_mul, simpler_neg, simpler_sub

add = elementwise(
    "add",
    np.add,
    lambda y, a, b: 1.0,
    lambda y, a, b: 1.0,
    operands=("a", "b"),
    group="arithmetic",
    scalar="{0} + {1}",
    notation=Notation("{0} + {1}", "{0} + {1}", SUM, (SUM, SUM + 1), "+", "+"),
    help=Help(
        "The sum of two numbers.",
        "Both operands receive the adjoint unchanged.",
        traps="Beside a number 2⁵³ times as large, the smaller one is lost altogether.",
        keywords=("plus", "+"),
    ),
    simplify=simpler_add,
    examples=(Example((2.0, 3.0)),),
)

sub = elementwise(
    "sub",
    np.subtract,
    lambda y, a, b: 1.0,
    lambda y, a, b: -1.0,
    operands=("a", "b"),
    group="arithmetic",
    scalar="{0} - {1}",
    notation=Notation("{0} - {1}", "{0} - {1}", SUM, (SUM, SUM + 1), "−", "−"),
    help=Help(
        "The difference of two numbers.",
        "The first operand receives the adjoint, the second its negative, with the sign of a subtrahend.",
        traps="Two nearly equal numbers cancel: their leading digits go, and what is left is mostly rounding.",
        keywords=("minus", "subtract", "difference", "-"),
    ),
    simplify=simpler_sub,
    examples=(Example((2.0, 3.0)),),
)

mul = elementwise(
    "mul",
    np.multiply,
    lambda y, a, b: b,
    lambda y, a, b: a,
    operands=("a", "b"),
    group="arithmetic",
    scalar="{0} * {1}",
    notation=Notation("{0} * {1}", r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT + 1), "×", "×"),
    help=Help(
        "The product, element by element.",
        "Each operand receives the adjoint times the other operand.",
        traps="0 times ∞ is NaN, forward and on the way back alike.",
        keywords=("times", "multiply", "*", "elementwise"),
    ),
    simplify=simpler_mul,
    examples=(Example((2.0, 3.0)),),
)

div = elementwise(
    "div",
    np.divide,
    lambda y, a, b: 1.0 / b,
    lambda y, a, b: -y / b,
    operands=("a", "b"),
    group="arithmetic",
    scalar="{0} / {1}",
    notation=Notation("{0} / {1}", r"\frac{{{0}}}{{{1}}}", PRODUCT, (PRODUCT, PRODUCT + 1), "÷", "÷"),
    help=Help(
        "The quotient, element by element.",
        "The numerator receives the adjoint over the denominator b; the denominator that times −a/b.",
        kinks="Division by zero gives ±∞, and 0/0 gives NaN; both are marked.",
        traps="Near a zero denominator the value grows like 1/b and its slope like 1/b².",
        keywords=("divide", "over", "fraction", "/"),
    ),
    simplify=simpler_div,
    domain=((-2.0, 2.0), (0.5, 2.0)),
    examples=(Example((3.0, 2.0)),),
)

neg = elementwise(
    "neg",
    np.negative,
    lambda y, x: -1.0,
    group="arithmetic",
    scalar="-{0}",
    notation=Notation("-{0}", "-{0}", UNARY, (UNARY,), "−( · )", "−x"),
    help=Help("The negative.", "The adjoint changes its sign.", keywords=("minus", "negative", "-")),
    simplify=simpler_neg,
    examples=(Example((2.0,)),),
)
