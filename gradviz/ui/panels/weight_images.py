"""Rows of weights as little pictures: what a classifier of pictures has learnt to look for.

A matrix of k rows with 64 columns is k pictures of 8 × 8; blue is above zero, orange below, and the strongest colour
is the largest weight of all. Beside them stands the shown sample's own picture.
"""

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.ui.theme import TINY, text_font, theme

_SMALLEST = 9
_GAP, _TITLE = 10, 14
_MOST = 40


class WeightImages(QWidget):
    """The rows of one matrix, drawn as squares."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weightImages")
        self.setAccessibleName("Rows of the weights as pictures")
        self.setToolTip("Blue: weights above zero; orange: below. The last picture is the shown sample.")
        self._images: list[tuple[str, Array]] = []
        self._sample: Array | None = None
        theme().changed.connect(self.update)

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._images)

    def sizeHint(self) -> QSize:
        return QSize(400, 180)

    def show_weights(self, name: str, weights: Array | None, sample: Array | None) -> None:
        """Show the rows of a matrix, and a sample with as many elements; None shows nothing."""
        rows = weights if weights is not None else np.empty((0, 1))
        side = math.isqrt(rows.shape[1])
        self._images = [(f"{name}[{i}]", row.reshape(side, side)) for i, row in enumerate(rows[:_MOST])]
        self._sample = sample.reshape(side, side) if sample is not None and len(rows) else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(text_font(TINY))
        drawn = [*self._images, *([("sample", self._sample)] if self._sample is not None else [])]
        if not drawn:
            return
        highest = max((float(np.max(np.abs(image))) for _, image in self._images), default=1.0) or 1.0
        columns, size = self._grid(len(drawn))
        for place, (title, image) in enumerate(drawn):
            row, column = divmod(place, columns)
            left, top = _GAP + column * (size + _GAP), 4 + row * (size + _TITLE + 4)
            is_sample = self._sample is not None and place == len(drawn) - 1
            scale = float(np.max(np.abs(image))) or 1.0 if is_sample else highest
            painter.setPen(theme()[Token.MUTED])
            painter.drawText(QRectF(left, top, size, _TITLE), Qt.AlignmentFlag.AlignLeft, title)
            painter.drawImage(QRectF(left, top + _TITLE, size, size), _coloured(image / scale, is_sample=is_sample))
        painter.end()

    def _grid(self, count: int) -> tuple[int, float]:
        """How many pictures a row has, and how large each is, so that all fit as large as can be."""
        best = (1, 0.0)
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            width = (self.width() - _GAP) / columns - _GAP
            height = (self.height() - 4) / rows - _TITLE - 4
            size = min(width, height)
            if size > best[1]:
                best = (columns, size)
        return best[0], max(8.0, best[1])


def picture_rows(
    parameters: Mapping[str, Array], sample: Mapping[str, Array]
) -> tuple[str, Array, Array | None] | None:
    """The first matrix whose rows are square pictures, its name, and the sample's vector of that length."""
    for name, value in parameters.items():
        if value.ndim == 2 and value.shape[1] >= _SMALLEST and math.isqrt(value.shape[1]) ** 2 == value.shape[1]:
            fitting = (x for x in sample.values() if x.shape == (value.shape[1],))
            return name, value, next(fitting, None)
    return None


def rgb(token: Token) -> Array:
    """Red, green and blue of a token, from 0 to 255."""
    colour = theme()[token]
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def _coloured(image: Array, *, is_sample: bool) -> QImage:
    """An image of numbers from −1 to 1 in the theme's colours."""
    high = rgb(Token.TEXT if is_sample else Token.VALUE)
    low, zero = rgb(Token.DERIVATIVE), rgb(Token.PANEL)
    part = np.clip(np.nan_to_num(image), -1, 1)[..., None]
    colours = np.where(part >= 0, zero + (high - zero) * part, zero + (low - zero) * -part)
    pixels = np.ascontiguousarray(colours.round().astype(np.uint8))
    height, width = image.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
