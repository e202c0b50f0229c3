"""The pages about ops: a list of all of them, and of one what it does, its mathematics, its numbers and its traps.

┌───────────┬──────────────────────────────────────────┐
│ search…   │ sigmoid            [Open as a document]  │
│ sigmoid   │ the logistic function …                  │
│ relu      │ formula and derivative                   │
│ …         │ plot of f and f′   ·   graph with numbers │
└───────────┴──────────────────────────────────────────┘

What a page says comes from `project/op_page.py`, from which docs/operations.md is written too.
"""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

import gradviz.core.ops  # noqa: F401  # fills the table of ops
from gradviz.core.op import OPS, Op
from gradviz.errors import GradvizError
from gradviz.export.cards import boxes_and_slots
from gradviz.export.picture import Picture, compose
from gradviz.export.theme import Token
from gradviz.layout.dot import place
from gradviz.layout.engine import never
from gradviz.project.leaves import default_roles
from gradviz.project.op_page import OpPage, page_of, pages
from gradviz.session.runner import CancelToken, Job, Runner
from gradviz.ui.mathline import prepare
from gradviz.ui.painting import paint_picture
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.plot import Plot
from gradviz.ui.panels.widgets import Column, clear, header, note
from gradviz.ui.search import Kind, find
from gradviz.ui.theme import theme

FORMULA_SIZE, LINE_SIZE = 20.0, 16.0
LARGEST = 1.1
"""A small graph is not blown up further than this."""


class SmallGraph(QWidget):
    """A picture of a graph, drawn as large as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("smallGraph")
        self._picture: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture, or none."""
        self._picture = picture
        self._fit()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt hands a QResizeEvent
        self._fit()

    def _fit(self) -> None:
        """As high as the picture is at this width."""
        bounds = self._picture.bounds if self._picture is not None else None
        self.setFixedHeight(round(bounds.height * self._scale()) + 1 if bounds is not None else 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bounds, scale = self._picture.bounds, self._scale()
        painter.fillRect(QRectF(self.rect()), theme()[Token.CANVAS])
        painter.scale(scale, scale)
        painter.translate(-bounds.x, -bounds.y)
        paint_picture(painter, self._picture, theme().current)
        painter.end()

    def _scale(self) -> float:
        assert self._picture is not None
        return min(LARGEST, max(self.width(), 1) / max(self._picture.bounds.width, 1.0))


def picture_of(page: OpPage, cancelled: Callable[[], bool] = never) -> Picture:
    """The example's graph with all its numbers; takes a moment, for it is laid out."""
    graph = page.trace.graph
    roles = default_roles(graph)
    placement = place(*boxes_and_slots(graph, roles), graph.output, cancelled=cancelled)
    return compose(graph, placement, roles, page.trace)


class CurvePlot(QWidget):
    """f and f′ along one operand; with several operands one chooses along which."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: OpPage | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName("Along which operand")
        self.choice.setToolTip("Along which operand the curves run; the others are held")
        self.plot = Plot("The operation and its derivative")
        self.plot.setFixedHeight(230)
        self.plot.getPlotItem().setMouseEnabled(x=False, y=False)  # the wheel scrolls the page
        self._value = self.plot.add_curve(Token.VALUE)
        self._slope = self.plot.add_curve(Token.DERIVATIVE, style=Qt.PenStyle.DashLine)
        self.plot.set_legend([(Token.VALUE, "▸ f"), (Token.DERIVATIVE, "◂ f′")])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.plot)
        self.choice.currentIndexChanged.connect(self._draw)

    def show_page(self, page: OpPage) -> None:
        """Show the curves of another op; nothing for one without."""
        self._page = page
        self.setVisible(bool(page.curves))
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([curve.title for curve in page.curves])
        self.choice.blockSignals(False)
        self.choice.setVisible(len(page.curves) > 1)
        self._draw()

    def _draw(self, _index: int = 0) -> None:
        if self._page is None or not self._page.curves:
            return
        curve = self._page.curves[max(self.choice.currentIndex(), 0)]
        self._value.setData(curve.x, curve.value)
        self._slope.setData(curve.x, curve.slope)
        self.plot.set_names(curve.operand, "f")
        self.plot.getPlotItem().enableAutoRange()


class OpPageView(Column):
    """One op's page. opened(formula): its example is to be opened as a document."""

    opened = Signal(str)

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("About an operation", 560, parent, margin=20)
        self._runner = runner
        self._job: Job | None = None
        self.page: OpPage | None = None
        self.setObjectName("opPage")
        self.title = QLabel()
        self.title.setProperty("look", "title")
        self.open = QPushButton("Open as a document")
        self.open.setToolTip("Open the example in a window of its own, to step through and change it")
        self.open.clicked.connect(self._open)
        self.call = QLabel()
        self.call.setProperty("look", "number")
        self.call.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.call.setWordWrap(True)
        self.summary = note("", "")
        self.formulas = EquationLines(FORMULA_SIZE)
        self.curves = CurvePlot()
        self.graph = SmallGraph()
        self.forward, self.backward = EquationLines(LINE_SIZE), EquationLines(LINE_SIZE)
        self._words = QVBoxLayout()
        self._words.setSpacing(4)
        self._arrange()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.open)
        self.column.addLayout(head)
        for widget in (self.call, self.summary, self.formulas, self.curves):
            self.column.addWidget(widget)
        self.column.addLayout(self._words)
        self.column.addWidget(header("With numbers"))
        self.column.addWidget(self.graph)
        numbers = QHBoxLayout()
        numbers.setSpacing(24)
        for title, lines in (("▸ forward", self.forward), ("◂ backward", self.backward)):
            side = QVBoxLayout()
            side.addWidget(note(title, "small"))
            side.addWidget(lines)
            side.addStretch(1)
            numbers.addLayout(side, 1)
        self.column.addLayout(numbers)
        self.column.addStretch(1)

    def show_op(self, op: Op) -> None:
        """Show the page of an op."""
        self.page = page = page_of(op)
        self.title.setText(op.name)
        also = f"   also {', '.join(page.aliases)}" if page.aliases else ""
        self.call.setText(f"{page.call}{f'   written {page.written}' if page.written else ''}{also}")
        self.summary.setText(op.help.summary)
        self.curves.show_page(page)
        self._show_words(op)
        for lines in (self.formulas, self.forward, self.backward):
            lines.show_equations(())
        self.graph.show_picture(None)
        self.verticalScrollBar().setValue(0)
        self.cancel()
        work = partial(_drawn, page, theme().current.name)
        self._job = self._runner.submit(work, partial(self._take, page), self._fail)

    def cancel(self) -> None:
        """Let what is on its way not arrive."""
        if self._job is not None:
            self._job.cancel()

    def _show_words(self, op: Op) -> None:
        clear(self._words)
        told = (
            ("Back", op.help.derivative),
            ("At kinks", op.help.kinks),
            ("Traps", op.help.traps),
            ("Source", op.help.source if op.help.source != "Calculus." else ""),
        )
        for title, text in told:
            if text:
                self._words.addWidget(header(title))
                self._words.addWidget(note(text, ""))
                self._words.addSpacing(4)

    def _take(self, page: OpPage, picture: Picture) -> None:
        self.formulas.show_equations(page.formulas)
        self.forward.show_equations(page.forward)
        self.backward.show_equations(page.backward)
        self.graph.show_picture(picture)

    def _fail(self, error: Exception) -> None:
        reason = error.message if isinstance(error, GradvizError) else str(error)
        self._words.addWidget(note(f"The example can't be shown: {reason}", "error"))

    def _open(self) -> None:
        if self.page is not None:
            self.opened.emit(self.page.example)


