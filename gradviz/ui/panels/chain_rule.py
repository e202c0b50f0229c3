"""The chain rule: the derivative from the output to one leaf, unrolled one factor at a time, with its closed form."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gradviz.core.graph import Leaf
from gradviz.core.types import Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text.derivation import Derivation, derive
from gradviz.text.derivation_line import Stage
from gradviz.text.equation import Equation, Part, PartKind, derivative, words
from gradviz.text.equation import equation as line_of
from gradviz.text.symbols import symbol
from gradviz.ui.mathline import prepare
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.widgets import Card, header, note
from gradviz.ui.theme import theme

REST_MS = 150
"""How long values must rest before the derivation is worked out anew."""
MOST_DERIVED = 300
"""Larger graphs are not unrolled by themselves."""
LINE_SIZE = 17.0


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

        def work(token: CancelToken) -> Derivation:
            derivation = derive(graph, leaf, values)
            prepare(derivation.equations, LINE_SIZE, name, cancelled=token)
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
            steps = self._derivation.steps
            inner = [line for line in steps[:-1] if line.stage is not Stage.NUMBERS]  # of arrays each line has numbers
            brief = tuple(line.equation for line in (*inner, *steps[-1:]))
            self.lines.show_equations(self._derivation.equations if self._is_unrolled else self._result(brief))

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
