"""What a formula says, before it is a graph: the tree that the parser makes.

    -x^2 + f(a)[1]     Binary("+", Negation(Binary("^", x, 2)), Index(Call(f, a), 1))

Chains make deep trees (x + x + … is as deep as it is long), so no one may walk them by recursion.
"""

from dataclasses import dataclass

from gradviz.errors import Span


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number as typed, with its sign where one stands before it."""

    value: float
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name: of a leaf or of an earlier line."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """`?`: an operand that is still to come."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Negation:
    """−operand."""

    operand: "Expression"
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """Two operands with a sign between them; "·" also stands for operands side by side."""

    sign: str
    left: "Expression"
    right: "Expression"
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A setting in a call, such as axis=0."""

    name: str
    value: "Expression"
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function with its operands and settings."""

    function: str
    operands: tuple["Expression", ...]
    settings: tuple[Setting, ...]
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """start:stop:step between index brackets."""

    parts: tuple["Expression | None", ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """base[parts]."""

    base: "Expression"
    parts: tuple["Expression | Section", ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """[a, b, …]."""

    items: tuple["Expression", ...]
    span: Span


Expression = Number | Name | Blank | Negation | Binary | Call | Index | Listing


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a formula: an expression, with a name where it says `name = …`. number: from 1."""

    expression: Expression
    span: Span
    name: Name | None = None
    number: int = 1


def children(expression: Expression) -> tuple[Expression, ...]:
    """The parts of an expression that become nodes, left to right; an index of numbers is no node."""
    match expression:
        case Negation():
            return (expression.operand,)
        case Binary():
            return (expression.left, expression.right)
        case Call():
            return expression.operands
        case Index():
            return (expression.base, *(part for part in expression.parts if not isinstance(part, Section)))
        case Listing():
            return expression.items
        case _:
            return ()
