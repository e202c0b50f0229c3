"""An array as a small heat map: the larger a number, the stronger its colour; below zero grey; not finite red.

It is one image, made when the array changes; a large array is thinned block by block to the strongest element of each
block, so that a lone NaN or a lone peak is seen at any size.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.text import numbers
from gradviz.ui.panels.plot_export import Dressed
from gradviz.ui.theme import theme

MOST_CELLS = 64
"""Along each side; a larger array is thinned to this many rows and columns."""
LEAST_GAP = 6.0
"""Cells at least this wide stand apart by half a pixel."""


def as_grid(value: Array) -> Array:
    """The array with two axes and at most MOST_CELLS rows and columns: a vector is one row."""
    flat = np.atleast_2d(np.asarray(value, dtype=np.float64))
    grid = flat.reshape(flat.shape[0], -1) if flat.ndim > 2 else flat
    for axis in (0, 1):
        if grid.shape[axis] > MOST_CELLS:
            blocks = np.split(grid, block_starts(grid.shape[axis])[1:], axis=axis)
            most = np.stack([np.max(block, axis=axis) for block in blocks], axis=axis)  # both keep NaN
            least = np.stack([np.min(block, axis=axis) for block in blocks], axis=axis)
            grid = np.where(np.abs(least) > np.abs(most), least, most)
    return grid


def block_starts(count: int) -> NDArray[np.intp]:
    """Where the blocks begin to which so many rows are thinned."""
    return np.unique(np.linspace(0, count, MOST_CELLS, endpoint=False).astype(np.intp))


class HeatMap(Dressed):
    """The heat map of one array."""

    def __init__(self, parent: QWidget | None = None, *, height: int = 22, token: Token = Token.VALUE) -> None:
        super().__init__(parent)
        self._height = height
        self._token = token
        self._grid: Array = np.zeros((1, 1))
        self._shape: tuple[int, ...] = (1, 1)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.dress)

    def show_array(self, value: Array, token: Token | None = None) -> None:
        """Show another array."""
        self._grid = as_grid(value)
        self._shape = np.shape(value)
        self._token = token or self._token
        self._image = None
        self.updateGeometry()
        self.update()

    @property
    def grid(self) -> Array:
        """The numbers of the cells."""
        return self._grid

    def sizeHint(self) -> QSize:
        return QSize(80, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._grid.size:
            return
        if self._image is None:
            self._image = _image(self._grid, self._token)
        rows, columns = self._grid.shape
        width, height = self._cell()
        painter = QPainter(self)
        painter.drawImage(QRectF(0, 0, columns * width, rows * height), self._image)
        if min(width, height) >= LEAST_GAP:
            painter.setPen(QColor(theme().current[Token.CANVAS]))
            for column in range(1, columns + 1):
                painter.drawLine(round(column * width), 0, round(column * width), round(rows * height))
            for row in range(1, rows + 1):
                painter.drawLine(0, round(row * height), round(columns * width), round(row * height))
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.x(), event.y()), self)
            return True
        return super().event(event)

    def tip_at(self, x: int, y: int) -> str:
        """The element under a place; for a thinned array the strongest of the block."""
        if not self._grid.size:
            return ""
        width, height = self._cell()
        row, column = int(y // height), int(x // width)
        if not (0 <= row < self._grid.shape[0] and 0 <= column < self._grid.shape[1]):
            return ""
        is_whole = self._grid.size == np.prod(self._shape, dtype=np.int64)
        place = f"[{column}]" if len(self._shape) < 2 else f"[{row}, {column}]"
        number = numbers.number(float(self._grid[row, column]))
        return f"{place} = {number}" if is_whole else f"strongest here: {number}"

    def _cell(self) -> tuple[float, float]:
        rows, columns = self._grid.shape
        side = min(self.width() / columns, self.height() / rows)
        width, height = (side, side) if side >= LEAST_GAP else (self.width() / columns, self.height() / rows)
        return min(width, 3 * height), min(height, 3 * width)

    def dress(self) -> None:
        self._image = None
        self.update()


def _image(grid: Array, token: Token) -> QImage:
    """One pixel a cell, in the colours of the theme."""
    colours = {t: QColor(theme().current[t]) for t in (token, Token.MUTED, Token.ERROR)}
    is_finite = np.isfinite(grid)
    sizes = np.where(is_finite, np.abs(np.where(is_finite, grid, 0.0)), 0.0)
    most = float(sizes.max(initial=0.0)) or 1.0
    strength = np.where(is_finite, 0.10 + 0.90 * (sizes / most), 1.0)
    pixels = np.zeros((*grid.shape, 4), dtype=np.uint8)
    for where, ink in (
        (is_finite & (grid >= 0), colours[token]),
        (is_finite & (grid < 0), colours[Token.MUTED]),
        (~is_finite, colours[Token.ERROR]),
    ):
        pixels[where, :3] = (ink.red(), ink.green(), ink.blue())
    pixels[..., 3] = np.round(strength * 255).astype(np.uint8)
    rows, columns = grid.shape
    data = pixels.tobytes()
    image = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    return image.copy()  # the bytes above belong to Python
