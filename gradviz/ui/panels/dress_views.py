"""Views of marked text: a part that is pointed at lights up, a click chooses its node, the arrows walk its parts.

Right, Left    the next and the last part beside it        Up, Down    the part around it, the first part in it
Enter          choose its node
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QMargins, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QSizePolicy, QTextEdit, QWidget

from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.text.marks import Marked, Tree
from gradviz.ui.mathregions import Drawn, Region, drawn
from gradviz.ui.theme import math_font, number_font, theme

MATH_SIZE = 21.0
LINE_GAP = 10.0
LEAST_LINES = 14
"""A text of so many lines is shown whole; a longer one only where the panel is high enough."""
MOST_TYPESET = 60
"""Of more lines the others are written in the font of mathematics: typesetting them would be waited for."""
MOST_LIGHTS = 200
"""Of more parts of one node, only so many are lit."""
POINTED, CHOSEN = Token.VALUE_PILL, Token.CURRENT_CARD
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def walked(tree: Tree, number: int | None, key: int) -> int | None:
    """The part to which an arrow key leads; None stays."""
    if number is None:
        return 0 if tree.marks else None
    match key:
        case Qt.Key.Key_Right:
            return tree.following(number)
        case Qt.Key.Key_Left:
            return tree.preceding(number)
        case Qt.Key.Key_Up:
            return tree.parent(number)
        case Qt.Key.Key_Down:
            return tree.child(number)
    return None


class TextDress(QPlainTextEdit):
    """A dress that is text."""

    pointed = Signal(object)
    """The node under the pointer, or None."""
    chosen = Signal(object)

    def __init__(self, title: str, *, wraps: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFont(number_font(12))
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setLineWrapMode(self.LineWrapMode.WidgetWidth if wraps else self.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setFrameShape(self.Shape.NoFrame)
        self.setStyleSheet(
            'QPlainTextEdit { font-family: "JetBrains Mono"; font-size: 12px; padding: 0 2px;'
            " background: transparent; border: none; }"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self.tree = Tree(())
        self.most_lines = LEAST_LINES
        self._at: int | None = None
        self._pointed: NodeId | None = None
        self._chosen: tuple[NodeId, ...] = ()
        self._pressed = QPointF()

    def show_marked(self, text: Marked) -> None:
        """Show another text."""
        self.tree, self._at = Tree(text.marks), None
        if self.toPlainText() != text.text:
            self.setPlainText(text.text)
            self.updateGeometry()
        self._light()

    def light(self, pointed: NodeId | None, chosen: tuple[NodeId, ...]) -> None:
        """Light the parts of these nodes; those of a newly chosen one come into view."""
        is_new, self._pointed, self._chosen = chosen != self._chosen, pointed, chosen
        self._light()
        if is_new and chosen and not self.hasFocus():
            first = self.tree.first(chosen[-1])
            if first is not None:
                self._show_place(self.tree.marks[first].start)

    def lit(self) -> list[str]:
        """The texts of all parts that are lit."""
        return [selection.cursor.selectedText() for selection in self.extraSelections()]

    def place_of(self, start: int) -> QPointF:
        """The middle of the character at a place of the text, in the viewport."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        left = self.cursorRect(cursor)
        return QPointF(left.center()) + QPointF(self.fontMetrics().horizontalAdvance("0") / 2, 0)

    def number_at(self, place: QPointF) -> int | None:
        """The smallest part at a place of the viewport."""
        cursor = self.cursorForPosition(place.toPoint())
        area = self.cursorRect(cursor)
        if not area.top() <= place.y() <= area.bottom():
            return None
        position = cursor.position() - (1 if place.x() < area.left() else 0)
        is_past_end = cursor.atBlockEnd() and place.x() >= area.left()
        return None if is_past_end else self.tree.at(position)

    def sizeHint(self) -> QSize:
        return QSize(240, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(self._height(), 60))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_height()

    def allow(self, height: int) -> None:
        """Be as high as that at most, if the text needs it."""
        self.most_lines = max(LEAST_LINES, int((height - 22) / QFontMetricsF(self.font()).lineSpacing()))
        self.fit_height()

    def fit_height(self) -> None:
        """Be as high as the text, up to the height at which it is scrolled."""
        if self.height() != self._height():
            self.setFixedHeight(self._height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self.number_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        is_click = (event.position() - self._pressed).manhattanLength() < 4
        if event.button() is Qt.MouseButton.LeftButton and is_click and not self.textCursor().hasSelection():
            self._at = self.number_at(event.position())
            self._choose()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            found = walked(self.tree, self._at, event.key())
            if found is not None:
                self._at = found
                self._show_place(self.tree.marks[found].start)
                self.pointed.emit(self.tree.marks[found].node)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]  # Qt hands a QFocusEvent
        self.pointed.emit(None)

    def _choose(self) -> None:
        if self._at is not None:
            self.chosen.emit(self.tree.marks[self._at].node)

    def _point_at(self, number: int | None) -> None:
        self.pointed.emit(None if number is None else self.tree.marks[number].node)

    def _show_place(self, start: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _light(self) -> None:
        found = [*self._selections(self._chosen, CHOSEN)]
        if self._pointed is not None:
            found += self._selections((self._pointed,), POINTED)
        self.setExtraSelections(found)

    def _selections(self, nodes: Iterable[NodeId], token: Token) -> Iterable[QTextEdit.ExtraSelection]:
        look = QTextCharFormat()
        look.setBackground(QColor(theme().current[token]))
        for mark in [mark for node in nodes for mark in self.tree.of(node)][:MOST_LIGHTS]:
            made = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(mark.start)
            cursor.setPosition(mark.stop, QTextCursor.MoveMode.KeepAnchor)
            made.cursor, made.format = cursor, look
            yield made

    def _height(self) -> int:
        lines = max(round(self.document().documentLayout().documentSize().height()), 1)
        return round(min(lines, self.most_lines) * QFontMetricsF(self.font()).lineSpacing()) + (22 if lines > 1 else 12)


class MathDress(QWidget):
    """The typeset dress: its lines below each other, at their natural size."""

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("typeset")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.lines: tuple[_Line, ...] = ()
        self._latex: tuple[Marked, ...] = ()
        self._plain: tuple[Marked, ...] = ()
        self._at: tuple[int, int] | None = None
        self._pointed: NodeId | None = None
        self._chosen: tuple[NodeId, ...] = ()
        theme().changed.connect(self._set)

    def show_lines(self, latex: Sequence[Marked], plain: Sequence[Marked]) -> None:
        """Show these lines; the plain text of one stands in where its LaTeX can't be set."""
        self._latex, self._plain = tuple(latex), tuple(plain)
        self.setAccessibleName("; ".join(line.text for line in plain)[:1000])
        self._at = None
        self._set()

    def light(self, pointed: NodeId | None, chosen: tuple[NodeId, ...]) -> None:
        """Light the parts of these nodes."""
        if (pointed, chosen) != (self._pointed, self._chosen):
            self._pointed, self._chosen = pointed, chosen
            self.update()

    def areas(self, node: NodeId) -> list[QRectF]:
        """Where the parts of a node lie."""
        return [line.area(n) for line in self.lines for n, mark in enumerate(line.tree.marks) if mark.node == node]

    def sizeHint(self) -> QSize:
        return QSize(round(max((line.right for line in self.lines), default=0.0)) + 12, round(self._bottom()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        lights = [(node, CHOSEN) for node in self._chosen]
        lights += [(self._pointed, POINTED)] if self._pointed is not None else []
        for node, token in lights:
            painter.setBrush(QColor(theme().current[token]))
            for area in self.areas(node)[:MOST_LIGHTS]:
                painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), 4, 4)
        for line in self.lines:
            line.paint(painter)
        if self.hasFocus() and self._at is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(theme().current[Token.VALUE]))
            painter.drawRoundedRect(self.lines[self._at[0]].area(self._at[1]).adjusted(-2, -2, 2, 2), 4, 4)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._number_at(event.position())
        self.pointed.emit(None if found is None else self._node(found))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._at = self._number_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and self._at is not None:
            self.chosen.emit(self._node(self._at))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS and self.lines:
            self._walk(event.key())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.chosen.emit(self._node(self._at))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]  # Qt hands a QFocusEvent
        self.pointed.emit(None)
        self.update()

    def _walk(self, key: int) -> None:
        line, number = self._at if self._at is not None else (0, None)
        found = walked(self.lines[line].tree, number, key)
        if found is None:  # beyond the end of a line lies the next one
            line += {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(key), 0)
            found = 0 if 0 <= line < len(self.lines) and self._at is not None and line != self._at[0] else None
        if found is not None:
            self._at = line, found
            self.pointed.emit(self._node(self._at))
            self._reveal(self.lines[line].area(found))
            self.update()

    def _reveal(self, area: QRectF) -> None:
        viewport = self.parent()
        scroll = viewport.parent() if viewport is not None else None
        if isinstance(scroll, QScrollArea):
            middle = area.center().toPoint()
            scroll.ensureVisible(middle.x(), middle.y(), round(area.width() / 2) + 8, round(area.height() / 2) + 8)

    def _node(self, at: tuple[int, int]) -> NodeId:
        return self.lines[at[0]].tree.marks[at[1]].node

    def _number_at(self, place: QPointF) -> tuple[int, int] | None:
        for index, line in enumerate(self.lines):
            holding = [n for n in range(len(line.tree.marks)) if line.area(n).marginsAdded(_NEAR).contains(place)]
            if holding:
                return index, min(holding, key=lambda n: line.area(n).width() * line.area(n).height())
        return None

    def _set(self) -> None:
        top = 8.0
        made: list[_Line] = []
        for latex, plain in zip(self._latex, self._plain, strict=True):
            found = drawn(latex, MATH_SIZE) if len(made) < MOST_TYPESET else None
            line = _Line(found, latex if found is not None else plain, top)
            made.append(line)
            top += line.height + LINE_GAP
        self.lines = tuple(made)
        self.updateGeometry()
        self.setMinimumSize(self.sizeHint())
        self.update()

    def _bottom(self) -> float:
        return sum(line.height + LINE_GAP for line in self.lines) + 8.0


