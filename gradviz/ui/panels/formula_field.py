"""The field in which a formula is typed, as tall as its lines, and the line under it that says what is wrong."""

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from gradviz.errors import GradvizError, Span
from gradviz.export.theme import Token
from gradviz.ui.theme import SMALL, number_font, text_font, theme

MOST_LINES = 6
"""Longer formulas scroll."""
_NEAR = 8
"""A click so many pixels behind the last character still means it."""
_MARKING_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class FormulaField(QPlainTextEdit):
    """A text field for one formula, as tall as its lines."""

    accepted = Signal()
    """Enter was pressed."""
    left = Signal()
    """The field lost the focus or Escape was pressed."""
    picked = Signal(int, int)
    """Somebody clicked or marked a part of the text: where it begins and ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula")
        self.setAccessibleName("Formula")
        self.setToolTip("The formula. Enter applies it, Shift+Enter begins another line  (Ctrl+L)")
        self.setPlaceholderText("Type a formula, such as (x^2)^2")
        self.setFont(number_font(13))
        self.setUndoRedoEnabled(False)  # the document's history has each change
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(self._resize)
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
            event.ignore()  # the window gives the keys to the graph
        else:
            super().keyPressEvent(event)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _MARKING_KEYS:
                self._pick()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self._is_beside(event):
            self._pick()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files are opened by the window, not written into the formula."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def _is_beside(self, event: QMouseEvent) -> bool:
        """Whether a click only set the cursor: on the empty ground behind the end of a line."""
        cursor = self.textCursor()
        is_behind = event.position().x() > self.cursorRect(cursor).right() + _NEAR
        return is_behind and cursor.atBlockEnd() and not cursor.hasSelection()

    def _pick(self) -> None:
        cursor = self.textCursor()
        self.picked.emit(cursor.selectionStart(), cursor.selectionEnd())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resize()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._resize()  # WORKAROUND: the stylesheet's min-height has taken the place of ours

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._resize()

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

    def _resize(self, _size: object = None) -> None:
        measured = round(self.document().documentLayout().documentSize().height())  # Qt counts lines here
        written = max(measured, self.document().blockCount(), 1)
        lines = min(written, MOST_LINES)
        height = round(lines * QFontMetricsF(self.font()).lineSpacing()) + 18
        is_long = written > MOST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff)
        if (height, height) != (self.minimumHeight(), self.maximumHeight()):
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
