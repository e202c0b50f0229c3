"""The strip over the graph that says how it is looked at: what-if, sum, comparison, flow; and the way back."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gradviz.core.comparison import Comparison
from gradviz.core.flow import magnitudes
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.export.drawing import MOST_WIRE
from gradviz.export.theme import Token
from gradviz.project import commands
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display, symbols
from gradviz.ui.panels.widgets import show_look
from gradviz.ui.theme import number_font, theme

INSET = 12
MOST_WIDTH = 560


class LensBar(QWidget):
    """One line for each way in which the run is looked at; hidden while it is looked at plainly."""

    def __init__(self, session: Session, canvas: QWidget, show_details: Callable[[], object]) -> None:
        super().__init__(canvas)
        self._session = session
        self.setObjectName("lensBar")
        self.setAccessibleName("How the run is looked at")
        self.what_if = _Line(
            "whatIf", [("Details", show_details), ("Keep", self._keep), ("Discard", session.lens.what_if.discard)]
        )
        self.sum = _Line("sum", [("Show one sample", lambda: session.lens.samples.show_sum(False))])
        stop = partial(session.lens.comparing.compare_with, None)
        self.comparison = _Line("comparison", [("Details", show_details), ("Stop comparing", stop)])
        self.legend = FlowLegend()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for line in (self.what_if, self.sum, self.comparison, self.legend):
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        canvas.installEventFilter(self)
        session.lens.changed.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._arrange()
        return False

    def refresh(self) -> None:
        """Say how the run is looked at now."""
        lens = self._session.lens
        trace = lens.trace
        self.what_if.show_text(self._what_if_words() if lens.what_if.is_active else "")
        kept = lens.what_if.leaf_values()
        bound = self._session.data()
        self.what_if.button("Keep").setVisible(bool(kept) and not set(kept) <= set(bound))
        self.sum.show_text(self._sum_words() if lens.samples.is_summed else "")
        against, comparison = lens.comparing.against, lens.comparison
        words = ""
        if against is not None:
            words = f"Compared with {against.name}"
            words += f" · {loss_words(comparison)}" if comparison is not None else ": that was another formula"
        self.comparison.show_text(words)
        self.legend.setVisible(lens.shows_flow and trace is not None)
        if lens.shows_flow and trace is not None:
            scale = magnitudes(trace).scale()
            self.legend.show_scale(scale.low, scale.high)
        self._arrange()

    def _what_if_words(self) -> str:
        lens, trace = self._session.lens, self._session.debugger.trace
        if trace is None:
            return ""
        names = symbols(trace.graph)
        parts = []
        for node, change in lens.what_if.changes.items():
            if change.value is not None:
                parts.append(f"{display(names[node])} = {_short(change.value)}")
            if change.adjoint is not None:
                output = display(names[trace.graph.output])
                parts.append(f"∂{output}/∂{display(names[node])} = {_short(change.adjoint)}")
        words = f"What if {', '.join(parts)}?"
        comparison = lens.comparison
        return f"{words}  {loss_words(comparison)}" if comparison is not None else words

    def _sum_words(self) -> str:
        found = self._session.lens.samples.survey
        if found is None:
            return "Adding the samples up …"
        if found.total is None:
            return "No sample has a run to add up"
        left_out = f", {found.failed} left out" if found.failed else ""
        total = numbers.value(found.total.result)
        return f"Each number is the sum over {len(found.samples) - found.failed} samples{left_out} · L = {total}"

    def _keep(self) -> None:
        """Write the changed leaves into the document, and forget the rest."""
        bound = self._session.data()
        values = {n: v for n, v in self._session.lens.what_if.leaf_values().items() if n not in bound}
        self._session.lens.what_if.discard()
        learnt = {n: v for n, v in self._session.training.shown_parameters.items() if n not in values}
        try:
            self._session.document.apply(commands.set_values({**learnt, **values}), "Keep what if")
        except GradvizError as error:
            self._session.reported.emit(error)

    def _arrange(self) -> None:
        is_any = any(not line.isHidden() for line in (self.what_if, self.sum, self.comparison, self.legend))
        self.setVisible(is_any)
        canvas = self.parentWidget()
        if canvas is None or not is_any:
            return
        width = min(MOST_WIDTH, max(canvas.width() - 2 * INSET, 120))
        for line in (self.what_if, self.sum, self.comparison):
            line.setMaximumWidth(width)
        self.adjustSize()
        self.setGeometry(INSET, INSET, width, self.sizeHint().height())
        self.raise_()


class _Line(QFrame):
    """Words and what can be done about it."""

    def __init__(self, name: str, offers: list[tuple[str, Callable[[], object]]]) -> None:
        super().__init__()
        self.setObjectName(f"lens-{name}")
        self.setProperty("look", "current")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        for text, do in offers:
            button = QPushButton(text)
            show_look(button, "flat")
            button.setStyleSheet("min-height: 18px; font-weight: 600; padding: 1px 6px;")
            button.setToolTip(text)
            button.clicked.connect(lambda _checked=False, do=do: do())
            self._buttons[text] = button
            row.addWidget(button)
        self.hide()

    def button(self, text: str) -> QPushButton:
        """The button of that text."""
        return self._buttons[text]

    def show_text(self, text: str) -> None:
        """Say this; hide when there is nothing to say."""
        self.words.setText(text)
        self.words.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class FlowLegend(QFrame):
    """What thickness and depth of the lines mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("flowLegend")
        self.setProperty("look", "card")
        self._texts = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("The thicker and deeper a line, the larger |adjoint| at the node or what the edge sends back")
        self.hide()

    def show_scale(self, low: float, high: float) -> None:
        """The magnitudes at the thin and at the thick end."""
        self._texts = (numbers.number(low, 3), numbers.number(high, 3))
        self.setAccessibleName(f"adjoint from {self._texts[0]} to {self._texts[1]}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(text) for text in self._texts)
        return QSize(words + metrics.horizontalAdvance("|adjoint|") + 5 * 18 + 44, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        metrics = painter.fontMetrics()
        middle = self.height() / 2
        baseline = round(middle + metrics.ascent() / 2 - 1)
        x = 10
        painter.setPen(QColor(theme().current[Token.MUTED]))
        for text in ("|adjoint|", self._texts[0]):
            painter.drawText(x, baseline, text)
            x += metrics.horizontalAdvance(text) + 8
        for index in range(5):
            strength = index / 4
            ink = QColor(theme().current[Token.DERIVATIVE])
            ink.setAlphaF(0.3 + 0.7 * strength)
            painter.setPen(QPen(ink, 1.0 + (MOST_WIRE - 1.0) * strength, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(x, round(middle), x + 15, round(middle))
            x += 18
        painter.setPen(QColor(theme().current[Token.MUTED]))
        painter.drawText(x + 4, baseline, self._texts[1])
        painter.end()


def loss_words(comparison: Comparison) -> str:
    """L 16 → 25."""
    graph = comparison.before.graph
    name = display(symbols(graph)[graph.output])
    before, after = comparison.loss.before, comparison.loss.after
    return f"{name} {_short(before)} → {_short(after)}"


def _short(value: Array | None) -> str:
    if value is None:
        return "–"
    text = numbers.value(np.asarray(value), 4)
    return text if len(text) <= 18 else f"{numbers.shape(np.shape(value))} array"
