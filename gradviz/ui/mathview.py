"""Typeset mathematics in the window: LaTeX drawn by ziamath, painted crisp at any zoom by QtSvg.

A formula that ziamath can't read, or one too long to set, is shown as its plain text in the font of mathematics:
there is always something to read.
"""

import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, current_thread, main_thread

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.export.theme import Theme, Token
from gradviz.text.equation import Equation, PartKind
from gradviz.ui.theme import math_font, theme

with warnings.catch_warnings():  # WORKAROUND: ziamath finds its font in a way that Python is giving up
    warnings.simplefilter("ignore", DeprecationWarning)
    from ziamath.config import config
    from ziamath.zmath import Latex

MAX_CHARACTERS = 2000
"""Longer formulas take seconds to set."""
_SIGN = re.compile(r"(\\left[(\[]|[(\[=,]|\\cdot|\\leftarrow|\\to)(\s*)-(?=\s*[\d.a-zA-Z\\({])")
"""A minus that begins a number or a term: ziamath sets it like the minus of a difference."""
MOST_STRETCHED, MOST_NESTED = 3, 6
"""ziamath's time doubles with each stretched bracket, fraction or root inside another."""
SMALLEST = 0.55
"""A formula wider than its view is drawn smaller down to this, and cut after that."""

ONE_AT_A_TIME = Lock()
"""ziamath makes no promise about threads."""
_QUIET = 0.15
"""Seconds in which the window has wanted no formula, before a worker sets one that may take as long."""
_wanted_by_window = [float("-inf")]

PART_TOKENS = {PartKind.PLAIN: None, PartKind.VALUE: Token.VALUE, PartKind.DERIVATIVE: Token.DERIVATIVE}

config.svg2 = False  # WORKAROUND: QtSvg draws no glyphs from <symbol> and <use>


@dataclass(frozen=True, slots=True)
class Setting:
    """A set formula: its drawing, its size in pixels, and how far the baseline is below the top."""

    renderer: QSvgRenderer
    width: float
    height: float
    ascent: float


@lru_cache(maxsize=512)
def typeset(latex: str, size: float, colour: str) -> Setting | None:
    """LaTeX as a drawing; None when it can't be set."""
    svg = svg_of(latex, size, colour)
    if svg is None:
        return None
    renderer = QSvgRenderer(QByteArray(svg))
    box = renderer.viewBoxF()
    if not renderer.isValid() or box.isEmpty():
        return None
    return Setting(renderer, box.width(), box.height(), max(-box.y(), 0.0))


@lru_cache(maxsize=2048)
def svg_of(latex: str, size: float, colour: str) -> bytes | None:
    """LaTeX as SVG; None when it can't be set. Takes milliseconds a formula, and may be called in any thread."""
    tame = tamed(latex)
    if tame is None:
        return None
    if current_thread() is main_thread():
        _wanted_by_window[0] = time.perf_counter()
    try:
        with ONE_AT_A_TIME:
            return Latex(_SIGN.sub(r"\1\2{-}", tame), size=size, color=colour, inline=False).svg().encode()
    except Exception:  # ziamath raises many kinds for what it can't read; the plain text serves
        return None


def wait_for_quiet(cancelled: Callable[[], bool]) -> None:
    """In a worker: let the window go first, for it waits as long as a worker's formula takes."""
    while current_thread() is not main_thread() and not cancelled():
        if time.perf_counter() - _wanted_by_window[0] > _QUIET:
            return
        time.sleep(0.01)


def tamed(latex: str) -> str | None:
    """LaTeX that is set in a moment: without stretched brackets where they are nested; None where that can't be."""
    if not latex or len(latex) > MAX_CHARACTERS or _depth(latex, "{", "}") > MOST_NESTED:
        return None
    if _depth(latex, r"\left", r"\right") <= MOST_STRETCHED:
        return latex
    return re.sub(r"\\(left|right)(?![a-z])", "", latex)


def _depth(text: str, opening: str, closing: str) -> int:
    """How deep the brackets are nested."""
    depth = deepest = 0
    ends = r"(?![a-z])" if opening[-1].isalpha() else ""  # \\left is no \\leftarrow
    for found in re.finditer(f"({re.escape(opening)}|{re.escape(closing)}){ends}", text):
        depth += 1 if found[1] == opening else -1
        deepest = max(deepest, depth)
    return deepest


def coloured(equation: Equation, of: Theme) -> str:
    """The equation as LaTeX in which values and derivatives have the theme's colours."""
    pieces = []
    for part in equation.parts:
        token = PART_TOKENS[part.kind]
        pieces.append(part.latex if token is None else rf"{{\color{{{of[token]}}}{part.latex}}}")
    return "".join(pieces)


class MathView(QWidget):
    """One line of mathematics; as wide as it needs, drawn smaller when there is less room."""

    def __init__(self, size: float = 18.0, parent: QWidget | None = None, token: Token = Token.TEXT) -> None:
        super().__init__(parent)
        self._size = self._usual = size
        self.stands_on_line = False
        self._token = token
        self._latex = ""
        self._plain = ""
        self._equation: Equation | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._restyle)

    @property
    def plain(self) -> str:
        """The formula as text."""
        return self._plain

    def set_scale(self, factor: float) -> None:
        """Draw everything so much larger than usual."""
        self._size = self._usual * factor
        self._restyle()

    def show_math(self, latex: str, plain: str) -> None:
        """Show LaTeX; the plain text stands in when it can't be set, and is read to those who can't see."""
        self._latex, self._plain, self._equation = latex, plain, None
        self._restyle()

    def show_equation(self, equation: Equation) -> None:
        """Show an equation with its values and derivatives coloured."""
        self._plain, self._equation = equation.plain, equation
        self._restyle()

    def sizeHint(self) -> QSize:
        width, height = self._natural_size()
        return QSize(round(width) + 2, round(height) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    def setting(self) -> Setting | None:
        """The set formula, None when plain text is shown."""
        return typeset(self._shown_latex(), self._size, theme().current[self._token])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        setting = self.setting()
        if setting is None:
            self._paint_plain(painter)
        else:
            scale = self._scale(setting.width)
            top = (self.height() - setting.height * scale) / 2
            if self.stands_on_line:  # names in rows share a baseline, whatever their height
                top = self.height() / 2 + 0.28 * self._size - setting.ascent * scale
            setting.renderer.render(painter, QRectF(0, top, setting.width * scale, setting.height * scale))
        painter.end()

    def _paint_plain(self, painter: QPainter) -> None:
        font = math_font(round(self._size))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme().current[self._token]))
        text = metrics.elidedText(self._plain, Qt.TextElideMode.ElideRight, self.width())
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(0, baseline), text)

    def _natural_size(self) -> tuple[float, float]:
        setting = self.setting()
        if setting is not None:
            return setting.width, setting.height
        metrics = QFontMetricsF(math_font(round(self._size)))
        return (metrics.horizontalAdvance(self._plain), metrics.height()) if self._plain else (0.0, 0.0)

    def _scale(self, width: float) -> float:
        available = self.width()
        if width <= available or width <= 0 or not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            return 1.0
        return max(available / width, SMALLEST)

    def _shown_latex(self) -> str:
        return coloured(self._equation, theme().current) if self._equation is not None else self._latex

    def _restyle(self) -> None:
        self.setAccessibleName(self._plain)
        self.setToolTip(self._plain if len(self._plain) <= 300 else "")
        self.updateGeometry()
        self.update()
