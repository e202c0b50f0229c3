"""The field in which a note is typed, over the place where it will stand."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

_KEPT = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class NoteEditor(QPlainTextEdit):
    """Ctrl+Enter or a click elsewhere takes the text, Escape leaves all as it was."""

    def __init__(self, text: str, take: Callable[[str | None], object], parent: QWidget) -> None:
        """take: called once, with the text or with None."""
        super().__init__(text, parent)
        self._take: Callable[[str | None], object] | None = take
        self.setObjectName("noteEditor")
        self.setAccessibleName("Text of the note")
        self.setToolTip("Ctrl+Enter takes the note, Escape leaves all as it was")
        self.setPlaceholderText("A note")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def end(self, *, is_taken: bool) -> None:
        """Take the text, or not, and close."""
        take, self._take = self._take, None
        if take is not None:
            self.hide()
            self.deleteLater()
            take(self.toPlainText() if is_taken else None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and _ends(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _ends(event):
            self.end(is_taken=event.key() != Qt.Key.Key_Escape)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _KEPT:
            self.end(is_taken=True)


def _ends(event: QKeyEvent) -> bool:
    is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return event.key() == Qt.Key.Key_Escape or (
        is_enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    )
