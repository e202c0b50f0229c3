"""Small pieces that several panels are built of: headers, cards, rows of facts, quiet buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gradviz.export.theme import Token
from gradviz.ui.theme import theme

Spin = TypeVar("Spin", bound=QAbstractSpinBox)

LEAST_WIDTH = 176
"""A column is never narrower."""


def header(text: str) -> QLabel:
    """A panel's heading in small capitals."""
    label = QLabel(text.upper())
    label.setProperty("look", "header")
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


def note(text: str = "", look: str = "muted") -> QLabel:
    """Words in small type that wrap."""
    label = QLabel(text)
    label.setProperty("look", look)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def show_look(widget: QWidget, look: str) -> None:
    """Give a widget another look of the stylesheet."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line of text that is cut with … where there is no room; the whole text is in its tooltip."""

    def __init__(self, text: str = "", look: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setProperty("look", look)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_text(text)

    @property
    def whole(self) -> str:
        """The text before it was cut."""
        return self._whole

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class NumberLabel(QLabel):
    """A number that is as wide as it needs where there is room, else painted with …; the whole is in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "number")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_number(self, text: str) -> None:
        """Show another number."""
        self.setText(text)
        self.setToolTip(text if len(text) > 20 else "")

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        return QSize(min(whole.width(), self.fontMetrics().horizontalAdvance("0") * 9), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class Fact(QFrame):
    """One row of a card: what it is on the left, its number on the right."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "row")
        self.name = ElidedLabel(name, "")
        self.name.setMinimumWidth(40)
        self.value = NumberLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 5, 0, 5)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.value)

    def show_value(self, text: str, token: Token = Token.TEXT) -> None:
        """Show a number in the colour of its meaning."""
        self.value.show_number(text)
        if self.value.property("ink") != token.value:
            self.value.setProperty("ink", token.value)
            self.value.style().unpolish(self.value)
            self.value.style().polish(self.value)
        self.setAccessibleName(f"{self.name.whole}: {text}")


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of facts says: a name, a number and the meaning of its colour; `tip` explains it."""

    name: str
    text: str
    token: Token = Token.TEXT
    tip: str = ""


class FactList(QWidget):
    """Rows of facts below each other. Rows are kept and written anew, for they change with every step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Fact] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows and no others."""
        while len(self.rows) < len(rows):
            self.rows.append(Fact(""))
            self._column.addWidget(self.rows[-1])
        while len(self.rows) > len(rows):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        for fact, row in zip(self.rows, rows, strict=True):
            if fact.name.whole != row.name:
                fact.name.show_text(row.name)
            fact.show_value(row.text, row.token)
            fact.setToolTip(row.tip)

    def row(self, name: str) -> Fact | None:
        """The first row whose name begins so."""
        return next((fact for fact in self.rows if fact.name.whole.startswith(name)), None)


class Card(QFrame):
    """A soft box with a column of widgets."""

    def __init__(self, look: str = "card", parent: QWidget | None = None, *, padding: int = 12, gap: int = 8) -> None:
        super().__init__(parent)
        self.setProperty("look", look)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(gap)


class Spine(QWidget):
    """The coloured bar that tells a leaf's role."""

    def __init__(self, token: Token, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.token = token
        self.setFixedWidth(5)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(5, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().current[self.token]))
        painter.drawRoundedRect(self.rect(), 2.0, 2.0)
        painter.end()


def spaced(box: Spin) -> Spin:
    """The field for a number, with the number a little off its edge: Qt takes no padding there from a stylesheet."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)
    return box


def scrolling(body: QWidget) -> QScrollArea:
    """The widget in an area without a frame that scrolls up and down, never across."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(body)
    return area


class Column(QScrollArea):
    """A panel that scrolls up and down when there is too little room: sections below each other."""

    def __init__(self, name: str, width: int, parent: QWidget | None = None, *, margin: int = 12) -> None:
        super().__init__(parent)
        self._preferred = width
        self.setObjectName("column")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("columnBody")
        body.setMinimumWidth(LEAST_WIDTH - 16)  # wide contents are squeezed; a column doesn't scroll sideways
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(8)
        self.setWidget(body)

    def sizeHint(self) -> QSize:
        return QSize(self._preferred, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._preferred, LEAST_WIDTH), 80)


def widgets_in(layout: QLayout) -> list[QWidget]:
    """The widgets of a layout, in order."""
    items = (layout.itemAt(index) for index in range(layout.count()))
    return [widget for item in items if item is not None and (widget := item.widget()) is not None]


def clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take all widgets out of a layout and delete them."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
