"""The wire in the hand, an item of its own: while it moves nothing else is drawn anew."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from gradviz.export.theme import Token
from gradviz.layout.types import Point
from gradviz.ui.canvas.items import Look
from gradviz.ui.canvas.ports import Port
from gradviz.ui.painting import colour

_BEND = 60.0
_ROOM = 6.0
_DOT = 3.5


class HandWire(QGraphicsPathItem):
    """From a port to the pointer, or to the port on which it would land; red and dashed where that refuses it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._token = Token.CURRENT
        self._is_dashed = True
        self._end: QPointF | None = None
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def lead(self, fixed: Port, at: Point, landing: Port | None, *, is_refused: bool) -> None:
        """Run from the fixed port to a place, or to the port there."""
        self._token = Token.ERROR if is_refused else Token.VALUE if landing is not None else Token.CURRENT
        self._is_dashed = landing is None or is_refused
        self._end = QPointF(at.x, at.y) if landing is None else None
        self.setPath(_line(fixed, at, landing))
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is drawn; Qt's own takes it from the shape, which is empty here."""
        return self.path().controlPointRect().adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)

    def shape(self) -> QPainterPath:
        return QPainterPath()  # the pointer goes through it

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        ink = colour(self._look.theme, self._token)
        pen = QPen(ink, 2.0)
        if self._is_dashed:
            pen.setDashPattern([3.0, 2.5])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())
        if self._end is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(self._end, _DOT, _DOT)


def _line(fixed: Port, at: Point, landing: Port | None) -> QPainterPath:
    """Level at the ends that are ports; where it leads back the curve turns on itself."""
    end = landing.place if landing is not None else at
    ahead = (end.x - fixed.place.x) * fixed.away.x + (end.y - fixed.place.y) * fixed.away.y
    is_behind = landing is not None and ahead < _BEND
    bend = _BEND + max(0.0, -ahead) / 2 if is_behind else min(_BEND, fixed.distance(end) / 2)
    away = landing.away if landing is not None else Point(-fixed.away.x, -fixed.away.y)
    path = QPainterPath(QPointF(fixed.place.x, fixed.place.y))
    path.cubicTo(_beside(fixed.place, fixed.away, bend), _beside(end, away, bend), QPointF(end.x, end.y))
    return path


def _beside(point: Point, away: Point, by: float) -> QPointF:
    return QPointF(point.x + away.x * by, point.y + away.y * by)
