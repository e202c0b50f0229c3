"""The gradient of the sum is the sum of the gradients: every sample's own gradient, their sum, and that of the batch.

The first two rows are Σ gᵢ, added up sample by sample, and ∇Σℓᵢ as the batched executor has it in one go; the line
above says whether both agree. A click on a head sorts, a click on a row shows that sample's run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from gradviz.core.per_sample import LeafSum, SampleGradients, sample_gradients
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.session.politeness import polite
from gradviz.session.runner import CancelToken, Job
from gradviz.session.samples import Batch
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display
from gradviz.ui.panels.sample_table import table_view
from gradviz.ui.panels.widgets import ElidedLabel, note
from gradviz.ui.theme import theme

REST_MS = 250
"""How long parameters and data must rest before all samples are gone through."""
MOST_ELEMENTS = 24
"""So many elements of gradients have a column of their own; lengths tell of the others."""
ROW_HEIGHT = 22

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """One column: its head, a number a sample, and the numbers of the sum and of the batch."""

    head: str
    samples: Array
    totals: tuple[float, float]
    token: Token


def columns_of(found: SampleGradients) -> list[Numbers]:
    """Number, loss and length of the gradient, then each element of it, or each leaf's length where they are many."""
    parts = tuple({n: getattr(leaf, which) for n, leaf in found.leaves.items()} for which in ("total", "batch"))
    lengths = tuple(float(np.sqrt(sum(float(np.sum(np.square(g))) for g in part.values()))) for part in parts)
    columns = [
        Numbers("sample", np.arange(found.count, dtype=np.float64), (np.nan, np.nan), Token.TEXT),
        Numbers("loss", found.losses, (float(np.sum(found.losses)), found.loss), Token.VALUE),
        Numbers("|g|", found.norms, (lengths[0], lengths[1]), Token.DERIVATIVE),
    ]
    kept = {name: leaf for name, leaf in found.leaves.items() if leaf.each is not None}
    is_short = sum(leaf.total.size for leaf in kept.values()) <= MOST_ELEMENTS
    for name, leaf in kept.items():
        columns += _elements(name, leaf) if is_short else [_length(name, leaf)]
    return columns


def _elements(name: str, leaf: LeafSum) -> Iterator[Numbers]:
    assert leaf.each is not None
    each = leaf.each.reshape(len(leaf.each), -1)
    totals, batch, places = np.ravel(leaf.total), np.ravel(leaf.batch), np.ndindex(leaf.total.shape)
    for i, place in enumerate(places):
        where = f"[{', '.join(map(str, place))}]" if place else ""
        sums = (float(totals[i]), float(batch[i]))
        yield Numbers(f"∂/∂{display(name)}{where}", each[:, i], sums, Token.DERIVATIVE)


def _length(name: str, leaf: LeafSum) -> Numbers:
    assert leaf.each is not None
    each = np.sqrt(np.sum(np.square(leaf.each.reshape(len(leaf.each), -1)), axis=1))
    sums = (float(np.linalg.norm(np.ravel(leaf.total))), float(np.linalg.norm(np.ravel(leaf.batch))))
    return Numbers(f"|∂/∂{display(name)}|", each, sums, Token.DERIVATIVE)


class _Model(QAbstractTableModel):
    """Columns of numbers, aligned and in the colours of their meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: list[Numbers] = []

    def columnCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(theme().current[self.columns[index.column()].token])
            case _:
                return None

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError


class TotalsModel(_Model):
    """Two rows: the sum of the samples' gradients, and the gradient of the batch."""

    arrow = (2, True)

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() or not self.columns else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        mark = "" if section != self.arrow[0] else " ▾" if self.arrow[1] else " ▴"
        return f"{self.columns[section].head}{mark}"

    def text(self, row: int, column: int) -> str:
        return ("Σ", "batch")[row] if column == 0 else numbers.number(self.columns[column].totals[row])


