"""The fields of the export dialog: format, which steps, what is shown, how it looks. They remember the last choices."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gradviz.core.types import NodeId
from gradviz.export.choice import Choice
from gradviz.export.formats import FONT_SIZE, LARGEST_FONT, SMALLEST_FONT, Options
from gradviz.export.theme import PICTURE_THEMES
from gradviz.ui import video
from gradviz.ui.exporting import FILMS, FORMATS, PIXELS, Order
from gradviz.ui.panels.widgets import spaced
from gradviz.ui.theme import theme

MOMENT, WHOLE, ALL, RANGE = "moment", "whole", "all", "range"
_SHOWN = {
    MOMENT: "This moment, as on the canvas",
    WHOLE: "The whole run",
    ALL: "All steps",
    RANGE: "A range of steps",
}
_THEMES = {"light": "Light", "dark": "Dark", "print": "Black and white"}
_CHECKS = {
    "values": ("Values", "The values of the forward pass", True),
    "derivatives": ("Derivatives", "What flows back along the edges", True),
    "notes": ("Notes", "What is written on the canvas and below the cards", True),
    "legend": ("Legend", "What the marks mean, below the graph", False),
    "explanation": ("Explanation", "What the step does, in words and equations below the graph", False),
    "part": ("Selected part only", "Only the cards that are selected, and the edges between them", False),
    "transparent": ("Transparent ground", "No ground behind the graph", False),
}


class ExportChoices(QWidget):
    """All fields; changed: one of them has another value."""

    changed = Signal()

    def __init__(self, last: Mapping[str, Any], steps: int, has_part: bool, parent: QWidget | None = None) -> None:
        """last: the choices of the last time. steps: of the run, 0 for none. has_part: cards are selected."""
        super().__init__(parent)
        self._steps = steps
        self._make_menus(last)
        self._make_numbers(last)
        self.checks = {name: self._check(name, last) for name in _CHECKS}
        self.checks["part"].setEnabled(has_part)
        if not has_part:
            self.checks["part"].setChecked(False)
        self._arrange()
        self._connect()
        self._follow()

    # -- what was chosen --------------------------------------------------------------------------

    @property
    def suffix(self) -> str:
        """The suffix of the chosen format."""
        return str(self.format.currentData())

    @property
    def shown(self) -> str:
        """Which moments: MOMENT, WHOLE, ALL or RANGE."""
        return str(self.moments.currentData())

    @property
    def is_row(self) -> bool:
        """True when there is a picture for each of several steps."""
        return self.shown in (ALL, RANGE)

    @property
    def steps(self) -> tuple[int, int]:
        """The first and the last position of a row."""
        return (self.first.value(), self.last.value()) if self.shown == RANGE else (0, self._steps)

    def choice(self, part: frozenset[NodeId]) -> Choice:
        """What of the picture is taken. part: the selected cards."""
        on = {name: check.isChecked() for name, check in self.checks.items()}
        return Choice(
            on["values"],
            on["derivatives"],
            on["legend"],
            on["explanation"],
            on["notes"],
            part if on["part"] and part else None,
        )

    def order(self, title: str) -> Order:
        """How it is written."""
        look = PICTURE_THEMES[self.theme.currentData()]
        options = Options(look, self.checks["transparent"].isChecked(), title, self.font_size.value())
        return Order(self.suffix, options, self.scale.value(), self.seconds.value())

    def remembered(self) -> dict[str, Any]:
        """The choices, for the next time."""
        found: dict[str, Any] = {name: check.isChecked() for name, check in self.checks.items() if name != "part"}
        return found | {
            "format": self.suffix,
            "moments": self.shown,
            "scale": self.scale.value(),
            "font_size": self.font_size.value(),
            "seconds": self.seconds.value(),
            "theme": self.theme.currentData(),
        }

    # -- the fields -------------------------------------------------------------------------------

    def _make_menus(self, last: Mapping[str, Any]) -> None:
        self.format = _menu("format", "Format", "SVG and PDF stay sharp at any size")
        for suffix, exporter in FORMATS.items():
            self.format.addItem(f"{exporter.name} ({suffix})", suffix)
        for suffix, name in FILMS.items():
            self.format.addItem(f"{name} ({suffix})", suffix)
        if video.encoder() is None:
            self._refuse(".mp4", f"{FILMS['.mp4']}: needs ffmpeg", video.MISSING)
        if not self._steps:
            for suffix, name in FILMS.items():
                self._refuse(suffix, f"{name}: needs a run", "Give the leaves values, and there is a run to film")
        wanted = self.format.findData(last.get("format"))
        self.format.setCurrentIndex(wanted if wanted >= 0 and self._offers(wanted) else 0)
        self.moments = _menu("moments", "Steps", "One picture, or one after each step")
        for key, words in _SHOWN.items():
            if self._steps or key == MOMENT:
                self.moments.addItem(words, key)
        self.moments.setCurrentIndex(max(self.moments.findData(last.get("moments", MOMENT)), 0))
        self.theme = _menu("theme", "Theme", "The colours; black and white is told apart by outlines and greys")
        for name in PICTURE_THEMES:
            self.theme.addItem(_THEMES[name], name)
        self.theme.setCurrentIndex(max(self.theme.findData(last.get("theme", theme().current.name)), 0))

    def _make_numbers(self, last: Mapping[str, Any]) -> None:
        self.scale = _number(
            "scale", "Scale", "Pixels a unit of the picture; 2 is sharp on a slide", (0.25, 16.0), 0.5, " ×"
        )
        self.font_size = _number(
            "fontSize", "Font size", "Of the mathematics on the cards; all else grows with it",
            (SMALLEST_FONT, LARGEST_FONT), 1.0, " pt",
        )  # fmt: skip
        self.seconds = _number(
            "seconds", "Seconds a step", "How long each picture of a film stands", (0.05, 30), 0.1, " s"
        )
        for field, key, usual in (
            (self.scale, "scale", 2.0),
            (self.font_size, "font_size", FONT_SIZE),
            (self.seconds, "seconds", 0.8),
        ):
            field.setValue(_as_number(last.get(key), usual))
        self.first, self.last = spaced(QSpinBox()), spaced(QSpinBox())
        for spin, name, words in ((self.first, "first", "First step"), (self.last, "last", "Last step")):
            spin.setRange(0, self._steps)
            spin.setObjectName(name)
            spin.setAccessibleName(words)
            spin.setToolTip(f"{words} of the range, 0 to {self._steps}")
        self.last.setValue(self._steps)

    def _check(self, name: str, last: Mapping[str, Any]) -> QCheckBox:
        words, tip, usual = _CHECKS[name]
        check = QCheckBox(words)
        check.setObjectName(name)
        check.setToolTip(tip)
        check.setChecked(bool(last.get(name, usual)))
        return check

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Format", self.format)
        form.addRow("Steps", self.moments)
        self.range = QWidget()
        row = QHBoxLayout(self.range)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.first, 1)
        row.addWidget(QLabel("to"))
        row.addWidget(self.last, 1)
        form.addRow("", self.range)
        form.addRow("Theme", self.theme)
        form.addRow("Font size", self.font_size)
        form.addRow("Scale", self.scale)
        form.addRow("Seconds a step", self.seconds)
        self._form = form
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for place, check in enumerate(self.checks.values()):
            grid.addWidget(check, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(form)
        column.addLayout(grid)

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.moments.currentIndexChanged.connect(self._moments_chosen)
        self.theme.currentIndexChanged.connect(self.changed)
        for number in (self.scale, self.font_size, self.seconds):
            number.valueChanged.connect(self.changed)
        self.first.valueChanged.connect(self._range_chosen)
        self.last.valueChanged.connect(self._range_chosen)
        for check in self.checks.values():
            check.toggled.connect(self.changed)

    def _format_chosen(self) -> None:
        """A film is of steps."""
        if self.suffix in FILMS and not self.is_row:
            self.moments.setCurrentIndex(self.moments.findData(ALL))
        self._follow()
        self.changed.emit()

    def _moments_chosen(self) -> None:
        if self.suffix in FILMS and not self.is_row:
            self.format.setCurrentIndex(self.format.findData(".png"))
        self._follow()
        self.changed.emit()

    def _range_chosen(self) -> None:
        """A range has its ends in order: the one that is moved takes the other along."""
        if self.first.value() > self.last.value():
            (self.last if self.sender() is self.first else self.first).setValue(
                self.first.value() if self.sender() is self.first else self.last.value()
            )
        self.changed.emit()

    def _follow(self) -> None:
        self._form.setRowVisible(self.range, self.shown == RANGE)
        self._form.setRowVisible(self.scale, self.suffix in PIXELS)
        self._form.setRowVisible(self.seconds, self.suffix in FILMS)
        self.checks["transparent"].setEnabled(self.suffix not in FILMS)

    def _refuse(self, suffix: str, words: str, why: str) -> None:
        model = self.format.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(self.format.findData(suffix))
        item.setEnabled(False)
        item.setText(words)
        item.setToolTip(why)

    def _offers(self, index: int) -> bool:
        model = self.format.model()
        return isinstance(model, QStandardItemModel) and model.item(index).isEnabled()


def _menu(name: str, words: str, tip: str) -> QComboBox:
    menu = QComboBox()
    menu.setObjectName(name)
    menu.setAccessibleName(words)
    menu.setToolTip(tip)
    menu.setMinimumContentsLength(18)
    return menu


def _number(name: str, words: str, tip: str, limits: tuple[float, float], step: float, unit: str) -> QDoubleSpinBox:
    spin = spaced(QDoubleSpinBox())
    spin.setObjectName(name)
    spin.setAccessibleName(words)
    spin.setToolTip(tip)
    spin.setRange(*limits)
    spin.setSingleStep(step)
    spin.setSuffix(unit)
    return spin


def _as_number(found: object, otherwise: float) -> float:
    return float(found) if isinstance(found, int | float) else otherwise
