"""One line on the board of a derivation, with what is to be said about it while it is looked at."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from gradviz.text import numbers
from gradviz.text.answers import Answer
from gradviz.text.derivation_line import Line
from gradviz.ui.mathline import math_line
from gradviz.ui.panels.equation_lines import SMALLEST, EquationLines, factors, pieces
from gradviz.ui.panels.widgets import Row, note, show_look
from gradviz.ui.theme import theme

LINE_SIZE = 17.0
WORDS_WIDTH = 470
"""Words stay in sight where a long line is scrolled sideways."""


class LineRow(QFrame):
    """One line of the derivation. A click makes it the one that is looked at."""

    clicked = Signal()

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.equation = EquationLines(LINE_SIZE, self)  # with a parent: it shows itself once it has lines
        self.equation.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = note("", "small")
        self.words.setMaximumWidth(WORDS_WIDTH)
        self.words.hide()
        self._write()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 8, 5)
        column.setSpacing(3)
        column.addWidget(self.equation)
        beside = QHBoxLayout()  # a layout below each other would take no notice of the greatest width
        beside.addWidget(self.words, 1)
        beside.addStretch(0)
        column.addLayout(beside)

    def show_line(self, line: Line) -> None:
        """Show another line; one that says the same is not written anew."""
        if line != self.line:
            self.line = line
            self._write()

    def _write(self) -> None:
        self.setAccessibleName(f"{self.line.equation.plain} {self.line.words}".strip())
        self.equation.show_equations([self.line.equation])
        self.words.setText(self.line.words)
        self.equation.setMinimumWidth(self._least_width())

    def _least_width(self) -> int:
        """Narrower than this a part would be cut off: the board is scrolled sideways then."""
        name = theme().current.name
        cut = [part for piece in pieces(self.line.equation) for part in factors(piece)]
        widest = max((math_line(part, LINE_SIZE, name).width for part in cut), default=0.0)
        return round(widest * SMALLEST) + 2

    def show_current(self, is_current: bool) -> None:
        """Be the line that is looked at, or not."""
        show_look(self, "current" if is_current else "")
        self.words.setVisible(is_current and bool(self.line.words))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()


def answer_row(answer: Answer) -> Row:
    """What is said of one way to the number."""
    is_written = answer.value.ndim == 0 or numbers.is_small(answer.value)
    shown = numbers.typeset_value(answer.value) if is_written else f"{numbers.shape(answer.value.shape)} array"
    if answer.way == "back-propagation":
        return Row(answer.way, shown)
    how = "the same" if answer.relative == 0 else f"differs by {numbers.typeset(answer.relative, 2)}"
    return Row(
        f"{answer.way}: {how}",
        shown,
        tip="The largest difference from back-propagation, relative to the largest element",
    )
