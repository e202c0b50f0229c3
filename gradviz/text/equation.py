"""Equations as coloured pieces: each piece as plain text and as LaTeX, marked as a value or a derivative.

∂L/∂x = 8 · 2x = 8 · 4 = 32
^^^^^   ^   ^^   ^   ^   ^^
deriv. deriv. value …       the interface paints values blue and derivatives orange
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.op import PRODUCT
from gradviz.text import numbers, symbols
from gradviz.text.latex import latex
from gradviz.text.plain import plain


class PartKind(Enum):
    """What a piece of an equation is, and so how it is coloured."""

    PLAIN = "plain"
    VALUE = "value"
    """A forward value, or a local derivative: a function of forward values."""
    DERIVATIVE = "derivative"
    """An adjoint or a contribution."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an equation."""

    text: str
    latex: str
    kind: PartKind = PartKind.PLAIN


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of mathematics."""

    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """The line as Unicode text."""
        return "".join(part.text for part in self.parts)

    @property
    def latex(self) -> str:
        """The line as LaTeX, without dollar signs."""
        return "".join(part.latex for part in self.parts)

    def __str__(self) -> str:
        return self.plain


def equation(*parts: Part | None) -> Equation:
    """The line of these pieces; None is left out."""
    return Equation(tuple(part for part in parts if part is not None))


_LATEX_SIGNS = {
    "=": "=",
    "·": r"\cdot",
    "⊙": r"\odot",
    "+": "+",
    "−": "-",
    "→": r"\to",
    "←": r"\leftarrow",
    "Σ": r"\sum",
    "…": r"\ldots",
    "ε": r"\varepsilon",
}


def sign(text: str) -> Part:
    """A sign with a space on either side: " = ", " · "."""
    return Part(f" {text} ", f" {_LATEX_SIGNS[text]} ")


def letter(text: str) -> Part:
    """A sign that stands alone, such as Σ or ε."""
    return Part(text, f"{_LATEX_SIGNS[text]} ")


def words(text: str) -> Part:
    """Words between mathematics."""
    escaped = text.replace("_", r"\_").replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")
    return Part(text, rf"\text{{{escaped}}}")


def name(symbol: str, kind: PartKind = PartKind.PLAIN) -> Part:
    """The name of a node."""
    return Part(symbols.display(symbol), symbols.latex(symbol), kind)


def derivative(of: str, by: str, kind: PartKind = PartKind.DERIVATIVE) -> Part:
    """∂of/∂by."""
    return Part(
        f"∂{symbols.display(of)}/∂{symbols.display(by)}",
        rf"\frac{{\partial {symbols.latex(of)}}}{{\partial {symbols.latex(by)}}}",
        kind,
    )


def quantity(value: Any, kind: PartKind, *, bracketed: bool = False) -> Part:
    """A number or an array; `bracketed` puts brackets round a negative number, as inside a product."""
    text, tex = numbers.typeset_value(value), numbers.latex_value(value)
    if bracketed and text.startswith(numbers.MINUS):
        return _in_brackets(text, tex, kind)
    return Part(text, tex, kind)


def expression(graph: Graph, kind: PartKind = PartKind.PLAIN, *, bracketed: bool = False) -> Part:
    """A formula; `bracketed` puts brackets round what would fall apart inside a product."""
    text, tex = plain(graph), latex(graph)
    if bracketed and (binds_weakly(graph) or text.startswith(("-", numbers.MINUS))):
        return _in_brackets(text, tex, kind)
    return Part(text, tex, kind)


def binds_weakly(graph: Graph) -> bool:
    """True when the formula is a sum or a comparison, which needs brackets inside a product."""
    top = graph.nodes[graph.output]
    match top:
        case Apply():
            return top.op.notation.plain is not None and top.op.notation.binds < PRODUCT
        case Literal():
            return bool(np.ndim(top.value) == 0 and numbers.is_negative(float(top.value)))
        case _:
            return False


def _in_brackets(text: str, tex: str, kind: PartKind) -> Part:
    return Part(f"({text})", rf"\left({tex}\right)", kind)
