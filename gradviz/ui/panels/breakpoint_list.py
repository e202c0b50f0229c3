"""The list of breakpoints, edited in place: condition, phase, how many hits to ignore, how long it has to last.

☑  ◂ backward   x → v₂    abs(adjoint) < 1e-6      ignore 0   for 1 iterations   3 hits   ✕
☑               anywhere  los > 3
                          los > 3
                          ^^^       there is nothing called `los`, did you mean `loss`?
"""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.core.graph import Graph
from gradviz.errors import FormulaError, GradvizError
from gradviz.export.theme import Token
from gradviz.lang.reading import caret
from gradviz.project.changes import ChangeFlags
from gradviz.project.stop_commands import add_breakpoint, remove_breakpoint, replace_breakpoint
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.breakpoints import place_name, trouble_of
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import ElidedLabel, note, scrolling, show_look
from gradviz.ui.theme import theme

MOST = 999_999
HINT = "stop anywhere when …   such as  isnan(value)   or  loss > 2 previous(loss)"
TIP = (
    "Leaves and named nodes, value, adjoint, loss, iteration, grad(W), previous(…), abs, norm, any, isnan, "
    "with and, or, not. Enter takes it."
)


class BreakpointList(QWidget):
    """All breakpoints of the document, and a line that adds one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("breakpointList")
        self.rows: list[BreakpointRow] = []
        self.field = condition_field("newBreakpoint", HINT)
        self.field.returnPressed.connect(self._add_anywhere)
        self.field.textEdited.connect(self._check)
        self.error = caret_label()
        self.here = QPushButton("On the selection")
        self.here.setObjectName("breakpointHere")
        self.here.setToolTip("Put a breakpoint on the selected node or edge, with this condition if there is one (F9)")
        self.here.clicked.connect(self._add_here)
        self.empty = note("No breakpoints. F9 puts one on the selected node; the context menu of an edge has one too.")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._lay_out()
        session.document.changed.connect(self._changed)
        session.debugger.marked.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.watching.changed.connect(self.refresh)
        session.selection.changed.connect(self._show_here)
        theme().changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(self.here)
        body = QWidget()
        body.setObjectName("columnBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(2)
        column.addWidget(self.empty)
        column.addLayout(self._rows)
        column.addStretch(1)
        area = scrolling(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        head = QVBoxLayout()
        head.setContentsMargins(8, 2, 8, 0)
        head.setSpacing(2)
        head.addLayout(line)
        head.addWidget(self.error)
        whole.addLayout(head)
        whole.addWidget(area, 1)

    def refresh(self) -> None:
        """Show the document's breakpoints; rows that stay are kept, so that nobody's typing is lost."""
        points = self._session.document.project.breakpoints
        while len(self.rows) < len(points):
            self.rows.append(BreakpointRow(self._session))
            self._rows.addWidget(self.rows[-1])
        while len(self.rows) > len(points):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        for row, point in zip(self.rows, points, strict=True):
            row.show_point(point)
        self.empty.setVisible(not points)
        self._show_here()

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.BREAKPOINTS | ChangeFlags.STRUCTURE | ChangeFlags.REPLACED):
            self.refresh()

    def _show_here(self) -> None:
        selection = self._session.selection
        self.here.setEnabled(selection.node is not None or selection.edge is not None)

    def _check(self, text: str) -> None:
        graph = self._session.graph
        point = Breakpoint(None, condition=text)
        show_caret(self.error, text, trouble_of(point, graph) if graph is not None and text.strip() else None)
        show_look(self.field, "bad" if self.error.isVisibleTo(self) else "number")

    def _add_anywhere(self) -> None:
        if self.field.text().strip():
            self._add(Breakpoint(None, condition=self.field.text().strip()))

    def _add_here(self) -> None:
        selection, condition = self._session.selection, self.field.text().strip()
        if selection.edge is not None:
            edge = selection.edge
            self._add(Breakpoint(edge.target, BreakPhase.BACKWARD, operand=edge.operand, condition=condition))
        elif selection.node is not None:
            self._add(Breakpoint(selection.node, condition=condition))

    def _add(self, point: Breakpoint) -> None:
        graph = self._session.graph
        if graph is not None and trouble_of(point, graph) is not None:
            self._check(self.field.text())
            return
        try:
            self._session.document.apply(add_breakpoint(point), "Add a breakpoint")
        except GradvizError as error:
            self._session.reported.emit(error)
            return
        self.field.clear()
        self._check("")


class BreakpointRow(QFrame):
    """One breakpoint, all of it editable in place."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._point = Breakpoint(None)
        self.setProperty("look", "row")
        self.setObjectName("breakpointRow")
        self.box = QCheckBox()
        self.box.setToolTip("On or off")
        self.place = ElidedLabel("", "")
        self.place.setMinimumWidth(30)
        self.place.setMaximumWidth(140)
        self.phase = QPushButton()
        self.phase.setProperty("look", "choice")
        self.phase.setObjectName("breakpointPhase")
        self.condition = condition_field("condition", "always")
        self.ignore = _count("ignore", 0, "Pass over so many hits first")
        self.lasts = _count("lasts", 1, "It has to hold in so many iterations on end")
        self.more = QToolButton()
        self.more.setText("…")
        self.more.setCheckable(True)
        self.more.setProperty("look", "flat")
        self.more.setObjectName("moreOfBreakpoint")
        self.more.setToolTip("How many hits to ignore, and how long it has to last")
        self.more.setAccessibleName("More settings of this breakpoint")
        self.hits = QLabel()
        self.hits.setProperty("look", "number")
        self.remove = QToolButton()
        self.remove.setProperty("look", "flat")
        self.remove.setObjectName("removeBreakpoint")
        self.remove.setToolTip("Take this breakpoint away")
        self.error = caret_label()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.box)
        line.addWidget(self.phase)
        line.addWidget(self.place, 2)
        line.addWidget(self.condition, 6)
        for widget in (self.hits, self.more, self.remove):
            line.addWidget(widget)
        counts = QHBoxLayout()
        counts.setContentsMargins(22, 0, 0, 0)
        counts.setSpacing(6)
        for part in (_small("ignore the first"), self.ignore, _small("hits; it has to last for"), self.lasts):
            counts.addWidget(part)
        counts.addWidget(_small("iterations"))
        counts.addStretch(1)
        self.counts = QWidget()
        self.counts.setLayout(counts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 3)
        column.setSpacing(1)
        column.addLayout(line)
        column.addWidget(self.error)
        column.addWidget(self.counts)

    def _connect(self) -> None:
        self.box.clicked.connect(lambda on: self._change(is_enabled=bool(on)))
        self.phase.clicked.connect(self._turn)
        self.condition.textEdited.connect(self._check)
        self.condition.editingFinished.connect(lambda: self._change(condition=self.condition.text().strip()))
        self.ignore.editingFinished.connect(lambda: self._change(ignore=int(self.ignore.text() or 0)))
        self.lasts.editingFinished.connect(lambda: self._change(lasts=max(int(self.lasts.text() or 1), 1)))
        self.more.toggled.connect(self._show_counts)
        self.remove.clicked.connect(
            lambda: self._session.document.apply(remove_breakpoint(self._point), "Remove a breakpoint")
        )

    def show_point(self, point: Breakpoint) -> None:
        """Show another breakpoint, or this one anew; what is being typed stays."""
        graph = self._session.graph
        self._point = point
        self.box.setChecked(point.is_enabled)
        self.place.show_text(place_name(point, graph) if graph is not None else "?")
        self.place.setVisible(point.node is not None)
        is_forward = point.phase is BreakPhase.FORWARD
        self.phase.setText("every step" if point.node is None else "▸ forward" if is_forward else "◂ backward")
        self.phase.setEnabled(point.node is not None)
        self.phase.setToolTip("Forward or backward: click to change it" if point.node is not None else "At every step")
        self.condition.setPlaceholderText("always" if point.node is not None else "a condition is needed")
        if not (self.condition.hasFocus() and self.condition.isModified()):
            self.condition.setText(point.condition)
            self._mark(point.condition, graph)
        for field, value in ((self.ignore, point.ignore), (self.lasts, point.lasts)):
            if not (field.hasFocus() and field.isModified()):
                field.setText(str(value))
        self._show_counts()
        count = self._session.watching.hits(point)
        self.hits.setText(f"{count}×")
        self.hits.setAccessibleName(numbers.plural(count, "hit"))
        self.hits.setToolTip(f"{numbers.plural(count, 'hit')}: in so many iterations, or so often in this run")
        self.remove.setIcon(icon("close", theme().current[Token.MUTED]))
        self.remove.setAccessibleName(f"Remove the breakpoint at {self.place.whole}")
        self.box.setAccessibleName(f"Breakpoint at {self.place.whole}")

    def _show_counts(self) -> None:
        is_usual = (self._point.ignore, self._point.lasts) == (0, 1)
        self.counts.setVisible(self.more.isChecked() or not is_usual)

    def _check(self, text: str) -> None:
        self._mark(text, self._session.graph)

    def _mark(self, text: str, graph: Graph | None) -> None:
        trouble = trouble_of(replace(self._point, condition=text), graph) if graph is not None else None
        show_caret(self.error, text, trouble)
        show_look(self.condition, "bad" if trouble is not None else "number")

    def _turn(self) -> None:
        other = BreakPhase.BACKWARD if self._point.phase is BreakPhase.FORWARD else BreakPhase.FORWARD
        self._change(phase=other)

    def _change(self, **change: object) -> None:
        for field in (self.condition, self.ignore, self.lasts):
            field.setModified(False)
        wanted = replace(self._point, **change)  # type: ignore[arg-type]  # names of fields
        if wanted != self._point:
            self._session.document.apply(replace_breakpoint(self._point, wanted), "Change a breakpoint")


