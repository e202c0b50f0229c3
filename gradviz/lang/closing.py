"""What a closed bracket means: a call, an index, a list, a group, or |a| and ‖a‖."""

from dataclasses import replace

from gradviz.errors import Span
from gradviz.lang.pending import Bracket
from gradviz.lang.syntax import Binary, Call, Expression, Index, Listing, Section


def closed(bracket: Bracket, base: Expression | None, span: Span) -> Expression:
    """The expression of a bracket that is complete; base: what an index stands behind."""
    items = tuple(item for item in bracket.items if not isinstance(item, Section))
    match bracket.kind:
        case "index":
            assert base is not None
            return Index(base, tuple(bracket.items), base.span.covering(span))
        case "[":
            return Listing(items, span)
        case "call":
            assert bracket.function is not None
            whole = bracket.function.span.covering(span)
            call = Call(bracket.function.text, items, tuple(bracket.settings), whole, bracket.function.span)
            return call if bracket.exponent is None else Binary("^", call, bracket.exponent, whole)
        case "(":
            return replace(items[0], span=span) if len(items) == 1 else Listing(items, span)
        case "|":
            return Call("abs", items, (), span, bracket.token.span)
        case _:
            return Call("norm", items, (), span, bracket.token.span)
