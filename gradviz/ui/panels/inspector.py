"""The inspector: everything about one node. The selected one, else that of the current step, else the output.

Below it the chain rule from the output to one leaf, unrolled one factor at a time.
"""

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from gradviz.core.gradcheck import LeafCheck
from gradviz.core.graph import Apply, Leaf
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array, NodeId, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.derivation import Derivation, derive
from gradviz.text.equation import Equation, Part, PartKind, derivative, words
from gradviz.text.equation import equation as line_of
from gradviz.text.symbols import symbol
from gradviz.ui.mathline import prepare
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.facts import NodeFacts, check_node, facts
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.widgets import Card, Fact, FactList, Row, header, note
from gradviz.ui.theme import number_font, theme

REST_MS = 150
"""How long values must rest before costly things are worked out anew."""
MOST_CHECKED = 2000
"""Larger graphs are not gradient-checked by themselves."""
MOST_DERIVED = 300
"""Larger graphs are not unrolled by themselves."""
LINE_SIZE = 17.0
LONGEST = 18
"""An array with a longer text is named by its shape; its elements stand below."""
MOST_CELLS = 50
"""The table shows this many rows and columns."""


def shown_node(session: Session) -> NodeId | None:
    """The node that the inspector shows."""
    trace = session.debugger.trace
    if trace is None:
        return None
    chosen = session.selection.node
    if chosen is None and session.selection.edge is not None:
        chosen = session.selection.edge.source
    if chosen is not None and chosen < len(trace.graph):
        return chosen
    step = session.debugger.current
    if step is None:
        return trace.graph.output
    sender = trace.graph.nodes[step.node]
    if step.kind is StepKind.CONTRIBUTE and step.operand is not None and isinstance(sender, Apply):
        return step.node
    return step.node


