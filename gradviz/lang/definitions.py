"""Lines that define a function: which they are, what their parts are, and what may be called where.

    neuron(w, x, b) = tanh(w x + b)                 a definition, when the name is called or not used at all
    twice(x) = v * v with v = tanh(x)               `with` names what stands in it more than once
    L(w, b) = (y - w x - b)^2                       the last line: no definition, just a name with its arguments

A name with arguments that is used without brackets further on is a line with a name, as on paper. A body knows its
parameters and the leaves of the formula, and functions that are defined above it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from gradviz.core.graph import Function
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, Span
from gradviz.lang import names
from gradviz.lang.lexer import Kind, Token
from gradviz.lang.lines import RawLine
from gradviz.lang.reading import fault
from gradviz.lang.syntax import Call, Name
from gradviz.lang.words import WordReader


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A function that was read, and where the nodes of its body stand in the text."""

    function: Function
    spans: Mapping[NodeId, tuple[Span, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What stands around an expression.

    functions: defined so far. lines: for every function of the formula the number of its line. foreign: in a body,
    names of lines of the formula. within: the function whose body this is. calls: of every function, which it calls.
    """

    functions: Mapping[str, Defined] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    foreign: Collection[str] = ()
    within: str = ""
    calls: Mapping[str, Collection[str]] = field(default_factory=dict)

    def function(self, text: str, call: Call) -> Defined | None:
        """The function of the formula that a call means; raises FormulaError when it isn't defined yet."""
        if call.function not in self.lines:
            return None
        found = self.functions.get(call.function)
        if found is not None:
            return found
        if call.function == self.within:
            remedy = "a function can't call itself; write out the first steps"
            raise fault(text, call.name_span, f"{call.function} is defined by itself", remedy)
        if self.within and self._reaches(call.function, self.within):
            what = f"{self.within} and {call.function} call each other"
            raise fault(text, call.name_span, what, "a function can use only those above it; write out the first steps")
        what = f"{call.function} is used before its line"
        raise fault(text, call.name_span, what, f"move line {self.lines[call.function]} up")

    def _reaches(self, start: str, goal: str) -> bool:
        """True when a function calls another, itself or by way of others."""
        reached = [start]
        for name in reached:
            reached += [other for other in self.calls.get(name, ()) if other not in reached]
        return goal in reached

    def check(self, text: str, name: Name) -> None:
        """Refuse a name that is a function, or in a body a line of the formula."""
        if name.name in self.lines:
            raise fault(text, name.span, f"{name.name} is a function", f"write {name.name}(…)")
        if name.name in self.foreign:
            what = f"{name.name} is a line of its own, which {self.within} doesn't know"
            raise fault(text, name.span, what, f"hand it over: {self.within}(…, {name.name})")


@dataclass(frozen=True, slots=True)
class Definition:
    """The parts of a line that defines a function: its name, parameters, local lines, and the body as a line."""

    name: str
    params: Mapping[str, Span]
    lines: tuple[RawLine, ...]
    number: int


def defining(raw_lines: Sequence[RawLine], declared: Collection[str], *, all_of_them: bool = False) -> list[RawLine]:
    """The lines that define functions; all with arguments when `all_of_them`, else not the last one."""
    found = []
    called = {name for line in raw_lines for name in _called(line.tokens)}
    last_places = {token.text: place for place, line in enumerate(raw_lines) for token in line.tokens if _is_run(token)}
    for place, line in enumerate(raw_lines):
        if line.params is None or line.name is None or (place == len(raw_lines) - 1 and not all_of_them):
            continue
        name = line.name.text
        later = (run for run, last in last_places.items() if last > place)
        if all_of_them or name in called or not _mentions(later, name, declared):
            found.append(line)
    return found


def calls_of(defining_lines: Sequence[RawLine]) -> dict[str, list[str]]:
    """For each function that is defined the functions of the formula that its line calls."""
    named = {line.name.text: _called(line.tokens) for line in defining_lines if line.name is not None}
    return {name: [other for other in named if other in called] for name, called in named.items()}


def only_named(raw_lines: Sequence[RawLine], defining_lines: Sequence[RawLine]) -> list[str]:
    """Remarks on heads with arguments that give their line no more than a name, though they look like functions."""
    return [
        f"`{line.name.text}(…) = …` only names its line, since {line.name.text} is used without brackets; "
        f"to call it write {line.name.text}(…)"
        for line in raw_lines[:-1]
        if line.params is not None and line.name is not None and line not in defining_lines
    ]


def with_calls(tokens: Sequence[Token], functions: Collection[str]) -> list[Token]:
    """The tokens, with words that are functions of the formula marked as such where a bracket follows."""
    return [
        Token(Kind.FUNCTION, names.canonical(token.text), token.span)
        if _is_word(token) and names.canonical(token.text) in functions and tokens[place + 1].is_sign("(")
        else token
        for place, token in enumerate(tokens)
    ]


def definition(text: str, line: RawLine) -> Definition:
    """The parts of a defining line; raises FormulaError for parameters that can't be."""
    assert line.name is not None
    params = _params(text, line)
    body, locals_ = _split(line.tokens)
    lines = [_local(text, part, line) for part in locals_]
    return Definition(line.name.text, params, (*lines, RawLine(body, None, number=line.number)), line.number)


def check_call(text: str, function: Function, call: Call, count: int) -> None:
    """Refuse a call with settings or with another number of operands."""
    example = f"write {function.name}({', '.join(function.params)})"
    if call.settings:
        raise fault(text, call.settings[0].span, f"{function.name} has no settings", example)
    if count != len(function.params):
        wanted = "one operand" if len(function.params) == 1 else f"{len(function.params)} operands"
        is_are = "is" if count == 1 else "are"
        raise fault(text, call.span, f"`{function.name}` takes {wanted}, but {count} {is_are} given", example)


def defined_twice(text: str, line: RawLine) -> FormulaError:
    """The error for a second definition of a name."""
    assert line.name is not None
    return fault(text, line.name.span, f"{line.name.text} is defined twice", "choose another name for one of them")


def _is_word(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.NAME)


def _is_run(token: Token) -> bool:
    return token.kind is Kind.WORD


def _called(tokens: Sequence[Token]) -> frozenset[str]:
    """The names before a bracket."""
    return frozenset(
        names.canonical(token.text) for token, after in pairwise(tokens) if _is_word(token) and after.is_sign("(")
    )


def _mentions(runs: Iterable[str], name: str, declared: Collection[str]) -> bool:
    """True when a run of letters holds the name. A spelling that isn't ASCII may be another one of it."""
    reader = WordReader("", {*declared, name})
    return any((name in run or not run.isascii()) and name in reader.names_in(run) for run in runs)


def _params(text: str, line: RawLine) -> dict[str, Span]:
    assert line.name is not None
    found: dict[str, Span] = {}
    for place, token in enumerate(line.params or ()):
        if place % 2:
            if not token.is_sign(","):
                raise fault(text, token.span, f"`{token.text}` can't stand here", "operands are separated by commas")
            continue
        spelled = names.canonical(token.text)
        is_sound = _is_word(token) and names.is_name(spelled) and spelled not in (*names.RESERVED, *names.CONSTANTS)
        if not is_sound or (spelled in names.function_names() and spelled not in names.GREEK_NAMES):
            raise fault(text, token.span, f"`{token.text}` can't be an operand's name", "use letters, then digits")
        if spelled in found or spelled == line.name.text:
            raise fault(text, token.span, f"{spelled} stands twice in the head", "give each operand its own name")
        found[spelled] = token.span
    if not found or len(line.params or ()) % 2 == 0:
        what = f"an operand of {line.name.text} is missing"
        raise fault(text, line.name.span, what, f"write it between the brackets, as in {line.name.text}(x) = x^2")
    return found


def _split(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], list[tuple[Token, ...]]]:
    """The tokens of the body, and those of each local line after `with`; END stands at the end of each."""
    pieces: list[list[Token]] = [[]]
    depth, is_local = 0, False
    for token in tokens[:-1]:
        depth += token.is_sign("(", "[") - token.is_sign(")", "]")
        if depth == 0 and not is_local and token.kind is Kind.WORD and token.text == "with":
            is_local = True
            pieces.append([])
        elif depth == 0 and is_local and token.is_sign(","):
            pieces.append([])
        else:
            pieces[-1].append(token)
    ended = [(*piece, replace(tokens[-1], span=piece[-1].span if piece else tokens[-1].span)) for piece in pieces]
    return ended[0], ended[1:]


def _local(text: str, tokens: tuple[Token, ...], line: RawLine) -> RawLine:
    if len(tokens) < 4 or not _is_word(tokens[0]) or not tokens[1].is_sign("="):
        span = tokens[0].span.covering(tokens[-1].span)
        raise fault(text, span, "after `with` stand names with their meaning", "write with v = tanh(x)")
    return RawLine(tokens[2:], Token(Kind.NAME, names.canonical(tokens[0].text), tokens[0].span), number=line.number)
