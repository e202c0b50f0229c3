"""One line of mathematics, put together from pieces that are quick to make.

    ∂L        ∂v₂
    ──  =  8· ──   =  −12 · (−1)  =  12
    ∂x        ∂x

Numbers, names, signs and fractions of two names are drawn with the shipped fonts at once. Only what is left, whole
expressions, goes to ziamath, which takes milliseconds a formula; its drawings are kept.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gradviz.export.theme import THEMES, Token
from gradviz.text.equation import Equation, Part, PartKind
from gradviz.ui.mathview import Setting, svg_of, typeset, wait_for_quiet
from gradviz.ui.theme import MATH, math_font

INKS = {PartKind.PLAIN: None, PartKind.VALUE: Token.VALUE, PartKind.DERIVATIVE: Token.DERIVATIVE}
_NUMBER = re.compile(r"[\s\d.,()\[\]−+×⁻⁰¹²³⁴⁵⁶⁷⁸⁹∞…]*(NaN)?[)\]]?|1|Σ|ε")
_SIGN = re.compile(r" ?[=·⊙+−→←] ")
_NAME = re.compile(r"[^\W\d_][₀₁₂₃₄₅₆₇₈₉]*|∂")
_FRACTION = re.compile(r"(∂[^\W\d_][₀₁₂₃₄₅₆₇₈₉]*)/(∂[^\W\d_][₀₁₂₃₄₅₆₇₈₉]*)")
AXIS = 0.26
"""How far above the baseline a fraction's line runs, in sizes."""
SIGN_SPACE = 0.26
"""Free space on both sides of a sign, in sizes."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one font."""

    text: str
    font: QFont
    width: float
    ascent: float
    descent: float
    indent: float = 0.0

    def paint(self, painter: QPainter, left: float, baseline: float, ink: QColor) -> None:
        """Write the text."""
        painter.setFont(self.font)
        painter.setPen(ink)
        painter.drawText(QPointF(left + self.indent, baseline), self.text)


@dataclass(frozen=True, slots=True)
class Fraction:
    """One text over another."""

    above: Words
    below: Words
    width: float
    ascent: float
    descent: float
    size: float

    def paint(self, painter: QPainter, left: float, baseline: float, ink: QColor) -> None:
        """Write both with a line between."""
        axis = baseline - AXIS * self.size
        for words, shift in ((self.above, -0.28 * self.size), (self.below, 0.84 * self.size)):
            words.paint(painter, left + (self.width - words.width) / 2, axis + shift, ink)
        painter.setPen(QPen(ink, max(1.0, self.size / 18)))
        painter.drawLine(QLineF(left + 1, axis, left + self.width - 1, axis))


@dataclass(frozen=True, slots=True)
class Drawing:
    """What ziamath has drawn."""

    setting: Setting
    width: float
    ascent: float
    descent: float

    def paint(self, painter: QPainter, left: float, baseline: float, ink: QColor) -> None:
        """Paint the drawing."""
        area = QRectF(left, baseline - self.ascent, self.width, self.ascent + self.descent)
        self.setting.renderer.render(painter, area)


Piece = Words | Fraction | Drawing
"""Something on a line; all know their size and paint themselves from the left end of their baseline."""


@dataclass(frozen=True, slots=True)
class MathLine:
    """The pieces of a line, from left to right, each with its ink."""

    pieces: tuple[tuple[Piece, str], ...]
    width: float
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        """How tall the line is."""
        return self.ascent + self.descent

    def paint(self, painter: QPainter, left: float, top: float, scale: float = 1.0) -> None:
        """Draw the line with its upper left corner at a point."""
        painter.save()
        painter.translate(left, top)
        painter.scale(scale, scale)
        place = 0.0
        for piece, ink in self.pieces:
            piece.paint(painter, place, self.ascent, QColor(ink))
            place += piece.width
        painter.restore()


@lru_cache(maxsize=1024)
def math_line(equation: Equation, size: float, theme: str, token: Token = Token.TEXT) -> MathLine:
    """The equation in the colours of the theme of that name; `token`: of what is neither value nor derivative."""
    made = []
    for index, part in enumerate(equation.parts):
        ink = THEMES[theme][INKS[part.kind] or token]
        made.append((piece(part, size, ink, is_first=index == 0), ink))
    return MathLine(
        tuple(made),
        sum(found.width for found, _ in made),
        max((found.ascent for found, _ in made), default=0.0),
        max((found.descent for found, _ in made), default=0.0),
    )


def prepare(
    equations: Iterable[Equation],
    size: float,
    theme: str,
    token: Token = Token.TEXT,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Let ziamath do its part beforehand, in a worker: what is left for the window is quick."""
    for equation in equations:
        for part in equation.parts:
            if cancelled():
                return
            if not any(pattern.fullmatch(part.text) for pattern in (_SIGN, _NUMBER, _NAME, _FRACTION)):
                wait_for_quiet(cancelled)
                svg_of(part.latex, size, THEMES[theme][INKS[part.kind] or token])


def piece(part: Part, size: float, ink: str, *, is_first: bool = False) -> Piece:
    """One part as a piece, by the quickest way that serves; a sign that begins a line stands at its very start."""
    if _SIGN.fullmatch(part.text):
        return _spaced(part.text.strip(), size, 0.0 if is_first else SIGN_SPACE * size)
    if part.text and _NUMBER.fullmatch(part.text):
        return _words(part.text, _upright(round(size)))
    if _NAME.fullmatch(part.text):
        return _words(part.text, math_font(round(size)))
    fraction = _FRACTION.fullmatch(part.text)
    if fraction is not None:
        return _fraction(fraction[1], fraction[2], size)
    setting = typeset(part.latex, size, ink)
    if setting is not None:
        return Drawing(setting, setting.width, setting.ascent, setting.height - setting.ascent)
    return _words(part.text, math_font(round(size)))


def _spaced(sign: str, size: float, before: float) -> Words:
    bare = _words(sign, _upright(round(size)))
    return Words(sign, bare.font, before + bare.width + SIGN_SPACE * size, bare.ascent, bare.descent, before)


def _fraction(above: str, below: str, size: float) -> Fraction:
    font = math_font(round(size * 0.94))
    top, bottom = _words(above, font), _words(below, font)
    width = max(top.width, bottom.width) + 0.2 * size
    return Fraction(top, bottom, width, (AXIS + 0.28 + 0.74) * size, (0.84 - AXIS + 0.30) * size, size)


def _words(text: str, font: QFont) -> Words:
    metrics = QFontMetricsF(font)
    size = font.pixelSize()
    return Words(text, font, metrics.horizontalAdvance(text), 0.78 * size, 0.26 * size)


@lru_cache(maxsize=16)
def _upright(size: int) -> QFont:
    font = QFont(MATH)
    font.setPixelSize(size)
    return font
