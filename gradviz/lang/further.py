"""Functions that only some texts have: conditions know `isnan` and `previous`, formulas don't.

A call of one is rewritten into what every formula has before the tree becomes a graph.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from gradviz.lang.lexer import Kind, Token
from gradviz.lang.syntax import Binary, Call, Expression, Index, Listing, Negation

Rewriting = Callable[[Call], Expression]
"""What a call of a further function stands for, in terms of what formulas have."""


def with_functions(tokens: Sequence[Token], further: Collection[str]) -> list[Token]:
    """The tokens, with words that are further functions marked as such where a bracket follows."""
    return [
        Token(Kind.FUNCTION, token.text, token.span)
        if token.kind is Kind.WORD and token.text in further and tokens[place + 1].is_sign("(")
        else token
        for place, token in enumerate(tokens)
    ]


def rewritten(expression: Expression, further: Mapping[str, Rewriting]) -> Expression:
    """The tree without calls of further functions; its depth is bounded by whoever allows further functions."""
    match expression:
        case Negation():
            return replace(expression, operand=rewritten(expression.operand, further))
        case Binary():
            left, right = (rewritten(part, further) for part in (expression.left, expression.right))
            return replace(expression, left=left, right=right)
        case Call():
            operands = tuple(rewritten(operand, further) for operand in expression.operands)
            call = replace(expression, operands=operands)
            return further[call.function](call) if call.function in further else call
        case Index():
            return replace(expression, base=rewritten(expression.base, further))
        case Listing():
            return replace(expression, items=tuple(rewritten(item, further) for item in expression.items))
        case _:
            return expression