_LEFT = 6.0
_NEAR = QMargins(1, 1, 1, 1).toMarginsF()


class _Line:
    """One line: a drawing, or plain text where there is none, and where its parts are."""

    def __init__(self, found: Drawn | None, marked: Marked, top: float) -> None:
        self._top = top
        self._text = marked.text
        self.tree = Tree(marked.marks)
        self._renderer: QSvgRenderer | None = None
        metrics = QFontMetricsF(math_font(round(MATH_SIZE)))
        regions: tuple[Region | None, ...]
        if found is not None:
            self._renderer = QSvgRenderer(found.inked(theme().current[Token.TEXT]))
            self.width, self.height, regions = found.width, found.height, found.regions
        else:
            self.width, self.height = metrics.horizontalAdvance(marked.text), metrics.height()
            regions = tuple(_in_text(marked, number, metrics) for number in range(len(marked.marks)))
        self._areas = [r.area.translated(_LEFT, top) if r is not None else QRectF() for r in regions]

    @property
    def right(self) -> float:
        """Where the line ends."""
        return _LEFT + self.width

    def area(self, number: int) -> QRectF:
        """Where a part lies."""
        return self._areas[number]

    def paint(self, painter: QPainter) -> None:
        """Draw the line."""
        if self._renderer is not None:
            self._renderer.render(painter, QRectF(_LEFT, self._top, self.width, self.height))
            return
        font = math_font(round(MATH_SIZE))
        painter.setFont(font)
        painter.setPen(QColor(theme().current[Token.TEXT]))
        painter.drawText(QPointF(_LEFT, self._top + QFontMetricsF(font).ascent()), self._text)


def _in_text(marked: Marked, number: int, metrics: QFontMetricsF) -> Region:
    mark = marked.marks[number]
    left = metrics.horizontalAdvance(marked.text[: mark.start])
    width = metrics.horizontalAdvance(marked.text[mark.start : mark.stop])
    return Region(QRectF(left, 0.0, width, metrics.height()), mark.node)
