"""Where the gradient goes: the nodes by |adjoint|, and the gradient by a leaf as the sum over all paths to it.

    node    |adjoint|   change    step       ∂L/∂x = 32, by 1 path
    v₁         8         −0.4                L → v₁ → x     8 · 4      32    100 %

change: of |adjoint| since the iteration before. step: how long the update is, relative to its parameter.
"""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from gradviz.core.flow import FlowPath, PathSum, local_factor, magnitudes, path_sum, ranking
from gradviz.core.graph import Graph, Leaf
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.export.accents import signed
from gradviz.export.theme import Token
from gradviz.session.neighbours import run_at_iteration
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.panels.facts import shown_names
from gradviz.ui.panels.row_table import Cell, Line, RowTable
from gradviz.ui.panels.widgets import ElidedLabel

REST_MS = 150
MOST_PATHS = 50
NARROW = 440
"""A narrower panel shows the most important columns only."""
LONGEST_WAY = 9
"""A path with more nodes is shortened in the middle."""
MOST_SUBTRACTED = 5_000
"""Beyond this iteration the last one is not run again by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """What the panel shows of one run. before: |adjoint| by node in the iteration before; empty where there is none."""

    trace: Trace
    order: tuple[tuple[NodeId, float], ...]
    before: dict[NodeId, float]
    paths: PathSum | None


class FlowPanel(QWidget):
    """Ranking on the left, paths on the right; worked out beside the window, while the panel is seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.flow: Flow | None = None
        self.setObjectName("flowPanel")
        self.setAccessibleName("Where the gradient goes")
        self.coloured = QCheckBox("on the graph")
        self.coloured.setToolTip("Show on the graph by thickness and colour how much flows back where  (Ctrl+Shift+F)")
        self.coloured.toggled.connect(session.lens.show_flow)
        self.table = RowTable("Nodes by adjoint", ("node", "|adjoint|", "change", "step"))
        self.table.setToolTip(
            "change: of |adjoint| since the iteration before; step: length of the update, relative to the parameter"
        )
        self.table.chosen.connect(self._choose_node)
        self.leaf = QComboBox()
        self.leaf.setAccessibleName("Leaf to which the paths lead")
        self.leaf.setToolTip("To which leaf the paths lead; select one on the graph")
        self.leaf.activated.connect(self._choose_leaf)
        self.words = ElidedLabel("", "muted")
        self.paths = RowTable("Paths from the output", ("path", "product", "arrives", "part"))
        self.paths.chosen.connect(self._choose_path)
        self._lay_out()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        session.debugger.retraced.connect(self._wish)
        session.lens.changed.connect(self._follow_lens)
        session.selection.changed.connect(self._follow_selection)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for head, table in (((self.coloured,), self.table), ((self.leaf, self.words), self.paths)):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            row = QHBoxLayout()
            row.setContentsMargins(8, 4, 8, 0)
            for widget in head:
                row.addWidget(widget, 1 if widget is self.words else 0)
            if len(head) == 1:
                row.addStretch(1)
            column.addLayout(row)
            column.addWidget(table, 1)
            split.addWidget(page)
        split.setSizes([420, 520])
        self.table.setMinimumWidth(110)
        self.paths.setMinimumWidth(170)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW
        for column in (2, 3):  # what can wait where there is little room
            self.table.setColumnHidden(column, is_narrow)
        self.paths.setColumnHidden(1, is_narrow)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self._wish()

    @property
    def is_waiting(self) -> bool:
        """True while something else is wished for."""
        return self._rest.isActive()

    # -- asking -----------------------------------------------------------------------------------

    def _follow_lens(self) -> None:
        with QSignalBlocker(self.coloured):
            self.coloured.setChecked(self._session.lens.shows_flow)
        self._wish()

    def _follow_selection(self) -> None:
        trace, node = self._session.lens.trace, self._session.selection.node
        is_leaf = trace is not None and node is not None and node < len(trace.graph)
        if is_leaf and isinstance(trace.graph.nodes[node], Leaf) and self.leaf.currentData() != node:  # type: ignore[union-attr,index]
            self._wish()

    def _wish(self) -> None:
        if self.isVisible():
            self._rest.start()

    def _start(self) -> None:
        if self._job is not None:
            self._job.cancel()
        trace = self._session.lens.trace
        if trace is None:
            self.flow = None
            self._draw()
            return
        self._offer_leaves(trace.graph)
        leaf = self.leaf.currentData()
        iteration = self._session.iteration
        is_plain = trace is self._session.debugger.trace and not self._session.training.is_running
        is_sum = trace is self._session.lens.samples.total
        recipe, values = self._session.recipe(), self._session.values()

        def work(token: CancelToken) -> Flow | None:
            before: dict[NodeId, float] = {}
            if is_plain and 0 < iteration <= MOST_SUBTRACTED:
                last = run_at_iteration(trace.graph, recipe, values, iteration - 1, token)
                before = dict(magnitudes(last).nodes) if last is not None else {}
            paths = path_sum(trace, leaf, MOST_PATHS, token) if leaf is not None and not is_sum else None
            if token.is_cancelled:
                return None
            return Flow(trace, tuple(ranking(magnitudes(trace))), before, paths)

        self._job = self._session.runner.submit(work, self._take, lambda _error: self._take(None))

    def _offer_leaves(self, graph: Graph) -> None:
        leaves = graph.leaves()
        names = shown_names(graph)
        chosen = self._session.selection.node
        if chosen not in leaves.values():
            present = self.leaf.currentData()
            parameters = [n for name, n in leaves.items() if self._session.roles().get(name, None) is not None]
            chosen = present if present in leaves.values() else next(iter(parameters), None)
        with QSignalBlocker(self.leaf):
            self.leaf.clear()
            for node in leaves.values():
                self.leaf.addItem(f"∂{names[graph.output]}/∂{names[node]}", node)
            self.leaf.setCurrentIndex(max(0, self.leaf.findData(chosen)))

    def _take(self, found: Flow | None) -> None:
        self.flow = found
        self._draw()

    # -- showing ----------------------------------------------------------------------------------

    def _draw(self) -> None:
        flow = self.flow
        if flow is None or not flow.order:
            self.table.rows.show_rows(0, lambda _row: ())
            self.paths.rows.show_rows(0, lambda _row: ())
            self.words.show_text("Nothing flows back in this run.")
            return
        self.table.rows.show_rows(len(flow.order), lambda row: _node_line(flow, row))
        paths = flow.paths
        if paths is None:
            self.paths.rows.show_rows(0, lambda _row: ())
            is_sum = flow.trace is self._session.lens.samples.total
            self.words.show_text("Paths are those of one sample." if is_sum else "This run has no gradient.")
            return
        has_rest = paths.count > len(paths.paths)
        self.paths.rows.show_rows(len(paths.paths) + has_rest, lambda row: _path_line(flow.trace, paths, row))
        self.words.show_text(_path_words(paths))

    def _choose_node(self, row: int) -> None:
        if self.flow is not None:
            self._session.selection.select(self.flow.order[row][0])

    def _choose_leaf(self, _index: int) -> None:
        self._session.selection.select(self.leaf.currentData())
        self._wish()

    def _choose_path(self, row: int) -> None:
        paths = self.flow.paths if self.flow is not None else None
        if paths is not None and row < len(paths.paths):
            self._session.selection.select(*paths.paths[row].nodes)


