"""A quiet plot in the theme's colours, made once and reused, and curves that stay quick however long they are.

A wide line costs time in proportion to its length on the screen: 250 ms for 800 points of noise. So a curve is
thinned to the lowest and the highest point of each of some hundred stretches, which shows every spike that the eye
could see. With many points it is drawn segment by segment, and thin while it moves.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from gradviz.core.types import Array
from gradviz.errors import DocumentError
from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.ui.panels.plot_export import FORMATS, PICTURES, THEMES, ask_and_save, copy_plot, dressed, save_plot
from gradviz.ui.theme import TINY, number_font, text_font, theme

STRETCHES = 300
"""How many stretches a long curve is thinned to, two points each."""

_AXIS_ROOM = 48
"""What the vertical axis takes of a plot's width; a legend that is wider than the rest is left out."""
MUCH_WORSE = 100.0
"""Beside others, a curve is drawn up to so many times its first loss: one that diverges would flatten all."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STROKES = {
    Token.DERIVATIVE: Qt.PenStyle.DashLine,
    Token.PARAMETER: Qt.PenStyle.DotLine,
    Token.DATA: Qt.PenStyle.DashDotLine,
    Token.ERROR: Qt.PenStyle.DashDotDotLine,
}
"""Curves in black and white, where colours don't tell them apart."""
_MOST_TICKS = 200
_MOST_WIDE = 150


class NumberAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis whose numbers are written as everywhere else, and as powers of ten when it is logarithmic."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickTextWidth=34, autoReduceTextSpace=False, maxTickLevel=0)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [_power(v) if self.logMode else number(v * scale, 6) for v in values[:_MOST_TICKS]]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [_power(v) for v in values[:_MOST_TICKS]]


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """An empty plot with two axes. hovered(x, y): the pointer is there; clicked(x, y): with the left button."""

    hovered = Signal(float, float)
    left = Signal()
    clicked = Signal(float, float)
    right_clicked = Signal(float, float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, axisItems=axes)
        self.setObjectName("plot")
        self.setAccessibleName(name)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(120, 80)
        self.getPlotItem().getViewBox().setDefaultPadding(0.04)
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.25)
        self._dressers: list[Callable[[], None]] = []
        self._columns: Callable[[], Mapping[str, Array]] = self._drawn_columns
        self._names = ("", "")
        self._message_text = ""
        self._message = pg.TextItem("", anchor=(0.5, 0.5))
        self._message.setFont(text_font())
        self._message.setZValue(50)
        self.addItem(self._message, ignoreBounds=True)
        self._legend = pg.TextItem("", anchor=(1.0, 0.0))
        self._legend.setFont(text_font(TINY))
        self._legend.setZValue(45)
        self._legend_entries: list[tuple[Token, str]] = []
        self.addItem(self._legend, ignoreBounds=True)
        self.getPlotItem().getViewBox().sigRangeChanged.connect(self._centre_message)
        self.customContextMenuRequested.connect(lambda place: self.menu().popup(self.mapToGlobal(place)))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.scene().sigMouseMoved.connect(self._moved)
        self.scene().sigMouseClicked.connect(self._pressed)
        theme().changed.connect(self.dress)
        self.dress()

    def add_curve(self, token: Token, *, width: float = 2.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> Any:
        """A new, empty curve in the colour of a token."""
        curve = pg.PlotDataItem(antialias=True, connect="finite", skipFiniteCheck=False)
        self.addItem(curve)
        self.dressed(lambda: curve.setPen(pen(token, width, style)))
        return curve

    def add_points(self, token: Token, *, size: float = 6.0, is_ring: bool = False) -> Any:
        """A new, empty set of points in the colour of a token; rings are hollow."""
        points = pg.ScatterPlotItem(size=size, pxMode=True, antialias=True)
        self.addItem(points)

        def dress() -> None:
            colour = theme()[token]
            points.setPen(pen(token, 2.5) if is_ring else pg.mkPen(None))
            fill = QColor(colour)
            fill.setAlpha(170)
            points.setBrush(pg.mkBrush(None) if is_ring else pg.mkBrush(fill))

        self.dressed(dress)
        return points

    def add_line(self, token: Token, angle: float = 90, *, width: float = 1.5) -> Any:
        """A new line across the plot, hidden."""
        line = pg.InfiniteLine(angle=angle, movable=False)
        line.hide()
        self.addItem(line, ignoreBounds=True)
        self.dressed(lambda: line.setPen(pen(token, width)))
        return line

    def add_label(self, token: Token = Token.TEXT, anchor: tuple[float, float] = (0.0, 1.0)) -> Any:
        """A new label with the panel's background, hidden."""
        label = pg.TextItem("", anchor=anchor)
        label.setFont(number_font(TINY))
        label.setZValue(40)
        label.hide()
        self.addItem(label, ignoreBounds=True)

        def dress() -> None:
            label.setColor(theme()[token])
            label.fill = pg.mkBrush(theme()[Token.PANEL])
            label.border = pen(Token.LINE, 1)
            label.update()

        self.dressed(dress)
        return label

    def dressed(self, dress: Callable[[], None]) -> None:
        """Colour something now and whenever the theme changes."""
        self._dressers.append(dress)
        dress()

    def show_message(self, text: str) -> None:
        """Say something in the middle of the plot; no text takes it away."""
        if text != self._message_text:
            self._message_text = text
            self._message.setHtml(f'<div style="text-align: center">{escape(text)}</div>')
        self._message.setVisible(bool(text))
        for side in ("left", "bottom"):
            self.getPlotItem().showAxis(side, not text)  # an axis without values would still draw its ticks
        self.getPlotItem().showGrid(x=False, y=not text, alpha=0.25)
        self._centre_message()

    @property
    def message(self) -> str:
        """What stands in the middle of the plot."""
        return self._message_text

    def set_legend(self, entries: Sequence[tuple[Token, str]]) -> None:
        """Say in the upper right corner which colour is what; no entries take it away."""
        self._legend_entries = list(entries)
        self._dress_legend()
        self._centre_message()

    def set_columns(self, columns: Callable[[], Mapping[str, Array]]) -> None:
        """Say which numbers are written as CSV; without, those of the visible curves, as they are drawn."""
        self._columns = columns

    def show_crosshair(self, describe: Callable[[float, float], str] | None = None) -> None:
        """Follow the pointer with two thin lines and its values. describe(x, y): what to say, "" for nothing."""
        lines = (self.add_line(Token.MUTED, 90, width=1), self.add_line(Token.MUTED, 0, width=1))
        label = self.add_label()

        def point_at(x: float, y: float) -> None:
            text = describe(x, y) if describe is not None else self._place_text(x, y)
            for line, value in zip(lines, (x, y), strict=True):
                line.setPos(value)
                line.setVisible(bool(text))
            label.setText(text)
            middle = self.getPlotItem().getViewBox().viewRect().center()
            label.setAnchor((1.05 if x > middle.x() else -0.05, -0.2 if y > middle.y() else 1.2))
            label.setPos(x, y)
            label.setVisible(bool(text))

        def point_nowhere() -> None:
            for item in (*lines, label):
                item.hide()

        self.hovered.connect(point_at)
        self.left.connect(point_nowhere)

    def menu(self) -> QMenu:
        """What can be done with the plot: see all of it, take it along."""
        menu = QMenu(self)
        menu.addAction("See all", self.getPlotItem().enableAutoRange)
        menu.addSeparator()
        menu.addAction("Copy as picture", partial(self._copy, None))
        for suffix in FORMATS:
            menu.addAction(f"Save as {suffix[1:].upper()}…", partial(self._save, suffix))
        menu.addSeparator()
        for name, words in THEMES.items():
            other = menu.addMenu(words)
            other.addAction("Copy as picture", partial(self._copy, name))
            for suffix in PICTURES:
                other.addAction(f"Save as {suffix[1:].upper()}…", partial(self._save, suffix, name))
        return menu

    def save(self, path: Path) -> None:
        """Write the plot as .png, .svg, .pdf or .csv; raises DocumentError when that fails."""
        save_plot(self, self._columns(), path)

    def _copy(self, colours: str | None) -> None:
        with dressed(self, colours):
            copy_plot(self)

    def set_names(self, bottom: str, left: str) -> None:
        """Name the axes in small type; no name takes no room."""
        self._names = (bottom, left)
        for side, text in (("bottom", bottom), ("left", left)):
            self.getAxis(side).setLabel(
                text or None, **{"color": theme().current[Token.MUTED], "font-size": f"{TINY}px"}
            )
            self.getAxis(side).showLabel(bool(text))

    def pen(self, token: Token, width: float = 2) -> QPen:
        """A pen in the colour of a token, its width in pixels at any zoom."""
        return pen(token, width)

    def set_logarithmic(self, is_on: bool) -> None:
        """Write powers of ten on the vertical axis; the caller gives logarithms (see `logarithms`)."""
        self.getAxis("left").setLogMode(y=is_on)

    def dress(self) -> None:
        """Take the theme's colours."""
        if not isValid(self):  # Qt has deleted the plot, and Python still waits to
            return
        self.setBackground(theme()[Token.PANEL])
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pen(Token.LINE, 1))
            axis.setTextPen(theme()[Token.MUTED])
            axis.setTickFont(number_font(TINY))
            axis.setTickPen(pen(Token.MUTED, 1))
        self._message.setColor(theme()[Token.MUTED])
        self._message.textItem.setDefaultTextColor(theme()[Token.MUTED])
        self._dress_legend()
        for dress in self._dressers:
            dress()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if isValid(self) and hasattr(self, "_message"):  # Qt resizes it while it is still being made
            self._centre_message()

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        super().mouseDoubleClickEvent(event)
        self.getPlotItem().enableAutoRange()

    def _moved(self, place: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        if box.sceneBoundingRect().contains(place):
            point = box.mapSceneToView(place)
            self.hovered.emit(point.x(), point.y())
        else:
            self.left.emit()

    def _pressed(self, event: Any) -> None:
        box = self.getPlotItem().getViewBox()
        if box.sceneBoundingRect().contains(event.scenePos()):
            point = box.mapSceneToView(event.scenePos())
            signal = {Qt.MouseButton.LeftButton: self.clicked, Qt.MouseButton.RightButton: self.right_clicked}
            if event.button() in signal:
                signal[event.button()].emit(point.x(), point.y())

    def _centre_message(self) -> None:
        view = self.getPlotItem().getViewBox().viewRect()
        self._message.setTextWidth(max(80, self.width() - 48))
        self._message.setPos(view.center())
        self._legend.setPos(view.right(), view.bottom())  # y goes up, so the rectangle's bottom is the plot's top
        has_room = self._legend.textItem.boundingRect().width() < self.width() - _AXIS_ROOM
        self._legend.setVisible(bool(self._legend_entries) and has_room)

    def _dress_legend(self) -> None:
        text, panel = theme().current[Token.TEXT], QColor(theme()[Token.PANEL])
        entries = [
            f'<span style="color:{theme().current[token]}">━</span> <span style="color:{text}">{escape(name)}</span>'
            for token, name in self._legend_entries
        ]
        self._legend.setHtml("&nbsp; ".join(entries))
        panel.setAlpha(200)
        self._legend.fill = pg.mkBrush(panel)
        self._legend.setVisible(bool(entries))

    def _place_text(self, x: float, y: float) -> str:
        if self.message:
            return ""
        height = number(10.0**y, 4) if self.getAxis("left").logMode else number(y, 4)
        bottom, left = self._names
        return f"{bottom or 'x'} {number(x, 4)}, {left or 'y'} {height}"

    def _save(self, suffix: str, colours: str | None = None) -> None:
        try:
            ask_and_save(self, self, self._columns(), suffix, colours)
        except DocumentError as error:
            self.show_message(error.message)

    def _drawn_columns(self) -> Mapping[str, Array]:
        """The numbers of the visible curves and points, two columns each."""
        found: dict[str, Array] = {}
        items = [item for item in self.getPlotItem().items if isinstance(item, pg.PlotDataItem | pg.ScatterPlotItem)]
        for place, item in enumerate(items):
            x, y = item.getData()
            if x is not None and len(x) and item.isVisible():
                found[f"x{place + 1}"], found[f"y{place + 1}"] = np.asarray(x, float), np.asarray(y, float)
        return found


def pen(token: Token, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen in the colour of a token, its width in pixels at any zoom."""
    if style is Qt.PenStyle.SolidLine and theme().current.outlined:  # black and white
        style = _STROKES.get(token, style)
    made: QPen = pg.mkPen(theme()[token], width=width, style=style)
    return made


def draw_live(curve: Any, token: Token, x: Array, y: Array, *, is_moving: bool) -> None:
    """Draw a curve that may have many points and be drawn thirty times a second."""
    across, up = thinned(x, y)
    is_long = len(across) > _MOST_WIDE
    curve.curve.setSegmentedLineMode("on" if is_long else "off")
    curve.setPen(pen(token, 1 if is_moving and is_long else 2))
    curve.setData(across, up)


def thinned(x: Array, y: Array, stretches: int = STRETCHES) -> tuple[Array, Array]:
    """The lowest and the highest finite point of each stretch of a long curve, in order, and its two ends.

    A curve of at most two points a stretch comes back as it is.
    """
    if len(x) <= 2 * stretches:
        return x, y
    width = -(-len(x) // stretches)
    padded = np.full(-(-len(x) // width) * width, np.nan)
    padded[: len(y)] = y
    rows = padded.reshape(-1, width)
    is_finite = np.isfinite(rows)
    starts = (np.arange(len(rows)) * width)[is_finite.any(axis=1)]
    drawn, is_drawn = rows[is_finite.any(axis=1)], is_finite[is_finite.any(axis=1)]
    lowest = starts + np.where(is_drawn, drawn, np.inf).argmin(axis=1)
    highest = starts + np.where(is_drawn, drawn, -np.inf).argmax(axis=1)
    places = np.unique(np.concatenate([[0, len(x) - 1], lowest, highest]))
    return x[places], y[places]


def logarithms(y: Array) -> Array:
    """The decimal logarithms; NaN, which is not drawn, where there is none."""
    found = np.full(len(y), np.nan)
    is_positive = np.isfinite(y) & (y > 0)
    found[is_positive] = np.log10(y[is_positive])
    return found


def below(losses: Array, times: float) -> Array:
    """The losses, NaN where they are more than so many times the first one."""
    if not len(losses):
        return losses
    found: Array = np.where(losses <= times * max(abs(float(losses[0])), 1e-300), losses, np.nan)
    return found


def finite(y: Array) -> Array:
    """The values, with NaN, which is not drawn, for what is infinite."""
    return np.where(np.isfinite(y), y, np.nan)


def _power(exponent: float) -> str:
    nearest = round(exponent)
    if abs(exponent - nearest) < 1e-6:
        return f"10{str(nearest).translate(_SUPERSCRIPTS)}"
    return number(10.0**exponent, 2)
