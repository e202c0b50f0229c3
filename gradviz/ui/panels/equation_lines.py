"""Equations below each other, each broken before a "=" where it is too wide for one line.

∂L/∂a = ∂L/∂s · ∂s/∂a
      = −12 · (−1) = 12
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.export.theme import Token
from gradviz.text.equation import Equation, Part
from gradviz.ui.mathline import INKS, MathLine, math_line
from gradviz.ui.theme import math_font, theme

GAP = 7.0
"""Between two lines."""
FITTING = 0.8
"""A piece that fits when drawn this small is not broken."""
SMALLEST = 0.62
"""A piece that is still too wide is drawn smaller down to this, and after that written as text that ends in …"""


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
        self._size = self._usual = size
        self._token = token
        self._equations: tuple[Equation, ...] = ()
        self._lines: tuple[Equation, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What is shown."""
        return self._equations

    def set_scale(self, factor: float) -> None:
        """Set everything so much larger than usual."""
        self._size = self._usual * factor
        self._break()

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
        made = self._made(line)
        if self._fits(made):
            scale = self._scale(made)
            made.paint(painter, 0.0, top, scale)
            return made.height * scale
        font = math_font(round(self._size * FITTING))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        left = 0.0
        for part in line.parts:
            painter.setPen(QColor(theme().current[INKS[part.kind] or self._token]))
            text = metrics.elidedText(part.text, Qt.TextElideMode.ElideRight, self.width() - left)
            painter.drawText(QPointF(left, top + metrics.ascent()), text)
            if text != part.text:
                break
            left += metrics.horizontalAdvance(text)
        return metrics.height()

    def _break(self) -> None:
        lines: list[Equation] = []
        room = max(self.width(), 1)
        for equation in self._equations:
            cut: list[Equation] = []
            for piece in pieces(equation):
                small = factors(piece) if self._made(piece).width > room / FITTING else (piece,)
                cut += joined(small, [self._made(part).width for part in small], room / FITTING)
            lines += joined(cut, [self._made(piece).width for piece in cut], room)
        self._lines = tuple(lines)
        height = sum(self._height(line) + GAP for line in lines) - (GAP if lines else 0)
        self.setFixedHeight(round(height) + 1)
        self.setVisible(bool(lines))
        self.update()

    def _made(self, line: Equation) -> MathLine:
        return math_line(line, self._size, theme().current.name, self._token)

    def _fits(self, made: MathLine) -> bool:
        return made.width * SMALLEST <= max(self.width(), 1)

    def _height(self, line: Equation) -> float:
        made = self._made(line)
        if not self._fits(made):
            return QFontMetricsF(math_font(round(self._size * FITTING))).height()
        return made.height * self._scale(made)

    def _scale(self, made: MathLine) -> float:
        return max(min(self.width() / made.width, 1.0), SMALLEST) if made.width > 0 else 1.0

    def _restyle(self) -> None:
        self.update()