def _node_line(flow: Flow, row: int) -> Line:
    node, size = flow.order[row]
    trace = flow.trace
    name = shown_names(trace.graph)[node]
    is_bad = not np.isfinite(size)
    adjoint = Cell(numbers.number(size, 4), Token.ERROR if is_bad else Token.DERIVATIVE)
    since = Cell("", Token.MUTED)
    if node in flow.before:
        change = size - flow.before[node]
        since = Cell(signed(change), Token.MUTED, f"{numbers.number(flow.before[node])} in the iteration before")
    return Cell(name), adjoint, since, _ratio(trace, node)


def _ratio(trace: Trace, node: NodeId) -> Cell:
    leaf, value = trace.graph.nodes[node], trace.values[node]
    if not isinstance(leaf, Leaf) or leaf.name not in trace.updates or value is None:
        return Cell("")
    step, size = norm(np.asarray(trace.updates[leaf.name] - value)), norm(value)
    if size == 0:
        return Cell("∞" if step else "0", Token.MUTED, "The parameter is 0")
    ratio = step / size
    tip = f"The update has length {numbers.number(step)}, the parameter {numbers.number(size)}; about 0.001 is usual"
    return Cell(numbers.number(ratio, 3), Token.PARAMETER, tip)


def _path_words(paths: PathSum) -> str:
    count = f"{paths.count:,}".replace(",", "\u202f") if paths.count < 10**9 else numbers.typeset(float(paths.count), 3)
    total = numbers.value(paths.total, 4)
    if paths.count == 0:
        return "no path leads there"
    words = f"= {total}: the sum over {count} path{'s' * (paths.count != 1)}"
    if paths.count > len(paths.paths):
        which = "largest" if paths.is_exact else "large ones"
        words += f", the {len(paths.paths)} {which} one by one" if paths.is_exact else f", {len(paths.paths)} {which}"
    return words


