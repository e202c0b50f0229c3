"""Two runs side by side: the shown one, and one that was kept, another iteration or sample, or a what-if's original."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from gradviz.core.comparison import Change, Comparison
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.export.accents import signed
from gradviz.export.theme import Token
from gradviz.session.comparing import KeptRun
from gradviz.session.neighbours import run_at_iteration, run_of_sample
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.panels.facts import shown_names
from gradviz.ui.panels.lens_bar import loss_words
from gradviz.ui.panels.row_table import Cell, Line, RowTable
from gradviz.ui.panels.widgets import ElidedLabel, note, show_look

COLUMNS = ("node", "value before", "now", "change", "adjoint before", "now", "change")
_HINT = "Nothing to compare with yet. Keep this run and change something, choose an iteration or a sample, "
_HINT += "or give a node another number under “What if” in the inspector."


class ComparePanel(QWidget):
    """The nodes that differ, the largest change first; a click selects one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.comparison: Comparison | None = None
        self.setObjectName("comparePanel")
        self.setAccessibleName("Two runs compared")
        self.keep = QPushButton("Keep this run")
        self.keep.setToolTip("Remember the run that is shown, to compare others with it")
        self.keep.clicked.connect(self.keep_run)
        self.against = QPushButton("Compare with…")
        self.against.setToolTip("A kept run, another iteration, another sample")
        self.menu = QMenu(self.against)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.against.setMenu(self.menu)
        self.words = ElidedLabel("", "muted")
        self.table = RowTable("What differs", COLUMNS)
        self.table.chosen.connect(self._choose)
        self.hint = note(_HINT)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        for button in (self.keep, self.against):
            show_look(button, "small")
            button.setStyleSheet("min-height: 18px; padding: 1px 8px; font-size: 12px;")
            head.addWidget(button)
        head.addWidget(self.words, 1)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(16, 8, 16, 8)
        inner.addWidget(self.hint)
        inner.addStretch(1)
        self._pages = QStackedLayout()
        self._pages.addWidget(page)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._pages, 1)
        session.lens.changed.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self.refresh()

    def refresh(self) -> None:
        """Show what differs now."""
        self.keep.setEnabled(self._session.lens.trace is not None)
        self.against.setEnabled(self._session.lens.trace is not None)
        if not self.isVisible():
            return
        comparison = self.comparison = self._session.lens.comparison
        self._pages.setCurrentIndex(0 if comparison is None else 1)
        if comparison is None:
            self.words.show_text("")
            return
        changed = comparison.changed
        same = len(comparison.values) - len(changed)
        others = (
            f"{numbers.plural(len(changed), 'node')} changed, {same} unchanged" if changed else "both runs are the same"
        )
        self.words.show_text(f"{self._name()}: {loss_words(comparison)} · {others}")
        self.table.rows.show_rows(len(changed), lambda row: _line(comparison, changed[row]))

    def keep_run(self) -> None:
        """Remember the shown run, and compare with it from now on."""
        trace = self._session.lens.trace
        if trace is not None:
            self._session.lens.comparing.keep(run_name(self._session), trace)
            self._session.lens.comparing.compare_with(self._session.lens.comparing.kept[-1])

    def compare_with_iteration(self, iteration: int) -> None:
        """Compare with the run of an iteration, recorded anew beside the window."""
        trace, session = self._session.debugger.trace, self._session
        if trace is None:
            return
        graph, recipe, values = trace.graph, session.recipe(), session.values()
        self._ask(f"iteration {iteration}", lambda token: run_at_iteration(graph, recipe, values, iteration, token))

    def compare_with_sample(self, sample: int) -> None:
        """Compare with the run of another sample."""
        trace, session = self._session.debugger.trace, self._session
        if trace is None or not session.sample_count:
            return
        graph, values, data = trace.graph, session.values(), session.data()
        self._ask(f"sample {sample}", lambda _token: run_of_sample(graph, values, data, sample))

    def _ask(self, name: str, work: Callable[[CancelToken], Trace | None]) -> None:
        if self._job is not None:
            self._job.cancel()

        def done(trace: Trace | None) -> None:
            if trace is not None:
                self._session.lens.comparing.compare_with(KeptRun(name, trace))

        self._job = self._session.runner.submit(work, done, lambda error: self.words.show_text(str(error)))

    def _name(self) -> str:
        against = self._session.lens.comparing.against
        return f"from {against.name}" if against is not None else "what if"

    def _fill_menu(self) -> None:
        self.menu.clear()
        comparing, session = self._session.lens.comparing, self._session
        for run in reversed(comparing.kept):
            self.menu.addAction(run.name).triggered.connect(partial(self._compare, run))
        if comparing.kept:
            self.menu.addSeparator()
        last, shown = session.training.last_iteration, session.iteration
        if last:
            if shown:
                self._offer("The iteration before", partial(self.compare_with_iteration, shown - 1))
                self._offer("The first iteration", partial(self.compare_with_iteration, 0))
            self._offer("Iteration…", partial(self._prompt, "iteration", last, self.compare_with_iteration))
        if session.sample_count > 1:
            self._offer("Sample…", partial(self._prompt, "sample", session.sample_count - 1, self.compare_with_sample))
        if comparing.against is not None:
            self.menu.addSeparator()
            self._offer("Nothing", partial(comparing.compare_with, None))
        if comparing.kept:
            self._offer("Forget the kept runs", comparing.forget)
        if self.menu.isEmpty():
            self.menu.addAction("Keep a run first, or train").setEnabled(False)

    def _offer(self, words: str, do: Callable[[], object]) -> None:
        self.menu.addAction(words).triggered.connect(lambda _checked=False: do())

    def _compare(self, run: KeptRun, _checked: bool = False) -> None:
        self._session.lens.comparing.compare_with(run)

    def _prompt(self, what: str, most: int, take: Callable[[int], None]) -> None:
        dialog = QInputDialog(self)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setWindowTitle("Compare")
        dialog.setLabelText(f"With which {what} (0 to {most})?")
        dialog.setIntRange(0, most)
        dialog.intValueSelected.connect(take)
        dialog.open()

    def _choose(self, row: int) -> None:
        if self.comparison is not None and row < len(self.comparison.changed):
            self._session.selection.select(self.comparison.changed[row])


