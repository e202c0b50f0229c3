"""The derivation panel: ∂L/∂(anything) as on a blackboard, a line at a time, each tied to its edges on the canvas.

    ∂L/∂ [W ▾]            ⏮  ◀ Back   Next ▶  ⏭      4 of 11      Copy ▾
    ∂/∂W sq(sub(y, …))
    = sq′(sub(y, …)) · ∂/∂W sub(y, …)
    ┃ = sq′(…) · sub′(y, …) · ∂/∂W add(…)
    ┃ sub′ belongs to the edge from v₂ to v₃: ∂v₃/∂v₂ = −1.

Next writes one more line; all that are written stay. A click on a line goes back to it. Space, Enter and the arrows do
the same by keyboard, Home and End go to the first and the last line.
"""

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradviz.core.graph import Apply, Graph, Leaf
from gradviz.core.types import NodeId, Role
from gradviz.errors import GradvizError
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text import symbols
from gradviz.text.derivation import Derivation, derive_by_node
from gradviz.text.plain import plain
from gradviz.ui.mathline import prepare
from gradviz.ui.panels.derivation_bar import DerivationBar
from gradviz.ui.panels.derivation_row import LINE_SIZE, LineRow, answer_row
from gradviz.ui.panels.front import Front
from gradviz.ui.panels.widgets import Card, FactList, clear, note
from gradviz.ui.theme import theme

REST_MS = 120
READY_LINES = 4
"""So many lines are typeset before the first one is shown."""
LINES_AT_ONCE = 16
"""More are written in several turns, so that the window keeps answering."""
MOST_LISTED = 300
"""Of a graph with more nodes only the leaves are listed; a node of it is chosen on the canvas."""
_FORWARD = (
    Qt.Key.Key_Right,
    Qt.Key.Key_Down,
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_PageDown,
)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Backspace, Qt.Key.Key_PageUp)