def condition_field(name: str, hint: str) -> QLineEdit:
    """A line in which a condition or a watch is typed."""
    field = QLineEdit()
    field.setObjectName(name)
    field.setProperty("look", "number")
    field.setPlaceholderText(hint)
    field.setAccessibleName("Condition")
    field.setToolTip(TIP)
    return field


def caret_label() -> QLabel:
    """Where an error of a condition is shown, hidden while there is none."""
    label = QLabel()
    label.setProperty("look", "caret")
    label.setStyleSheet("font-size: 11px;")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(False)
    label.setMinimumWidth(1)
    label.hide()
    return label


def show_caret(label: QLabel, text: str, error: FormulaError | None) -> None:
    """Show an error under the text: the text once more with ^^^ under the place, and what is wrong."""
    label.setVisible(error is not None)
    if error is None:
        label.setText("")
        return
    shown = caret(text, error.span) if error.span is not None and text.strip() else ""
    label.setText(f"{shown}  {error.message}".strip() if shown else error.message)
    label.setToolTip(error.message)


def _count(name: str, least: int, tip: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(tip)
    field.setToolTip(tip)
    field.setValidator(QIntValidator(least, MOST, field))
    field.setProperty("look", "number")
    field.setFixedWidth(48)
    return field


def _small(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "small")
    return label
