"""How gradient descent is to run: a small dialog whose changes are commands of the document."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gradviz.errors import GradvizError
from gradviz.project.commands import set_training
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.train.optimizer import OPTIMIZERS
from gradviz.ui.panels.widgets import note

ALL = "all samples"


class TrainingDialog(QDialog):
    """Learning rate, iterations, optimizer, batch, sum or mean, seed. Each change is applied at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("trainingDialog")
        self.setWindowTitle("Training settings")
        settings = session.document.project.training
        self.rate = QLineEdit(repr(settings.rate))
        self.rate.setValidator(QDoubleValidator(0.0, 1e9, 12, self.rate))
        self.rate.setProperty("look", "number")
        self.steps = _spin(1, 100_000_000, settings.steps)
        self.optimizer = _choice(tuple(OPTIMIZERS), settings.optimizer)
        self.batch = _spin(0, 10_000_000, settings.batch or 0)
        self.batch.setSpecialValueText(ALL)
        self.reduce = _choice(("mean", "sum"), settings.reduce)
        self.seed = _spin(0, 2_147_483_647, settings.seed)
        self.trouble = note("", "error")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label, tip, widget in (
            ("rate", "Learning rate ε", "θ ← θ − ε ∇L(θ)", self.rate),
            ("steps", "Iterations", "How many updates one run makes", self.steps),
            ("optimizer", "Optimizer", "The update rule", self.optimizer),
            ("batch", "Samples an iteration", "A smaller batch makes each iteration cheaper and noisier", self.batch),
            ("reduce", "Loss over the samples", "The mean does not grow with the data, the sum does", self.reduce),
            ("seed", "Seed", "The same seed gives the same run", self.seed),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(label)
            widget.setToolTip(tip)
            form.addRow(label, widget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(
            False
        )  # Enter ends a field, not the dialog
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.trouble)
        column.addWidget(buttons)
        self.setMinimumWidth(380)

    def _connect(self) -> None:
        self.rate.editingFinished.connect(self._apply_rate)
        self.steps.valueChanged.connect(lambda number: self._apply(steps=number))
        self.optimizer.currentTextChanged.connect(lambda name: self._apply(optimizer=name))
        self.batch.valueChanged.connect(lambda number: self._apply(batch=number or None))
        self.reduce.currentTextChanged.connect(lambda name: self._apply(reduce=name))
        self.seed.valueChanged.connect(lambda number: self._apply(seed=number))

    def _apply_rate(self) -> None:
        try:
            self._apply(rate=float(self.rate.text().replace(numbers.MINUS, "-").replace(",", ".")))
        except ValueError:
            self.trouble.setText(f"{self.rate.text()} is no number")

    def _apply(self, **settings: Any) -> None:
        try:
            name = f"Set the {next(iter(settings))}"
            self._session.document.apply(set_training(**settings), name, merge_key=tuple(settings))
        except GradvizError as error:
            self.trouble.setText(error.message)
        else:
            self.trouble.setText("")


def _spin(low: int, high: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setKeyboardTracking(False)
    box.setGroupSeparatorShown(True)
    return box


def _choice(names: tuple[str, ...], present: str) -> QComboBox:
    box = QComboBox()
    box.addItems(names)
    box.setCurrentText(present)
    return box
