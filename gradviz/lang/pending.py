"""What the parser has begun and not completed: operators that wait for an operand, open brackets, and their errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gradviz.core.op import COMPARE, POWER, PRODUCT, SUM, UNARY
from gradviz.errors import FormulaError
from gradviz.lang.lexer import Kind, Token
from gradviz.lang.reading import fault, shortened
from gradviz.lang.syntax import Expression, Number, Section, Setting

# How strongly what the parser knows binds, between the strengths of core/op.py
BINARY = dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), COMPARE)
BINARY |= {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "@": PRODUCT, "·": PRODUCT, "^": POWER}
TOTAL = SUM + 5
APPLIED = PRODUCT + 5
BESIDE = PRODUCT + 6
ROOT = UNARY + 5

CLOSING = {"(": ")", "call": ")", "[": "]", "index": "]", "|": "|", "‖": "‖"}
OPENS = {"call": "(", "index": "["}


@dataclass(slots=True)
class Waiting:
    """An operator whose right operand is not complete yet.

    sign: of a Binary, or "negate", or "apply" for a function without brackets (with the exponent of sin² x).
    """

    sign: str
    strength: int
    token: Token
    exponent: Number | None = None


@dataclass(slots=True)
class Bracket:
    """An open bracket and what was complete in it so far."""

    kind: str
    token: Token
    function: Token | None = None
    exponent: Number | None = None
    items: list[Expression | Section] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    setting: Token | None = None
    section: list[Expression | None] | None = None


def expected(text: str, tokens: Sequence[Token], at: int, bracket: Bracket | None) -> FormulaError:
    """The error for a place where an operand should stand."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if token.kind is Kind.END and bracket is not None:
        return unclosed(text, bracket)
    if token.kind is Kind.END:
        span = before.span if before else token.span
        return fault(text, span, "expected an expression", f"the formula ends after `{before.text if before else ''}`")
    written = text[token.span.start : token.span.stop] or token.text  # `}` of LaTeX is a bracket to the parser
    what = f"expected an expression before `{shortened(written)}`"
    return fault(text, token.span, what, "write a number, a name or a bracket there")


def unclosed(text: str, bracket: Bracket) -> FormulaError:
    """The error for a bracket that stays open."""
    sign = OPENS.get(bracket.kind, bracket.kind)
    return fault(text, bracket.token.span, f"`{sign}` is never closed", f"add `{CLOSING[bracket.kind]}`")


def closes_nothing(text: str, token: Token) -> FormulaError:
    """The error for a closing bracket, a comma or a colon outside of brackets."""
    match token.text:
        case ",":
            what, remedy = "a comma can't stand here", "lines are separated by ; or a new line, decimals by a point"
        case ":":
            what, remedy = "`:` can't stand here", "it belongs between index brackets, as in x[1:]"
        case _:
            what, remedy = f"`{token.text}` closes nothing", "delete it, or add its opening bracket before"
    return fault(text, token.span, what, remedy)


def wrong_closing(text: str, token: Token, bracket: Bracket) -> FormulaError:
    """The error for [a)."""
    opening, closing = OPENS.get(bracket.kind, bracket.kind), CLOSING[bracket.kind]
    return fault(text, token.span, f"`{token.text}` doesn't close `{opening}`", f"`{opening}` is closed by `{closing}`")
