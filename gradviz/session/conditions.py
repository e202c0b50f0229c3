"""Conditions and watches in the formula language: questions to a run.

    nan                            any number that the run computes is NaN (inf: infinite, nonfinite: either)
    isnan(loss)                    the value of the output; in training, the loss over all samples
    abs(h) > 10                    the value of the node h, when it is computed
    grad(W) > 10 and h < 0         ∂L/∂W, when it is complete
    abs(adjoint) > 1e6             any derivative that flows back; `value`: any value that is computed
    loss > 2 previous(loss)        against the iteration before
    iteration >= 20                in training

On a breakpoint that stands on a node or an edge, `value` and `adjoint` are those of its place. An array fulfils a
condition when one of its elements does. As a watch, the same text is a number.

A condition is a tree of and, or, not over clauses; each clause is a graph of the formula language whose leaves are
looked up in a scene (scene.py). Nothing typed is ever run as Python.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from gradviz.core.graph import Graph, Hole, Leaf, Literal
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, LimitError, Span
from gradviz.lang.further import Rewriting
from gradviz.lang.lower import read
from gradviz.lang.reading import fault
from gradviz.lang.syntax import Binary, Call, Expression, Name, Number
from gradviz.text.symbols import symbols

VALUE, ADJOINT, NUMBER = "value", "adjoint", "number"
LOSS, ITERATION = "loss", "iteration"
WILD = frozenset((VALUE, ADJOINT, NUMBER))
"""Names that mean something else at each step."""

MAX_CHARACTERS = 500
MAX_PREVIOUS = 3
_SHORT = {
    "nan": "isnan(number)",
    "inf": "isinf(number)",
    "nonfinite": "isnan(number) or isinf(number)",
}
_WORD = re.compile(r"[()\[\]]|\b(?:and|or|not)\b")


class Joint(Enum):
    """How the parts of a condition belong together."""

    AND = "and"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """One formula. earlier: what the placeholders in it mean one iteration ago."""

    graph: Graph
    earlier: Mapping[str, "Clause"] = field(default_factory=lambda: MappingProxyType({}))

    def names(self) -> Iterator[str]:
        """Everything that it asks of a run, in this iteration or an earlier one."""
        for name in self.graph.leaves():
            if name in self.earlier:
                yield from self.earlier[name].names()
            else:
                yield name


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Conditions joined by and, or, not."""

    joint: Joint
    parts: tuple["Truth", ...]


Truth = Clause | Branch


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A condition or a watch on the runs of one graph, read and checked.

    nodes: what its names of leaves and nodes stand for. depth: how many iterations back it looks.
    """

    text: str
    truth: Truth
    nodes: Mapping[str, NodeId]
    names: frozenset[str]
    depth: int

    @property
    def is_wild(self) -> bool:
        """True when it asks for the numbers of each step."""
        return bool(self.names & WILD)

    @property
    def needs_run(self) -> bool:
        """True when it asks for more than the loss and the iteration."""
        return bool(self.names - {LOSS, ITERATION}) or (LOSS in self.names and LOSS in self.nodes)

    @property
    def needs_adjoints(self) -> bool:
        """True when it asks for derivatives."""
        return bool(self.names & {ADJOINT, NUMBER}) or any(is_gradient(name) for name in self.names)


def question(text: str, graph: Graph) -> Question:
    """Read a condition or a watch; raises FormulaError, with the place in the text, for what can't be asked."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(f"a condition of {len(text)} characters is too long; the limit is {MAX_CHARACTERS}")
    _check_one_line(text)
    nodes = _nodes(graph)
    short = _SHORT.get(text.strip().lower()) if text.strip().lower() not in nodes else None
    reader = _Reader(short or text, nodes)
    truth = reader.truth(0, len(reader.text))
    clauses = tuple(_clauses(truth))
    names = frozenset(name for clause in clauses for name in clause.names())
    return Question(text.strip(), truth, nodes, names, max(map(_depth, clauses)))


