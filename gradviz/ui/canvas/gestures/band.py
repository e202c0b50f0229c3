"""Band: drag with Shift to select all nodes that the rubber band touches, in addition to those selected before."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QRubberBand

from gradviz.ui.canvas.gestures.base import Canvas, Gesture


class Band(Gesture):
    """A left press with Shift that turns into a drag; a mere click is left to choosing."""

    def __init__(self) -> None:
        self._pressed: QPoint | None = None
        self._band: QRubberBand | None = None

    def press(self, _canvas: Canvas, event: QMouseEvent) -> bool:
        """Remember where."""
        is_ours = event.button() is Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self._pressed = event.position().toPoint() if is_ours else None
        return False

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Stretch the band."""
        if self._pressed is None:
            return False
        here = event.position().toPoint()
        if self._band is None:
            if (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return True
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, canvas.viewport())
            self._band.show()
        self._band.setGeometry(QRect(self._pressed, here).normalized())
        return True

    def release(self, canvas: Canvas, _event: QMouseEvent) -> bool:
        """Select what the band touches."""
        self._pressed = None
        if self._band is None:
            return False
        canvas.session.selection.add(canvas.nodes_in(self._band.geometry()))
        self._band.hide()
        self._band.deleteLater()
        self._band = None
        return True