class OpPages(QDialog):
    """All pages, beside the window. opened(formula): an example is to be opened as a document."""

    opened = Signal(str)

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("opPages")
        self.setWindowTitle("Operations")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit()
        self.field.setObjectName("opSearch")
        self.field.setPlaceholderText("search…")
        self.field.setAccessibleName("Search for an operation")
        self.field.setToolTip("Search by name, sign or meaning; arrow keys go through the list")
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Operations")
        self.list.setFixedWidth(180)
        self.field.setFixedWidth(180)
        self.view = OpPageView(runner)
        side = QVBoxLayout()
        side.addWidget(self.field)
        side.addWidget(self.list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 0, 12)
        row.addLayout(side)
        row.addWidget(self.view, 1)
        self.resize(900, 680)
        self._fill([page.op for page in pages()])
        self.field.textChanged.connect(self._search)
        self.list.currentItemChanged.connect(self._choose)
        self.view.opened.connect(self.opened)
        self.finished.connect(self.view.cancel)

    def show_op(self, op: Op) -> None:
        """Show the page of an op."""
        if not self._select(op):
            self.field.clear()
            self._select(op)
        self.show()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys in the search field go through the list."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), self.list.count() - 1))
            return
        super().keyPressEvent(event)

    def _fill(self, ops: Iterable[Op]) -> None:
        self.list.clear()
        for op in ops:
            item = QListWidgetItem(op.name)
            item.setData(Qt.ItemDataRole.UserRole, op.name)
            item.setToolTip(op.help.summary)
            item.setSizeHint(QSize(100, 24))
            self.list.addItem(item)

    def _search(self, text: str) -> None:
        names = [found.key for found in find(text.strip()) if found.kind is Kind.OP] if text.strip() else None
        self._fill([page.op for page in pages()] if names is None else [OPS[name] for name in names])
        if self.list.count():
            self.list.setCurrentRow(0)

    def _select(self, op: Op) -> bool:
        for row in range(self.list.count()):
            if self.list.item(row).text() == op.name:
                self.list.setCurrentRow(row)
                return True
        return False

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.view.show_op(OPS[item.text()])


def _drawn(page: OpPage, theme_name: str, token: CancelToken) -> Picture:
    """What takes time: mathematics set and the graph laid out."""
    prepare(page.formulas, FORMULA_SIZE, theme_name, cancelled=token)
    prepare((*page.forward, *page.backward), LINE_SIZE, theme_name, cancelled=token)
    return picture_of(page, cancelled=token)
