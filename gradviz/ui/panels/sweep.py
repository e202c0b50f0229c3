"""Sweeps in the window: what varies, how far it has got, and what came of it as a table and two plots.

The cases run in a pool of processes beside the window; each outcome is shown as it comes in.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.core.types import Array, Role
from gradviz.data.cells import is_number
from gradviz.errors import GradvizError, TrainingError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_training
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.initialisers import canonical_initialiser
from gradviz.train.settings import TrainingSettings
from gradviz.train.sweep import Grid, Outcome, Subject, cases, run_in_pool
from gradviz.ui.panels.plot import MUCH_WORSE, Plot, below, finite, logarithms, pen
from gradviz.ui.panels.widgets import note
from gradviz.ui.theme import SMALL, number_font, theme

_HINT = "Run every combination of rates, optimizers, seeds and starts"
_COLUMNS = ("ε", "optimizer", "loss", "seed", "start", "iterations", "")
_COLOURS = (Token.VALUE, Token.PARAMETER, Token.DATA, Token.DERIVATIVE, Token.CURRENT, Token.MUTED, Token.ERROR)
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_MOST_CURVES = 60
_WIDE = 760
"""From this width on, plot and table stand beside each other."""
_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA


class SweepPanel(QWidget):
    """Fields for what varies, run and stop, a table of outcomes, and curves or final losses in one plot."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._total = 0
        self.outcomes: list[Outcome] = []
        self.setObjectName("sweepPanel")
        self.setAccessibleName("Sweep")
        self.rates = _field("sweepRates", "0.01, 0.1, 1", "Learning rates, separated by commas")
        self.optimizers = _field("sweepOptimizers", "sgd, adam", "Optimizers, such as sgd, momentum, adam")
        self.seeds = _field("sweepSeeds", "", "Seeds, such as 0, 1, 2 or 0..9; each draws its own start")
        self.starts = _field("sweepStarts", "", "First values, such as lecun, glorot, he")
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("sweepRun")
        self.run_button.setToolTip("Run all combinations beside the window; again to stop")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("How many runs are done")
        self.status = note("", "small")
        self.error = note("", "error")
        self.error.hide()
        self.view = QComboBox()
        self.view.setObjectName("sweepView")
        self.view.setAccessibleName("What the plot shows")
        self.view.addItems(["Curves", "Final losses", "Table"])
        self.plot = Plot("Loss of every run")
        self.plot.show_crosshair()
        self._curves: list[Any] = []  # made when there are runs to draw: a window opens the quicker
        self._points: list[Any] = []
        self.table = _table()
        self._lay_out()
        self._connect()
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_view()

    def run(self) -> None:
        """Run the sweep that the fields say; while one runs, stop it."""
        if self._job is not None:
            self.stop()
            return
        try:
            listed = cases(self._session.document.project.training, self._grid())
            subject = self._subject()
        except (GradvizError, ValueError) as error:
            self._say(error.message if isinstance(error, GradvizError) else str(error))
            return
        self.error.hide()
        self.outcomes = []
        self._total = len(listed)
        self.run_button.setText("Stop")
        self._show_progress()
        job = self._session.runner.submit(
            lambda token: self._work(subject, listed, token), lambda _nothing: self._ended(), self._failed
        )
        self._job = None if job.is_finished else job

    def stop(self) -> None:
        """Stop; what has come in stays."""
        if self._job is not None:
            self._job.cancel()
        self._ended()

    def _work(self, subject: Subject, listed: list[TrainingSettings], token: CancelToken) -> None:
        """In a worker: run the cases and post each outcome to the window."""
        post = self._session.runner.post

        def done(_place: int, outcome: Outcome) -> None:
            post(partial(self._take, token, outcome))

        run_in_pool(subject, listed, done, token)

    def _take(self, token: CancelToken, outcome: Outcome) -> None:
        if token.is_cancelled:
            return
        self.outcomes.append(outcome)
        self.outcomes.sort(key=lambda found: (found.diverged, found.loss))
        self._show_progress()
        self._draw()
        self._fill_table()

    def _ended(self) -> None:
        self._job = None
        self.run_button.setText("Run")
        self._show_progress()
        self.progress.setVisible(False)

    def _failed(self, error: Exception) -> None:
        self._ended()
        self._say(error.message if isinstance(error, GradvizError) else f"the sweep failed: {error}")

    def _say(self, text: str) -> None:
        self.error.setText(text)
        self.error.show()

    def _subject(self) -> Subject:
        project, data = self._session.document.project, self._session.data()
        if project.graph is None:
            raise TrainingError("there is nothing to train; type a formula first")
        values = {name: value for name, value in project.values.items() if name not in data}
        fixed = tuple(name for name in values if project.leaves[name].role is not Role.PARAMETER)
        is_drawn = bool(self.seeds.text().strip() or self.starts.text().strip())
        defaults = project.graph.defaults
        free = [name for name in project.parameters if name not in defaults]
        drawn = {name: values[name].shape for name in free} if is_drawn else {}
        return Subject(project.graph, values, data or None, fixed, drawn)

    def _grid(self) -> Grid:
        return Grid(
            tuple(float(part) for part in _parts(self.rates, is_number, "rates are numbers such as 0.01, 0.1")),
            tuple(part.casefold() for part in _parts(self.optimizers)),
            _seeds(self.seeds.text()),
            tuple(map(canonical_initialiser, _parts(self.starts))),
        )

    def _show_progress(self) -> None:
        done = len(self.outcomes)
        self.progress.setVisible(self._job is not None or done < self._total)
        self.progress.setRange(0, max(1, self._total))
        self.progress.setValue(done)
        self.status.setText(f"{done} of {self._total} runs" if self._total else "")

    def _choose_view(self) -> None:
        """Plot and table beside each other where there is room, else the one that is chosen."""
        wants_table, has_room = self.view.currentIndex() == 2, self.width() >= _WIDE
        self.plot.setVisible(has_room or not wants_table)
        self.table.setVisible(has_room or wants_table)

    def _draw(self) -> None:
        self._choose_view()
        self.plot.show_message("" if self.outcomes else _HINT)
        shows_curves = self.view.currentIndex() != 1
        finite_losses = [o for o in self.outcomes if o.iteration.size]
        is_logarithmic = all(np.nanmin(o.losses, initial=1.0) > 0 for o in finite_losses)
        self.plot.set_logarithmic(is_logarithmic)
        scaled: Callable[[Array], Array] = logarithms if is_logarithmic else finite
        rules = list(dict.fromkeys(o.settings.optimizer for o in sorted(self.outcomes, key=lambda o: o.label)))
        self._draw_curves(finite_losses if shows_curves else [], rules, scaled)
        self._draw_points([] if shows_curves else self.outcomes, rules, scaled)
        names = ("iteration", "loss") if shows_curves else ("log₁₀ ε", "final loss")
        self.plot.set_names(*(names if self.outcomes else ("", "")))
        self.plot.set_legend([(_COLOURS[i % len(_COLOURS)], rule) for i, rule in enumerate(rules)])

    def _draw_curves(self, outcomes: list[Outcome], rules: list[str], scaled: Callable[[Array], Array]) -> None:
        seeds = list(dict.fromkeys(o.settings.seed for o in outcomes))
        shown = outcomes[:_MOST_CURVES]
        while len(self._curves) < len(shown):
            self._curves.append(self.plot.add_curve(Token.VALUE))
        for curve in self._curves[len(shown) :]:
            curve.setData([], [])
        for curve, outcome in zip(self._curves, shown, strict=False):
            colour = _COLOURS[rules.index(outcome.settings.optimizer) % len(_COLOURS)]
            style = _STYLES[seeds.index(outcome.settings.seed) % len(_STYLES)]
            curve.setPen(pen(colour, 1.5, style))
            curve.setData(outcome.iteration, scaled(below(outcome.losses, MUCH_WORSE)))

    def _draw_points(self, outcomes: list[Outcome], rules: list[str], scaled: Callable[[Array], Array]) -> None:
        if outcomes and not self._points:
            self._points = [self.plot.add_points(token, size=8) for token in _COLOURS]
        for place, points in enumerate(self._points):
            mine = [
                o
                for o in outcomes
                if not o.diverged and o.settings.rate > 0 and rules.index(o.settings.optimizer) % len(_COLOURS) == place
            ]
            rates = np.log10([o.settings.rate for o in mine]) if mine else np.array([])
            y = np.asarray(scaled(np.array([o.loss for o in mine], dtype=float)), dtype=float)
            is_seen = np.isfinite(y)
            points.setData(rates[is_seen], y[is_seen])

    def _fill_table(self) -> None:
        self.table.setRowCount(len(self.outcomes))
        for i, outcome in enumerate(self.outcomes):
            s = outcome.settings
            told = outcome.failure or ("diverged" if outcome.diverged else "best" if i == 0 else "")
            cells = (
                number(s.rate),
                s.optimizer,
                number(outcome.loss),
                str(s.seed),
                s.initialiser,
                f"{outcome.iterations:,}",
                told,
            )
            for j, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(told or "Double-click to train with these settings")
                if outcome.diverged:
                    item.setForeground(theme()[Token.MUTED])
                self.table.setItem(i, j, item)

    def _use(self, row: int) -> None:
        s = self.outcomes[row].settings
        chosen = {"rate": s.rate, "optimizer": s.optimizer, "seed": s.seed, "initialiser": s.initialiser}
        self._session.document.apply(set_training(**chosen, options=s.options), "Use the settings of a sweep")

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (_CHANGES | ChangeFlags.REPLACED) and (self.outcomes or self._job is not None):
            self.stop()
            self.outcomes, self._total = [], 0
            self._show_progress()
            self._fill_table()
            self._draw()

    def _connect(self) -> None:
        self.run_button.clicked.connect(self.run)
        for field in (self.rates, self.optimizers, self.seeds, self.starts):
            field.returnPressed.connect(self.run)
        self.view.currentIndexChanged.connect(lambda _index: self._draw())
        self.table.cellDoubleClicked.connect(lambda row, _column: self._use(row))
        self._session.document.changed.connect(self._on_changed)
        self.plot.dressed(self._draw)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(4)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        for text, field in (
            ("Rates", self.rates),
            ("Rules", self.optimizers),
            ("Seeds", self.seeds),
            ("Starts", self.starts),
        ):
            label = QLabel(text)
            label.setProperty("look", "muted")
            form.addRow(label, field)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.view, 1)
        side = QVBoxLayout()
        side.setContentsMargins(8, 4, 8, 4)
        side.setSpacing(4)
        side.addLayout(form)
        side.addLayout(buttons)
        for widget in (self.progress, self.status, self.error):
            side.addWidget(widget)
        side.addStretch(1)
        body = QWidget()
        body.setLayout(side)
        body.setFixedWidth(212)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(body)
        row.addWidget(self.plot, 3)
        row.addWidget(self.table, 3)
        self.progress.hide()


def _field(name: str, text: str, tip: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setObjectName(name)
    field.setAccessibleName(tip)
    field.setToolTip(tip)
    field.setProperty("look", "number")
    field.setPlaceholderText("as set")
    return field


def _table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setObjectName("sweepTable")
    table.setAccessibleName("Runs of the sweep, the best first")
    table.setHorizontalHeaderLabels(list(_COLUMNS))
    table.setFont(number_font(SMALL))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().setDefaultSectionSize(22)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    table.setMinimumWidth(160)
    return table


def _parts(field: QLineEdit, is_good: Callable[[str], bool] = bool, advice: str = "") -> list[str]:
    parts = field.text().replace(";", ",").replace(",", " ").split()
    if not all(map(is_good, parts)):
        raise ValueError(advice)
    return [part.replace("−", "-") for part in parts]


def _seeds(text: str) -> tuple[int, ...] | range:
    first, dots, last = text.strip().partition("..")
    parts = [first, last] if dots else text.replace(",", " ").split()
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise ValueError("seeds are whole numbers such as 0, 1, 2 or 0..9")
    return range(int(first), int(last) + 1) if dots else tuple(map(int, parts))
