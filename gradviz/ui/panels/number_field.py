"""A whole number in a line of the toolbar: typed, turned with the wheel, or stepped with the arrow keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget


class NumberField(QLineEdit):
    """A number in a range. changed(n): a person chose another one."""

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = 0
        self._most = 0
        self._check = QIntValidator(0, 0, self)
        self.setValidator(self._check)
        self.setProperty("look", "flat")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._finish)
        self._show()

    @property
    def value(self) -> int:
        """The number."""
        return self._value

    @property
    def most(self) -> int:
        """The largest number that can be chosen."""
        return self._most

    def show_number(self, value: int, most: int) -> None:
        """Show a number between 0 and the largest possible; what is being typed stays."""
        self._value, self._most = value, most
        self._check.setTop(max(most, 0))
        if not (self.hasFocus() and self.isModified()):
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self._choose(self._value + 1)
            case Qt.Key.Key_Down:
                self._choose(self._value - 1)
            case Qt.Key.Key_PageUp:
                self._choose(self._value + 10)
            case Qt.Key.Key_PageDown:
                self._choose(self._value - 10)
            case Qt.Key.Key_Escape:
                self._show()
                event.ignore()  # the window gives the keys to the graph
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.isEnabled() and event.angleDelta().y():
            self._choose(self._value + (1 if event.angleDelta().y() > 0 else -1))
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show()

    def _finish(self) -> None:
        if self.isModified():
            self.setModified(False)
            self._choose(int(self.text() or self._value))

    def _choose(self, value: int) -> None:
        wanted = max(0, min(value, self._most))
        if wanted != self._value:
            self._value = wanted
            self._show()
            self.changed.emit(wanted)

    def _show(self) -> None:
        text = str(self._value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)
        digits = max(len(text), len(str(self._most)), 2)
        self.setFixedWidth(12 + round(self.fontMetrics().horizontalAdvance("0") * 1.15 * digits))