def _check_one_line(text: str) -> None:
    """Refuse what a formula of several lines may hold: only its last line would be asked."""
    several = re.search(r"[;\n\r]", text.strip())
    if several is not None:
        place = text.index(several[0], len(text) - len(text.lstrip()))
        raise fault(text, Span(place, place + 1), "a condition is a single formula", "join two by `and` or `or`")
    named = re.search(r"(?<![=<>!])=(?!=)", text)
    if named is not None and not _is_setting(text, named.start()):
        span = Span(named.start(), named.start() + 1)
        raise fault(text, span, "a condition gives no names", "compare by ==")


def _is_setting(text: str, place: int) -> bool:
    """True within brackets, where `axis=0` is said."""
    return text.count("(", 0, place) > text.count(")", 0, place)


def gradient_name(name: str) -> str:
    """How a clause names ∂L/∂name; no formula has such a name."""
    return f"∂{name}"


def is_gradient(name: str) -> bool:
    """True for a name made by `gradient_name`."""
    return name.startswith("∂")


def _nodes(graph: Graph) -> dict[str, NodeId]:
    """The names that a condition may use for nodes: v1, and as it is shown, v₁, which is read as v_1."""
    found: dict[str, NodeId] = {}
    for node, name in zip(graph.node_ids(), symbols(graph), strict=True):
        if not isinstance(graph.nodes[node], Literal):
            found[name] = node
            is_numbered = re.fullmatch(r"v\d+", name) and not isinstance(graph.nodes[node], Leaf)
            if is_numbered:
                found.setdefault(f"v_{name[1:]}", node)
    return found


def _clauses(truth: Truth) -> Iterator[Clause]:
    if isinstance(truth, Clause):
        yield truth
        return
    for part in truth.parts:
        yield from _clauses(part)


def _depth(clause: Clause) -> int:
    return max((1 + _depth(earlier) for earlier in clause.earlier.values()), default=0)


