"""What reading a formula gives: the graph, where each node stands in the text, and what is worth saying about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gradviz.core.graph import Graph
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, LimitError, Span

MAX_CHARACTERS = 10_000
MAX_NESTING = 100
MAX_NODES = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A formula that was understood.

    spans: where each node stands in the text; a leaf or a named node has one span a place.
    notes: readings that may surprise, such as "`Wx` is read as W·x".
    """

    text: str
    graph: Graph
    spans: Mapping[NodeId, tuple[Span, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", MappingProxyType(dict(self.spans)))

    def node_at(self, position: int) -> NodeId | None:
        """The node whose text at that character is the shortest, None where no node stands."""
        holding = [
            (span.stop - span.start, node)
            for node, spans in self.spans.items()
            for span in spans
            if span.start <= position < span.stop
        ]
        return min(holding)[1] if holding else None


def caret(text: str, span: Span) -> str:
    """Two lines: the line of the formula where the span begins, and ^^^ under it.

    A long line is cut to the surroundings of the span.
    """
    start = min(span.start, len(text))
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    ends = [place for place in (text.find("\n", start), text.find("\r", start)) if place >= 0]
    last = min(ends, default=len(text))
    shown_first = max(first, start - 50)
    shown_last = min(last, shown_first + 100)
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[shown_first:shown_last])
    marks = max(1, min(span.stop, shown_last) - start)
    return f"{line}\n{' ' * (start - shown_first)}{'^' * marks}"


def place(text: str, span: Span) -> str:
    """Where a span begins, in words: "column 4", or "line 2, column 4" when there are several lines."""
    before = text[: span.start]
    column = span.start - (before.rfind("\n") + 1) + 1
    return f"line {before.count(chr(10)) + 1}, column {column}" if "\n" in text else f"column {column}"


def shortened(text: str, length: int = 30) -> str:
    """The text, cut where it is long, for use in a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def fault(text: str, span: Span, what: str, remedy: str = "", suggestion: str | None = None) -> FormulaError:
    """The error "what at column n, remedy"."""
    message = f"{what} at {place(text, span)}" + (f"{remedy}" if remedy.startswith((",", ":", ";")) else "")
    message += f": {remedy}" if remedy and not remedy.startswith((",", ":", ";")) else ""
    return FormulaError(message, span=span, suggestion=suggestion)


def beyond_nesting(text: str, span: Span) -> LimitError:
    """The error for brackets in brackets in brackets …"""
    return LimitError(
        f"brackets are nested more than {MAX_NESTING} deep at {place(text, span)}: "
        "name the inner parts on lines of their own",
        span=span,
    )
