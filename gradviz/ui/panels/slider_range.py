"""From where to where a leaf's slider goes, and the small window in which that is typed.

A slider has 200 places. Unless somebody says otherwise it goes to both sides of zero, far enough for its value;
a logarithmic one needs two ends above zero: each place is then a factor, as for a learning rate.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from gradviz.errors import GradvizError, ValueTextError
from gradviz.lang.values import parse_value
from gradviz.text import numbers
from gradviz.ui.panels.widgets import note

TICKS = 100
"""Slider positions on either side of the middle."""


def reach(value: float) -> float:
    """How far a slider goes to either side: 5, or a round number at least as large as the value."""
    size = abs(value)
    if not math.isfinite(size) or size <= 5:
        return 5.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


@dataclass(frozen=True, slots=True)
class SliderRange:
    """Where a slider begins and ends; raises ValueTextError when that makes no range."""

    low: float
    high: float
    is_logarithmic: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueTextError(f"a range goes up: {self.low:g} is not below {self.high:g}")
        if self.is_logarithmic and self.low <= 0:
            raise ValueTextError(f"a logarithmic range begins above 0, such as 0.001; {self.low:g} is not")

    def value(self, tick: int) -> float:
        """The number at a place of the slider, without digits that nobody asked for."""
        part = (tick + TICKS) / (2 * TICKS)
        if self.is_logarithmic:
            found = self.low * (self.high / self.low) ** part
            return float(f"{found:.4g}")
        found = self.low + (self.high - self.low) * part
        digits = max(0, 4 - math.floor(math.log10(self.high - self.low)))
        return round(found, digits)

    def tick(self, value: float) -> int:
        """The place of a number; that of the nearer end for one outside."""
        if not math.isfinite(value):
            return 0
        if self.is_logarithmic:
            inside = min(max(value, self.low), self.high)
            part = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(part * 2 * TICKS) - TICKS

    def nudged(self, value: float, steps: int) -> float:
        """The number so many places further, on or beyond the ends too."""
        if self.is_logarithmic and value > 0:
            return float(f"{value * (self.high / self.low) ** (steps / (2 * TICKS)):.4g}")
        step = (self.high - self.low) / (2 * TICKS)
        return float(np.round(value + steps * step, 10))


def around(value: float, before: SliderRange | None = None) -> SliderRange:
    """The usual range for a value: that of before while the value is in it, else one to both sides of zero."""
    if before is not None and before.low <= value <= before.high:
        return before
    far = reach(value)
    return SliderRange(-far, far)


class RangePopup(QFrame):
    """Asks for the ends of a slider. choose(range or None): called with what was chosen, None for the usual one."""

    def __init__(self, present: SliderRange, choose: Callable[[SliderRange | None], None], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._choose = choose
        self.setObjectName("rangePopup")
        self.setProperty("look", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.low = _end("From", "rangeFrom", present.low)
        self.high = _end("To", "rangeTo", present.high)
        self.logarithmic = QCheckBox("logarithmic")
        self.logarithmic.setToolTip("Each place of the slider multiplies; both ends must be above 0")
        self.logarithmic.setChecked(present.is_logarithmic)
        self.error = note(look="error")
        self.error.hide()
        self.usual = _button("Usual", "Let the slider go as far as the value needs")
        self.apply = _button("Apply", "Take this range  (Enter)")
        self.apply.setProperty("look", "primary")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.setSpacing(8)
        for column, widget in enumerate((QLabel("from"), self.low, QLabel("to"), self.high)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.logarithmic, 1, 0, 1, 4)
        grid.addWidget(self.error, 2, 0, 1, 4)
        grid.addWidget(self.usual, 3, 0, 1, 2)
        grid.addWidget(self.apply, 3, 2, 1, 2)
        self.usual.clicked.connect(self._take_usual)
        self.apply.clicked.connect(self._take)
        self.low.returnPressed.connect(self._take)
        self.high.returnPressed.connect(self._take)

    def open_at(self, place: QPoint) -> None:
        """Show the popup below a global place."""
        self.adjustSize()
        self.move(place)
        self.show()
        self.low.setFocus()
        self.low.selectAll()

    def _take(self) -> None:
        try:
            chosen = SliderRange(_number(self.low), _number(self.high), self.logarithmic.isChecked())
        except (GradvizError, TypeError) as error:
            self.error.setText(error.message if isinstance(error, GradvizError) else "each end is one number")
            self.error.show()
            self.adjustSize()
            return
        self.close()
        self._choose(chosen)

    def _take_usual(self) -> None:
        self.close()
        self._choose(None)


def _end(name: str, key: str, value: float) -> QLineEdit:
    field = QLineEdit(numbers.exact(value))
    field.setObjectName(key)
    field.setAccessibleName(name)
    field.setToolTip("Where the slider begins" if name == "From" else "Where the slider ends")
    field.setProperty("look", "number")
    field.setFixedWidth(84)
    return field


def _number(field: QLineEdit) -> float:
    return float(parse_value(field.text().replace(numbers.MINUS, "-")))


def _button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button
