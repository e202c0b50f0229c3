"""Every error that a person can cause, as one tree.

    GradvizError
    ├── FormulaError      text that is not a formula (span, suggestion)
    │   └── LimitError    something too long, too deep or too large
    ├── GraphError        a graph that can't be (unknown leaf, cycle)
    ├── ShapeError        operands whose shapes don't fit (node)
    ├── EvaluationError   an op that can't give a value (node)
    ├── ValueTextError    a value that is not a number or an array of numbers
    ├── DataError         a table that can't be read or bound (row, column)
    ├── DocumentError     a file that is not a sound gradviz document
    ├── LayoutError       Graphviz that is missing, failed or took too long
    ├── TrainingError     a descent that can't be started
    └── ExportError       a picture that can't be written

Errors carry data; the interface formats. `message` is one line that says what, where and what would do.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters [start, stop) in a formula's text."""

    start: int
    stop: int

    def covering(self, other: "Span") -> "Span":
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.stop, other.stop))


class GradvizError(Exception):
    """The root: anything that gradviz reports to a person in one line."""

    def __init__(self, message: str, *, span: Span | None = None, node: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.node = node


class FormulaError(GradvizError):
    """Text that can't be read as a formula; `suggestion` is the name that was probably meant."""

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        node: int | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message, span=span, node=node)
        self.suggestion = suggestion


class LimitError(FormulaError):
    """Input beyond a stated limit, refused before any work is done."""


class GraphError(GradvizError):
    """A graph or a request to it that makes no sense, such as a leaf that it doesn't have."""


class ShapeError(GradvizError):
    """Operands whose shapes don't fit together."""


class EvaluationError(GradvizError):
    """An op that has no value for its operands, such as the inverse of a singular matrix."""


class ValueTextError(GradvizError):
    """A value that is not a number or an array of numbers."""


class DataError(GradvizError):
    """A table that can't be read, or a column that can't be bound."""

    def __init__(self, message: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.column = column


class DocumentError(GradvizError):
    """A file that is not a sound gradviz document."""


class LayoutError(GradvizError):
    """A layout engine that is missing, failed or took too long."""


class TrainingError(GradvizError):
    """A descent that can't be started as asked."""


class ExportError(GradvizError):
    """A picture that can't be written."""
