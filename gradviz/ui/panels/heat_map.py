"""An array as a small heat map: the larger a number, the stronger its colour; below zero grey; not finite red."""

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.ui.theme import theme

MOST_CELLS = 64
"""Along each side; a larger array is thinned to this many rows and columns."""


def as_grid(value: Array) -> Array:
    """The array with two axes and at most MOST_CELLS rows and columns: a vector is one row."""
    flat = np.atleast_2d(np.asarray(value, dtype=np.float64))
    grid = flat.reshape(flat.shape[0], -1) if flat.ndim > 2 else flat
    rows, columns = (np.unique(np.linspace(0, n - 1, min(n, MOST_CELLS)).astype(int)) for n in grid.shape)
    found: Array = grid[np.ix_(rows, columns)]
    return found


class HeatMap(QWidget):
    """The heat map of one array."""

    def __init__(self, parent: QWidget | None = None, *, height: int = 22, token: Token = Token.VALUE) -> None:
        super().__init__(parent)
        self._height = height
        self._token = token
        self._grid: Array = np.zeros((1, 1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_array(self, value: Array, token: Token | None = None) -> None:
        """Show another array."""
        self._grid = as_grid(value)
        self._token = token or self._token
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        rows, columns = self._grid.shape
        if not self._grid.size:
            return
        side = min(self.width() / columns, self.height() / rows)
        width, height = (side, side) if side >= 6 else (self.width() / columns, self.height() / rows)
        width, height = min(width, 3 * height), min(height, 3 * width)
        painter = QPainter(self)
        for (row, column), number in np.ndenumerate(self._grid):
            painter.fillRect(QRectF(column * width, row * height, width - 0.5, height - 0.5), self._ink(float(number)))
        painter.end()

    def _ink(self, number: float) -> QColor:
        if not np.isfinite(number):
            return QColor(theme().current[Token.ERROR])
        finite = np.abs(self._grid[np.isfinite(self._grid)])
        most = float(finite.max(initial=0.0)) or 1.0
        ink = QColor(theme().current[self._token if number >= 0 else Token.MUTED])
        ink.setAlphaF(0.10 + 0.90 * min(abs(number) / most, 1.0))
        return ink