class DerivationPanel(QWidget):
    """The derivation of the output of the session's formula by a leaf or node."""

    said = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._node: NodeId | None = None
        self._chosen_in: Graph | None = None  # what the node is of, which may be newer than what is listed
        self._graph: Graph | None = None
        self.derivation: Derivation | None = None
        self.rows: list[LineRow] = []
        self.current = 0
        self._reached = 0
        self._is_hurrying = False
        self._front = Front(self, self._come)
        self.setObjectName("derivationPanel")
        self.setAccessibleName("Derivation, line by line")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar = DerivationBar()
        self._make_board()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.board, 1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        self._connect()

    def _connect(self) -> None:
        session, bar = self._session, self.bar
        bar.chosen.connect(self._chosen)
        bar.copying.connect(self.copy)
        ways = ((bar.first, self.restart), (bar.back, self.go_back), (bar.next, self.go_on), (bar.last, self.finish))
        for button, go in ways:
            button.clicked.connect(go)
        session.document.changed.connect(lambda _flags: self.refresh())
        session.debugger.retraced.connect(self.refresh)
        session.sampled.connect(self.refresh)
        session.veil.changed.connect(self.refresh)
        session.selection.changed.connect(self._follow_selection)

    # -- building -----------------------------------------------------------------------------------

    def _make_board(self) -> None:
        self.board = QScrollArea()
        self.board.setFrameShape(QFrame.Shape.NoFrame)
        self.board.setWidgetResizable(True)
        self.board.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.board.setAccessibleName("The lines that are written")
        body = QWidget()
        body.setObjectName("columnBody")
        self.lines = QVBoxLayout()
        self.lines.setSpacing(0)
        self.answers = Card(padding=8, gap=2)
        self.answer_list = FactList()
        self.answers.column.addWidget(note("The same number, found in other ways", "small"))
        self.answers.column.addWidget(self.answer_list)
        self.answers.hide()
        self.hint = note("Type a formula: here its derivative is derived, one line at a time.")
        self.notes = note("", "small")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.hint)
        column.addLayout(self.lines)
        column.addWidget(self.answers)
        column.addWidget(self.notes)
        column.addStretch(1)
        self.board.setWidget(body)

    # -- what is derived ----------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """True while another derivation is on its way."""
        return self._rest.isActive() or (self._job is not None and not self._job.is_finished)

    def sizeHint(self) -> QSize:
        return QSize(480, 230)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._front.look()
        self._come(True)

    def _come(self, is_seen: bool) -> None:
        """The panel comes to the front of its tabs, or another does."""
        if is_seen:
            self._take_selected()
            self.refresh()
        self._light()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.pointing.light(())

    def refresh(self) -> None:
        """Wish for the derivation as things are now."""
        if self._front.is_seen:
            self._rest.start()

    def derive_by(self, node: NodeId) -> None:
        """Differentiate by a leaf or node from now on, beginning with the first line."""
        graph = self._session.graph
        if node != self._node or graph is not self._chosen_in:
            if self._job is not None:
                self._job.cancel()  # what it finds is about another node, maybe of a graph that has gone
            self._node, self._chosen_in = node, graph
            self._reached = self.current = 0
            self.refresh()

    def _chosen(self, node: int) -> None:
        self.derive_by(NodeId(node))
        self.setFocus()

    def _follow_selection(self) -> None:
        if self._front.is_seen:
            self._take_selected()

    def _take_selected(self) -> None:
        graph, node = self._session.graph, self._session.selection.node
        if graph is not None and node is not None and node < len(graph) and isinstance(graph.nodes[node], Leaf | Apply):
            self.derive_by(node)

    def _start(self) -> None:
        trace = self._session.debugger.trace
        graph = trace.graph if trace is not None else None
        if graph is not self._graph or graph is not self._chosen_in:
            self._take_graph(graph)
        if self._job is not None:
            self._job.cancel()
        node = self._node
        if graph is None:
            self._show_nothing("Type a formula: here its derivative is derived, one line at a time.")
            return
        if node is None:
            self._show_nothing("This formula has no leaf and no operation to differentiate by.")
            return
        values, name, is_veiled = self._session.values(), theme().current.name, self._session.veil.is_on
        if self.derivation is None:
            self.hint.setText("Working it out …")
            self.hint.show()

        def work(token: CancelToken) -> Derivation:
            found = derive_by_node(graph, node, values, compares=not is_veiled)
            found = found.without_numbers() if is_veiled else found
            prepare((line.equation for line in found.all_lines[:READY_LINES]), LINE_SIZE, name, cancelled=token)
            return found

        self._job = self._session.runner.submit(work, self._show, self._fail)

    def _take_graph(self, graph: Graph | None) -> None:
        """List what there is to differentiate by; keep to the node of the same name where there is one."""
        known = self.bar.by.currentText().split(" = ")[0]
        self._graph = graph
        self.bar.by.clear()
        if graph is None:
            self._node = self._chosen_in = None
            return
        names = symbols.symbols(graph)
        self.bar.title.setText(f"∂{symbols.display(names[graph.output])}/∂")
        for node in self._offered(graph):
            short = symbols.display(names[node])
            is_leaf = isinstance(graph.nodes[node], Leaf)
            self.bar.by.addItem(short if is_leaf else f"{short} = {plain(graph, node, length=24)}", int(node))
        place = max(
            (i for i in range(self.bar.by.count()) if self.bar.by.itemText(i).split(" = ")[0] == known), default=0
        )
        chosen = self.bar.by.itemData(place)
        is_selected = graph is self._session.graph and self._node == self._session.selection.node
        if self._node is None or not (is_selected or graph is self._chosen_in):
            self._node = NodeId(chosen) if chosen is not None else None
            self._reached = self.current = 0
        self._chosen_in = graph

    def _offered(self, graph: Graph) -> list[NodeId]:
        roles = self._session.roles()
        leaves = sorted(graph.leaves().items(), key=lambda item: roles.get(item[0]) is not Role.PARAMETER)
        inner = [i for i in graph.node_ids() if isinstance(graph.nodes[i], Apply) and i != graph.output]
        return [node for _, node in leaves] + (inner[::-1] if len(graph) <= MOST_LISTED else [])

    # -- what is shown ------------------------------------------------------------------------------

    def _show(self, found: Derivation) -> None:
        before = self.derivation
        is_same = before is not None and before.title == found.title
        self.derivation = found
        self.hint.hide()
        if before is not None and is_same and len(before.all_lines) == len(found.all_lines):
            for row, line in zip(self.rows, found.all_lines, strict=False):
                row.show_line(line)
        else:
            clear(self.lines)
            self.rows = []
        self._typeset_rest(found)
        self.answer_list.show_rows([answer_row(answer) for answer in found.answers])
        self.notes.setText("\n".join(found.notes))
        if not is_same:
            self._reached = self.current = 0
        self._show_place_in_list()
        self._go(min(self.current, self.count - 1))

    def _typeset_rest(self, found: Derivation) -> None:
        """Let the later lines be typeset before they are wanted."""
        name = theme().current.name

        def work(token: CancelToken) -> None:
            for line in found.all_lines[READY_LINES:]:
                prepare([line.equation], LINE_SIZE, name, cancelled=token)

        def done(_nothing: None) -> None:
            if self._is_hurrying:
                self._is_hurrying = False
                self.finish()

        self._is_hurrying = False
        self._job = self._session.runner.submit(work, done, self._fail)

    def _show_place_in_list(self) -> None:
        index = self.bar.by.findData(int(self._node)) if self._node is not None else -1
        if index < 0 and self._node is not None and self._graph is not None:
            self.bar.by.addItem(symbols.display(symbols.symbol(self._graph, self._node)), int(self._node))
            index = self.bar.by.count() - 1
        self.bar.by.setCurrentIndex(index)

    def _show_nothing(self, words: str) -> None:
        self.derivation, self.rows = None, []
        clear(self.lines)
        self.answers.hide()
        self.notes.setText("")
        self.hint.setText(words)
        self.hint.show()
        self.bar.show_place(self.current, self.count)
        self._light()

    def _fail(self, error: Exception) -> None:
        self._show_nothing(error.message if isinstance(error, GradvizError) else str(error))
        self._show_place_in_list()

    # -- going through it ---------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many lines the derivation has, written or not."""
        return len(self.derivation.all_lines) if self.derivation is not None else 0

    def go_on(self) -> None:
        """Write the next line."""
        self._go(min(self.current + 1, self.count - 1))

    def go_back(self) -> None:
        """Look at the line before."""
        self._go(max(self.current - 1, 0))

    def finish(self) -> None:
        """Write all lines."""
        if self._job is not None and not self._job.is_finished and self.count > READY_LINES:
            self._is_hurrying = True  # the lines are being typeset; all of them at once would hold the window up
            self.bar.place.setText("writing …")
        elif self.count - self._reached > LINES_AT_ONCE:
            self._go(self._reached + LINES_AT_ONCE)
            QTimer.singleShot(0, self, self.finish)
        else:
            self._go(self.count - 1)

    def restart(self) -> None:
        """Wipe the board but for the first line."""
        self._reached = 0
        self._go(0)

    def look_at(self, number: int) -> None:
        """Look at a line that is written."""
        self.setFocus()
        self._go(number)

    def _go(self, number: int) -> None:
        if self.derivation is None:
            return
        self.current = number
        self._reached = min(max(self._reached, number), self.count - 1)  # the derivation before may have been longer
        self._write_rows()
        for place, row in enumerate(self.rows):
            row.setVisible(place <= self._reached)
            row.show_current(place == number)
        is_whole = self._reached == self.count - 1
        self.answers.setVisible(is_whole and len(self.answer_list.rows) > 1)
        self.notes.setVisible(is_whole and bool(self.notes.text()))
        self.bar.show_place(self.current, self.count)
        self._light()
        QTimer.singleShot(0, self, self._reveal)

    def _write_rows(self) -> None:
        """Make the rows of the lines that are reached and not yet written."""
        assert self.derivation is not None
        for number in range(len(self.rows), self._reached + 1):
            row = LineRow(self.derivation.all_lines[number])
            row.clicked.connect(partial(self.look_at, number))
            self.lines.addWidget(row)
            self.rows.append(row)

    def _reveal(self) -> None:
        if self.current < len(self.rows):
            whole = self.answers if self.answers.isVisible() and self.current == self.count - 1 else None
            self.board.ensureWidgetVisible(whole or self.rows[self.current], 0, 6)
            if whole is not None:
                self.board.ensureWidgetVisible(self.rows[self.current], 0, 6)
            self.board.horizontalScrollBar().setValue(0)  # a line is read from its beginning

    def _light(self) -> None:
        if not self._front.is_seen or self._graph is not self._session.graph or not self.rows:
            self._session.pointing.light(())
            return
        edges = self.rows[self.current].line.edges
        self._session.pointing.light(edges or (self._graph.output,) if self._graph is not None else ())

    def copy(self, kind: str, _checked: bool = False) -> None:
        """Copy the derivation as text or as an align environment, or its present line as LaTeX."""
        if self.derivation is None:
            return
        match kind:
            case "text":
                text = self.derivation.as_text()
            case "align":
                text = self.derivation.as_align()
            case _:
                text = self.rows[self.current].line.equation.latex
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"Copied {len(text):,} characters.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _FORWARD:
            self.go_on()
        elif event.key() in _BACK:
            self.go_back()
        elif event.key() == Qt.Key.Key_Home:
            self.restart()
        elif event.key() == Qt.Key.Key_End:
            self.finish()
        else:
            super().keyPressEvent(event)
