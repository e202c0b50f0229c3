"""From arguments to formulas and values: EXPR, `-` and `name=value`; what reads files stands in `documents`."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from gradviz.cli.failure import Failure, note
from gradviz.core.graph import Graph
from gradviz.core.holes import blank_nodes, open_port
from gradviz.core.types import Array, NodeId
from gradviz.errors import FormulaError, GradvizError, Span, ValueTextError
from gradviz.lang.lower import read
from gradviz.lang.names import canonical
from gradviz.lang.reading import Reading, caret
from gradviz.lang.values import parse_value

_MOST_BYTES = 1_000_000
_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FormulaInput:
    """A formula as it was read, and the values given with it."""

    reading: Reading
    values: Mapping[str, Array]

    @property
    def graph(self) -> Graph:
        """The formula's graph."""
        return self.reading.graph


def formula_input(text: str, given: Iterable[str], declared: Iterable[str] = ()) -> FormulaInput:
    """Read EXPR (or standard input for `-`) and its values; a Failure shows where a formula is wrong.

    declared: further names that the formula may use, such as columns bound to leaves.
    """
    values = named_values(given)
    return FormulaInput(read_formula(formula_text(text), {*values, *declared}), values)


def read_formula(text: str, declared: Iterable[str] = ()) -> Reading:
    """Read a formula; a Failure shows the place with a caret."""
    try:
        return read(text, tuple(declared))
    except FormulaError as error:
        raise Failure(error.message, place_in(text, error.span)) from error


@contextmanager
def pointing_into(reading: Reading) -> Iterator[None]:
    """Errors at a node of the graph come out with the place in the formula that the node stands for."""
    try:
        yield
    except GradvizError as error:
        spans = reading.spans.get(NodeId(error.node), ()) if error.node is not None else ()
        span = error.span or (spans[0] if spans else None)
        is_about_names = span is None and error.node is None and bool(reading.notes)
        message = f"{error.message} ({'; '.join(reading.notes)})" if is_about_names else error.message
        raise Failure(message, place_in(reading.text, span)) from error


def note_unfinished(graph: Graph) -> None:
    """Say which operand is missing, where a command goes as far as it can without it."""
    if blank_nodes(graph)[graph.output]:
        missing = open_port(graph, graph.output).message
        note(f"the formula is unfinished: {missing}; what depends on it stays blank")


def place_in(text: str, span: Span | None) -> tuple[str, ...]:
    """The line of the formula and the carets under it; nothing when there is nothing to point at."""
    return tuple(caret(text, span).splitlines()) if span is not None and text.strip() else ()


def formula_text(argument: str) -> str:
    """The formula in an argument; `-` stands for standard input."""
    if argument.strip() != "-":
        return argument.strip()
    if sys.stdin is None:
        raise Failure("standard input is closed, so there is no formula to read; give it as an argument")
    try:
        return sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Failure("the formula on standard input is not UTF-8 text") from None


def named_values(given: Iterable[str]) -> dict[str, Array]:
    """The values in `name=value` arguments."""
    values: dict[str, Array] = {}
    for argument in given:
        match = _NAMED.fullmatch(argument)
        if match is None:
            raise Failure(f"{argument} is no value; write it as name=value, such as x=2 or W=[[1,2],[3,4]]")
        name, text = canonical(match[1]), match[2]
        if name in values:
            raise Failure(f"{name} is given twice")
        try:
            values[name] = parse_value(text)
        except ValueTextError as error:
            raise Failure(f"{name}: {error.message}") from error
    return values
