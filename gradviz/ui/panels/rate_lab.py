"""The learning-rate lab: several rates from the same start, side by side, and the limit that theory gives."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from gradviz.data.cells import is_number
from gradviz.errors import GradvizError, TrainingError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_training
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.session.worker import Recipe
from gradviz.text.numbers import number
from gradviz.train.paths import Paths, rate_paths
from gradviz.train.rates import MAX_RATES, RangeTest, RateComparison, RateRun, compare_plan, range_test
from gradviz.ui.panels.path_tiles import PathTiles
from gradviz.ui.panels.plot import MUCH_WORSE, Plot, below, finite, logarithms, pen, thinned
from gradviz.ui.panels.rate_row import LOOKS, RateRow, plain_button
from gradviz.ui.panels.rate_slider import RateSlider
from gradviz.ui.panels.widgets import clear, note, scrolling, show_look

_HINT = "Compare learning rates: each starts from the same point"
_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING
_MOST_SHOWN = MAX_RATES
_VIEWS = ("Loss curves", "Paths", "Range test")
_STRETCHES = 60  # dashes want whole curves, and those are slow to draw when they have many points


class RateLabPanel(QWidget):
    """A field for rates, a loss curve for each, and a row for each with its verdict and a button to take it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = replace(session.document.project.training, rate=0.0)
        self._job: Job | None = None
        self.comparison: RateComparison | None = None
        self.tested: RangeTest | None = None
        self.setObjectName("rateLab")
        self.setAccessibleName("Learning-rate lab")
        self.plot = Plot("Loss by iteration, a curve for each learning rate")
        self.plot.show_crosshair()
        self.range_curve = self.plot.add_curve(Token.VALUE)
        self.suggested = self.plot.add_line(Token.PARAMETER)
        self.paths = PathTiles()
        self.view = QComboBox()
        self.view.setObjectName("rateView")
        self.view.setAccessibleName("What is drawn of the rates")
        self.view.addItems(_VIEWS)
        self.slider = RateSlider()
        self._curves: list[Any] = []  # made when there are runs to draw: a window opens the quicker
        self.field = QLineEdit("0.05, 0.2, 1.1")
        self.field.setObjectName("rates")
        self.field.setAccessibleName("Learning rates, separated by commas")
        self.field.setToolTip("Learning rates, separated by commas; Enter compares them")
        self.field.setProperty("look", "number")
        self.run_button = plain_button("Compare", "compare", "Run all these rates from the same start")
        self.suggest_button = plain_button("Suggest", "suggest", "Try rates around the limit 2/λmax")
        self.limit = note()
        self.limit.setToolTip(
            "λmax is the largest curvature of the loss at the start. Beyond 2/λmax every update of gradient descent "
            "goes further away on the other side; with 1/λmax the steepest direction arrives in one step."
        )
        self.error = note(look="error")
        self.error.hide()
        self._rows = QVBoxLayout()
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self.field.setMinimumWidth(64)
        self.field.setCursorPosition(0)
        show_look(self.suggest_button, "flat")
        self.run_button.clicked.connect(self.compare)
        self.suggest_button.clicked.connect(self.suggest)
        self.field.returnPressed.connect(self.compare)
        self.view.currentIndexChanged.connect(lambda _index: self._choose_view())
        self.slider.chosen.connect(self._take)
        self._session.document.changed.connect(self._on_changed)
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

    def test_range(self) -> None:
        """Let the rate grow while one descent runs, beside the window."""
        self._cancel()
        self.error.hide()
        steps = min(max(self._session.document.project.training.steps, 50), 400)
        limit = self.comparison.limit if self.comparison is not None else None
        high = 10 * limit if limit is not None else 10.0
        try:
            recipe = self._session.recipe()
        except GradvizError as error:
            self._fail(error)
            return
        self._set_busy("testing …")
        job = self._session.runner.submit(
            lambda token: range_test(recipe(), high * 1e-6, high, steps, cancelled=token),
            self._take_range,
            lambda error: self._fail(error if isinstance(error, GradvizError) else TrainingError(str(error))),
        )
        self._job = None if job.is_finished else job

    def _take_range(self, tested: RangeTest) -> None:
        self._job = None
        self.tested = tested
        self._show()

    def _choose_view(self) -> None:
        if self.view.currentIndex() == _VIEWS.index("Range test") and self.tested is None:
            self.test_range()
        self.plot.getPlotItem().enableAutoRange()
        self._show()

    def _set_busy(self, text: str) -> None:
        self.run_button.setEnabled(False)
        self.limit.setText(text)

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
        self._set_busy("comparing …")
        job = self._session.runner.submit(
            lambda token: _compared(recipe, rates, steps, token),
            lambda found: self._done(*found, then_suggest),
            lambda error: self._fail(error if isinstance(error, GradvizError) else TrainingError(str(error))),
        )
        self._job = None if job.is_finished else job

    def _done(self, comparison: RateComparison, paths: Paths | None, then_suggest: bool) -> None:
        self._job = None
        self.comparison = comparison
        self.paths.show_paths(paths)
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
        is_only_rate = flags & _CHANGES == ChangeFlags.TRAINING and self._is_same_but_rate()
        if flags & _CHANGES and not is_only_rate:
            self._cancel()
            self.comparison = self.tested = None
            self.paths.show_paths(None)
        if flags & _CHANGES:
            self._show()

    def _is_same_but_rate(self) -> bool:
        """True when nothing but the rate was changed: each compared run has its own."""
        settings = replace(self._session.document.project.training, rate=0.0)
        before, self._settings = self._settings, settings
        return before == settings

    def _show(self) -> None:
        self.run_button.setEnabled(True)
        found = self.comparison
        runs = found.runs[:_MOST_SHOWN] if found is not None else ()
        view = self.view.currentText()
        self.plot.setVisible(view != "Paths")
        self.paths.setVisible(view == "Paths")
        self._clear()
        if view == "Range test":
            self._show_range()
        else:
            self._show_curves(runs)
        self.limit.setText("" if found is None else limit_text(found))
        self.limit.setVisible(found is not None)
        rate = self._session.document.project.training.rate
        self.slider.show_rates(rate, found.limit if found else None, found.proposed if found else None)
        clear(self._rows)
        for run in runs:
            self._rows.addWidget(RateRow(run, self._take))

    def _clear(self) -> None:
        for curve in (*self._curves, self.range_curve):
            curve.setData([], [])
        self.suggested.hide()

    def _show_curves(self, runs: Sequence[RateRun]) -> None:
        self.plot.show_message("" if runs else _HINT)
        is_positive = all(run.losses.min(initial=1.0) > 0 for run in runs)
        self.plot.set_logarithmic(is_positive)
        self.plot.set_names("iteration" if runs else "", "loss" if runs else "")
        seen = list(dict.fromkeys(run.verdict for run in runs))
        self.plot.set_legend([(LOOKS[verdict][0], verdict) for verdict in seen])
        while len(self._curves) < len(runs):
            self._curves.append(self.plot.add_curve(Token.VALUE))
        for curve, run in zip(self._curves, runs, strict=False):
            self._draw(curve, run, is_positive)

    def _draw(self, curve: Any, run: RateRun, is_positive: bool) -> None:
        token, style = LOOKS[run.verdict]
        x = run.run.history.iteration.astype(float)
        curve.setPen(pen(token, 2, style))
        losses = below(run.losses, MUCH_WORSE)
        curve.setData(*thinned(x, logarithms(losses) if is_positive else finite(losses), _STRETCHES))

    def _show_range(self) -> None:
        tested = self.tested
        self.plot.set_legend([])
        has_any = tested is not None and len(tested.losses) > 1
        self.plot.show_message("" if has_any else "The rate grows from iteration to iteration until the loss explodes")
        if tested is None or not has_any:
            return
        is_positive = bool(tested.losses.min() > 0)
        self.plot.set_logarithmic(is_positive)
        self.plot.set_names("log₁₀ ε", "loss")
        y = logarithms(tested.losses) if is_positive else finite(tested.losses)
        self.range_curve.setData(np.log10(tested.rates), y)
        if tested.suggested is not None:
            self.suggested.setPos(np.log10(tested.suggested))
            self.suggested.show()
            self.plot.set_legend([(Token.PARAMETER, f"falls fastest at ε = {number(tested.suggested, 2)}")])

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
        side.addWidget(self.slider)
        side.addWidget(self.limit)
        self._rows.setSpacing(0)
        side.addLayout(self._rows)  # last: however many they are, the limit stays in view
        side.addStretch(1)
        body = QWidget()
        body.setObjectName("columnBody")
        body.setLayout(side)
        scroll = scrolling(body)  # a low dock can be scrolled to the last rate
        scroll.setObjectName("column")
        scroll.setMinimumWidth(180)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._plots(), 1)
        row.addWidget(scroll, 1)

    def _plots(self) -> QVBoxLayout:
        """The choice of what is drawn, above what is drawn."""
        above = QHBoxLayout()
        above.setContentsMargins(8, 4, 0, 0)
        above.setSpacing(4)
        above.addWidget(self.view)
        above.addWidget(self.suggest_button)
        above.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.plot, 1)
        column.addWidget(self.paths, 1)
        return column


def _compared(
    recipe: Recipe, rates: list[float], steps: int, token: CancelToken
) -> tuple[RateComparison, Paths | None]:
    """In a worker: the comparison, and the ways on one picture of the loss."""
    comparison = compare_plan(recipe(), rates, steps, cancelled=token)
    return comparison, rate_paths(comparison, cancelled=token)


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
    if found.limit is not None and found.proposed is not None:
        return f"limit 2/λmax = {number(found.limit)}, proposed 1/λmax = {number(found.proposed)}"
    return "no limit here: the loss curves upwards in no direction"
