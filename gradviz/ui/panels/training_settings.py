"""How gradient descent is to run: a dialog whose changes are commands of the document.

Six pages, from what everybody sets to what few do. Fields that a choice makes meaningless are greyed; an empty
field is "none". Each change is applied at once and can be undone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gradviz.data.cells import is_number
from gradviz.errors import GradvizError
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_training
from gradviz.project.training_commands import draw_anew
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.train.initialisers import INITIALISERS
from gradviz.train.optimizer import OPTIMIZERS
from gradviz.train.schedule import SCHEDULES
from gradviz.train.settings import TrainingSettings
from gradviz.ui.panels.widgets import note, show_look, spaced

ALL = "all samples"
_MOST = 2_147_483_647
_GREEK = {
    "momentum": "Momentum μ",
    "delta": "Smallest divisor δ",
    "decay": "Decay ρ",
    "beta1": "Decay of the mean β₁",
    "beta2": "Decay of the squares β₂",
    "weight_decay": "Weight decay λ",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One setting: its field and its words. is_used: whether the present settings make anything of it."""

    name: str
    label: str
    tip: str
    field: QWidget
    is_used: Callable[[TrainingSettings], bool] = lambda settings: True


class TrainingDialog(QDialog):
    """All settings of a training, on six pages. Each change is applied at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("trainingDialog")
        self.setWindowTitle("Training settings")
        self._rows: list[_Row] = []
        self._is_filling = False
        self.trouble = note("", "error")
        self.tabs = QTabWidget()
        self.tabs.setObjectName("trainingPages")
        self.tabs.setDocumentMode(True)
        self._options = QFormLayout()
        self.rule = note("", "small")
        self._add_pages()
        self._arrange()
        session.document.changed.connect(self._on_changed)
        self._fill()

    @property
    def _settings(self) -> TrainingSettings:
        return self._session.document.project.training

    def field(self, name: str) -> Any:
        """The field of a setting."""
        return next(row.field for row in self._rows if row.name == name)

    def _add_pages(self) -> None:
        every = "Samples an iteration"
        self._page(
            "Descent",
            self._number("rate", "Learning rate ε", "θ ← θ − ε ∇L(θ)", lambda s: not _rule(s).searches),
            self._count("steps", "Iterations", "How many updates one run makes", 1, 100_000_000),
            self._choice("optimizer", "Optimizer", "The update rule", [(r.name, r.title) for r in OPTIMIZERS.values()]),
            self._count("batch", every, "A smaller batch makes each iteration cheaper and noisier", 0, 10_000_000, ALL),
            self._choice(
                "reduce",
                "Loss over the samples",
                "The mean does not grow with the data, the sum does",
                [("mean", "mean"), ("sum", "sum")],
            ),
            self._count("seed", "Seed", "The same seed gives the same run", 0, _MOST),
        )
        self._add_optimizer_page()
        self._add_rate_pages()
        self._add_start_page()
        self._page(
            "Stop",
            self._number("validation", "Part for validation", "Kept out of training, such as 0.2; 0 for none"),
            self._number("stop_loss", "Loss at most", "Stop when the loss is so low", None, True),
            self._number("stop_gradient", "Gradient at most", "Stop when the gradient is so short", None, True),
            self._count(
                "patience", "Patience", "Stop when the lowest loss is so many iterations old", 0, _MOST, "no limit"
            ),
            self._number("stop_seconds", "Seconds", "Stop after so long", None, True),
        )

    def _add_rate_pages(self) -> None:
        self._page(
            "Rate",
            self._choice(
                "schedule",
                "Schedule",
                "How the rate changes with the iteration k",
                [(k.name, f"{k.title}:  {k.plain}") for k in SCHEDULES.values()],
            ),
            self._number(
                "schedule_factor", "Factor γ", "From 0 to 1", lambda s: SCHEDULES[s.schedule].factor is not None, True
            ),
            self._count(
                "schedule_period", "Period n", "In iterations", 1, _MOST, is_used=lambda s: s.schedule != "constant"
            ),
            self._count("warmup", "Warm-up", "Iterations in which the rate rises to its full size", 0, _MOST, "none"),
        )
        self._page(
            "Gradient",
            self._number("weight_decay", "Weight decay λ", "Adds λθ to the gradient; AdamW's own decay"),
            self._number("clip_norm", "Longest gradient", "Longer ones are shortened to this length", _clips, True),
            self._number("clip_value", "Largest element", "Elements beyond ± this are cut", _clips, True),
        )

    def _add_start_page(self) -> None:
        redraw = QPushButton("Draw the start anew")
        redraw.setObjectName("drawAnew")
        redraw.setToolTip("Give every parameter new first values, drawn from the seed")
        redraw.setAutoDefault(False)
        redraw.clicked.connect(self._draw_anew)
        self._page(
            "Start",
            self._choice(
                "initialiser",
                "First values",
                "How parameters are drawn; n inputs, m outputs",
                [(kind.name, kind.title) for kind in INITIALISERS.values()],
            ),
            self._number("initial_scale", "Scale", "Multiplies the drawn values"),
            extra=redraw,
        )

    def _page(self, title: str, *rows: _Row, extra: QWidget | None = None) -> None:
        form = _form()
        for row in rows:
            self._rows.append(row)
            form.addRow(row.label, row.field)
        if extra is not None:
            form.addRow("", extra)
        page = QWidget()
        page.setLayout(form)
        self.tabs.addTab(page, title)

    def _add_optimizer_page(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(self.rule)
        _shape(self._options)
        self._options.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._options)
        column.addStretch(1)
        self.tabs.addTab(page, "Rule")

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter ends a field, not the dialog
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.trouble)
        column.addWidget(buttons)
        self.setMinimumSize(460, 380)

    def _number(
        self,
        name: str,
        label: str,
        tip: str,
        is_used: Callable[[TrainingSettings], bool] | None = None,
        may_be_none: bool = False,
    ) -> _Row:
        field = QLineEdit()
        field.setProperty("look", "number")
        if may_be_none:
            field.setPlaceholderText("none")
        field.editingFinished.connect(lambda: self._apply_number(name, field, may_be_none=may_be_none))
        return self._row(name, label, tip, field, is_used)

    def _count(
        self,
        name: str,
        label: str,
        tip: str,
        low: int,
        high: int,
        none: str = "",
        is_used: Callable[[TrainingSettings], bool] | None = None,
    ) -> _Row:
        box = spaced(QSpinBox())
        box.setRange(low, high)
        box.setKeyboardTracking(False)
        box.setGroupSeparatorShown(True)
        box.setSpecialValueText(none)
        is_optional = name in ("batch", "patience")
        box.valueChanged.connect(lambda value: self._apply(**{name: None if is_optional and not value else value}))
        return self._row(name, label, tip, box, is_used)

    def _choice(self, name: str, label: str, tip: str, options: Sequence[tuple[str, str]]) -> _Row:
        box = QComboBox()
        for key, text in options:
            box.addItem(text, key)
        box.currentIndexChanged.connect(lambda _index: self._choose(name, box.currentData()))
        return self._row(name, label, tip, box, None)

    def _row(
        self, name: str, label: str, tip: str, field: QWidget, is_used: Callable[[TrainingSettings], bool] | None
    ) -> _Row:
        field.setObjectName(name)
        field.setAccessibleName(label)
        field.setToolTip(tip)
        return _Row(name, label, tip, field, is_used or (lambda settings: True))

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.TRAINING | ChangeFlags.REPLACED):
            self._fill()

    def _fill(self) -> None:
        self._is_filling = True
        settings = self._settings
        for row in self._rows:
            _show(row.field, getattr(settings, row.name))
            row.field.setEnabled(row.is_used(settings))
        usual = SCHEDULES[settings.schedule].factor
        self.field("schedule_factor").setPlaceholderText("none" if usual is None else f"{usual:g}")
        self._fill_options(settings)
        self._is_filling = False

    def _fill_options(self, settings: TrainingSettings) -> None:
        rule = _rule(settings)
        self.rule.setText("\n".join(part.strip() for part in rule.plain.split(";")))
        chosen = {**rule.settings, **dict(settings.options)}
        present = [self._options.itemAt(i, QFormLayout.ItemRole.FieldRole) for i in range(self._options.rowCount())]
        fields = [widget for item in present if item is not None and (widget := item.widget()) is not None]
        if [field.objectName() for field in fields] != [f"option {name}" for name in chosen]:
            while self._options.rowCount():
                self._options.removeRow(0)
            fields = [self._option_field(name) for name in chosen]
        for field, value in zip(fields, chosen.values(), strict=True):
            _show(field, value)

    def _option_field(self, name: str) -> QWidget:
        field = QLineEdit()
        field.setObjectName(f"option {name}")
        field.setAccessibleName(_GREEK[name])
        field.setToolTip("A setting of the optimizer")
        field.setProperty("look", "number")
        field.editingFinished.connect(lambda: self._apply_option(name, field))
        self._options.addRow(_GREEK[name], field)
        return field

    def _choose(self, name: str, value: str) -> None:
        more = {"options": ()} if name == "optimizer" else {}
        self._apply(**{name: value}, **more)

    def _apply_number(self, name: str, field: QLineEdit, *, may_be_none: bool) -> None:
        text = field.text().strip()
        if may_be_none and not text:
            self._apply(**{name: None})
            return
        value = self._read(field)
        if value is not None:
            self._apply(**{name: value})

    def _apply_option(self, name: str, field: QLineEdit) -> None:
        value = self._read(field)
        if value is not None:
            given = {**dict(self._settings.options), name: value}
            usual = _rule(self._settings).settings
            self._apply(options=tuple((key, number) for key, number in given.items() if number != usual[key]))

    def _read(self, field: QLineEdit) -> float | None:
        text = field.text().strip().replace(",", ".")
        show_look(field, "number" if is_number(text) else "bad")
        if not is_number(text):
            self.trouble.setText(f"{field.text() or 'nothing'} is no number; write one such as 0.1 or 1e-3")
            return None
        return float(text.replace(numbers.MINUS, "-"))

    def _apply(self, **settings: Any) -> None:
        if self._is_filling:
            return
        try:
            name = f"Set the {next(iter(settings)).replace('_', ' ')}"
            self._session.document.apply(set_training(**settings), name, merge_key=tuple(settings))
        except GradvizError as error:
            self.trouble.setText(error.message)
        else:
            self.trouble.setText("")

    def _draw_anew(self) -> None:
        try:
            self._session.document.apply(draw_anew, "Draw the start anew")
        except GradvizError as error:
            self.trouble.setText(error.message)
        else:
            self.trouble.setText("")


def _rule(settings: TrainingSettings) -> Any:
    return OPTIMIZERS[settings.optimizer]


def _clips(settings: TrainingSettings) -> bool:
    return not OPTIMIZERS[settings.optimizer].searches


def _show(field: QWidget, value: Any) -> None:
    match field:
        case QLineEdit():
            field.setText("" if value is None else f"{value:.12g}")
            field.setCursorPosition(0)
        case QSpinBox():
            field.setValue(value or 0)
        case QComboBox():
            field.setCurrentIndex(field.findData(value))


def _form() -> QFormLayout:
    form = QFormLayout()
    _shape(form)
    form.setContentsMargins(0, 12, 0, 0)
    return form


def _shape(form: QFormLayout) -> None:
    form.setSpacing(8)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
