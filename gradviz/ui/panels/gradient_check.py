"""The gradient check as a section of the inspector: every leaf and node, what came back beside differences and symbols.

It works in a worker, only while it is looked at, and anew when the run is another one; an answer about an older run is
dropped. A click on a row selects the node, and the words below say what the comparison of that node came to.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from gradviz.core.examination import Examination, Examined, examine
from gradviz.core.gradcheck import Verdict
from gradviz.core.graph import Apply
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.session.politeness import polite
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display, symbols
from gradviz.ui.panels.sample_table import table_view
from gradviz.ui.panels.widgets import note
from gradviz.ui.theme import theme

REST_MS = 250
"""How long a run must rest before it is examined."""
MOST_ROWS = 7
"""More rows than this scroll."""
ROW_HEIGHT = 22
ROOMY = 230
"""A narrower table shows three digits; the words below it have all five."""
_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()

MARKS: dict[Verdict, tuple[str, Token]] = {
    Verdict.RIGHT: ("✓", Token.PARAMETER),
    Verdict.ROUNDING: ("≈", Token.PARAMETER),
    Verdict.KINK: ("∧", Token.CURRENT),
    Verdict.UNKNOWN: ("?", Token.ERROR),
    Verdict.WRONG: ("✗", Token.ERROR),
}
"""How each verdict looks: a mark and a colour, for colour alone tells nothing to many."""

COLUMNS = ("", "back", "num.", "error")
TIPS = ("Leaf or node", "What came back", "By differences of the value", "The relative difference of both")


class CheckModel(QAbstractTableModel):
    """A row a leaf or node."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Examined, ...] = ()
        self.names: tuple[str, ...] = ()
        self.digits = 5

    def show_rows(self, rows: tuple[Examined, ...], names: tuple[str, ...]) -> None:
        """Show other rows. names: of all nodes of the graph."""
        self.beginResetModel()
        self.rows, self.names = rows, names
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        texts = {Qt.ItemDataRole.DisplayRole: COLUMNS, Qt.ItemDataRole.ToolTipRole: TIPS}.get(Qt.ItemDataRole(role))
        return texts[section] if texts is not None else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, index.column())
            case Qt.ItemDataRole.ForegroundRole:
                tokens = {0: MARKS[row.kind][1], 1: Token.DERIVATIVE}
                return QColor(theme().current[tokens.get(index.column(), Token.TEXT)])
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{self.names[row.node]}: {row.verdict}"
            case _:
                return None

    def _text(self, row: Examined, column: int) -> str:
        match column:
            case 0:
                return f"{MARKS[row.kind][0]} {self.names[row.node]}"
            case 1:
                return short(row.check.backward, self.digits)
            case 2:
                has_none = row.kind is Verdict.RIGHT and bool(np.any(np.isnan(row.check.numeric)))
                return "–" if has_none else short(row.check.numeric, self.digits)
            case _:
                return numbers.number(row.check.relative_error, 1)


