"""Ctrl+Z in a field: what is being typed is taken back first, then the document's last change.

Qt's fields keep Ctrl+Z and Ctrl+Shift+Z for themselves, also with nothing typed that could be taken back: after Enter
in the field of a value the keys would do nothing.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid


class FieldUndo(QObject):
    """Looks at the keys of the field of a window that has the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(before, QLineEdit) and isValid(before):
            before.removeEventFilter(self)
        if isinstance(now, QLineEdit) and isValid(self._window) and self._window.isAncestorOf(now):
            now.installEventFilter(self)

    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        keys = QKeySequence.StandardKey
        if not isinstance(field, QLineEdit):
            return False
        is_ours = (event.matches(keys.Undo) and not field.isUndoAvailable()) or (
            event.matches(keys.Redo) and not field.isRedoAvailable()
        )
        if is_ours:
            event.ignore()
        return is_ours
