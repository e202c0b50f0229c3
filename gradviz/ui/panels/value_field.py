"""A field for a value: short when it is only looked at, with all digits while it is edited.

It takes numbers, lists such as [[1, 2], [3, 4]], and shapes and fillings: `3x2`, `zeros 3x2`, `random 4`, `identity 3`.
"""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStyle, QStyleOptionFrame, QWidget

from gradviz.core.types import Array
from gradviz.data.grids import shorthand
from gradviz.errors import GradvizError
from gradviz.lang.values import parse_value
from gradviz.text import numbers
from gradviz.ui.panels.widgets import show_look

LARGEST_TYPED = 400
"""Arrays with more elements are only shown; their table is the place to edit them."""

_INNER_MARGINS = 4
"""Qt leaves two pixels free on each side of the text of a line edit."""


def editable_text(value: Array) -> str:
    """A value as a person would type it, with all its digits."""
    if value.ndim == 0:
        return numbers.exact(float(value))
    return f"[{', '.join(editable_text(np.asarray(part)) for part in value)}]"


class ValueField(QLineEdit):
    """A value: short when only looked at, with all digits while it is edited."""

    edited = Signal(object)
    """Somebody typed another value (an array)."""
    refused = Signal(str)
    """What was typed is no value: why; "" when it is one again."""
    nudged = Signal(int)
    """Up or Down was pressed: so many steps up; ten with Shift or Page Up and Page Down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Array = np.asarray(0.0)
        self.setProperty("look", "number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.returnPressed.connect(self._finish)

    def show_value(self, value: Array) -> None:
        """Show another value, unless one is being typed."""
        self._value = np.asarray(value)
        if not self.hasFocus() or not self.isModified():
            show_look(self, "number")
            self.setText(self._full() if self.hasFocus() else self._short())
            self.setModified(False)
            self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.isReadOnly():
            self.setText(self._full())
            self.setModified(False)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        super().focusOutEvent(event)
        if not self.isModified():
            self.setText(self._short())
            self.setCursorPosition(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.hasFocus() and not self.isModified():
            self.setText(self._short())
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {keys.Key_Up: 1, keys.Key_Down: -1, keys.Key_PageUp: 10, keys.Key_PageDown: -10}.get(
            Qt.Key(event.key()), 0
        )
        if steps and not self.isReadOnly():
            self._finish()
            self.nudged.emit(steps * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1))
        elif event.key() == keys.Key_Escape and self.isModified():
            self.setModified(False)
            self.refused.emit("")
            self.show_value(self._value)
        else:
            super().keyPressEvent(event)

    def _short(self) -> str:
        """The value with as many digits as there is room for, from four down to two."""
        if self._value.ndim and not numbers.is_small(self._value):
            return numbers.shape(self._value.shape)
        texts = [numbers.value(self._value, digits) for digits in (4, 3, 2)]
        return next((text for text in texts if self._has_room(text)), texts[0])

    def _has_room(self, text: str) -> bool:
        style = QStyleOptionFrame()
        self.initStyleOption(style)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, style, self).width()
        return self.fontMetrics().horizontalAdvance(text) + _INNER_MARGINS <= room

    def _full(self) -> str:
        return editable_text(self._value) if self._value.size <= LARGEST_TYPED else self._short()

    def _finish(self) -> None:
        if not self.isModified():
            return
        try:
            typed = self.text().replace(numbers.MINUS, "-")
            made = shorthand(typed, self._value)
            value = made if made is not None else parse_value(typed)
        except GradvizError as error:
            show_look(self, "bad")
            self.refused.emit(error.message)
            return
        show_look(self, "number")
        self.setModified(False)
        self.refused.emit("")
        self.edited.emit(value)
