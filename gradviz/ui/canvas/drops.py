"""What is dropped on the canvas from the palette: operations, leaves, numbers and parts. Files are for the window."""

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGraphicsView

from gradviz.layout.types import Point
from gradviz.ui.canvas.gestures.base import Target
from gradviz.ui.dragging import found_of


class DropView(QGraphicsView):
    """A view that takes what comes from the palette."""

    found_dropped = Signal(object, object, object)
    """Something of the palette was dropped: what, where in the scene, and on which node or edge (None: on neither)."""

    def target_at(self, place: QPointF) -> Target:
        """What is under a place of the viewport."""
        raise NotImplementedError

    def scene_place(self, place: QPoint) -> Point:
        """The place of the scene at a global place of the screen."""
        found = self.mapToScene(self.viewport().mapFromGlobal(place))
        return Point(found.x(), found.y())

    def hover_at(self, place: QPointF | None) -> None:
        """Mark what is at a place of the viewport, or nothing."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._judge(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._judge(event)
        if event.isAccepted():
            self.hover_at(event.position())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.hover_at(None)

    def dropEvent(self, event: QDropEvent) -> None:
        found = found_of(event.mimeData())
        if found is not None:
            place = self.scene_place(self.viewport().mapToGlobal(event.position().toPoint()))
            event.acceptProposedAction()
            self.found_dropped.emit(found, place, self.target_at(event.position()))

    def _judge(self, event: QDropEvent) -> None:
        if found_of(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()
