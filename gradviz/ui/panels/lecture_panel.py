"""The panel of the guided lecture: a stop's words and mathematics, what to try, and the way on.

LECTURE · 5 of 12                  ┐ stays
[Back]  [Next]                     ┘
The chain rule, one factor at a time
How does the loss change with W? …
TRY     …
Set it up again · Leave
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.project.lecture import Lecture, Stop
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.widgets import Card, Column, clear, header, note


class LecturePanel(QWidget):
    """One stop at a time. chosen(index): go there; again(): set this stop up anew; left(): enough."""

    chosen = Signal(int)
    again = Signal()
    left = Signal()

    def __init__(self, lecture: Lecture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lecturePanel")
        self.body = Column("Lecture", 300, margin=14)
        self._lecture = lecture
        self.index = 0
        self.heading = header("Lecture")
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setStyleSheet("font-size: 16px; font-weight: 600;")
        self._words = QVBoxLayout()
        self._words.setSpacing(8)
        self.play = Card("current")
        self.play.column.addWidget(header("Try"))
        self.play_words = note("", "")
        self.play.column.addWidget(self.play_words)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Stops of the lecture")
        self.choice.setToolTip("Go to any stop")
        self.choice.addItems([f"{n}  {stop.title}" for n, stop in enumerate(lecture.stops, 1)])
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(12)
        self.choice.activated.connect(self.chosen)
        self.back = _button("Back", "The stop before  (Ctrl+PgUp)", "Ctrl+PgUp")
        self.next = _button("Next", "The next stop  (Ctrl+PgDown)", "Ctrl+PgDown")
        self.next.setProperty("look", "primary")
        self.set_up = _button("Set it up again", "Bring this stop's graph and numbers back, after you have played", "")
        self.leave = _button("Leave", "Close the lecture and this window", "")
        self.back.clicked.connect(lambda _checked: self.chosen.emit(self.index - 1))
        self.next.clicked.connect(lambda _checked: self.chosen.emit(self.index + 1))
        self.set_up.clicked.connect(lambda _checked: self.again.emit())
        self.leave.clicked.connect(lambda _checked: self.left.emit())
        self._arrange()

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(14, 2, 14, 0)
        head.setSpacing(6)
        head.addWidget(self.heading)
        head.addLayout(_row(self.back, self.next))
        inside = self.body.column
        inside.setContentsMargins(14, 8, 14, 14)
        inside.addWidget(self.title)
        inside.addLayout(self._words)
        inside.addWidget(self.play)
        inside.addWidget(self.choice)
        inside.addLayout(_row(self.set_up, self.leave))
        inside.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.body, 1)

    def show_stop(self, index: int) -> Stop:
        """Show the words of a stop."""
        stop = self._lecture.stops[index]
        self.index = index
        self.heading.setText(f"LECTURE · {index + 1} OF {len(self._lecture.stops)}")
        self.title.setText(stop.title)
        clear(self._words)
        for number, paragraph in enumerate(stop.paragraphs):
            self._words.addWidget(note(paragraph, ""))
            if number == 0:
                self._add_math(stop)
        self.play_words.setText(stop.play)
        self.back.setEnabled(index > 0)
        self.next.setEnabled(index + 1 < len(self._lecture.stops))
        self.choice.setCurrentIndex(index)
        self.body.verticalScrollBar().setValue(0)
        return stop

    def _add_math(self, stop: Stop) -> None:
        for latex, plain in stop.math:
            line = MathView(17.0)
            line.show_math(latex, plain)
            self._words.addWidget(line)


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button, 1)
    return row


def _button(text: str, tip: str, shortcut: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(f"lecture-{text.split()[0].lower()}")
    button.setToolTip(tip)
    if shortcut:
        button.setShortcut(QKeySequence(shortcut))
    return button
