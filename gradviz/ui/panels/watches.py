"""Watches: numbers that stay in sight while stepping, and the breakpoints with how often each stops this run."""

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gradviz.core.record import evaluate
from gradviz.core.trace import Trace
from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.lang.lower import read
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import enable_breakpoint, stop_at_non_finite
from gradviz.project.project import Breakpoint
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display, symbols
from gradviz.ui.icons import icon
from gradviz.ui.panels.facts import adjoints_at, facts
from gradviz.ui.panels.widgets import ElidedLabel, Fact, FactList, Row, clear, header
from gradviz.ui.theme import theme


class Watches(QWidget):
    """The loss, the length of the gradient, expressions of the user's own, and the breakpoints."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._expressions: list[str] = []
        self.setObjectName("watches")
        self.numbers = FactList()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.field = QLineEdit()
        self.field.setObjectName("watchField")
        self.field.setPlaceholderText("watch an expression…")
        self.field.setAccessibleName("Expression to watch")
        self.field.setToolTip("An expression of leaves and named nodes, such as W x or norm(W). Enter adds it.")
        self.field.returnPressed.connect(self._add)
        self.field.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._heading())
        column.addWidget(self.field)
        column.addWidget(self.numbers)
        column.addLayout(self._rows)
        session.debugger.moved.connect(self.follow)
        session.debugger.retraced.connect(self.refresh)
        session.document.changed.connect(self._changed)
        theme().changed.connect(self.refresh)
        self.refresh()

    def _heading(self) -> QHBoxLayout:
        self.more = QToolButton()
        self.more.setProperty("look", "flat")
        self.more.setObjectName("addWatch")
        self.more.setStyleSheet("min-height: 14px; max-height: 14px; padding: 0 2px;")
        self.more.setAccessibleName("Watch an expression")
        self.more.setToolTip("Watch an expression of leaves and named nodes")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._show_field)
        row = QHBoxLayout()
        row.addWidget(header("Watches"), 1)
        row.addWidget(self.more)
        return row

    def _show_field(self, is_shown: bool) -> None:
        self.field.setVisible(is_shown)
        if is_shown:
            self.field.setFocus()

    @property
    def expressions(self) -> tuple[str, ...]:
        """What is watched besides the loss and the gradient."""
        return tuple(self._expressions)

    def watch(self, expression: str) -> None:
        """Watch one more expression."""
        if expression.strip() and expression not in self._expressions:
            self._expressions.append(expression)
            self.refresh()

    def follow(self) -> None:
        """Show the numbers as they are at this moment."""
        trace = self._session.debugger.trace
        self.numbers.show_rows(self._numbers(trace) if trace is not None else ())
        if self._expressions:
            self.refresh_rows()

    def refresh(self) -> None:
        """Show everything anew: numbers, expressions and breakpoints."""
        self.more.setIcon(icon("add", theme().current[Token.MUTED]))
        self.follow()
        self.refresh_rows()

    def refresh_rows(self) -> None:
        """Show the expressions and the breakpoints anew."""
        clear(self._rows)
        for expression in self._expressions:
            self._rows.addWidget(self._expression_row(expression))
        for point in self._session.document.project.breakpoints:
            self._rows.addWidget(self._breakpoint_row(point))
        self._rows.addWidget(self._non_finite_row())

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.BREAKPOINTS:
            self.refresh()

    def _add(self) -> None:
        self.watch(self.field.text())
        self.field.clear()

    def _numbers(self, trace: Trace) -> list[Row]:
        position, graph = self._session.debugger.position, trace.graph
        found = facts(trace, graph.output, position)
        leaves, adjoints = graph.leaves(), adjoints_at(trace, position)
        parameters = [n for n, role in self._session.roles().items() if role is Role.PARAMETER and n in leaves]
        by = display(parameters[0]) if len(parameters) == 1 else "θ"
        return [
            _row("output" if found.value is not None and found.value.ndim else "loss", found.value, Token.VALUE),
            _row(
                f"norm(∂{found.output}/∂{by})",
                _norm([adjoints.get(leaves[name]) for name in parameters]),
                Token.DERIVATIVE,
            ),
        ]

    def _expression_row(self, expression: str) -> Fact:
        row = Fact(expression)
        value, trouble = self._value_of(expression)
        row.show_value(
            numbers.value(value) if value is not None else "—", Token.VALUE if value is not None else Token.MUTED
        )
        row.setToolTip(trouble)
        remove = QToolButton()
        remove.setProperty("look", "flat")
        remove.setIcon(icon("close", theme().current[Token.MUTED]))
        remove.setStyleSheet("min-height: 12px; padding: 0 2px;")
        remove.setAccessibleName(f"Stop watching {expression}")
        remove.setToolTip("Stop watching this")
        remove.clicked.connect(partial(self._remove, expression))
        layout = row.layout()
        assert layout is not None
        layout.addWidget(remove)
        return row

    def _value_of(self, expression: str) -> tuple[Array | None, str]:
        values = self._known()
        try:
            graph = read(expression, tuple(values)).graph
            missing = [name for name in graph.leaves() if name not in values]
            if missing:
                return None, f"{', '.join(missing)} has no value yet"
            with np.errstate(all="ignore"):
                return np.asarray(evaluate(graph, {name: values[name] for name in graph.leaves()})), ""
        except GradvizError as error:
            return None, error.message

    def _known(self) -> dict[str, Array]:
        """The values of leaves and of named nodes that have been computed."""
        trace = self._session.debugger.trace
        if trace is None:
            return {}
        names, position = symbols(trace.graph), self._session.debugger.position
        found: dict[str, Array] = {}
        for step in trace.steps[:position]:
            if step.value is not None and step.phase.value == "forward" and names[step.node].isidentifier():
                found[names[step.node]] = step.value
        return {**self._session.values(), **found}

    def _remove(self, expression: str, _checked: bool = False) -> None:
        self._expressions.remove(expression)
        self.refresh()

    def _breakpoint_row(self, point: Breakpoint) -> QFrame:
        trace = self._session.debugger.trace
        name = symbols(trace.graph)[point.node] if trace is not None and point.node < len(trace.graph) else "?"
        hits = 0
        if trace is not None:
            hits = sum(hit.breakpoint == point for hit in self._session.debugger.stops)
        row, box = _check_row(f"break at {display(name)}, {point.phase.value}", f"{hits} hit{'s' * (hits != 1)}")
        box.setChecked(point.is_enabled)
        box.toggled.connect(partial(self._enable, point))
        return row

    def _enable(self, point: Breakpoint, is_on: bool) -> None:
        self._session.document.apply(
            enable_breakpoint(point.node, point.phase, is_enabled=is_on), "Switch a breakpoint"
        )

    def _non_finite_row(self) -> QFrame:
        trace = self._session.debugger.trace
        hits = 0
        if trace is not None:
            found = self._session.debugger.stops
            hits = sum(hit.breakpoint is None for hit in found)
        row, box = _check_row("stop at NaN, ∞", f"{hits} hit{'s' * (hits != 1)}")
        box.setObjectName("breakIfNonFinite")
        box.setChecked(self._session.document.project.stops_at_non_finite)
        box.toggled.connect(self._stop_at_non_finite)
        return row

    def _stop_at_non_finite(self, is_on: bool) -> None:
        self._session.document.apply(stop_at_non_finite(is_on), "Stop at NaN or ∞")


def _row(name: str, value: Array | None, token: Token) -> Row:
    return Row(name, "–", Token.MUTED) if value is None else Row(name, numbers.value(value), token)


def _norm(adjoints: list[Array | None]) -> Array | None:
    found = [adjoint for adjoint in adjoints if adjoint is not None]
    if not found or len(found) < len(adjoints):
        return None
    return np.asarray(np.sqrt(sum(float(np.sum(np.square(adjoint))) for adjoint in found)))


def _check_row(text: str, hits: str) -> tuple[QFrame, QCheckBox]:
    row = QFrame()
    row.setProperty("look", "row")
    box = QCheckBox()
    box.setAccessibleName(text)
    box.setToolTip(f"Switch on or off: {text}")
    count = QLabel(hits)
    count.setProperty("look", "number")
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 4, 0, 4)
    line.setSpacing(6)
    line.addWidget(box, 0, Qt.AlignmentFlag.AlignVCenter)
    line.addWidget(ElidedLabel(text, ""), 1)
    line.addWidget(count)
    return row, box