class Inspector(QWidget):
    """Value, adjoint, local derivatives, shape, gradient check; heat map and table for arrays."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._checked: tuple[Trace, NodeId] | None = None
        self._check: LeafCheck | None = None
        self._check_text = "…"
        self.setObjectName("inspector")
        self.heading = header("Inspector")
        self.card = Card(padding=12, gap=0)
        self.list = FactList()
        self.value_map = HeatMap(height=64)
        self.adjoint_map = HeatMap(height=64, token=Token.DERIVATIVE)
        self.table = _table()
        self._hint = note("Click a node to see all about it.", "small")
        self.card.column.addWidget(self.list)
        self.arrays = QWidget()
        arrays = QVBoxLayout(self.arrays)
        arrays.setContentsMargins(0, 8, 0, 0)
        arrays.setSpacing(8)
        for widget in (self.value_map, self.adjoint_map, self.table):
            arrays.addWidget(widget)
        self.card.column.addWidget(self.arrays)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.card)
        column.addWidget(self._hint)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start_check)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self._session.debugger.moved.connect(self.refresh)
        self._session.debugger.retraced.connect(self.refresh)
        self._session.selection.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)

    @property
    def is_waiting(self) -> bool:
        """True while the gradient check has yet to answer."""
        return self._rest.isActive()

    @property
    def facts(self) -> NodeFacts | None:
        """What is shown."""
        trace, node = self._session.debugger.trace, shown_node(self._session)
        return facts(trace, node, self._session.debugger.position) if trace is not None and node is not None else None

    def refresh(self) -> None:
        """Show the node as it is at this moment."""
        found = self.facts
        self.card.setVisible(found is not None)
        self._hint.setVisible(found is None)
        if found is None:
            self.heading.setText("INSPECTOR")
            return
        self.heading.setText(_heading(found))
        self.list.show_rows(self._facts(found))
        self._show_arrays(found)
        self._wish_check(found.node)

    def row(self, name: str) -> Fact | None:
        """The row whose name begins so."""
        return self.list.row(name)

    def _facts(self, found: NodeFacts) -> list[Row]:
        wrt = f"∂{found.output}/∂{found.symbol}"
        rows = [_fact("value", found.value, Token.VALUE), _fact(f"adjoint {wrt}", found.adjoint, Token.DERIVATIVE)]
        if found.expected > 1:
            rows.append(Row("contributions", _sum_text(found)))
        rows += [_fact(f"local {partial.name}", partial.value, Token.TEXT) for partial in found.partials]
        if found.value is not None and found.value.ndim:
            rows.append(Row("shape", numbers.shape(found.value.shape)))
        role = self._role(found)
        if role is not None:
            rows.append(Row("role", role.value))
        text, token = self._check_words(found.node)
        if text:
            tip = "" if self._check is None else f"Against central differences: {self._check.verdict}"
            rows.append(Row("gradient check", text, token, tip))
        return rows

    def _role(self, found: NodeFacts) -> Role | None:
        trace = self._session.debugger.trace
        leaf = trace.graph.nodes[found.node] if trace is not None else None
        return self._session.roles().get(leaf.name) if isinstance(leaf, Leaf) else None

    def _show_arrays(self, found: NodeFacts) -> None:
        value, adjoint = found.value, found.adjoint
        is_array = value is not None and value.ndim > 0 and value.size > 1
        self.arrays.setVisible(is_array)
        self.adjoint_map.setVisible(is_array and adjoint is not None)
        if is_array and value is not None:
            self.value_map.show_array(value)
            _fill(self.table, value, adjoint)
        if is_array and adjoint is not None:
            self.adjoint_map.show_array(adjoint)

    # -- the gradient check ------------------------------------------------------------------------

    def _wish_check(self, node: NodeId) -> None:
        trace = self._session.debugger.trace
        if trace is None or self._is_checked(node):
            return
        self._check, self._checked = None, None
        if trace.failure is None and len(trace.graph) <= MOST_CHECKED:
            self._rest.start()

    def _is_checked(self, node: NodeId) -> bool:
        return (
            self._checked is not None and self._checked[0] is self._session.debugger.trace and self._checked[1] == node
        )

    def _start_check(self) -> None:
        trace, node = self._session.debugger.trace, shown_node(self._session)
        if trace is None or node is None:
            return
        if self._job is not None:
            self._job.cancel()
        values = self._session.values()
        self._job = self._session.runner.submit(
            lambda _token: check_node(trace, node, values),
            lambda check: self._take_check(trace, node, check),
            lambda _error: self._take_check(trace, node, None),
        )

    def _take_check(self, trace: Trace, node: NodeId, check: LeafCheck | None) -> None:
        self._checked, self._check = (trace, node), check
        if trace is self._session.debugger.trace and node == shown_node(self._session):
            self.refresh()

    def _check_words(self, node: NodeId) -> tuple[str, Token]:
        if not self._is_checked(node):
            return ("…", Token.MUTED) if self._rest.isActive() or self._job is not None else ("", Token.MUTED)
        if self._check is None:
            return "", Token.MUTED
        if not np.isfinite(self._check.relative_error):
            return "✗ not finite", Token.ERROR
        error = numbers.typeset(self._check.relative_error, 1)
        return (f"✓ {error}", Token.PARAMETER) if self._check.has_passed else (f"✗ {error}", Token.ERROR)


def _heading(found: NodeFacts) -> str:
    return found.title.upper() if found.title != found.symbol else f"LEAF {found.title}"


def _fact(name: str, value: Array | None, token: Token) -> Row:
    if value is None:
        return Row(name, "not yet", Token.MUTED)
    is_bad = not np.all(np.isfinite(value))
    text = numbers.value(value)
    if len(text) > LONGEST:
        text = f"{numbers.shape(value.shape)} array"
    return Row(name, text, Token.ERROR if is_bad else token)


def _sum_text(found: NodeFacts) -> str:
    if len(found.arrived) != found.expected or any(part.ndim for part in found.arrived):
        return f"{len(found.arrived)} of {found.expected}"
    terms = " + ".join(numbers.number(float(part), 4) for part in found.arrived)
    return terms if len(terms) <= 24 else f"{found.expected} of {found.expected}"


def _table() -> QTableWidget:
    table = QTableWidget()
    table.setObjectName("arrayTable")
    table.setAccessibleName("Elements of the array")
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setFont(number_font(11))
    table.horizontalHeader().setDefaultSectionSize(64)
    table.verticalHeader().setDefaultSectionSize(22)
    table.horizontalHeader().setMinimumSectionSize(30)
    table.verticalHeader().setSectionsClickable(False)
    return table


def _fill(table: QTableWidget, value: Array, adjoint: Array | None) -> None:
    """Show the elements; an element's tooltip has all digits and its adjoint."""
    flat = value.reshape(value.shape[0], -1) if value.ndim > 1 else value.reshape(-1, 1)
    back = adjoint.reshape(flat.shape) if adjoint is not None and adjoint.size == flat.size else None
    rows, columns = (min(n, MOST_CELLS) for n in flat.shape)
    table.setRowCount(rows)
    table.setColumnCount(columns)
    table.setHorizontalHeaderLabels([str(i) for i in range(columns)])
    table.setVerticalHeaderLabels([str(i) for i in range(rows)])
    for row in range(rows):
        for column in range(columns):
            item = QTableWidgetItem(numbers.number(float(flat[row, column]), 4))
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            tip = f"value {float(flat[row, column])!r}"
            item.setToolTip(tip if back is None else f"{tip}\nadjoint {float(back[row, column])!r}")
            table.setItem(row, column, item)
    table.setFixedHeight(min(26 + 22 * rows + 10, 180))


