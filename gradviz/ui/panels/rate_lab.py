"""The learning-rate lab: several rates from the same start, side by side, and the limit that theory gives."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gradviz.data.cells import is_number
from gradviz.errors import GradvizError, TrainingError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_training
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.rates import MAX_RATES, RateComparison, RateRun, compare_plan
from gradviz.ui.panels.plot import Plot, finite, logarithms, pen, thinned
from gradviz.ui.panels.widgets import ElidedLabel, clear, note, show_look

_HINT = "Compare learning rates: each starts from the same point"
_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING
_LOOKS = {
    "too small": (Token.VALUE, Qt.PenStyle.DotLine),
    "good": (Token.PARAMETER, Qt.PenStyle.SolidLine),
    "too large": (Token.ERROR, Qt.PenStyle.DashLine),
}
_MOST_SHOWN = 8
_STRETCHES = 60  # dashes want whole curves, and those are slow to draw when they have many points


class RateLabPanel(QWidget):
    """A field for rates, a loss curve for each, and a row for each with its verdict and a button to take it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.comparison: RateComparison | None = None
        self.setObjectName("rateLab")
        self.setAccessibleName("Learning-rate lab")
        self.plot = Plot("Loss by iteration, a curve for each learning rate")
        self._curves = [self.plot.add_curve(Token.VALUE) for _ in range(_MOST_SHOWN)]
        self.field = QLineEdit("0.05, 0.2, 1.1")
        self.field.setObjectName("rates")
        self.field.setAccessibleName("Learning rates, separated by commas")
        self.field.setToolTip("Learning rates, separated by commas; Enter compares them")
        self.field.setProperty("look", "number")
        self.run_button = _button("Compare", "compare", "Run all these rates from the same start")
        self.suggest_button = _button("Suggest", "suggest", "Try rates around the limit 2/λmax")
        self.limit = ElidedLabel(look="muted")
        self.error = note(look="error")
        self.error.hide()
        self._rows = QVBoxLayout()
        self._lay_out()
        self.field.setMinimumWidth(64)
        self.field.setCursorPosition(0)
        show_look(self.suggest_button, "flat")
        self.run_button.clicked.connect(self.compare)
        self.suggest_button.clicked.connect(self.suggest)
        self.field.returnPressed.connect(self.compare)
        session.document.changed.connect(self._on_changed)
        self.plot.dressed(self._show)

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    def compare(self) -> None:
        """Run the rates of the field beside the window and show what comes of them."""
        try:
            rates = read_rates(self.field.text())
        except ValueError as error:
            self._fail(TrainingError(str(error)))
            return
        self._submit(rates)

    def suggest(self) -> None:
        """Choose rates around the limit: a twentieth, a half and a tenth more than it."""
        limit = self.comparison.limit if self.comparison is not None else None
        if limit is None:
            self._submit([self._session.document.project.training.rate], then_suggest=True)
            return
        self.field.setText(", ".join(number(part * limit, 2) for part in (0.05, 0.5, 1.1)))
        self.compare()

    def _submit(self, rates: list[float], *, then_suggest: bool = False) -> None:
        self._cancel()
        show_look(self.field, "number")
        self.error.hide()
        steps = self._session.document.project.training.steps
        try:
            recipe = self._session.recipe()
        except GradvizError as error:
            self._fail(error)
            return
        self.run_button.setEnabled(False)
        self.limit.show_text("comparing …")
        job = self._session.runner.submit(
            lambda token: compare_plan(recipe(), rates, steps, cancelled=token),
            lambda comparison: self._done(comparison, then_suggest),
            lambda error: self._fail(error if isinstance(error, GradvizError) else TrainingError(str(error))),
        )
        self._job = None if job.is_finished else job

    def _done(self, comparison: RateComparison, then_suggest: bool) -> None:
        self._job = None
        self.comparison = comparison
        self._show()
        if then_suggest and comparison.limit is not None:
            self.suggest()

    def _fail(self, error: GradvizError) -> None:
        self._job = None
        self.comparison = None
        show_look(self.field, "bad" if isinstance(error, TrainingError) else "number")
        self._show()
        self.error.setText(error.message)
        self.error.show()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & _CHANGES and (self.comparison is not None or self._job is not None):
            self._cancel()
            self.comparison = None
            self._show()

    def _show(self) -> None:
        self.run_button.setEnabled(True)
        found = self.comparison
        runs = found.runs[:_MOST_SHOWN] if found is not None else ()
        self.plot.show_message("" if runs else _HINT)
        is_positive = all(run.losses.min(initial=1.0) > 0 for run in runs)
        self.plot.set_logarithmic(is_positive)
        for place, curve in enumerate(self._curves):
            if place < len(runs):
                self._draw(curve, runs[place], is_positive)
            else:
                curve.setData([], [])
        self.limit.show_text("" if found is None else limit_text(found))
        clear(self._rows)
        for run in runs:
            self._rows.addWidget(_RateRow(run, self._take))

    def _draw(self, curve: Any, run: RateRun, is_positive: bool) -> None:
        token, style = _LOOKS[run.verdict]
        x = run.run.history.iteration.astype(float)
        curve.setPen(pen(token, 2, style))
        curve.setData(*thinned(x, logarithms(run.losses) if is_positive else finite(run.losses), _STRETCHES))

    def _take(self, rate: float) -> None:
        self._session.document.apply(set_training(rate=rate), "Set rate")

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(4)
        controls.addWidget(self.field, 1)
        controls.addWidget(self.run_button)
        side = QVBoxLayout()
        side.setContentsMargins(8, 4, 8, 4)
        side.setSpacing(4)
        side.addLayout(controls)
        side.addWidget(self.error)
        below = QHBoxLayout()
        below.setSpacing(4)
        below.addWidget(self.limit, 1)
        below.addWidget(self.suggest_button)
        side.addLayout(below)
        self._rows.setSpacing(0)
        side.addLayout(self._rows)
        side.addStretch(1)
        body = QWidget()
        body.setObjectName("columnBody")
        body.setLayout(side)
        scroll = QScrollArea()  # a low dock can be scrolled to the last rate
        scroll.setObjectName("column")
        scroll.setWidgetResizable(True)
        scroll.setMinimumWidth(180)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(scroll, 1)


