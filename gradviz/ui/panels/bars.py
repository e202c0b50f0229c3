"""A histogram of an array: bars without axes, with the least and the most below, and the highest count above."""

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradviz.core.statistics import Histogram
from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.ui.theme import number_font, theme

HEIGHT = 84
_FOOT, _HEAD = 15, 13


class Bars(QWidget):
    """One histogram."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Histogram(np.zeros(0), np.zeros(0), 0)
        self._token = Token.VALUE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_histogram(self, shown: Histogram, token: Token) -> None:
        """Show another histogram in the colour of what it counts."""
        self._shown, self._token = shown, token
        self.setAccessibleName(f"Histogram, {int(shown.counts.sum())} numbers")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        counts = self._shown.counts
        painter = QPainter(self)
        painter.setFont(number_font(10))
        if not counts.size:
            painter.setPen(QColor(theme().current[Token.MUTED]))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "no finite number")
            painter.end()
            return
        self._paint_bars(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        counts = self._shown.counts
        room, width = self.height() - _FOOT - _HEAD, self.width() / len(counts)
        most = float(counts.max()) or 1.0
        ink = QColor(theme().current[self._token])
        ink.setAlphaF(0.8)
        for index, count in enumerate(counts):
            high = max(room * float(count) / most, 1.5 if count else 0.0)
            painter.fillRect(QRectF(index * width + 0.5, _HEAD + room - high, max(width - 1.0, 1.0), high), ink)
        painter.fillRect(QRectF(0, _HEAD + room, self.width(), 1), QColor(theme().current[Token.LINE]))

    def _paint_words(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme().current[Token.MUTED]))
        least, most = float(self._shown.edges[0]), float(self._shown.edges[-1])
        foot = QRectF(0, self.height() - _FOOT, self.width(), _FOOT)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, number(least, 4))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(most, 4))
        head = QRectF(0, 0, self.width(), _HEAD)
        words = f"{int(self._shown.counts.max())} at most"
        if self._shown.left_out:
            words = f"{self._shown.left_out} not finite · {words}"
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.x()), self)
            return True
        return super().event(event)

    def tip_at(self, x: int) -> str:
        """The bin under a place, with its count."""
        counts, edges = self._shown.counts, self._shown.edges
        if not counts.size or not 0 <= x < self.width():
            return ""
        index = int(x * len(counts) / self.width())
        low, high = number(float(edges[index]), 3), number(float(edges[index + 1]), 3)
        return f"{int(counts[index])} from {low} to {high}"
