"""A slider for the learning rate, on a logarithmic scale, with the stability limit drawn on it.

0.001 ────────────────●──────┃▓▓▓▓▓▓▓▓▓ 10        ┃ 2/λmax: beyond it gradient descent moves away
"""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.ui.theme import TINY, number_font, theme

_DECADES = 4.0
"""How many powers of ten the slider spans."""
_MARGIN = 10
_STEP = 0.05


class RateSlider(QWidget):
    """A rate between two others, and a limit. chosen(rate): a person moved it and let go."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rate = 0.1
        self.limit: float | None = None
        self.proposed: float | None = None
        self.setObjectName("rateSlider")
        self.setAccessibleName("Learning rate")
        self.setToolTip("The learning rate; the bar marks 2/λmax, beyond which gradient descent moves away")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(160, 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 40)

    def show_rates(self, rate: float, limit: float | None, proposed: float | None) -> None:
        """Show the present rate, the limit and the proposed rate."""
        self.rate, self.limit, self.proposed = rate, limit, proposed
        self.setAccessibleDescription(f"rate {number(rate)}" + (f", limit {number(limit)}" if limit else ""))
        self.update()

    def rate_at(self, x: float) -> float:
        """The rate at a place along the slider, rounded to two digits."""
        low, high = self._ends()
        part = min(1.0, max(0.0, (x - _MARGIN) / max(1, self.width() - 2 * _MARGIN)))
        return float(f"{10 ** (low + part * (high - low)):.2g}")

    def x_of(self, rate: float) -> float:
        """Where a rate stands along the slider."""
        low, high = self._ends()
        part = (math.log10(rate) - low) / (high - low) if rate > 0 and math.isfinite(rate) else 0.0
        return _MARGIN + min(1.0, max(0.0, part)) * (self.width() - 2 * _MARGIN)

    def _ends(self) -> tuple[float, float]:
        middle = math.log10(self.limit if self.limit is not None and self.limit > 0 else 0.1)
        return middle - 0.75 * _DECADES, middle + 0.25 * _DECADES

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._move(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._move(event.position().x())
        self.chosen.emit(self.rate)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._nudge(1 if event.angleDelta().y() > 0 else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Right | Qt.Key.Key_Up:
                self._nudge(1)
            case Qt.Key.Key_Left | Qt.Key.Key_Down:
                self._nudge(-1)
            case _:
                super().keyPressEvent(event)

    def _move(self, x: float) -> None:
        self.rate = self.rate_at(x)
        self.update()

    def _nudge(self, direction: int) -> None:
        self.rate = float(f"{self.rate * 10 ** (direction * _STEP):.3g}")
        self.update()
        self.chosen.emit(self.rate)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(TINY))
        y, right = 13.0, self.width() - _MARGIN
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme()[Token.LINE])
        painter.drawRoundedRect(QRectF(_MARGIN, y - 2, right - _MARGIN, 4), 2, 2)
        if self.limit is not None:
            self._paint_limit(painter, y, right)
        if self.proposed is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme()[Token.PARAMETER])
            painter.drawEllipse(QPointF(self.x_of(self.proposed), y), 3, 3)
        painter.setPen(theme()[Token.VALUE])
        painter.setBrush(theme()[Token.PANEL] if not self.hasFocus() else theme()[Token.VALUE])
        painter.drawEllipse(QPointF(self.x_of(self.rate), y), 6, 6)
        painter.setPen(theme()[Token.TEXT])
        label = QRectF(min(max(self.x_of(self.rate) - 40, 0), self.width() - 80), 22, 80, 16)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, f"ε {number(self.rate, 3)}")
        painter.end()

    def _paint_limit(self, painter: QPainter, y: float, right: float) -> None:
        assert self.limit is not None
        x = self.x_of(self.limit)
        beyond = QColor(theme()[Token.ERROR])
        beyond.setAlpha(110)
        painter.setBrush(beyond)
        painter.drawRoundedRect(QRectF(x, y - 2, right - x, 4), 2, 2)
        painter.setBrush(theme()[Token.ERROR])
        painter.drawRect(QRectF(x - 1, y - 9, 2, 18))
        label = QRectF(min(x + 8, self.width() - 74.0), 22, 74, 16)
        if abs(label.center().x() - self.x_of(self.rate)) > 60:
            painter.setPen(theme()[Token.ERROR])
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, f"≤ {number(self.limit, 3)}")
