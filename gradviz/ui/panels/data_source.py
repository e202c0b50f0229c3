"""Where a table comes from and how it is read: the upper rows of the data dialog.

A source is a function of how it is to be read; so each choice reads it anew, and what was found out is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from gradviz.data.cells import is_number
from gradviz.data.generators import GENERATORS, MOST_SAMPLES
from gradviz.data.options import FIND_OUT, Kind, ReadOptions
from gradviz.data.tables import Table
from gradviz.errors import DataError
from gradviz.ui.panels.widgets import spaced


@dataclass(frozen=True, slots=True)
class Source:
    """name: for people. read: makes the table. data_set: its name when it comes with gradviz.

    has_options: it matters how it is read. generator: the name of the one that makes it.
    """

    name: str
    read: Callable[[ReadOptions], Table]
    data_set: str | None = None
    has_options: bool = False
    generator: str | None = None


class ReadingRow(QWidget):
    """How a text is cut into columns and numbers. changed(): another choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = FIND_OUT
        self.separator = self._box("separator", "What separates columns", _SEPARATORS)
        self.decimal = self._box("decimal", "How numbers are written", _DECIMALS)
        self.header = self._box("header", "What the first row holds", _HEADERS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for text, box in (("Separator", self.separator), ("Numbers", self.decimal), ("First row", self.header)):
            label = QLabel(text)
            label.setProperty("look", "muted")
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        row.addStretch(1)

    def show_found(self, table: Table | None) -> None:
        """Show how the table was read."""
        found = table.found if table is not None else None
        if found is None:
            return
        for box, value in (
            (self.separator, found.separator),
            (self.decimal, found.decimal),
            (self.header, found.has_header),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))

    def choose_kind(self, column: str, kind: Kind | None) -> None:
        """Say what a column is to be taken for; None lets it be found out."""
        kinds = {name: known for name, known in self.options.kinds.items() if name != column}
        self.options = replace(self.options, kinds=kinds if kind is None else {**kinds, column: kind})
        self.changed.emit()

    def _box(self, name: str, tip: str, choices: list[tuple[str, object]]) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(tip)
        box.setToolTip(tip)
        for text, value in choices:
            box.addItem(text, value)
        box.activated.connect(lambda _index: self._choose())
        return box

    def _choose(self) -> None:
        separator, decimal = self.separator.currentData(), self.decimal.currentData()
        if separator == "," and decimal == ",":
            decimal = "."
        self.options = replace(self.options, separator=separator, decimal=decimal, has_header=self.header.currentData())
        self.changed.emit()


class GeneratorRow(QWidget):
    """How many samples, how much noise, which seed. changed(): another choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples = _spin("generatedSamples", "Samples", 2, MOST_SAMPLES)
        self.noise = QLineEdit()
        self.noise.setObjectName("generatedNoise")
        self.noise.setAccessibleName("Noise: the standard deviation")
        self.noise.setToolTip("The standard deviation of what is added to each number")
        self.noise.setProperty("look", "number")
        self.noise.setMaximumWidth(80)
        self.seed = _spin("generatedSeed", "Seed", 0, 2_147_483_647)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for text, field in (("Samples", self.samples), ("Noise", self.noise), ("Seed", self.seed)):
            label = QLabel(text)
            label.setProperty("look", "muted")
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        self.samples.valueChanged.connect(lambda _value: self.changed.emit())
        self.seed.valueChanged.connect(lambda _value: self.changed.emit())
        self.noise.editingFinished.connect(self.changed.emit)

    def show_usual(self, name: str) -> None:
        """Show the usual numbers of a generator."""
        generator = GENERATORS[name]
        for field in (self.samples, self.seed, self.noise):
            field.blockSignals(True)
        self.samples.setValue(generator.samples)
        self.seed.setValue(0)
        self.noise.setText(f"{generator.noise:g}")
        for field in (self.samples, self.seed, self.noise):
            field.blockSignals(False)

    def table(self, name: str) -> Table:
        """The table that is asked for; raises DataError for a noise that is no number."""
        text = self.noise.text().strip().replace(",", ".")
        if not is_number(text):
            raise DataError(f"noise is a number such as 0.1; {text or 'nothing'} is not")
        return GENERATORS[name].table(self.samples.value(), float(text.replace("−", "-")), self.seed.value())


_SEPARATORS: list[tuple[str, object]] = [
    ("comma", ","),
    ("semicolon", ";"),
    ("tab", "\t"),
    ("blank", " "),
    ("bar |", "|"),
]
_DECIMALS: list[tuple[str, object]] = [("1.5", "."), ("1,5", ",")]
_HEADERS: list[tuple[str, object]] = [("names", True), ("data", False)]


def _spin(name: str, title: str, low: int, high: int) -> QSpinBox:
    box = spaced(QSpinBox())
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    box.setGroupSeparatorShown(True)
    box.setMinimumWidth(96)
    return box


def stacked(*widgets: QWidget) -> QWidget:
    """Widgets one below the other, without a margin."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    return page
