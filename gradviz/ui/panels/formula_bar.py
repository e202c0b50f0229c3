"""The formula bar: what is typed, how it is read, and where it can't be.

    ┌───────────────────┐
    │ (y - (Wx + b))^2  │   L = (y − (Wx + b))²    Wx is read as W·x
    └───────────────────┘
             ^^ unknown function sofmax at column 9, did you mean softmax?

Each change is read at once and shown; after a short pause it is applied to the document. Enter applies at once,
Shift+Enter begins another line.
"""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from gradviz.errors import FormulaError, GradvizError, Span
from gradviz.export.theme import Token
from gradviz.lang.lower import read
from gradviz.lang.reading import Reading
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.text.latex import latex_lines
from gradviz.text.plain import plain_lines
from gradviz.text.symbols import display, symbol
from gradviz.text.symbols import latex as latex_name
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.widgets import ElidedLabel, show_look
from gradviz.ui.theme import SMALL, number_font, text_font, theme

PAUSE_MS = 200
"""How long typing must rest before the document follows."""
PATIENCE_MS = 500
"""How long a half-typed formula goes without an error."""
MOST_LINES = 5
"""Longer formulas scroll."""


class FormulaField(QPlainTextEdit):
    """A text field for one formula, as tall as its lines."""

    accepted = Signal()
    """Enter was pressed."""
    left = Signal()
    """The field lost the focus or Escape was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula")
        self.setAccessibleName("Formula")
        self.setToolTip("The formula. Enter applies it, Shift+Enter begins another line  (Ctrl+L)")
        self.setPlaceholderText("Type a formula, such as (x^2)^2")
        self.setFont(number_font(13))
        self.setUndoRedoEnabled(False)  # the document's history has each change
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        self.document().contentsChanged.connect(self._resize)
        self._resize()

    @property
    def text(self) -> str:
        """What is typed."""
        return self.toPlainText()

    def show_text(self, text: str) -> None:
        """Replace the text, with the cursor left where it was as far as that goes."""
        if text == self.text:
            return
        place = self.textCursor().position()
        self.setPlainText(text)
        cursor = self.textCursor()
        cursor.setPosition(min(place, len(text)))
        self.setTextCursor(cursor)

    def insert(self, text: str) -> None:
        """Type a text at the cursor."""
        self.insertPlainText(text)

    def mark(self, spans: tuple[Span, ...], error: Span | None) -> None:
        """Tint what the current node was read from, and underline an error."""
        marks = [self._selection(span, self._tint()) for span in spans]
        if error is not None:
            marks.append(self._selection(error, self._underline()))
        self.setExtraSelections(marks)

    def column_area(self, span: Span) -> QRectF:
        """Where the span's first line stands, in this widget's coordinates."""
        start, end = QTextCursor(self.document()), QTextCursor(self.document())
        start.setPosition(min(span.start, len(self.text)))
        end.setPosition(min(max(span.stop, span.start), len(self.text)))
        first, last = self.cursorRect(start), self.cursorRect(end)
        width = QFontMetricsF(self.font()).horizontalAdvance("^")
        right = last.left() if last.top() == first.top() else self.viewport().width()
        offset = self.viewport().pos()
        return QRectF(first.left() + offset.x(), 0, max(right - first.left(), width), 1)

    def sizeHint(self) -> QSize:
        return QSize(380, self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.maximumHeight())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()  # the window's undo takes typing back too
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.textCursor().insertBlock()  # Qt itself would put in a soft break, which is no new line
            else:
                self.accepted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def _selection(self, span: Span, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(span.start, len(self.text)))
        cursor.setPosition(min(span.stop, len(self.text)), QTextCursor.MoveMode.KeepAnchor)
        made.cursor, made.format = cursor, look
        return made

    def _tint(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setBackground(QColor(theme().current[Token.CURRENT_CARD]))
        return look

    def _underline(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setUnderlineColor(QColor(theme().current[Token.ERROR]))
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        return look

    def _resize(self) -> None:
        lines = min(max(self.document().blockCount(), 1), MOST_LINES)
        height = round(lines * QFontMetricsF(self.font()).lineSpacing()) + 18
        is_long = self.document().blockCount() > MOST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff)
        if height != self.maximumHeight():
            self.setFixedHeight(height)


class ErrorStrip(QWidget):
    """One line under the field: carets below the place of an error, and what is wrong with it."""

    def __init__(self, field: FormulaField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._error: GradvizError | None = None
        self.setObjectName("formulaError")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def message(self) -> str:
        """What is shown."""
        return self._error.message if self._error is not None else ""

    def show_error(self, error: GradvizError | None) -> None:
        """Show an error, or nothing."""
        self._error = error
        self.setVisible(error is not None)
        self.setAccessibleName(self.message)
        self.setToolTip(self.message)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    @property
    def caret_area(self) -> QRectF | None:
        """Where the carets are drawn, None when the error has no place."""
        if self._error is None or self._error.span is None:
            return None
        area = self._field.column_area(self._error.span)
        return area.translated(self._field.x() - self.x(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(theme().current[Token.ERROR]))
        left = float(self._field.x() - self.x() + 8)
        area = self.caret_area
        if area is not None:
            painter.setFont(number_font(13))
            caret = QFontMetricsF(painter.font()).horizontalAdvance("^")
            marks = "^" * max(1, round(area.width() / caret))
            painter.drawText(QRectF(area.left(), 0, self.width(), 20), Qt.AlignmentFlag.AlignTop, marks)
            left = area.left() + len(marks) * caret + 12
        painter.setFont(text_font(SMALL))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(self.message, Qt.TextElideMode.ElideRight, max(self.width() - left - 8, 40))
        painter.drawText(QRectF(left, 0, self.width() - left, 18), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class FormulaBar(QWidget):
    """The formula of the session's document: typed, read, typeset."""

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

    def _leave(self) -> None:
        if self._pause.isActive():
            self._apply()
        self._session.document.seal()
        self._show_error()

    def _typed(self) -> None:
        if self._is_following:
            return
        self._read()
        self._pause.start()

    def _read(self) -> None:
        self._error, self._typed_reading = None, None
        text = self.field.text
        if text.strip():
            try:
                self._typed_reading = read(text, self._declared())
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
            self._session.set_formula(text)

    # -- from the document to the field -----------------------------------------------------------

    def refresh(self, flags: ChangeFlags) -> None:
        """Show the document's formula."""
        if not flags & (ChangeFlags.FORMULA | ChangeFlags.STRUCTURE | ChangeFlags.DATA | ChangeFlags.TRAINING):
            return
        project = self._session.document.project
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
        self.math.show_math(last, last_plain)
        self.note.show_text(" · ".join([*reading.notes, *self._data_note()]).replace("`", ""))

    def _data_note(self) -> list[str]:
        count = self._session.sample_count
        if not count:
            return []
        how = "Σ" if self._session.document.project.training.reduce == "sum" else "mean"
        return [f"{how} over {count} samples"]

    def _mark(self) -> None:
        step = self._session.debugger.current
        node = self._session.selection.node
        if node is None and step is not None:
            node = step.node
        spans = self._spans(node) if node is not None and self._error is None else ()
        error = self._error.span if self._error is not None else None
        self.field.mark(spans, error)

    def _spans(self, node: int) -> tuple[Span, ...]:
        project = self._session.document.project
        if project.reading is None or self.field.text != project.reading.text:
            return ()
        return next((spans for found, spans in project.reading.spans.items() if found == node), ())
