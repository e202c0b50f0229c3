"""Pan: drag with the left button, with the middle one, or with Space held."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from gradviz.ui.canvas.gestures.base import Canvas, Gesture

BUTTONS = Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton


class Pan(Gesture):
    """A press that turns into a drag; one that doesn't is left to the other gestures."""

    def __init__(self) -> None:
        self._pressed: QPoint | None = None
        self._last = QPoint()
        self._is_dragging = False
        self._is_space_held = False

    def press(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Remember where; a middle press or one with Space is ours at once."""
        if not event.button() & BUTTONS:
            return False
        self._pressed = self._last = event.position().toPoint()
        self._is_dragging = self._is_space_held or event.button() is Qt.MouseButton.MiddleButton
        if self._is_dragging:
            canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        return self._is_dragging

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Pan along once the pointer has moved far enough to be meant."""
        if self._pressed is None or not event.buttons():  # another gesture took the release
            self._pressed = None
            return False
        here = event.position().toPoint()
        if not self._is_dragging and (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return False
        if not self._is_dragging:
            self._is_dragging = True
            canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        canvas.camera.pan(here - self._last)
        self._last = here
        return True

    def release(self, canvas: Canvas, _event: QMouseEvent) -> bool:
        """End the drag."""
        was_dragging = self._is_dragging
        self._pressed, self._is_dragging = None, False
        if was_dragging:
            self._rest(canvas)
        return was_dragging

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Space held makes every drag a pan."""
        return self._hold(canvas, event, is_held=True)

    def key_release(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Space up."""
        return self._hold(canvas, event, is_held=False)

    def _hold(self, canvas: Canvas, event: QKeyEvent, *, is_held: bool) -> bool:
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._is_space_held = is_held
            self._rest(canvas)
        return True

    def _rest(self, canvas: Canvas) -> None:
        if self._is_space_held:
            canvas.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            canvas.viewport().unsetCursor()
