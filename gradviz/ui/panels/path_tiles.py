"""The ways of several rates side by side: a tile each, on the same picture of the loss."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.train.paths import Path, Paths
from gradviz.train.surface import LossCurve, LossSurface
from gradviz.ui.panels.bands import BANDS, bands
from gradviz.ui.panels.plot import pen
from gradviz.ui.panels.weight_images import rgb
from gradviz.ui.theme import TINY, text_font, theme

TOKENS = {"too small": Token.VALUE, "good": Token.PARAMETER, "too large": Token.ERROR}
_GAP, _TITLE = 8, 16


class PathTiles(QWidget):
    """A tile for each rate; an empty one says what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paths: Paths | None = None
        self.setObjectName("pathTiles")
        self.setAccessibleName("The ways of the rates, side by side")
        self.setMinimumSize(120, 80)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    def show_paths(self, paths: Paths | None) -> None:
        """Show the ways; None shows nothing."""
        self.paths = paths
        self.update()

    def tiles(self) -> list[QRectF]:
        """Where each way is drawn."""
        count = len(self.paths.paths) if self.paths is not None else 0
        if not count:
            return []
        columns = min(count, max(1, round((count * self.width() / max(1, self.height())) ** 0.5)))
        rows = -(-count // columns)
        width = (self.width() - _GAP) / columns - _GAP
        height = (self.height() - 2) / rows - _TITLE - 6
        return [
            QRectF(
                _GAP + (i % columns) * (width + _GAP), _TITLE + (i // columns) * (height + _TITLE + 6), width, height
            )
            for i in range(count)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(TINY))
        painter.fillRect(self.rect(), theme()[Token.PANEL])
        if self.paths is not None:
            background = _background(self.paths.shape) if isinstance(self.paths.shape, LossSurface) else None
            for tile, path in zip(self.tiles(), self.paths.paths, strict=True):
                self._paint(painter, tile, path, background)
        painter.end()

    def _paint(self, painter: QPainter, tile: QRectF, path: Path, background: QImage | None) -> None:
        assert self.paths is not None
        token = TOKENS[path.verdict]
        painter.setPen(theme()[Token.TEXT])
        title = QRectF(tile.left(), tile.top() - _TITLE, tile.width(), _TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft, f"ε = {number(path.rate, 3)}: {path.verdict}")
        painter.save()
        painter.setClipRect(tile)
        frame = _Frame(tile, self.paths.shape)
        if background is not None:
            painter.drawImage(tile, background)
            points = [frame.place(float(x), float(y)) for x, y in path.way if np.isfinite([x, y]).all()]
        else:
            shape = self.paths.shape
            assert isinstance(shape, LossCurve)
            painter.setPen(pen(Token.MUTED, 1.2))
            is_known = np.isfinite(shape.losses)
            values = zip(shape.axis.values[is_known], shape.losses[is_known], strict=True)
            painter.drawPolyline(QPolygonF([frame.place(float(x), float(y)) for x, y in values]))
            ends = zip(path.way[:, 0], path.losses, strict=True)
            points = [frame.place(float(x), float(y)) for x, y in ends if np.isfinite([x, y]).all()]
        painter.setPen(pen(token, 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme()[token])
        for point in points[:60]:
            painter.drawEllipse(point, 2, 2)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(Token.LINE, 1))
        painter.drawRect(tile)


class _Frame:
    """From numbers to places in a tile; what is far outside stays just outside."""

    def __init__(self, tile: QRectF, shape: LossCurve | LossSurface) -> None:
        self._tile = tile
        if isinstance(shape, LossCurve):
            seen = shape.losses[np.isfinite(shape.losses)]
            low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
            room = 0.08 * (high - low) or 1.0
            self._x, self._y = (shape.axis.low, shape.axis.high), (low - room, high + room)
        else:
            self._x, self._y = (shape.across.low, shape.across.high), (shape.up.low, shape.up.high)

    def place(self, x: float, y: float) -> QPointF:
        across = (x - self._x[0]) / (self._x[1] - self._x[0] or 1.0)
        up = (y - self._y[0]) / (self._y[1] - self._y[0] or 1.0)
        across, up = (min(3.0, max(-2.0, part)) for part in (across, up))
        return QPointF(self._tile.left() + across * self._tile.width(), self._tile.bottom() - up * self._tile.height())


def _background(surface: LossSurface) -> QImage:
    """The bands of a surface as an image, low losses in strong colour."""
    part: Array = bands(surface.losses) / (BANDS - 1)
    low, high = rgb(Token.VALUE), rgb(Token.PANEL)
    low = 0.6 * low + 0.4 * high
    colours = low + (high - low) * part.T[::-1, :, None]
    pixels = np.ascontiguousarray(colours.round().astype(np.uint8))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