def run_name(session: Session) -> str:
    """What the shown run is called: iteration 3, sample 7, what if."""
    parts = [f"iteration {session.iteration}"] if session.training.last_iteration else []
    if session.lens.samples.total is not None:
        parts.append("sum of samples")
    elif session.sample_count:
        parts.append(f"sample {session.sample}")
    if session.lens.what_if.is_active:
        parts.append("what if")
    trace = session.lens.trace
    if trace is not None and trace.values[trace.graph.output] is not None:
        loss = f"L = {numbers.value(trace.values[trace.graph.output], 4)}"
        parts.append(loss if parts else f"the run with {loss}")
    return ", ".join(parts) or "this run"


def _line(comparison: Comparison, node: NodeId) -> Line:
    name = shown_names(comparison.before.graph)[node]
    value, adjoint = comparison.values[node], comparison.adjoints[node]
    return (Cell(name), *_cells(value, Token.VALUE), *_cells(adjoint, Token.DERIVATIVE))


def _cells(change: Change, token: Token) -> Line:
    if change.size == 0:
        return Cell(""), _number(change.after, Token.MUTED), Cell("")
    return _number(change.before, Token.MUTED), _number(change.after, token), Cell(_difference(change), Token.TEXT)


def _number(value: Array | None, token: Token) -> Cell:
    if value is None:
        return Cell("–", Token.MUTED)
    text = numbers.value(value, 4)
    if len(text) > 14:
        text = f"‖·‖ {numbers.number(norm(value), 4)}"
    return Cell(text, token if np.all(np.isfinite(value)) else Token.ERROR)


def _difference(change: Change) -> str:
    difference = change.difference
    if difference is None:
        return "–"
    return f"‖Δ‖ {numbers.number(change.size, 3)}" if np.ndim(difference) else signed(float(difference))