class GradientCheck(QWidget):
    """Table and words. said(gist): called with the gist of the examination, for the bar of the section."""

    def __init__(self, session: Session, say: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._say = say
        self._job: Job | None = None
        self._shown: Trace | None = None
        self.examination: Examination | None = None
        self.setObjectName("gradientCheck")
        self.setAccessibleName("Gradient check")
        self.model = CheckModel(self)
        self.table = table_view(self.model)
        self.table.setObjectName("gradientCheckTable")
        self.table.setAccessibleName("Gradients of leaves and nodes, by three ways")
        self.table.setToolTip("What came back beside differences of the value; click a row to select its node")
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        heads = self.table.horizontalHeader()
        heads.setMinimumSectionSize(30)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words = note("", "small")
        self.words.setObjectName("gradientCheckWords")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(6)
        column.addWidget(self.table)
        column.addWidget(self.words)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        self.table.clicked.connect(lambda index: session.selection.select(self.model.rows[index.row()].node))
        session.debugger.retraced.connect(self._follow)
        session.selection.changed.connect(self._select)
        theme().changed.connect(self._repaint)

    @property
    def is_waiting(self) -> bool:
        """True while a run is yet to be examined, or is being examined."""
        return self._rest.isActive() or self._job is not None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.model.digits = 5 if self.width() >= ROOMY else 3

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._drop()

    def _follow(self) -> None:
        """Examine the run anew, once it rests, when another one is shown."""
        if not self.isVisible():
            return
        trace = self._session.debugger.trace
        if trace is self._shown and self.examination is not None:
            return
        self._drop()
        self.examination = None
        if trace is None or trace.failure is not None:
            self._show_nothing("There is no run to check." if trace is None else "The run failed: nothing came back.")
            return
        self._say("checking …")
        self.words.setText("checking …")
        self._rest.start()

    def _start(self) -> None:
        trace = self._session.debugger.trace
        if trace is None or trace.failure is not None:
            return
        self._job = self._session.runner.submit(
            lambda token: _examined(trace, token), lambda found: self._take(trace, found), self._fail
        )
        if self._job.is_finished:
            self._job = None

    def _drop(self) -> None:
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, trace: Trace, found: Examination | None) -> None:
        self._job = None
        if found is None or trace is not self._session.debugger.trace:
            return
        self._shown, self.examination = trace, found
        self.model.show_rows(found.rows, tuple(display(name) for name in symbols(trace.graph)))
        self.table.setVisible(bool(found.rows))
        shown = min(len(found.rows), MOST_ROWS)
        self.table.setFixedHeight(ROW_HEIGHT * shown + self.table.horizontalHeader().sizeHint().height() + 4)
        self._say(gist(found))
        self._select()

    def _fail(self, error: Exception) -> None:
        self._job = None
        self._show_nothing(error.message if isinstance(error, GradvizError) else str(error))

    def _show_nothing(self, words: str) -> None:
        self._shown = None
        self.model.show_rows((), ())
        self.table.hide()
        self.words.setText(words)
        self._say("")

    def _select(self) -> None:
        """Mark the row of the selected node, and say what came of it; with none selected, say all in one."""
        if self.examination is None:
            return
        node = self._session.selection.node
        row = next((i for i, row in enumerate(self.model.rows) if row.node == node), None)
        self.table.clearSelection()
        if row is not None:
            self.table.selectRow(row)
        self.words.setText(self._words(node, row))

    def _words(self, node: NodeId | None, row: int | None) -> str:
        trace, found = self._shown, self.examination
        if trace is None or found is None:
            return ""
        told = []
        if row is not None:
            told.append(_told(self.model.rows[row], self.model.names))
        elif node is not None and node < len(self.model.names) and found.is_whole:  # else of a formula that is gone
            told.append(f"{self.model.names[node]} takes no gradient.")
        for rule in found.culprits:
            apply = trace.graph.nodes[rule.node]
            assert isinstance(apply, Apply)
            source = self.model.names[apply.operands[rule.operand]]
            told.append(f"The rule of {apply.op.name} at {self.model.names[rule.node]} by {source} is wrong.")
        if not told:
            told.append(f"{gist(found)[:1].upper()}{gist(found)[1:]}. Select a node to see its numbers.")
        if not found.is_whole:
            told.append("The graph is large: only its leaves are checked here, a node when it is inspected.")
        return "\n".join(told)

    def _repaint(self) -> None:
        self.table.viewport().update()


def gist(found: Examination) -> str:
    """An examination in a few words."""
    bad, kinks = found.count(Verdict.WRONG), found.count(Verdict.KINK)
    unknown = found.count(Verdict.UNKNOWN)
    if bad:
        return f"{bad} of {len(found.rows)} wrong"
    if unknown:
        return f"{unknown} of {len(found.rows)} not finite"
    if not found.rows:
        return "nothing flows back"
    if kinks:
        return f"{kinks} of {len(found.rows)} at a kink"
    return f"all {len(found.rows)} right" if len(found.rows) > 1 else "right"


def short(value: Array, digits: int = 5) -> str:
    """A number; an array by its shape."""
    return numbers.shape(value.shape) if value.ndim else numbers.number(float(value), digits)


def _told(row: Examined, names: tuple[str, ...]) -> str:
    name = names[row.node]
    if row.check.backward.ndim:
        return f"{name}: {row.verdict}"
    three = ((row.check.backward, "backward"), (row.check.numeric, "numeric"), (row.symbolic, "symbolic"))
    listed = ", ".join(f"{words} {numbers.typeset_value(value)}" for value, words in three if value is not None)
    return f"{name}: {listed}: {row.verdict}"


def _examined(trace: Trace, token: CancelToken) -> Examination | None:
    with polite():
        return examine(trace, token)