class _Swatch(QWidget):
    """A piece of the curve's line, so that colour and dashes say which curve is meant."""

    def __init__(self, verdict: str) -> None:
        super().__init__()
        self._verdict = verdict
        self.setFixedSize(24, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token, style = _LOOKS[self._verdict]
        painter.setPen(pen(token, 2, style))
        painter.drawLine(0, 6, 24, 6)
        painter.end()


class _RateRow(QFrame):
    """One rate: its line, its verdict in words, and a button to train with it."""

    def __init__(self, run: RateRun, take: Callable[[float], None]) -> None:
        super().__init__()
        self.setProperty("look", "row")
        self.setToolTip(run.reason[0].upper() + run.reason[1:])
        self.setAccessibleName(f"rate {number(run.rate)}: {run.verdict}, {run.reason}")
        rate = QLabel(f"ε = {number(run.rate)}")
        rate.setProperty("look", "number")
        use = _button("Use", "use", f"Train with the rate {number(run.rate)}")
        use.setProperty("look", "flat")
        use.clicked.connect(lambda: take(run.rate))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(_Swatch(run.verdict))
        top.addWidget(rate)
        top.addStretch(1)
        top.addWidget(use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(ElidedLabel(f"{run.verdict}: {run.reason}", "muted"))


def read_rates(text: str) -> list[float]:
    """The rates in a text such as "0.05, 0.2, 1.1"; raises ValueError with advice for anything else."""
    parts = [part for part in text.replace(";", " ").replace(",", " ").split() if part]
    if not parts or not all(map(is_number, parts)):
        raise ValueError("rates are numbers separated by commas, such as 0.05, 0.2, 1.1")
    if len(parts) > MAX_RATES:
        raise ValueError(f"at most {MAX_RATES} rates can be compared; there are {len(parts)}")
    return [float(part.replace("−", "-")) for part in parts]


def limit_text(found: RateComparison) -> str:
    """What the theory says: the limit 2/λmax, or why there is none."""
    if found.limit is not None:
        return f"2/λmax = {number(found.limit)}: beyond it gradient descent moves away"
    return "no limit here: the loss curves upwards in no direction"


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
