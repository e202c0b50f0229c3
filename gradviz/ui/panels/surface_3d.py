"""A loss surface in perspective, drawn by QPainter and turned by the mouse; it needs no OpenGL.

Cells are drawn from the farthest to the nearest. What is higher than most of the surface is cut, so that a valley
shows however high its walls are. The way of descent lies on it.
"""

import math

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.train.surface import LossSurface
from gradviz.ui.panels.bands import BANDS, bands
from gradviz.ui.panels.painted_export import offer_pictures
from gradviz.ui.panels.plot import pen
from gradviz.ui.panels.plot_export import Dressed
from gradviz.ui.panels.weight_images import rgb
from gradviz.ui.theme import TINY, text_font, theme

_CUT = 0.9
"""This part of the surface is shown in full height."""
_STRIDE = 2
"""Every second line of the grid is drawn: four hundred cells are enough for the eye, and quick to turn."""
_HEIGHT = 0.75


class SurfaceView(Dressed):
    """A surface that can be turned: drag, arrow keys; the wheel comes nearer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.turn, self.tilt, self.zoom = math.radians(-55), math.radians(32), 1.0
        self._surface: LossSurface | None = None
        self._way = np.empty((0, 2))
        self._place: tuple[float, float] | None = None
        self._pressed: QPointF | None = None
        self.setObjectName("surface3d")
        self.setAccessibleName("Loss surface in perspective")
        self.setToolTip("Drag or use the arrow keys to turn, the wheel to come nearer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 80)
        theme().changed.connect(self.update)
        offer_pictures(self, "surface")

    def dress(self) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 180)

    def show_surface(self, surface: LossSurface | None, way: Array, place: tuple[float, float] | None) -> None:
        """Show a surface, the way on it (a row a step) and the present place."""
        self._surface, self._way, self._place = surface, way, place
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._pressed
            self._pressed = event.position()
            self._rotate(moved.x() * 0.01, moved.y() * 0.01)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom = min(4.0, max(0.4, self.zoom * 1.0015 ** event.angleDelta().y()))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {
            Qt.Key.Key_Left: (-0.1, 0.0),
            Qt.Key.Key_Right: (0.1, 0.0),
            Qt.Key.Key_Up: (0.0, 0.1),
            Qt.Key.Key_Down: (0.0, -0.1),
        }
        by = turns.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self._rotate(*by)

    def _rotate(self, turn: float, tilt: float) -> None:
        self.turn += turn
        self.tilt = min(math.radians(88), max(math.radians(5), self.tilt + tilt))
        self.update()

    def projected(self, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
        """Places on the screen and depths of points in the unit cube around 0."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        right, away = cos * x - sin * y, sin * x + cos * y
        up = math.cos(self.tilt) * z + math.sin(self.tilt) * away
        depth = math.cos(self.tilt) * away - math.sin(self.tilt) * z
        size = self.zoom * min(self.width() / 1.5, self.height() / 1.55)
        return self.width() / 2 + size * right, self.height() / 2 - size * up, depth

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme()[Token.PANEL])
        if self._surface is not None and np.any(np.isfinite(self._surface.losses)):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_cells(painter, self._surface)
            self._paint_way(painter, self._surface)
            self._paint_names(painter, self._surface)
        painter.end()

    def _paint_cells(self, painter: QPainter, surface: LossSurface) -> None:
        losses = surface.losses[::_STRIDE, ::_STRIDE]
        colours = _colours(bands(surface.losses)[::_STRIDE, ::_STRIDE])
        x, y = np.meshgrid(*(np.linspace(-0.5, 0.5, n) for n in losses.shape), indexing="ij")
        across, up, depth = self.projected(x, y, self._heights(losses))
        painter.setPen(QPen(theme()[Token.LINE], 0.5))
        rows, columns = losses.shape[0] - 1, losses.shape[1] - 1
        middle = (depth[:-1, :-1] + depth[1:, 1:]) / 2
        for flat in np.argsort(-middle, axis=None):
            i, j = divmod(int(flat), columns)
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            assert i < rows
            painter.setBrush(colours[i][j])
            painter.drawPolygon(QPolygonF([QPointF(across[c], up[c]) for c in corners]))

    def _paint_way(self, painter: QPainter, surface: LossSurface) -> None:
        points = self._on_surface(surface, self._way)
        painter.setPen(pen(Token.PARAMETER, 2))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme()[Token.PARAMETER])
        for point in points:
            painter.drawEllipse(point, 2, 2)
        if self._place is not None:
            painter.setPen(pen(Token.CURRENT, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for point in self._on_surface(surface, np.array([self._place])):
                painter.drawEllipse(point, 6, 6)

    def _on_surface(self, surface: LossSurface, places: Array) -> list[QPointF]:
        """Places on the screen of points of the surface; those outside of it are left out."""
        a, b = surface.across, surface.up
        parts = (places - [a.low, b.low]) / [a.high - a.low, b.high - b.low]
        parts = parts[np.all((parts >= 0) & (parts <= 1), axis=1)] if len(parts) else parts
        if not len(parts):
            return []
        i, j = (np.round(parts[:, k] * (n - 1)).astype(int) for k, n in enumerate(surface.losses.shape))
        heights = self._heights(surface.losses)[i, j]
        across, up, _ = self.projected(parts[:, 0] - 0.5, parts[:, 1] - 0.5, heights + 0.01)
        return [QPointF(float(x), float(y)) for x, y in zip(across, up, strict=True)]

    def _heights(self, losses: Array) -> Array:
        assert self._surface is not None
        seen = self._surface.losses[np.isfinite(self._surface.losses)]
        low, high = float(seen.min()), float(np.quantile(seen, _CUT))
        room = high - low or 1.0
        parts: Array = (np.clip(np.where(np.isfinite(losses), losses, high), low, high) - low) / room
        return _HEIGHT * (parts - 0.5)

    def _paint_names(self, painter: QPainter, surface: LossSurface) -> None:
        painter.setFont(text_font(TINY))
        painter.setPen(theme()[Token.MUTED])
        floor = -0.5 * _HEIGHT
        for name, x, y in (
            (surface.across.label, 0.0, -0.6),
            (number(surface.across.low, 3), -0.45, -0.56),
            (number(surface.across.high, 3), 0.45, -0.56),
            (surface.up.label, 0.62, 0.0),
            (number(surface.up.low, 3), 0.57, -0.45),
            (number(surface.up.high, 3), 0.57, 0.45),
        ):
            across, up, _ = self.projected(np.array(x), np.array(y), np.array(floor))
            width = painter.fontMetrics().horizontalAdvance(name)
            painter.drawText(QPointF(float(across) - width / 2, float(up) + 4), name)


def _colours(band: Array) -> list[list[QColor]]:
    """The colour of each cell by its band: strong where the loss is low."""
    low, high = 0.75 * rgb(Token.VALUE) + 0.25 * rgb(Token.PANEL), rgb(Token.PANEL)
    part = (band / (BANDS - 1))[..., None]
    return [[QColor(*(int(c) for c in cell)) for cell in row] for row in (low + (high - low) * part).round()]
