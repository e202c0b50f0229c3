"""Quick add: double-click on empty canvas, Tab, or Space tapped without a drag."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent

from gradviz.ui.canvas.gestures.base import Canvas, Gesture


class QuickAdd(Gesture):
    """Asks for a new operation where the pointer is."""

    def __init__(self) -> None:
        self._is_tap = False

    def press(self, _canvas: Canvas, _event: QMouseEvent) -> bool:
        """A press while Space is down makes it a pan."""
        self._is_tap = False
        return False

    def double_click(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """On empty canvas: here."""
        if event.button() is not Qt.MouseButton.LeftButton or canvas.target_at(event.position()) is not None:
            return False
        canvas.request_quick_add(event.position())
        return True

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Tab at once; Space when it comes up again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_tap = True
        if event.key() != Qt.Key.Key_Tab:
            return False
        canvas.request_quick_add(_pointer(canvas))
        return True

    def key_release(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Space came up without a press in between; pan is told as well."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._is_tap:
            self._is_tap = False
            canvas.request_quick_add(_pointer(canvas))
        return False


def _pointer(canvas: Canvas) -> QPointF:
    """Where the pointer is, or the middle when it is elsewhere."""
    port = canvas.viewport()
    place = port.mapFromGlobal(QCursor.pos())
    return QPointF(place if port.rect().contains(place) else port.rect().center())
