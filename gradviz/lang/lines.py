"""Lines of a formula: where each ends, and the name at its head.

h = tanh(x)      a line with the name h
L(w, b) = h^2    a line with the name L: the arguments on the left say nothing new
a +
b                one line: it goes on after an operator and inside brackets
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradviz.errors import Span
from gradviz.lang import names
from gradviz.lang.lexer import Kind, Token
from gradviz.lang.reading import fault

_OPENING, _CLOSING = ("(", "["), (")", "]")
_GOES_ON = ("+", "-", "*", "·", "/", "@", "^", "=", "<", ">", "<=", ">=", "==", "!=", ",")


@dataclass(frozen=True, slots=True, eq=False)
class RawLine:
    """The tokens of one line after its head, END last, and the token of its name.

    params: the tokens between the brackets of a head such as f(a, b), None when it has no brackets. number: from 1.
    """

    tokens: tuple[Token, ...]
    name: Token | None
    params: tuple[Token, ...] | None = None
    number: int = 1

    @property
    def span(self) -> Span:
        """Where the line stands."""
        first = self.name or self.tokens[0]
        return first.span.covering(self.tokens[-2].span if len(self.tokens) > 1 else first.span)


def split(text: str, tokens: Sequence[Token]) -> list[RawLine]:
    """The lines that are not empty; raises FormulaError for a head that can't be a name, and when there is no line."""
    cut = (line for line in _cut(tokens) if line)
    lines = [replace(_with_head(text, line), number=number) for number, line in enumerate(cut, 1)]
    if not lines:
        raise fault(text, Span(0, max(1, len(text))), "expected an expression", "type a formula such as (x^2)^2")
    return lines


def _cut(tokens: Sequence[Token]) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.is_sign(*_OPENING) - token.is_sign(*_CLOSING)
        if token.kind is Kind.BREAK and (depth <= 0 or token.text == ";"):
            if token.text == ";" or not (lines[-1] and lines[-1][-1].is_sign(*_GOES_ON)):
                lines.append([])
                depth = 0
        elif token.kind not in (Kind.BREAK, Kind.END):
            lines[-1].append(token)
    return lines


def _with_head(text: str, line: list[Token]) -> RawLine:
    sign = next((i for i, token in enumerate(line) if token.is_sign("=")), None)
    if sign is None or any(token.is_sign(*_OPENING) for token in _open_at(line, sign)):
        return RawLine((*line, _end(line)), None)
    name = _head_name(text, line[:sign], line[sign])
    rest = line[sign + 1 :]
    if not rest:
        raise fault(
            text, line[sign].span, f"nothing stands right of `{name.text} =`", "write a formula or a number there"
        )
    return RawLine((*rest, _end(line)), name, tuple(line[2 : sign - 1]) if sign > 1 else None)


def _open_at(line: list[Token], stop: int) -> list[Token]:
    """The brackets that are still open before a token."""
    waiting: list[Token] = []
    for token in line[:stop]:
        if token.is_sign(*_OPENING):
            waiting.append(token)
        elif token.is_sign(*_CLOSING) and waiting:
            waiting.pop()
    return waiting


def _head_name(text: str, head: list[Token], equals: Token) -> Token:
    span = head[0].span.covering(head[-1].span) if head else equals.span
    is_plain = len(head) == 1 or (len(head) > 2 and head[1].is_sign("(") and head[-1].is_sign(")"))
    if not is_plain or head[0].kind not in (Kind.WORD, Kind.NAME):
        raise fault(text, span, "left of `=` stands no single name", "write name = formula, or == to compare")
    spelled = names.canonical(head[0].text)
    reserved = _why_reserved(spelled, is_quoted=text[head[0].span.start] == '"')
    if reserved:
        raise fault(text, head[0].span, f"`{spelled}` is {reserved}", "choose another name")
    if not names.is_name(spelled):
        raise fault(
            text, head[0].span, "a name has at most 100 letters, digits and underscores", "choose a shorter name"
        )
    return Token(Kind.NAME, spelled, head[0].span)


def _why_reserved(name: str, *, is_quoted: bool) -> str:
    """Why a name can't be given, "" when it can; between quotes only words of programming languages can't."""
    if name in names.RESERVED or (not is_quoted and name in names.NO_NUMBERS):
        return "a reserved word"
    is_function = name in names.function_names() and name not in names.GREEK_NAMES
    return "the name of a function" if is_function and not is_quoted else ""


def _end(line: list[Token]) -> Token:
    stop = line[-1].span.stop
    return Token(Kind.END, "", Span(stop, stop))
