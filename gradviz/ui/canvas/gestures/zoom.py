"""Zoom: the wheel zooms at the pointer; on a touchpad two fingers pan, and a pinch (or Ctrl) zooms."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

from gradviz.ui.canvas.gestures.base import Canvas, Gesture, is_touchpad

NOTCH = 120.0
"""What Qt reports for one notch of a wheel."""
A_NOTCH_ZOOMS = 1.15


class Zoom(Gesture):
    """Zooms where the pointer is, so that what one looks at stays."""

    def wheel(self, canvas: Canvas, event: QWheelEvent) -> bool:
        """Zoom by the turn, smoothly for fine wheels."""
        is_zoom = not is_touchpad(event) or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_zoom:
            canvas.camera.zoom(A_NOTCH_ZOOMS ** (event.angleDelta().y() / NOTCH), event.position())
        else:
            canvas.camera.pan(event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2)
        return True

    def pinch(self, canvas: Canvas, event: QNativeGestureEvent) -> bool:
        """Zoom as far as the fingers move apart."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        canvas.camera.zoom(1.0 + event.value(), event.position())
        return True