class ChainRule(QWidget):
    """The derivative by one leaf, line by line, with its closed form."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.setObjectName("chainRule")
        self._derivation: Derivation | None = None
        self._is_unrolled = False
        self.card = Card(gap=8)
        self.more = QPushButton("all lines")
        self.more.setProperty("look", "flat")
        self.more.setObjectName("unroll")
        self.more.setStyleSheet(
            f"color: {theme().current[Token.MUTED]}; font-size: 11px; min-height: 14px; padding: 0 2px;"
        )
        self.more.setToolTip("Unroll the chain rule one factor at a time, or only show the result")
        self.more.clicked.connect(self._unroll)
        self.lines = EquationLines(LINE_SIZE)
        self.closed = EquationLines(17.0, token=Token.MUTED)
        self._words = note("", "small")
        for widget in (self.lines, self.closed, self._words):
            self.card.column.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        heading = QHBoxLayout()
        heading.addWidget(header("Chain rule"), 1)
        heading.addWidget(self.more)
        column.addLayout(heading)
        column.addWidget(self.card)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        session.debugger.retraced.connect(self._wish)
        session.selection.changed.connect(self._wish)
        self._start()

    @property
    def is_waiting(self) -> bool:
        """True while the derivation has yet to begin."""
        return self._rest.isActive()

    @property
    def leaf(self) -> str | None:
        """The leaf by which is differentiated: the selected one, else the first parameter."""
        trace = self._session.debugger.trace
        if trace is None:
            return None
        graph = trace.graph
        node = self._session.selection.node
        if node is not None and node < len(graph) and isinstance(chosen := graph.nodes[node], Leaf):
            return chosen.name
        roles = self._session.roles()
        parameters = [name for name in graph.leaves() if roles.get(name) is Role.PARAMETER]
        return next(iter([*parameters, *graph.leaves()]), None)

    def _wish(self) -> None:
        self._rest.start()

    def _start(self) -> None:
        if self._job is not None:
            self._job.cancel()
        trace, leaf = self._session.debugger.trace, self.leaf
        is_there = trace is not None and leaf is not None and trace.failure is None and len(trace.graph) <= MOST_DERIVED
        self.setVisible(is_there)
        if trace is None or leaf is None or not is_there:
            return
        graph, values = trace.graph, self._session.values()
        if self._derivation is None:
            self._words.setText("working it out …")
            self._words.show()
        name = theme().current.name

        def work(_token: object) -> Derivation:
            derivation = derive(graph, leaf, values)
            prepare(derivation.equations, LINE_SIZE, name)
            return derivation

        self._job = self._session.runner.submit(work, self._show, self._fail)

    def _show(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._show_lines()
        closed = []
        if derivation.latex is not None and derivation.closed_form is not None:
            label = words("closed form  ")
            form = type(label)(derivation.closed_form, derivation.latex)
            closed = [line_of(label, form)]
        self.closed.show_equations(closed)
        self._words.setText("\n".join(derivation.notes))
        self._words.setVisible(bool(derivation.notes))

    def _unroll(self) -> None:
        self._is_unrolled = not self._is_unrolled
        self.more.setText("result only" if self._is_unrolled else "all lines")
        self._show_lines()

    def _show_lines(self) -> None:
        if self._derivation is not None:
            shown = self._derivation.equations
            self.lines.show_equations(shown if self._is_unrolled else self._result(shown))

    def _result(self, lines: tuple[Equation, ...]) -> tuple[Equation, ...]:
        """The last line of factors such as sq′ · sub′, and what follows it, after ∂L/∂leaf."""
        trace, leaf = self._session.debugger.trace, self.leaf
        last = max((i for i, line in enumerate(lines) if "′" in line.plain), default=0)
        if trace is None or leaf is None or not lines[last].plain.startswith("="):
            return lines
        left = derivative(symbol(trace.graph, trace.graph.output), leaf, PartKind.PLAIN)
        return (Equation((left, Part(" ", " "), *lines[last].parts)), *lines[last + 1 :])

    def _fail(self, error: Exception) -> None:
        self.lines.show_equations(())
        self.closed.show_equations(())
        message = error.message if isinstance(error, GradvizError) else str(error)
        self._words.setText(message)
        self._words.show()