class _Reader:
    """Reads one text. Clauses are read with blanks before them, so that every place in an error is a place here."""

    def __init__(self, text: str, nodes: Mapping[str, NodeId]) -> None:
        self.text = text
        self.nodes = nodes
        self.known = {*nodes, *WILD, LOSS, ITERATION}

    def truth(self, start: int, stop: int) -> Truth:
        """The condition in text[start:stop]."""
        start, stop = self._trimmed(start, stop)
        for word, joint in (("or", Joint.OR), ("and", Joint.AND)):
            places = self._words(word, start, stop)
            if places:
                ends = [*places, stop]
                begins = [start, *(place + len(word) for place in places)]
                return Branch(joint, tuple(self.truth(a, b) for a, b in zip(begins, ends, strict=True)))
        if re.match(r"not\b", self.text[start:stop]):
            return Branch(Joint.NOT, (self.truth(start + 3, stop),))
        if self._is_bracketed(start, stop) and self._has_joint(start, stop):
            return self.truth(start + 1, stop - 1)
        return self.clause(start, stop, 0)

    def clause(self, start: int, stop: int, depth: int) -> Clause:
        """The formula in text[start:stop], where `previous` is `depth` deep already."""
        earlier: dict[str, Clause] = {}

        def previous(call: Call) -> Expression:
            inner = self._one_operand(call)
            if depth >= MAX_PREVIOUS:
                raise fault(self.text, call.span, f"`previous` stands in more than {MAX_PREVIOUS} others")
            name = f"previous {len(earlier)}"
            earlier[name] = self.clause(*self._inside(call), depth + 1)
            return Name(name, inner.span)

        padded = " " * start + self.text[start:stop]
        reading = read(padded, tuple(self.known), further={**self._tests(), "previous": previous})
        if any(isinstance(node, Hole) for node in reading.graph.nodes):
            place = self.text.index("?", start)
            raise fault(self.text, Span(place, place + 1), "a condition has no open port", "write a value for ?")
        for name, node in reading.graph.leaves().items():
            if name not in earlier and not is_gradient(name) and name not in self.known:
                raise self._unknown(name, reading.spans.get(node, ()))
        return Clause(reading.graph, MappingProxyType(earlier))

    def _tests(self) -> dict[str, Rewriting]:
        def isnan(call: Call) -> Expression:
            operand = self._one_operand(call)
            return Binary("!=", operand, operand, call.span)

        def against_infinity(sign: str) -> Rewriting:
            def rewriting(call: Call) -> Expression:
                size = Call("abs", (self._one_operand(call),), (), call.span, call.name_span)
                return Binary(sign, size, Number(float("inf"), call.span), call.span)

            return rewriting

        def over(reduction: str) -> Rewriting:
            def rewriting(call: Call) -> Expression:
                is_true = Binary("!=", self._one_operand(call), Number(0.0, call.span), call.span)
                return Call(reduction, (is_true,), (), call.span, call.name_span)

            return rewriting

        return {
            "isnan": isnan,
            "isinf": against_infinity("=="),
            "isfinite": against_infinity("<"),
            "any": over("max"),
            "all": over("min"),
            **dict.fromkeys(("grad", "gradient", "adjoint"), self._gradient),
        }

    def _gradient(self, call: Call) -> Expression:
        inner = self._one_operand(call)
        if not isinstance(inner, Name) or (inner.name not in self.nodes and inner.name != LOSS):
            raise fault(
                self.text, inner.span, f"`{call.function}` needs the name of a leaf or a node", f"{call.function}(W)"
            )
        return Name(gradient_name(inner.name), call.span)

    def _one_operand(self, call: Call) -> Expression:
        if len(call.operands) != 1 or call.settings:
            raise fault(self.text, call.span, f"`{call.function}` takes one operand", f"write {call.function}(x)")
        return call.operands[0]

    def _inside(self, call: Call) -> tuple[int, int]:
        return self.text.index("(", call.name_span.stop) + 1, call.span.stop - 1

    def _unknown(self, name: str, spans: tuple[Span, ...]) -> FormulaError:
        span = self._word_at(spans[0]) if spans else Span(0, max(len(self.text), 1))
        word = self.text[span.start : span.stop]
        close = difflib.get_close_matches(word, self.known, 1, 0.6)
        remedy = f", did you mean `{close[0]}`?" if close else f": it has {', '.join(sorted(self.known))}"
        return fault(self.text, span, f"there is nothing called `{word or name}`", remedy, close[0] if close else None)

    def _word_at(self, span: Span) -> Span:
        """The whole word around a span, for `los` is cut into letters that nobody typed as names."""
        start, stop = span.start, span.stop
        while start > 0 and (self.text[start - 1].isalnum() or self.text[start - 1] == "_"):
            start -= 1
        while stop < len(self.text) and (self.text[stop].isalnum() or self.text[stop] == "_"):
            stop += 1
        return Span(start, stop)

    def _trimmed(self, start: int, stop: int) -> tuple[int, int]:
        while start < stop and self.text[start].isspace():
            start += 1
        while stop > start and self.text[stop - 1].isspace():
            stop -= 1
        if start == stop:
            raise fault(self.text, Span(start, start + 1), "expected a condition", "such as abs(value) > 3")
        return start, stop

    def _words(self, word: str, start: int, stop: int) -> list[int]:
        """Where a word stands outside of all brackets."""
        depth, found = 0, []
        for match in _WORD.finditer(self.text, start, stop):
            if match[0] in "([":
                depth += 1
            elif match[0] in ")]":
                depth -= 1
            elif match[0] == word and depth == 0:
                found.append(match.start())
        return found

    def _has_joint(self, start: int, stop: int) -> bool:
        return any(match[0].isalpha() for match in _WORD.finditer(self.text, start, stop))

    def _is_bracketed(self, start: int, stop: int) -> bool:
        """True when the first bracket is closed by the last character."""
        if self.text[start] != "(":
            return False
        depth = 0
        for place in range(start, stop):
            depth += {"(": 1, ")": -1}.get(self.text[place], 0)
            if depth == 0:
                return place == stop - 1
        return False
