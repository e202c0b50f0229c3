"""The watches: expressions edited in place with their number at this moment, and their curves over the iterations."""

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from gradviz.core.types import Array
from gradviz.errors import FormulaError, GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.stop_commands import add_watch, remove_watch, replace_watch
from gradviz.session.breakpoints import asked
from gradviz.session.session import Session
from gradviz.session.watching import Watched
from gradviz.text import numbers
from gradviz.ui.icons import icon
from gradviz.ui.panels.breakpoint_list import caret_label, condition_field, show_caret
from gradviz.ui.panels.plot import Plot, draw_live, finite, logarithms
from gradviz.ui.panels.widgets import NumberLabel, Spine, note, scrolling, show_look
from gradviz.ui.theme import theme

COLOURS = (Token.VALUE, Token.DERIVATIVE, Token.PARAMETER, Token.DATA, Token.CONSTANT, Token.CURRENT)
HINT = "watch an expression …   such as  norm(grad(W))   or  loss/previous(loss)"
REDRAW_MS = 1_000
"""While training the curves are drawn no more often than this."""


class WatchList(QWidget):
    """All watches of the document on the left, their curves on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("watchList")
        self.rows: list[WatchRow] = []
        self.field = condition_field(
            "newWatch", "watch an expression …   such as  norm(grad(W))   or  loss/previous(loss)"
        )
        self.field.setAccessibleName("Expression to watch")
        self.field.returnPressed.connect(self._add)
        self.field.textEdited.connect(self._check)
        self.error = caret_label()
        self.empty = note("Nothing is watched yet.")
        self.plot = Plot("Watches by iteration; click to open an iteration")
        self.plot.setToolTip("Click to open an iteration. An array is drawn by its length.")
        self.plot.clicked.connect(self._open)
        self._curves = [self.plot.add_curve(token) for token in COLOURS]
        self._marker = self.plot.add_line(Token.CURRENT)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self._ask)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._lay_out()
        session.document.changed.connect(self._changed)
        session.debugger.moved.connect(self.follow)
        session.debugger.retraced.connect(self.follow)
        session.watching.changed.connect(self.refresh)
        session.watching.curved.connect(self._draw)
        session.training.progressed.connect(self._progressed)
        self.refresh()
        self._draw()

    def _lay_out(self) -> None:
        body = QWidget()
        body.setObjectName("columnBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 2, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.error)
        column.addWidget(self.empty)
        column.addLayout(self._rows)
        column.addStretch(1)
        area = scrolling(body)
        area.setMinimumWidth(220)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(area, 3)
        whole.addWidget(self.plot, 4)

    def refresh(self) -> None:
        """Show the document's watches; rows that stay are kept."""
        watches = self._session.document.project.watches
        while len(self.rows) < len(watches):
            token = COLOURS[len(self.rows) % len(COLOURS)]
            self.rows.append(WatchRow(self._session, token))
            self._rows.addWidget(self.rows[-1])
        while len(self.rows) > len(watches):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        self.empty.setVisible(not watches)
        self.follow()

    def follow(self) -> None:
        """Show the numbers of this moment."""
        if not isValid(self) or not self.isVisible():
            return
        for row, found in zip(self.rows, self._session.watching.watched(), strict=False):
            row.show_watched(found)
        self._marker.setPos(self._session.iteration)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # a QShowEvent
        self.refresh()
        self._ask()

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.BREAKPOINTS | ChangeFlags.STRUCTURE | ChangeFlags.REPLACED):
            self.refresh()
            self._ask()

    def _progressed(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        if self.isVisible():
            self._session.watching.draw_curves()

    def _draw(self) -> None:
        found = self._session.watching.curves
        by_text = {curve.text: curve for curve in found}
        watches = self._session.document.project.watches[: len(COLOURS)]
        wide = _is_wide([by_text[text].values for text in watches if text in by_text])
        for index, curve in enumerate(self._curves):
            drawn = by_text.get(watches[index]) if index < len(watches) else None
            if drawn is None:
                curve.setData([], [])
                continue
            values = logarithms(drawn.values) if wide else finite(drawn.values)
            draw_live(curve, COLOURS[index], drawn.iterations.astype(float), values, is_moving=False)
        self.plot.set_logarithmic(wide)
        self._marker.setVisible(bool(found))
        self._marker.setPos(self._session.iteration)
        hint = "Train to see the curves of the watches" if watches else "Watches are drawn here by iteration"
        self.plot.show_message("" if found else hint)

    def _open(self, x: float, _y: float) -> None:
        if self._session.watching.curves:
            self._session.training.reopen(max(0, round(x)))

    def _check(self, text: str) -> None:
        graph = self._session.graph
        found = asked(text, graph) if graph is not None and text.strip() else None
        show_caret(self.error, text, found if isinstance(found, FormulaError) else None)
        show_look(self.field, "bad" if isinstance(found, FormulaError) else "number")

    def _add(self) -> None:
        graph, text = self._session.graph, self.field.text().strip()
        if not text or (graph is not None and isinstance(asked(text, graph), FormulaError)):
            self._check(self.field.text())
            return
        try:
            self._session.document.apply(add_watch(text), "Watch an expression")
        except GradvizError as error:
            self._session.reported.emit(error)
            return
        self.field.clear()
        self._check("")


class WatchRow(QFrame):
    """One watch: its colour, its text, its number."""

    def __init__(self, session: Session, token: Token) -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self.setProperty("look", "row")
        self.setObjectName("watchRow")
        self.field: QLineEdit = condition_field("watch", "")
        self.field.setProperty("look", "number")
        self.field.editingFinished.connect(self._take)
        self.value = NumberLabel()
        self.value.setMaximumWidth(120)
        self.remove = QToolButton()
        self.remove.setProperty("look", "flat")
        self.remove.setObjectName("removeWatch")
        self.remove.setToolTip("Stop watching this")
        self.remove.clicked.connect(
            lambda: self._session.document.apply(remove_watch(self._text), "Stop watching an expression")
        )
        self.error = caret_label()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(Spine(token))
        line.addWidget(self.field, 1)
        line.addWidget(self.value)
        line.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(1)
        column.addLayout(line)
        column.addWidget(self.error)

    def show_watched(self, found: Watched) -> None:
        """Show a watch with its number."""
        self._text = found.text
        if not (self.field.hasFocus() and self.field.isModified()):
            self.field.setText(found.text)
        shown = numbers.value(found.value) if found.value is not None else "–"
        self.value.show_number(shown)
        self.value.setToolTip("" if found.value is not None else "Not known yet at this point of the run")
        show_caret(self.error, found.text, found.error)
        show_look(self.field, "bad" if found.error is not None else "number")
        self.remove.setIcon(icon("close", theme().current[Token.MUTED]))
        self.remove.setAccessibleName(f"Stop watching {found.text}")
        self.setAccessibleName(f"{found.text}: {shown}")

    def _take(self) -> None:
        if self.field.isModified():
            self.field.setModified(False)
            self._session.document.apply(replace_watch(self._text, self.field.text()), "Change a watch")


def _is_wide(columns: list[Array]) -> bool:
    """True where positive numbers reach over three powers of ten and more: those need a logarithmic axis."""
    together = np.concatenate(columns) if columns else np.array([])
    sound = together[np.isfinite(together)]
    if not len(sound) or np.any(sound < 0):
        return False
    positive = sound[sound > 0]
    return bool(len(positive)) and bool(np.max(positive) > 1e3 * np.min(positive))
