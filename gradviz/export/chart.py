"""Curves over the iterations as SVG: part of a page, or a file of its own; logarithmic where that shows more."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradviz.core.types import Array
from gradviz.export.html import text
from gradviz.export.label import Font
from gradviz.export.svg import CLASSES, FALLBACKS, SAFE
from gradviz.export.theme import Theme, Token
from gradviz.text import numbers

_INKS = (Token.VALUE, Token.DERIVATIVE, Token.PARAMETER, Token.DATA)
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
"""Curves differ in dashes too, for those who see or print no colours."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 74.0, 16.0, 14.0, 44.0
_ROW = 18.0
"""From one row of the legend to the next."""
_MOST_DECADES = 12.0


@dataclass(frozen=True, slots=True)
class _Axis:
    """From numbers to places: linear, or by their logarithm."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, x: Array) -> Array:
        along = np.log10(x) if self.is_log else x
        return self.start + (along - self.low) / (self.high - self.low) * (self.end - self.start)

    def place(self, x: float) -> float:
        return float(self.at(np.array(x)))

    def ticks(self) -> list[float]:
        if self.is_log:
            powers = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
            stride = max(1, -(-len(powers) // 6))
            return [10.0**k for k in powers][::stride]
        step = _step((self.high - self.low) / 5)
        first = math.ceil(self.low / step - 1e-9)
        return [k * step for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def chart(
    x: Array,
    curves: Mapping[str, Array],
    theme: Theme,
    *,
    title: str,
    across: str = "iteration",
    size: tuple[float, float] = (720.0, 280.0),
) -> str:
    """The curves over x; points that are not finite leave gaps. "" when there are fewer than two points to draw.

    x: ascending. title: read aloud by screen readers; the curves' names stand in a legend when there are several.
    """
    width, height = size
    shown = {name: curve for name, curve in curves.items() if len(curve) == len(x) and np.isfinite(curve).any()}
    if len(x) < 2 or not shown:
        return ""
    right = _Axis(float(x[0]), float(x[-1]), _LEFT, width - _RIGHT)
    legend = _legend(list(shown), width) if len(shown) > 1 else []
    top = max((y for _, _, y in legend), default=_TOP - _ROW / 2) + _ROW / 2
    up = _upward(np.concatenate(list(shown.values())), top, height)
    lines = (*_lines(x, shown, right, up, theme), *_explained(legend, theme))
    body = "".join((*_grid(right, up, width, height, theme, across), *lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{text(title)}">{body}</svg>'
    )


def chart_file(x: Array, curves: Mapping[str, Array], theme: Theme, *, title: str, across: str = "iteration") -> str:
    """The same as a file of its own: with a ground, a title, and fonts to fall back on."""
    drawn = chart(x, curves, theme, title=title, across=across)
    if not drawn:
        return ""
    head, _, rest = drawn.partition(">")
    before = f'<title>{text(title)}</title><style>{FALLBACKS}</style><rect width="100%" height="100%"'
    return f'{head} xml:lang="en">{before} fill="{theme[Token.PANEL]}"/>{rest}\n'


def _upward(found: Array, top: float, height: float) -> _Axis:
    finite = found[np.isfinite(found)]
    low, high = float(finite.min()), float(finite.max())
    is_log = low > 0 and high / low > 50
    if is_log:
        high = math.log10(high)
        low = max(math.log10(low), high - _MOST_DECADES)
        if math.floor(high) < math.ceil(low) + 1:  # at least two powers of ten to read from
            low, high = math.floor(low), math.ceil(high)
    margin = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return _Axis(low - margin, high + margin, height - _BOTTOM, top, is_log)


def _grid(right: _Axis, up: _Axis, width: float, height: float, theme: Theme, across: str) -> Iterator[str]:
    for tick in up.ticks():
        y = up.place(tick)
        yield f'<path d="M{_LEFT:g} {y:.1f}H{width - _RIGHT:g}" stroke="{theme[Token.LINE]}" fill="none"/>'
        yield _label(numbers.number(tick), _LEFT - 8, y + 4, theme, "end")
    for tick in right.ticks():
        place = right.place(tick)
        yield _label(numbers.number(tick), place, height - _BOTTOM + 18, theme, "middle")
    yield _label(across, (_LEFT + width - _RIGHT) / 2, height - 8, theme, "middle", Font.TEXT)


def _lines(x: Array, curves: Mapping[str, Array], right: _Axis, up: _Axis, theme: Theme) -> Iterator[str]:
    for number, curve in enumerate(curves.values()):
        yield f'<path d="{_path(right.at(x), curve, up)}" {_pen(number, theme)}/>'


def _legend(names: Sequence[str], width: float) -> list[tuple[str, float, float]]:
    """Each curve's name and where its stroke begins: in rows above the plot."""
    found, x, y = [], _LEFT, _TOP
    for name in names:
        room = 46 + 7 * len(name)
        if x > _LEFT and x + room > width - _RIGHT:
            x, y = _LEFT, y + _ROW
        found.append((name, x, y))
        x += room
    return found


def _explained(legend: Sequence[tuple[str, float, float]], theme: Theme) -> Iterator[str]:
    for number, (name, x, y) in enumerate(legend):
        yield f'<path d="M{x:g} {y:g}h22" {_pen(number, theme)}/>'
        yield _label(name, x + 28, y + 4, theme, "start", Font.TEXT)


def _pen(number: int, theme: Theme) -> str:
    """Four colours, each with its dashes; after that the same colours with others."""
    ink, dashes = theme[_INKS[number % len(_INKS)]], _DASHES[(number + number // len(_INKS)) % len(_DASHES)]
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'fill="none" stroke="{ink}" stroke-width="1.8" stroke-linejoin="round"{dash}'


def _path(places: Array, curve: Array, up: _Axis) -> str:
    drawable = np.isfinite(curve) & ((curve > 0) if up.is_log else True)
    parts, is_down = [], False
    heights = up.at(np.where(drawable, curve, 1.0))
    for x, y, is_seen in zip(places, np.clip(heights, up.end - 2, up.start), drawable, strict=True):
        if is_seen:
            parts.append(f"{'L' if is_down else 'M'}{x:.1f} {y:.1f}")
        is_down = bool(is_seen)
    return "".join(parts)


def _label(of: str, x: float, y: float, theme: Theme, anchor: str, font: Font = Font.NUMBER) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{CLASSES[font]}" '
        f'font-family="{SAFE[font]}" font-size="11" '
        f'fill="{theme[Token.MUTED]}">{text(of)}</text>'
    )


def _step(least: float) -> float:
    """The first of 1, 2, 5, 10, 20, … times a power of ten that is not less."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-12))
