"""One line on the board of a derivation, with what is to be said about it while it is looked at."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from gradviz.text.derivation_line import Line
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.widgets import note, show_look

LINE_SIZE = 17.0


class LineRow(QFrame):
    """One line of the derivation. A click makes it the one that is looked at."""

    clicked = Signal()

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{line.equation.plain} {line.words}".strip())
        self.equation = EquationLines(LINE_SIZE)
        self.equation.show_equations([line.equation])
        self.equation.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = note(line.words, "small")
        self.words.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 8, 5)
        column.setSpacing(3)
        column.addWidget(self.equation)
        column.addWidget(self.words)

    def show_current(self, is_current: bool) -> None:
        """Be the line that is looked at, or not."""
        show_look(self, "current" if is_current else "")
        self.words.setVisible(is_current and bool(self.line.words))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()
