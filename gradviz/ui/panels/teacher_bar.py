"""Teacher mode to be seen: a bar that says what the document hides and lifts it, and the dialog that hides."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gradviz.project.lesson import PARTS
from gradviz.ui.panels.widgets import header, note


class TeacherBar(QFrame):
    """The bar. lifted(): show it all, or hide it again. changing(): choose other parts."""

    lifted = Signal()
    changing = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("teacherBar")
        self.setProperty("look", "news")
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.lift = QPushButton("Show everything")
        self.lift.setToolTip("Show here what the document hides; the document stays as it is")
        self.lift.clicked.connect(lambda _checked: self.lifted.emit())
        self.change = QPushButton("Change…")
        self.change.setToolTip("Choose what the document hides")
        self.change.clicked.connect(lambda _checked: self.changing.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self.label, 1)
        row.addWidget(self.lift)
        row.addWidget(self.change)
        self.hide()

    def say(self, words: str, *, is_lifted: bool) -> None:
        """Say what is hidden, or that it has been lifted here."""
        self.label.setText(f"{words} It is shown here." if is_lifted else words)
        self.setAccessibleName(self.label.text())
        self.lift.setText("Hide it again" if is_lifted else "Show everything")


class TeacherDialog(QDialog):
    """Choose what a document hides."""

    def __init__(self, hidden: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("teacherDialog")
        self.setWindowTitle("Teacher mode")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        words = "Hide from whoever opens this document. A bar over the graph says so, and offers to show everything."
        label = note(words, "")
        label.setMinimumWidth(420)
        column.addWidget(label)
        self.boxes: dict[str, QCheckBox] = {}
        sides = QHBoxLayout()
        sides.setSpacing(24)
        for heading, parts in groupby(PARTS.items(), key=lambda item: item[1].heading):
            side = QVBoxLayout()
            side.addWidget(header(heading))
            for key, part in parts:
                box = QCheckBox(f"{part.title[:1].upper()}{part.title[1:]}")
                box.setChecked(key in set(hidden))
                self.boxes[key] = box
                side.addWidget(box)
            side.addStretch(1)
            sides.addLayout(side)
        column.addLayout(sides)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addSpacing(8)
        column.addWidget(buttons)

    @property
    def hidden(self) -> frozenset[str]:
        """The parts that are to be hidden."""
        return frozenset(key for key, box in self.boxes.items() if box.isChecked())
