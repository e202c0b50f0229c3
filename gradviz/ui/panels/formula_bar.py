"""The formula bar: what is typed, how it is read, and where it can't be.

    ┌───────────────────┐
    │ (y - (Wx + b))^2  │   L = (y − (Wx + b))²    Wx is read as W·x
    └───────────────────┘
             ^^ unknown function sofmax at column 9, did you mean softmax?

Each change is read at once and shown; after a short pause it is applied to the document. Enter applies at once,
Shift+Enter begins another line. A term that is clicked or marked in the text selects its node, and selected nodes are
tinted in the text.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, GradvizError, Span
from gradviz.lang.lower import read_all
from gradviz.lang.reading import Reading
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.text.latex import latex_lines
from gradviz.text.plain import plain_lines
from gradviz.text.symbols import display, symbol
from gradviz.text.symbols import latex as latex_name
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.formula_field import ErrorStrip, FormulaField
from gradviz.ui.panels.widgets import ElidedLabel, show_look
from gradviz.ui.theme import theme

PAUSE_MS = 200
"""How long typing must rest before the document follows."""
PATIENCE_MS = 500
"""How long a half-typed formula goes without an error."""
MOST_MARKED = 50
"""Of more selected nodes, only so many are tinted in the text."""
MOST_TYPESET = 250
"""A line of more characters has no room beside the field at any size, and takes up to a second to typeset."""


class FormulaBar(QWidget):
    """The formula of the session's document: typed, read, typeset."""

    taken = Signal()
    """A formula without a fault was applied by Enter."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("formulaBar")
        self.field = FormulaField()
        self.math = MathView(22.0)
        self.math.setObjectName("formulaMath")
        self.note = ElidedLabel()
        self.note.setObjectName("formulaNote")
        self.strip = ErrorStrip(self.field)
        self._error: GradvizError | None = None
        self._typed_reading: Reading | None = None
        self._is_following = False
        self._base = ""
        self._arrange()
        self._pause = self._timer(PAUSE_MS, self._apply)
        self._patience = self._timer(PATIENCE_MS, self._show_error)
        self._connect()
        self.refresh(~ChangeFlags.NONE)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.field, 4)
        row.addWidget(self.math, 0)
        row.addWidget(self.note, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.strip)

    def _timer(self, period: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(period)
        timer.timeout.connect(call)
        return timer

    def _connect(self) -> None:
        self.field.textChanged.connect(self._typed)
        self.field.accepted.connect(self.accept)
        self.field.left.connect(self._leave)
        self.field.picked.connect(self._pick)
        self._session.document.changed.connect(self.refresh)
        self._session.debugger.moved.connect(self._mark)
        self._session.debugger.retraced.connect(self._retraced)
        self._session.selection.changed.connect(self._mark)
        theme().changed.connect(self._mark)

    # -- from the field to the document -----------------------------------------------------------

    def accept(self) -> None:
        """Apply what is typed at once, as a change of its own."""
        self._apply()
        self._session.document.seal()
        self._show_error()
        if self._error is None and self.field.text.strip():
            self.taken.emit()

    def _leave(self) -> None:
        if self._pause.isActive():
            self._apply()
        self._session.document.seal()
        self._show_error()

    def _typed(self) -> None:
        if self._is_following:
            return
        if not self._pause.isActive():
            self._base = self._session.document.project.formula
        self._read()
        self._pause.start()

    def _read(self) -> None:
        self._error, self._typed_reading = None, None
        text = self.field.text
        if text.strip():
            try:
                self._typed_reading = read_all(text, self._declared())
            except FormulaError as error:
                self._error = error
        if self._error is None:
            self._show_error()
        else:
            self._patience.start()
        self._show_reading()

    def _declared(self) -> set[str]:
        project = self._session.document.project
        columns = project.table.columns if project.table is not None else ()
        return {*project.leaves, *project.former, *project.bindings, *(name for name in columns if name.isidentifier())}

    def _apply(self) -> None:
        self._pause.stop()
        text = self.field.text
        if text != self._session.document.project.formula:
            self._base = text
            self._session.set_formula(text)

    # -- from the document to the field -----------------------------------------------------------

    def refresh(self, flags: ChangeFlags) -> None:
        """Show the document's formula."""
        if not flags & (ChangeFlags.FORMULA | ChangeFlags.STRUCTURE | ChangeFlags.DATA | ChangeFlags.TRAINING):
            return
        project = self._session.document.project
        if project.formula != self._base:  # changed elsewhere: what is typed on top of the old one must not undo that
            self._pause.stop()
        if not self._pause.isActive():
            self._is_following = True
            self.field.show_text(project.formula)
            self._is_following = False
            self._typed_reading = project.reading if project.error is None else None
            self._error = project.error
            if self._error is None or not self.field.hasFocus():
                self._show_error()
        self._show_reading()
        self._mark()

    def _retraced(self) -> None:
        self._show_error()
        self._show_reading()

    def _show_error(self) -> None:
        self._patience.stop()
        shown = self._error or self._failure()
        self.strip.show_error(shown)
        show_look(self.field, "bad" if self._error is not None else "")
        self._mark()

    def _failure(self) -> GradvizError | None:
        """Why the run failed, placed under the node where it did."""
        trace = self._session.debugger.trace
        if trace is None or trace.failure is None:
            return None
        failure, node = trace.failure, trace.failure.node
        if node is None or failure.span is not None:
            return failure
        spans = self._spans(node)
        return GradvizError(failure.message, span=spans[0] if spans else None, node=node)

    def _show_reading(self) -> None:
        reading = self._typed_reading or self._session.document.project.reading
        if reading is None or not self.field.text.strip():
            self.math.show_math("", "")
            self.note.show_text("")
            return
        graph = reading.graph
        name = symbol(graph, graph.output)
        *_, last = latex_lines(graph)
        *_, last_plain = plain_lines(graph)
        if graph.output not in graph.names:
            last, last_plain = f"{latex_name(name)} = {last}", f"{display(name)} = {last_plain}"
        self.math.show_math(last if len(last_plain) <= MOST_TYPESET else "", last_plain)
        self.note.show_text(" · ".join([*reading.notes, *self._data_note()]).replace("`", ""))

    def _data_note(self) -> list[str]:
        count = self._session.sample_count
        if not count:
            return []
        how = "Σ" if self._session.document.project.training.reduce == "sum" else "mean"
        return [f"{how} over {count} samples"]

    def _pick(self, start: int, stop: int) -> None:
        """Select the node of the smallest term around a place of the text."""
        project = self._session.document.project
        if project.reading is None or self.field.text != project.reading.text:
            return
        node = term_at(project.reading, start, stop)
        if node is not None:
            self._session.selection.select(node)

    def _mark(self) -> None:
        step = self._session.debugger.current
        nodes: tuple[int, ...] = self._session.selection.nodes
        edge = self._session.selection.edge
        if not nodes and edge is not None:
            nodes = (edge.source,)
        if not nodes and step is not None:
            nodes = (step.node,)
        spans = tuple(span for node in nodes[:MOST_MARKED] for span in self._spans(node)) if self._error is None else ()
        error = self._error.span if self._error is not None else None
        self.field.mark(spans, error)

    def _spans(self, node: int) -> tuple[Span, ...]:
        project = self._session.document.project
        if project.reading is None or self.field.text != project.reading.text:
            return ()
        return next((spans for found, spans in project.reading.spans.items() if found == node), ())


def term_at(reading: Reading, start: int, stop: int) -> NodeId | None:
    """The node of the smallest term that holds all characters from start to stop; of the one at a place when equal."""
    wanted = max(stop, start + 1)
    for begin, end in ((start, wanted), (start - 1, start)) if start == stop else ((start, stop),):
        holding = [
            (span.stop - span.start, node)
            for node, spans in reading.spans.items()
            for span in spans
            if span.start <= begin and end <= span.stop
        ]
        if holding:
            return min(holding)[1]
    return None
