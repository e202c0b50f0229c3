"""Notes: a click chooses one, a drag moves it, of an edge widens it, a double click edits it; N chooses the next one.

A chosen note is edited by Enter or F2, moved by the arrow keys, made wider or narrower by Shift with them and removed
by Delete; Escape lets it go.
"""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from gradviz.ui.canvas.gestures.base import Canvas, Gesture

STRIDE = 10.0
_WAYS = {
    Qt.Key.Key_Left: (-STRIDE, 0.0),
    Qt.Key.Key_Right: (STRIDE, 0.0),
    Qt.Key.Key_Up: (0.0, -STRIDE),
    Qt.Key.Key_Down: (0.0, STRIDE),
}
_WIDER = {Qt.Key.Key_Left: -2 * STRIDE, Qt.Key.Key_Right: 2 * STRIDE}


class HandleNote(Gesture):
    """All that is done to a note with the left button and by keys."""

    def __init__(self) -> None:
        self._pressed: QPoint | None = None
        self._number = 0
        self._by: tuple[float, float] | None = None
        self._edge: bool | None = None

    def press(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Choose the note below the pointer."""
        found = canvas.notes.at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        self._pressed, self._by, self._edge = None, None, None
        edge = canvas.notes.edge_at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if edge is not None:
            self._pressed, (self._number, self._edge) = event.position().toPoint(), edge
            canvas.notes.select(self._number)
            return True
        if found is None:
            if event.button() is Qt.MouseButton.LeftButton:
                canvas.notes.select(None)
            return False
        self._pressed, self._number = event.position().toPoint(), found.number
        canvas.notes.select(found.number)
        return True

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Let the note follow the pointer once it has moved far enough to be meant."""
        if self._pressed is None:
            self._show_cursor(canvas, event)
            return False
        way = event.position().toPoint() - self._pressed
        if self._by is None and way.manhattanLength() < QApplication.startDragDistance():
            return True
        self._by = way.x() / canvas.camera.scale, way.y() / canvas.camera.scale
        if self._edge is not None:
            canvas.notes.show_sized(self._number, self._by[0], is_right=self._edge)
        else:
            canvas.notes.show_moved(self._number, *self._by)
        return True

    def release(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Leave it there."""
        if self._pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        by, self._pressed, self._by = self._by, None, None
        if by is not None and self._edge is not None:
            canvas.notes.size(self._number, by[0], is_right=self._edge)
        elif by is not None:
            canvas.notes.move(self._number, *by)
        return True

    def double_click(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Edit it."""
        found = canvas.notes.at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if found is not None:
            canvas.notes.edit(found.number)
        return found is not None

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Do what the key says to the chosen note."""
        number, key = canvas.notes.selected, Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.ShiftModifier and number is not None and key in _WIDER:
            canvas.notes.size(number, _WIDER[key], merge_key=("size note", number))
            return True
        if held:
            return False
        if key is Qt.Key.Key_N:
            return canvas.notes.select_next()
        if number is None:
            return False
        if key is Qt.Key.Key_Escape:
            self._let_go(canvas)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            canvas.notes.remove(number)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            canvas.notes.edit(number)
        elif key in _WAYS:
            canvas.notes.nudge(number, *_WAYS[key])
        else:
            return False
        return True

    def cancel(self, canvas: Canvas) -> None:
        """Put a note back that is on its way."""
        if self._by is not None:
            canvas.notes.put_back()

    def _show_cursor(self, canvas: Canvas, event: QMouseEvent) -> None:
        """Say that an edge can be dragged."""
        port, shape = canvas.viewport(), Qt.CursorShape.SizeHorCursor
        is_on_edge = not event.buttons() and canvas.notes.edge_at(event.position()) is not None
        if is_on_edge:
            port.setCursor(shape)
        elif port.cursor().shape() is shape:
            port.unsetCursor()

    def _let_go(self, canvas: Canvas) -> None:
        """A drag is given up; a note at rest is no longer chosen."""
        if self._by is not None:
            canvas.notes.put_back()
            self._pressed = self._by = None
        else:
            canvas.notes.select(None)
