"""The faint dot grid behind the graph; it moves and zooms with it, and thins out when seen from far away."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gradviz.export.theme import Theme, Token
from gradviz.ui.painting import colour

SPACING = 24.0
CLOSEST = 16.0
"""Dots never stand nearer to each other on the screen, in pixels."""


def spacing(scale: float) -> float:
    """The distance of dots in scene coordinates at a zoom."""
    found = SPACING
    while found * scale < CLOSEST:
        found *= 2
    return found


def paint_background(painter: QPainter, area: QRectF, theme: Theme, scale: float) -> None:
    """Fill the exposed area (scene coordinates) and set its dots."""
    painter.fillRect(area, colour(theme, Token.CANVAS))
    step = spacing(scale)
    columns = range(ceil(area.left() / step), ceil(area.right() / step))
    rows = range(ceil(area.top() / step), ceil(area.bottom() / step))
    pen = QPen(colour(theme, Token.GRID), 2.0)
    pen.setCosmetic(True)  # dots stay two pixels at every zoom
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # twenty times as fast, and dots stay crisp
    painter.drawPoints([QPointF(column * step, row * step) for column in columns for row in rows])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
