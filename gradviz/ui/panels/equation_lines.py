"""Equations below each other, each broken before a "=" where it is too wide for one line.

∂L/∂a = ∂L/∂s · ∂s/∂a
      = −12 · (−1) = 12
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.export.theme import Token
from gradviz.text.equation import Equation, Part
from gradviz.ui.mathview import Setting, coloured, typeset
from gradviz.ui.theme import math_font, theme

GAP = 8.0
"""Between two lines."""
SMALLEST = 0.62
"""A piece that is still too wide is drawn smaller down to this."""


FITTING = 0.8
"""A piece that fits when drawn this small is not broken."""


def pieces(equation: Equation) -> tuple[Equation, ...]:
    """The equation cut before each equals sign but the first."""
    found: list[list[Part]] = [[]]
    signs = 0
    for part in equation.parts:
        if part.text.strip() in ("=", "←"):
            signs += 1
            if signs > 1:
                found.append([])
        found[-1].append(part)
    return tuple(Equation(tuple(parts)) for parts in found if parts)


def factors(piece: Equation) -> tuple[Equation, ...]:
    """A piece cut before each sign between two factors or terms."""
    found: list[list[Part]] = [[]]
    for part in piece.parts:
        if part.text.strip() in ("·", "⊙", "+", "−") and found[-1]:
            found.append([])
        found[-1].append(part)
    return tuple(Equation(tuple(parts)) for parts in found)


def joined(cut: Sequence[Equation], widths: Iterable[float], room: float) -> tuple[Equation, ...]:
    """As many pieces a line as there is room for."""
    lines: list[list[Part]] = []
    used = 0.0
    for piece, width in zip(cut, widths, strict=True):
        if lines and used + width <= room:
            lines[-1] += piece.parts
            used += width
        else:
            lines.append(list(piece.parts))
            used = width
    return tuple(Equation(tuple(parts)) for parts in lines)


class EquationLines(QWidget):
    """Lines of mathematics in a column, with values and derivatives in their colours."""

    def __init__(self, size: float = 18.0, parent: QWidget | None = None, token: Token = Token.TEXT) -> None:
        super().__init__(parent)
        self._size = size
        self._token = token
        self._equations: tuple[Equation, ...] = ()
        self._lines: tuple[Equation, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What is shown."""
        return self._equations

    def show_equations(self, equations: Iterable[Equation]) -> None:
        """Show other equations."""
        self._equations = tuple(equations)
        self.setAccessibleName("; ".join(line.plain for line in self._equations))
        self._break()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._break()

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for line in self._lines:
            top += self._paint_line(painter, line, top) + GAP
        painter.end()

    def _paint_line(self, painter: QPainter, line: Equation, top: float) -> float:
        setting = self._set(line)
        if setting is not None:
            scale = self._scale(setting.width)
            setting.renderer.render(painter, QRectF(0, top, setting.width * scale, setting.height * scale))
            return setting.height * scale
        font = math_font(round(self._size * FITTING))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme().current[self._token]))
        text = metrics.elidedText(line.plain, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, top + metrics.ascent()), text)
        return metrics.height()

    def _break(self) -> None:
        lines: list[Equation] = []
        for equation in self._equations:
            room = max(self.width(), 1)
            cut: list[Equation] = []
            for piece in pieces(equation):
                small = factors(piece) if self._width(piece) > room / FITTING else (piece,)
                cut += joined(small, [self._width(part) for part in small], room / FITTING)
            lines += joined(cut, [self._width(piece) for piece in cut], room)
        self._lines = tuple(lines)
        height = sum(self._height(line) + GAP for line in lines) - (GAP if lines else 0)
        self.setFixedHeight(round(height) + 1)
        self.setVisible(bool(lines))
        self.update()

    def _set(self, line: Equation) -> Setting | None:
        """The line as a drawing; None when it must be written as text, because it can't be set or is far too wide."""
        setting = typeset(coloured(line, theme().current), self._size, theme().current[self._token])
        return setting if setting is None or setting.width * SMALLEST <= max(self.width(), 1) else None

    def _width(self, line: Equation) -> float:
        setting = typeset(coloured(line, theme().current), self._size, theme().current[self._token])
        return (
            setting.width
            if setting is not None
            else QFontMetricsF(math_font(round(self._size))).horizontalAdvance(line.plain)
        )

    def _height(self, line: Equation) -> float:
        setting = self._set(line)
        if setting is None:
            return QFontMetricsF(math_font(round(self._size * FITTING))).height()
        return setting.height * self._scale(setting.width)

    def _scale(self, width: float) -> float:
        return max(min(self.width() / width, 1.0), SMALLEST) if width > 0 else 1.0
