"""Watches in the side column: numbers that stay in sight while stepping, and the breakpoints with their hits.

Where they are edited is the panel of breakpoints and watches (`panels/debugging.py`).
"""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gradviz.core.trace import Trace
from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import stop_at_non_finite
from gradviz.project.stop_commands import add_watch, replace_breakpoint
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.breakpoints import place_name
from gradviz.session.monitors import NON_FINITE
from gradviz.session.session import Session
from gradviz.session.watching import Watched
from gradviz.text import numbers
from gradviz.text.symbols import display
from gradviz.ui.icons import icon
from gradviz.ui.panels.facts import adjoints_at, facts
from gradviz.ui.panels.widgets import ElidedLabel, FactList, Row, header
from gradviz.ui.theme import theme


class Watches(QWidget):
    """The loss, the length of the gradient, the document's watches, and the breakpoints."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("watches")
        self.numbers = FactList()
        self._stops = QVBoxLayout()
        self._stops.setSpacing(0)
        self._stop_rows: list[StopRow] = []
        self.field = QLineEdit()
        self.field.setObjectName("watchField")
        self.field.setPlaceholderText("watch an expression…")
        self.field.setAccessibleName("Expression to watch")
        self.field.setToolTip("An expression such as W x, norm(grad(W)) or loss/previous(loss). Enter adds it.")
        self.field.returnPressed.connect(self._add)
        self.field.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._heading())
        column.addWidget(self.field)
        column.addWidget(self.numbers)
        column.addLayout(self._stops)
        session.debugger.moved.connect(self.follow)
        session.debugger.retraced.connect(self.refresh)
        session.debugger.marked.connect(self.refresh)
        session.watching.changed.connect(self.refresh)
        session.document.changed.connect(self._changed)
        theme().changed.connect(self._restyle)
        self._restyle()
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
        return self._session.document.project.watches

    def watch(self, expression: str) -> None:
        """Watch one more expression."""
        try:
            self._session.document.apply(add_watch(expression), "Watch an expression")
        except GradvizError as error:
            self._session.reported.emit(error)

    def follow(self) -> None:
        """Show the numbers as they are at this moment."""
        trace = self._session.debugger.trace
        found = self._numbers(trace) if trace is not None else []
        self.numbers.show_rows([*found, *map(_watched_row, self._session.watching.watched())])

    def refresh(self) -> None:
        """Show everything anew: numbers, expressions and breakpoints."""
        self.follow()
        points: list[Breakpoint | None] = [*self._session.document.project.breakpoints, None]
        while len(self._stop_rows) < len(points):
            self._stop_rows.append(StopRow(self._session))
            self._stops.addWidget(self._stop_rows[-1])
        while len(self._stop_rows) > len(points):
            gone = self._stop_rows.pop()
            gone.hide()
            gone.deleteLater()
        for row, point in zip(self._stop_rows, points, strict=True):
            row.show_point(point)

    def _restyle(self) -> None:
        self.more.setIcon(icon("add", theme().current[Token.MUTED]))

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


class StopRow(QFrame):
    """One breakpoint (None: the stop at NaN and ∞) with a box that switches it and how often it was hit."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._point: Breakpoint | None = None
        self.setProperty("look", "row")
        self.box = QCheckBox()
        self.box.clicked.connect(self._switch)
        self.words = ElidedLabel("", "")
        self.count = QLabel()
        self.count.setProperty("look", "number")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(6)
        line.addWidget(self.box, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.words, 1)
        line.addWidget(self.count)

    def show_point(self, point: Breakpoint | None) -> None:
        """Show a breakpoint, or the stop at NaN and ∞."""
        self._point = point
        project, watching = self._session.document.project, self._session.watching
        if point is None:
            text, is_on = "stop at NaN, ∞", project.stops_at_non_finite
            hits = sum(stop.key == NON_FINITE for stop in self._session.debugger.stops)
        else:
            text, is_on, hits = self._words(point), point.is_enabled, watching.hits(point)
        if self.words.whole != text:
            self.words.show_text(text)
            self.box.setAccessibleName(text)
            self.box.setToolTip(f"Switch on or off: {text}")
        self.box.setObjectName("breakIfNonFinite" if point is None else "breakpointBox")
        self.box.setChecked(is_on)
        self.count.setText(f"{hits} hit{'s' * (hits != 1)}")

    def _words(self, point: Breakpoint) -> str:
        if point.node is None:
            return f"break if {point.condition}"
        graph = self._session.graph
        mark = "▸" if point.phase is BreakPhase.FORWARD else "◂"
        where = f"break at {place_name(point, graph) if graph is not None else '?'} {mark}"
        return f"{where} if {point.condition}" if point.condition else where

    def _switch(self, is_on: bool) -> None:
        if self._point is None:
            self._session.document.apply(stop_at_non_finite(is_on), "Stop at NaN or ∞")
        else:
            self._session.document.apply(
                replace_breakpoint(self._point, replace(self._point, is_enabled=is_on)), "Switch a breakpoint"
            )


def _watched_row(found: Watched) -> Row:
    if found.error is not None:
        return Row(found.text, "error", Token.ERROR, found.error.message)
    if found.value is None:
        return Row(found.text, "–", Token.MUTED, "Not known yet at this point of the run")
    return Row(found.text, numbers.value(found.value), Token.TEXT)


def _row(name: str, value: Array | None, token: Token) -> Row:
    return Row(name, "–", Token.MUTED) if value is None else Row(name, numbers.value(value), token)


def _norm(adjoints: list[Array | None]) -> Array | None:
    found = [adjoint for adjoint in adjoints if adjoint is not None]
    if not found or len(found) < len(adjoints):
        return None
    return np.asarray(np.sqrt(sum(float(np.sum(np.square(adjoint))) for adjoint in found)))