def _path_line(trace: Trace, paths: PathSum, row: int) -> Line:
    total = norm(paths.total)
    if row >= len(paths.paths):
        left = paths.count - len(paths.paths)
        words = f"{left:,} others together".replace(",", "\u202f") if left < 10**9 else "all others together"
        return Cell(words, Token.MUTED), Cell(""), _arrives(paths.rest), _part(paths.rest, paths.total, total)
    path = paths.paths[row]
    return (
        Cell(way(trace.graph, path)),
        _product(trace, path),
        _arrives(path.product),
        _part(path.product, paths.total, total),
    )


def way(graph: Graph, path: FlowPath) -> str:
    """L → v₁ → x, with … in the middle of a long one."""
    names = [shown_names(graph)[node] for node in path.nodes]
    if len(names) > LONGEST_WAY:
        half = LONGEST_WAY // 2
        names = [*names[:half], "…", *names[-half:]]
    return " → ".join(names) if names else shown_names(graph)[graph.output]


def _product(trace: Trace, path: FlowPath) -> Cell:
    factors = [local_factor(trace, edge) for edge in path.edges]
    known = [numbers.number(factor, 3) for factor in factors if factor is not None]
    if len(known) < len(factors) or not known:
        return Cell("" if not path.edges else "arrays", Token.MUTED)
    shown = [f"({text})" if text.startswith(numbers.MINUS) else text for text in known]
    text = " · ".join(shown) if len(shown) <= 4 else " · ".join([*shown[:2], "…", shown[-1]])
    return Cell(text, Token.VALUE, " · ".join(shown[:60]))


def _arrives(product: np.ndarray) -> Cell:
    is_bad = not np.all(np.isfinite(product))
    text = numbers.value(product, 4)
    text = text if len(text) <= 16 else f"‖·‖ = {numbers.number(norm(product), 3)}"
    return Cell(text, Token.ERROR if is_bad else Token.DERIVATIVE)


def _part(product: np.ndarray, whole: np.ndarray, total: float) -> Cell:
    """How much of the whole this is: its projection on the whole."""
    if not total or not np.isfinite(total):
        return Cell("")
    part = float(np.sum(product * whole)) / total**2
    return Cell(f"{numbers.number(100 * part, 3)} %" if np.isfinite(part) else "", Token.MUTED)
