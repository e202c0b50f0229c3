"""The sections of the inspector that look into arrays: figures, elements, histogram. One array at a time is chosen."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.core.statistics import Histogram, Statistics, histogram, statistics
from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.session.runner import Runner
from gradviz.text import numbers
from gradviz.ui.panels.array_table import ArrayTable
from gradviz.ui.panels.bars import Bars
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.later import Later
from gradviz.ui.panels.painted_export import offer_pictures
from gradviz.ui.panels.subject import Numbers
from gradviz.ui.panels.widgets import ElidedLabel, clear, show_look

MAP_HEIGHT = 64
MOST_COLUMNS = 2
"""Arrays whose figures stand side by side."""
LEAST_SPREAD = 9
"""An array with fewer elements has no histogram: its table says more."""
_NONE = "–"
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class Figures(QWidget):
    """A small table: one row a figure, one column an array."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures")
        self._shown: tuple[Numbers, ...] = ()
        self._later = Later(runner, lambda arrays: [statistics(array) for array in arrays], self._take)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[tuple[int, int], QLabel] = {}

    def show_numbers(self, shown: Sequence[Numbers]) -> None:
        """Show the figures of these arrays; those that aren't computed yet have none."""
        self._shown = tuple(one for one in shown[:MOST_COLUMNS] if one.array is not None)
        self._later.ask(tuple(one.array for one in self._shown if one.array is not None))

    def _take(self, found: list[Statistics]) -> None:
        columns = [(one.name, one.token, figures) for one, figures in zip(self._shown, found, strict=True)]
        rows = [[""] + [name for name, _, _ in columns]]
        names = [name for name, _ in figures_of(columns[0][2])] if columns else []
        texts = [dict(figures_of(found)) for _, _, found in columns]
        rows += [[name, *(text[name] for text in texts)] for name in names]
        self._write(rows, [Token.MUTED, *(token for _, token, _ in columns)])

    def text(self, name: str, column: int = 1) -> str:
        """The text of a figure."""
        for (row, place), cell in self._cells.items():
            if place == 0 and cell.text() == name and (row, column) in self._cells:
                return self._cells[row, column].text()
        return ""

    def _write(self, rows: list[list[str]], tokens: list[Token]) -> None:
        wanted = {(row, column) for row, texts in enumerate(rows) for column in range(len(texts))}
        for place in self._cells.keys() - wanted:
            gone = self._cells.pop(place)
            gone.hide()
            gone.deleteLater()
        for row, column in sorted(wanted):
            cell = self._cells.get((row, column))
            if cell is None:
                cell = self._cells[row, column] = QLabel()
                self._grid.addWidget(cell, row, column, _RIGHT if column else _LEFT)
            text = rows[row][column]
            is_count = row > 0 and column > 0
            show_look(cell, "number" if is_count else "small")
            is_bad = is_count and rows[row][0] in ("NaN", "+∞", "−∞") and text != "0"
            ink = Token.ERROR if is_bad else tokens[column] if column else Token.MUTED
            if cell.property("ink") != ink.value:
                cell.setProperty("ink", ink.value)
                cell.style().unpolish(cell)
                cell.style().polish(cell)
            cell.setText(text)


def figures_of(found: Statistics) -> list[tuple[str, str]]:
    """Each figure with its text."""

    def short(x: float | None) -> str:
        return _NONE if x is None else numbers.number(x, 4)

    return [
        ("min", short(found.least)),
        ("max", short(found.most)),
        ("mean", short(found.mean)),
        ("norm", short(found.norm)),
        ("zeros", f"{found.zeros:,}".replace(",", "\u202f")),
        ("NaN", f"{found.nans:,}".replace(",", "\u202f")),
        ("+∞", str(found.positive_infinities)),
        ("−∞", str(found.negative_infinities)),
    ]


class Choice(QWidget):
    """Small buttons of which one is down. chosen(name): another one is."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._names: tuple[str, ...] = ()
        self._group = QButtonGroup(self)
        self.name = ""

    def offer(self, names: Sequence[str]) -> None:
        """Offer these; the one that was chosen stays chosen when it is among them."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._row)
        if self.name not in self._names:
            self.name = names[0] if names else ""
        for name in names:
            button = QPushButton(name)
            button.setCheckable(True)
            button.setChecked(name == self.name)
            button.setProperty("look", "choice")
            button.setToolTip(f"Show the {name}")
            button.clicked.connect(partial(self._choose, name))
            self._group.addButton(button)
            self._row.addWidget(button)
        self._row.addStretch(1)

    def _choose(self, name: str, _checked: bool = False) -> None:
        with QSignalBlocker(self):
            self.name = name
        self.chosen.emit(name)


class Elements(QWidget):
    """Heat map, table and histogram of one of several arrays."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("elements")
        self._later = Later(runner, lambda arrays: histogram(arrays[0]), self._take)
        self._shown: tuple[Numbers, ...] = ()
        self._drawn: tuple[Array, str] | None = None
        self.choice = Choice()
        self.map = HeatMap(height=MAP_HEIGHT)
        offer_pictures(self.map, "heat-map")
        self.table = ArrayTable()
        self.bars = Bars()
        self.words = ElidedLabel("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(6)
        for widget in (self.choice, self.map, self.table, self.words, self.bars):
            column.addWidget(widget)
        self.choice.chosen.connect(lambda _name: self._draw())

    def show_numbers(self, shown: Sequence[Numbers]) -> None:
        """Offer these arrays, and show the chosen one."""
        self._shown = tuple(one for one in shown if one.array is not None and np.ndim(one.array) > 0)
        self.choice.offer([one.name for one in self._shown])
        if self.isVisible():
            self._draw()

    @property
    def chosen(self) -> Numbers | None:
        """The array that is shown."""
        return next((one for one in self._shown if one.name == self.choice.name), None)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self._draw()

    def _draw(self) -> None:
        one = self.chosen
        if one is None or one.array is None:
            return
        if self._drawn is not None and self._drawn[0] is one.array and self._drawn[1] == one.name:
            return
        self._drawn = one.array, one.name
        self.map.show_array(one.array, one.token)
        self.table.show_array(one.array)
        is_worth_it = np.size(one.array) >= LEAST_SPREAD
        self.bars.setVisible(is_worth_it)
        self.words.setVisible(is_worth_it)
        if is_worth_it:
            self._later.ask((one.array,))
        count = f"{np.size(one.array):,}".replace(",", "\u202f")
        self.words.show_text(f"how its {count} elements are spread")

    def _take(self, found: Histogram) -> None:
        one = self.chosen
        if one is not None:
            self.bars.show_histogram(found, one.token)
