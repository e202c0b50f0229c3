"""The laboratory of the order: four ways to send derivatives back, call by call."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from gradviz.core.recursion import Attempt, Call, Way, attempt
from gradviz.core.trace import Trace
from gradviz.export.theme import Token
from gradviz.session.runner import CancelToken
from gradviz.session.session import Session
from gradviz.text import laboratory, numbers
from gradviz.text.numbers import count
from gradviz.ui.laboratories.page import LabPage, Subject
from gradviz.ui.panels.facts import shown_names
from gradviz.ui.panels.row_table import Cell, Line, RowTable
from gradviz.ui.panels.widgets import note

PRESETS = {
    "used three times": "a = x^2; b = a + a; b*a",
    "a ladder of 8": "; ".join(["v0 = x + 1", *(f"v{i + 1} = v{i} + sin(v{i})" for i in range(8)), "v8^2"]),
    "a ladder of 40": "; ".join(["v0 = x + 1", *(f"v{i + 1} = 0.5 v{i} + 0.4 v{i}" for i in range(40)), "v40^2"]),
    "no sharing": "sin(exp(x))^2",
}


class OrderLab(LabPage[tuple[Attempt, ...]]):
    """The four ways in a table; the calls of the chosen one below, the first mistake in words."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, laboratory.ORDER, PRESETS)
        self.setObjectName("orderLab")
        self.ways = RowTable("Ways to send derivatives back", ("way", "calls", "derivatives"))
        self.ways.chosen.connect(self._show_calls)
        self.calls = RowTable("Calls in order", ("call", "received", "sum", "sends on", "still to come"))
        self.calls.chosen.connect(self._choose_call)
        self.words = note("", "muted")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.ways)
        split.addWidget(self.calls)
        split.setSizes([130, 260])
        self.column.addWidget(self.gist)
        self.column.addWidget(split, 1)
        self.column.addWidget(self.words)
        self._chosen: Attempt | None = None

    def experiment(self, subject: Subject) -> Callable[[CancelToken], tuple[Attempt, ...] | None]:
        """All four ways."""

        def work(token: CancelToken) -> tuple[Attempt, ...] | None:
            found = tuple(attempt(subject.trace, way, cancelled=token) for way in Way)
            return None if token.is_cancelled else found

        return work

    def show_answer(self, subject: Subject, answer: tuple[Attempt, ...]) -> None:
        """The ways, and the calls of the one that was chosen before."""
        self.gist.setText(laboratory.order_gist(answer, laboratory.has_sharing(subject.graph)))
        self.ways.rows.show_rows(len(answer), lambda row: _way_line(subject.trace, answer[row]))
        before = self._chosen.way if self._chosen is not None else Way.TOO_EARLY
        self._show_calls(next(i for i, one in enumerate(answer) if one.way is before))

    def _show_calls(self, row: int) -> None:
        if self.answer is None or self.subject is None:
            return
        chosen = self._chosen = self.answer[row]
        trace = self.subject.trace
        self.calls.rows.show_rows(len(chosen.made), lambda i: _call_line(trace, i, chosen.made[i], chosen))
        told = (laboratory.culprit(trace, chosen), laboratory.comparison(trace, chosen))
        words = " ".join(part for part in told if part)
        self.words.setText(words or f"{chosen.way.value.capitalize()}: {laboratory.WAYS[chosen.way]}.")

    def _choose_call(self, row: int) -> None:
        if self._chosen is not None and self.subject is not None and self.subject.is_document:
            self.session.selection.select(self._chosen.made[row].node)


def _way_line(trace: Trace, found: Attempt) -> Line:
    tip = laboratory.WAYS[found.way]
    words = laboratory.verdict(trace, found)
    token = Token.ERROR if found.wrong else Token.MUTED if not found.is_complete else Token.PARAMETER
    return Cell(found.way.value, Token.TEXT, tip), Cell(count(found.calls)), Cell(words, token, words)


def _call_line(trace: Trace, index: int, call: Call, chosen: Attempt) -> Line:
    name = shown_names(trace.graph)[call.node]
    ink = Token.ERROR if call is chosen.culprit else Token.TEXT
    received, whole = numbers.value(call.received, 4), numbers.value(call.sum, 4)
    sent = Cell("–", Token.MUTED) if call.sent is None else Cell(numbers.value(call.sent, 4), Token.DERIVATIVE)
    place = f"{'· ' * min(call.depth, 12)}{name}"
    waits = Cell(str(call.waits_for) if call.waits_for else "", ink)
    return Cell(place, ink, f"call {index + 1}"), Cell(received, Token.DERIVATIVE), Cell(whole), sent, waits
