"""One line of a derivation: what is written, to which edges it belongs, and what is to be said about it."""

from dataclasses import dataclass
from enum import Enum

from gradviz.core.graph import Edge
from gradviz.text.equation import Equation


class Stage(Enum):
    """How far a derivation has come on a line."""

    CHAIN = "chain rule"
    """The chain rule, one factor a line."""
    LOCAL = "local derivatives"
    """Formulas in place of the names of local derivatives."""
    NUMBERS = "numbers"
    CLOSED = "closed form"
    """The whole derivative as one formula."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. edges: those whose factors are new on it. words: what is to be said; "" for nothing."""

    stage: Stage
    equation: Equation
    edges: tuple[Edge, ...] = ()
    words: str = ""
