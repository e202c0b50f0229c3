"""The bar over a derivation: by what is differentiated, the buttons that go through the lines, and copying."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import note
from gradviz.ui.theme import theme

KINDS = (("As &text", "text"), ("As &LaTeX (align)", "align"), ("This &line as LaTeX", "line"))


class DerivationBar(QWidget):
    """Says what is wanted; it decides nothing."""

    chosen = Signal(int)
    """A node to differentiate by."""
    copying = Signal(str)
    """Somebody wants the derivation: "text", "align" or "line"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel("∂L/∂")
        self.by = self._choice()
        self.first = self._button("", "Begin again: only the first line  (Home)")
        self.back = self._button("Back", "Go back one line  (Left, Up or Backspace)")
        self.next = self._button("Next", "Write the next line  (Right, Down, Space or Enter)")
        self.last = self._button("", "Write all lines  (End)")
        self.place = note("", "small")
        self.place.setWordWrap(False)
        self.copy_button = self._button("Copy", "Copy the whole derivation")
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.copy_button)
        for words, kind in KINDS:
            menu.addAction(words).triggered.connect(partial(self._copy, kind))
        self.copy_button.setMenu(menu)
        self._draw()
        theme().changed.connect(self._draw)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.title, self.by, self.first, self.back, self.next, self.last, self.place):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.copy_button)

    def _choice(self) -> QComboBox:
        made = QComboBox()
        made.setObjectName("deriveBy")
        made.setAccessibleName("Differentiate by")
        made.setToolTip("By what the output is differentiated; a node is also chosen by a click on the canvas")
        made.setMinimumContentsLength(8)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMaximumWidth(170)
        made.activated.connect(self._activated)
        return made

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "flat")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _draw(self) -> None:
        ink = theme().current[Token.TEXT]
        pairs = ((self.first, "restart"), (self.back, "back"), (self.next, "step"), (self.last, "continue"))
        for button, name in pairs:
            button.setIcon(icon(name, ink))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def show_place(self, current: int, count: int) -> None:
        """Say which of so many lines is looked at, and offer what can be done."""
        self.place.setText(f"{current + 1} of {count}" if count else "")
        for button in (self.first, self.back):
            button.setEnabled(count > 0 and current > 0)
        for button in (self.next, self.last):
            button.setEnabled(current < count - 1)
        self.copy_button.setEnabled(count > 0)

    def _activated(self, index: int) -> None:
        node = self.by.itemData(index)
        if node is not None:
            self.chosen.emit(NodeId(node))

    def _copy(self, kind: str, _checked: bool = False) -> None:
        self.copying.emit(kind)