class PerSampleModel(_Model):
    """A row a sample in the order that was asked for; cells are written when they are seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order = np.empty(0, dtype=np.intp)
        self.sorted_by = (2, True)

    def show_columns(self, columns: list[Numbers]) -> None:
        """Show other numbers."""
        self.beginResetModel()
        self.columns = columns
        self._arrange()
        self.endResetModel()

    def sort_by(self, column: int) -> None:
        """Sort by a column, the largest first; by the same column again, the smallest first."""
        falls = not self.sorted_by[1] if column == self.sorted_by[0] else column != 0
        self.beginResetModel()
        self.sorted_by = column, falls
        self._arrange()
        self.endResetModel()

    def row_of(self, sample: int) -> int | None:
        """The row of a sample."""
        places = np.flatnonzero(self.order == sample)
        return int(places[0]) if places.size else None

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.order)

    def text(self, row: int, column: int) -> str:
        sample = int(self.order[row])
        return str(sample) if column == 0 else numbers.number(float(self.columns[column].samples[sample]))

    def _arrange(self) -> None:
        if not self.columns:
            self.order = np.empty(0, dtype=np.intp)
            return
        if self.sorted_by[0] >= len(self.columns):
            self.sorted_by = 2, True
        values = self.columns[self.sorted_by[0]].samples
        signed = -values if self.sorted_by[1] else values
        self.order = np.argsort(np.where(np.isnan(signed), np.inf, signed), kind="stable")


class PerSample(QWidget):
    """The line that says whether both agree, and the table."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._known: Batch | None = None
        self._asked: Batch | None = None
        self.setObjectName("perSample")
        self.setAccessibleName("The gradient of each sample")
        self.verdict = ElidedLabel("", "muted")
        self.verdict.setObjectName("perSampleVerdict")
        self.model = PerSampleModel(self)
        self.found: SampleGradients | None = None
        self.totals_model = TotalsModel(self)
        self.totals = table_view(self.totals_model)
        self.totals.setObjectName("perSampleTotals")
        self.totals.setAccessibleName("The sum of the gradients, and the gradient of the batch")
        self.totals.setToolTip("Σ: added up sample by sample. batch: in one go. Click a head to sort the samples")
        self.view = table_view(self.model)
        self.view.setObjectName("perSampleTable")
        self.view.setAccessibleName("Loss and gradient of each sample")
        self.view.setToolTip("Click a row to show that sample")
        self._lay_out()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        self._connect()
        session.debugger.retraced.connect(self._follow)
        session.training.progressed.connect(self._follow)
        session.sampled.connect(self._select)
        theme().changed.connect(self._repaint)

    def _lay_out(self) -> None:
        """The totals with the heads stay where they are; the samples below them scroll."""
        for table in (self.totals, self.view):
            table.verticalHeader().hide()
            table.setShowGrid(False)
            table.horizontalHeader().setMinimumSectionSize(56)
        heads = self.totals.horizontalHeader()
        heads.setSectionsClickable(True)
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.totals.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.totals.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.totals.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.horizontalHeader().hide()
        self.hint = note("", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        for widget in (self.verdict, self.totals):
            column.addWidget(widget)
        column.addWidget(self.view, 1)
        column.addWidget(self.hint, 1)

    def _connect(self) -> None:
        heads = self.totals.horizontalHeader()
        heads.sectionClicked.connect(self._sort)
        heads.sectionResized.connect(lambda place, _old, new: self.view.setColumnWidth(place, new))
        self.view.horizontalScrollBar().valueChanged.connect(self.totals.horizontalScrollBar().setValue)
        self.view.clicked.connect(lambda index: self._session.show_sample(int(self.model.order[index.row()])))

    @property
    def is_waiting(self) -> bool:
        """True while the samples are yet to be gone through."""
        return self._rest.isActive() or self._job is not None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._drop()

    def _follow(self) -> None:
        """Go through the samples anew, once all rests, when parameters or data are others."""
        if not self.isVisible():
            return
        batch = self._session.batch()
        if batch is None:
            self._drop()
            self._show_nothing()
        elif self._known is not None and self._known.same_as(batch):
            self._select()
        elif not (self.is_waiting and self._asked is not None and self._asked.same_as(batch)):
            self._drop()
            self._asked = batch
            if self.found is None:
                self.hint.setText("Going through the samples …")
            self._rest.start()

    def _start(self) -> None:
        batch = self._asked
        if batch is None:
            return
        job = self._session.runner.submit(
            lambda token: _gradients(batch, token), lambda found: self._take(batch, found), self._fail
        )
        self._job = None if job.is_finished else job

    def _drop(self) -> None:
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, batch: Batch, found: SampleGradients | None) -> None:
        self._job = None
        now = self._session.batch()
        if found is None or now is None or not batch.same_as(now):
            return
        self._known = batch
        self._show_found(found)
        mark = "✓" if found.agrees else "✗"
        gap = numbers.typeset(found.difference, 1)
        equal = f"{mark} Σ of {found.count:,} gradients = gradient of Σ  ({gap})"
        self.verdict.show_text(equal if found.agrees else f"{mark} {found.verdict}")
        self.verdict.setToolTip(f"{found.verdict[:1].upper()}{found.verdict[1:]}; relative difference {gap}")
        self._ink(Token.PARAMETER if found.agrees else Token.ERROR)
        self._select()

    def _show_found(self, found: SampleGradients | None) -> None:
        self.found = found
        columns = columns_of(found) if found is not None else []
        self.totals_model.beginResetModel()
        self.totals_model.columns = columns
        self.totals_model.endResetModel()
        self.model.show_columns(columns)
        for widget in (self.verdict, self.totals, self.view):
            widget.setVisible(found is not None)
        self.hint.setVisible(found is None)
        self.totals.setFixedHeight(self.totals.horizontalHeader().sizeHint().height() + 2 * ROW_HEIGHT + 4)
        for place in range(len(columns)):
            self.view.resizeColumnToContents(place)
            self.totals.resizeColumnToContents(place)
            least = 76 if place else 56  # further down there are longer numbers
            wide = max(self.view.columnWidth(place), self.totals.columnWidth(place), least)
            self.totals.setColumnWidth(place, wide)

    def _fail(self, error: Exception) -> None:
        self._job = None
        self._show_nothing(error.message if isinstance(error, GradvizError) else str(error))

    def _show_nothing(self, words: str = "") -> None:
        self._known = None
        self._show_found(None)
        usual = "Load data to see the gradient of each sample"
        if self._session.training.is_running:
            usual = "All samples are gone through when the training rests"
        self.hint.setText(words or usual)

    def _ink(self, token: Token) -> None:
        self.verdict.setStyleSheet(f"color: {theme().current[token]};")

    def _sort(self, column: int) -> None:
        self.model.sort_by(column)
        self.totals_model.arrow = self.model.sorted_by
        self.totals.horizontalHeader().viewport().update()
        self._select()

    def _select(self) -> None:
        row = self.model.row_of(self._session.sample)
        if row is not None:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))

    def _repaint(self) -> None:
        if self.found is not None:
            self._ink(Token.PARAMETER if self.found.agrees else Token.ERROR)
        for table in (self.totals, self.view):
            table.viewport().update()


def _gradients(batch: Batch, token: CancelToken) -> SampleGradients | None:
    fixed = {name: value for name, value in batch.values.items() if name not in batch.data}
    with polite():
        return sample_gradients(batch.graph, fixed, batch.data, wrt=batch.parameters, cancelled=token)
