"""The mathematics of the inspected node: the formula of its subtree, and its derivative by each operand."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradviz.core.graph import Block, Edge, Graph, needed
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.lang import unparse
from gradviz.session.course import Subject
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text.blocks import block_lines, definition_line
from gradviz.text.equation import Equation
from gradviz.text.node_lines import DerivativeLine, derivative_lines, formula_line
from gradviz.ui.mathline import prepare
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.theme import theme

LINE_SIZE = 16.0
REST_MS = 120
Lines = tuple[Equation, tuple[DerivativeLine, ...]]


class FormulaView(QWidget):
    """Lines of mathematics, set in a worker while they are looked at."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("subtree")
        self._session = session
        self._job: Job | None = None
        self._wanted: tuple[Trace, Subject, Block | None] | None = None
        self._made: tuple[Trace, Subject, Block | None] | None = None
        self.lines = EquationLines(LINE_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.addWidget(self.lines)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)

    @property
    def is_waiting(self) -> bool:
        """True while other lines are wished for."""
        return self._rest.isActive()

    def show_subject(self, trace: Trace | None, subject: Subject | None, block: Block | None = None) -> None:
        """Show the lines of this node, or of this edge, or of a block as a whole."""
        self._wanted = (trace, subject, block) if trace is not None and subject is not None else None
        self._wish()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self._wish()

    def _wish(self) -> None:
        self._drop()
        if self.isVisible() and self._wanted is not None and not self._is_made():
            self._rest.start()

    def _drop(self) -> None:
        """What was wanted before is wanted no longer."""
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()

    def _is_made(self) -> bool:
        made, wanted = self._made, self._wanted
        return made is not None and wanted is not None and made[0] is wanted[0] and made[1:] == wanted[1:]

    def _start(self) -> None:
        if self._wanted is None:
            return
        wanted = trace, subject, block = self._wanted
        name = theme().current.name

        def work(token: CancelToken) -> tuple[Equation, ...]:
            found = equations_of(trace, subject) if block is None else block_equations(trace, block)
            prepare(found, LINE_SIZE, name, cancelled=token)
            return found

        def done(found: tuple[Equation, ...]) -> None:
            self._made = wanted
            self.lines.show_equations(found)

        self._job = self._session.runner.submit(work, done, lambda _error: self.lines.show_equations(()))


def block_equations(trace: Trace, block: Block) -> tuple[Equation, ...]:
    """The function of a block, and its combined local derivative by each operand."""
    return definition_line(trace.graph.functions[block.name]), *block_lines(trace, block)


def equations_of(trace: Trace, subject: Subject) -> tuple[Equation, ...]:
    """The lines of a node, or of an edge."""
    formula, derivatives = lines_of(trace, subject)
    return formula, *(line.equation for line in derivatives)


def lines_of(trace: Trace, subject: Subject) -> Lines:
    """Formula and derivatives of a node; of an edge the formula that it carries and the one derivative along it."""
    if isinstance(subject, Edge):
        along = tuple(line for line in derivative_lines(trace, subject.target) if line.operand == subject.operand)
        return formula_line(trace.graph, subject.source), along
    return formula_line(trace.graph, subject), derivative_lines(trace, subject)


def formula_text(graph: Graph, subject: Subject) -> str:
    """The subtree as formula text that can be typed in again; "" where that can't be."""
    node = subject.source if isinstance(subject, Edge) else subject
    try:
        part = unparse.formula(_part(graph, node))
    except GradvizError:
        return ""
    return part


def derivative_text(line: DerivativeLine) -> str:
    """The derivative as formula text; "" where it has no such form."""
    try:
        return unparse.formula(line.form)
    except (GradvizError, KeyError, ValueError):
        return ""


def _part(graph: Graph, node: NodeId) -> Graph:
    return needed(Graph(graph.nodes, node, graph.names))
