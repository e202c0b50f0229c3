"""The minimap: a large graph at a glance, with the part that is seen; drag it to look elsewhere."""

from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsView, QWidget

from gradviz.export import drawing
from gradviz.export.picture import Card, Picture, State
from gradviz.export.theme import Token
from gradviz.layout.types import Rect
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.painting import colour
from gradviz.ui.theme import theme

WIDTH, MOST_HEIGHT, PADDING = 176, 120, 8.0
FEWEST_CARDS = 12
"""Graphs with fewer cards need no map."""


class Minimap(QWidget):
    """All cards and notes as small blocks, and a frame around those that are seen."""

    def __init__(self, view: QGraphicsView, camera: Camera) -> None:
        super().__init__(view)
        self._view = view
        self._camera = camera
        self._picture: Picture | None = None
        self.setObjectName("minimap")
        self.setAccessibleName("Minimap")
        self.setToolTip("Drag to look elsewhere")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.resize(self.sizeHint())
        self.hide()
        camera.panned.connect(self.refresh)

    def sizeHint(self) -> QSize:
        if self._picture is None or not self._picture.bounds.width:
            return QSize(WIDTH, MOST_HEIGHT)
        bounds = self._picture.bounds
        height = (WIDTH - 2 * PADDING) * bounds.height / bounds.width + 2 * PADDING
        return QSize(WIDTH, round(min(max(height, 40.0), MOST_HEIGHT)))

    def show_picture(self, picture: Picture | None) -> None:
        """Map this picture from now on."""
        self._picture = picture
        self.resize(self.sizeHint())
        self.refresh()

    def refresh(self) -> None:
        """Be there while the graph is large and not all of it can be seen in comfort."""
        self.setVisible(self._is_needed())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(theme().current, Token.LINE), 1.0))
        painter.setBrush(colour(theme().current, Token.PANEL, 0.94))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8.0, 8.0)
        if self._picture is not None:
            self._paint_cards(painter, self._picture)
            self._paint_notes(painter, self._picture)
            self._paint_frame(painter)
        painter.end()

    def _paint_cards(self, painter: QPainter, picture: Picture) -> None:
        scale, origin = self._scale()
        painter.setPen(Qt.PenStyle.NoPen)
        for token, cards in groupby(sorted(picture.cards, key=_token), key=_token):
            painter.setBrush(colour(theme().current, token))
            painter.drawRects([_mapped(card.rect, scale, origin) for card in cards])

    def _paint_notes(self, painter: QPainter, picture: Picture) -> None:
        scale, origin = self._scale()
        for remark in picture.remarks:
            painter.setPen(QPen(colour(theme().current, Token(remark.colour)), 1.0))
            painter.setBrush(colour(theme().current, Token(f"{remark.colour}_card")))
            painter.drawRect(_mapped(remark.rect, scale, origin))

    def _paint_frame(self, painter: QPainter) -> None:
        seen = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        frame = _mapped(Rect(seen.x(), seen.y(), seen.width(), seen.height()), *self._scale())
        room = QRectF(self.rect()).adjusted(2.0, 2.0, -2.0, -2.0)
        painter.setPen(QPen(colour(theme().current, Token.VALUE), 1.4))
        painter.setBrush(colour(theme().current, Token.VALUE, 0.08))
        painter.drawRoundedRect(frame.intersected(room), 3.0, 3.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look_at(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look_at(event)

    def _look_at(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._picture is not None:
            scale, origin = self._scale()
            self._camera.centre((event.position() - origin) / scale)

    def _is_needed(self) -> bool:
        if self._picture is None or len(self._picture.cards) < FEWEST_CARDS:
            return False
        port, bounds, scale = self._view.viewport().rect(), self._picture.bounds, self._camera.scale
        return bounds.width * scale > port.width() * 1.1 or bounds.height * scale > port.height() * 1.1

    def _scale(self) -> tuple[float, QPointF]:
        assert self._picture is not None
        bounds = self._picture.bounds
        width, height = self.width() - 2 * PADDING, self.height() - 2 * PADDING
        scale = min(width / max(bounds.width, 1.0), height / max(bounds.height, 1.0))
        middle = QPointF(bounds.center.x, bounds.center.y)
        return scale, QPointF(self.width() / 2, self.height() / 2) - middle * scale


def _mapped(rect: Rect, scale: float, origin: QPointF) -> QRectF:
    width, height = max(rect.width * scale, 1.5), max(rect.height * scale, 1.5)
    return QRectF(rect.x * scale + origin.x(), rect.y * scale + origin.y(), width, height)


def _token(card: Card) -> Token:
    match card.state:
        case State.CURRENT:
            return Token.CURRENT
        case State.FAILED:
            return Token.ERROR
    return drawing.role_token(card) or Token.NOT_YET
