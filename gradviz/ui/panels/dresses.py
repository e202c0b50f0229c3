"""The formula panel: one formula in every dress, side by side.

    ▾ Typeset            Copy │ ▾ Plain text          Copy
    (y − (Wx + b))²           │ (y − (W·x + b))²
    ▾ Function notation  Copy │ ▸ LaTeX               Copy
    sq(sub(y, …))             │

What is pointed at in one dress, on the canvas or among the leaves lights up in all of them. A dress is folded away by
a click on its title.
"""

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gradviz.core.graph import Graph
from gradviz.core.types import Array, NodeId
from gradviz.session.dresses import LONGEST, Dress, Wardrobe, wardrobe
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.ui.mathregions import drawn
from gradviz.ui.panels.dress_views import MATH_SIZE, MOST_TYPESET, MathDress, TextDress
from gradviz.ui.panels.front import Front
from gradviz.ui.panels.widgets import Card, note
from gradviz.ui.theme import theme

TITLES = {
    "typeset": "Typeset",
    "plain": "Plain text",
    "functions": "Function notation",
    "latex": "LaTeX",
    "numpy": "NumPy",
    "torch": "PyTorch",
    "jax": "JAX",
}
CODE = ("numpy", "torch", "jax")
COLUMN_WIDTH = 330
"""About how wide a column of dresses is; there are as many as fit."""
HEADS = 190
"""Room that a high panel keeps for the other dresses of a column."""
REST_MS = 120


class DressCard(Card):
    """One dress: its title, by which it is folded, a button that copies it, and its view."""

    copied = Signal(str)

    def __init__(self, key: str, view: TextDress | MathDress) -> None:
        super().__init__(padding=5, gap=0)
        self.key, self.view = key, view
        self.setObjectName(f"dress-{key}")
        self._whole = ""
        self.title = self._button("", f"Fold {TITLES[key]} away, or show it again")
        self.title.setObjectName(f"fold-{key}")
        self.title.clicked.connect(lambda: self.set_open(self.holder.isHidden()))
        self.copy_button = self._button("Copy", f"Copy: {TITLES[key]}")
        self.copy_button.setObjectName(f"copy-dress-{key}")
        self.copy_button.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        self.column.addLayout(head)
        self.trouble = note("")
        self.trouble.hide()
        self.column.addWidget(self.trouble)
        self.holder: QWidget = self._scroll(view) if isinstance(view, MathDress) else view
        self.column.addWidget(self.holder)
        self.set_open(True)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "flat")
        button.setStyleSheet("font-size: 11px; min-height: 16px; padding: 0 4px;")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _scroll(self, view: MathDress) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName("typesetScroll")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(view)
        area.setStyleSheet("QScrollArea, QWidget#typeset { background: transparent; }")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    @property
    def is_open(self) -> bool:
        """True unless it is folded away."""
        return not self.holder.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show the dress, or fold it away."""
        self.holder.setVisible(is_open)
        self.trouble.setVisible(is_open and bool(self.trouble.text()))
        self.title.setText(f"{'▾' if is_open else '▸'} {TITLES[self.key]}")

    def copy(self) -> None:
        """Copy the whole dress."""
        QGuiApplication.clipboard().setText(self._whole)
        self.copied.emit(f"Copied {TITLES[self.key]}: {len(self._whole):,} characters.")

    def show_dress(self, dress: Dress) -> None:
        """Show the formula in this dress."""
        assert isinstance(self.view, TextDress)
        self._whole = dress.text.text
        self.view.show_marked(dress.text.cut(LONGEST))
        over = len(self._whole) - LONGEST
        words = f"The first {LONGEST:,} characters; Copy takes all {len(self._whole):,}." if over > 0 else ""
        self._say(dress.trouble or words, has_text=not dress.trouble)
        self.view.fit_height()

    def show_typeset(self, found: Wardrobe) -> None:
        """Show the typeset formula; what is copied is its LaTeX, ready for a document."""
        assert isinstance(self.view, MathDress)
        self._whole = "\n".join(f"\\[ {line.text} \\]" for line in found.latex)
        self.view.show_lines(found.latex, found.plain)
        bar = self.holder.horizontalScrollBar().sizeHint().height() if isinstance(self.holder, QScrollArea) else 0
        self.holder.setFixedHeight(min(self.view.sizeHint().height() + bar, 220))

    def _say(self, words: str, *, has_text: bool) -> None:
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words) and self.is_open)
        self.view.setVisible(has_text and self.is_open)
        self.copy_button.setEnabled(has_text)


class FormulaPanel(QScrollArea):
    """The session's formula in every dress."""

    said = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._shown: tuple[Graph, dict[str, Array]] | None = None
        self._count = 0
        self._front = Front(self, self._come)
        self.setObjectName("formulaPanel")
        self.setAccessibleName("The formula in every dress")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cards = {key: DressCard(key, self._view(key)) for key in TITLES}
        self.hint = note("Type a formula: here it stands in every dress.")
        body = QWidget()
        body.setObjectName("columnBody")
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(10, 8, 10, 8)
        self._row.setSpacing(8)
        self.setWidget(body)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        self._connect()
        self._arrange(1)

    def _view(self, key: str) -> TextDress | MathDress:
        return MathDress() if key == "typeset" else TextDress(TITLES[key], wraps=key not in CODE)

    def _connect(self) -> None:
        session = self._session
        for card in self.cards.values():
            card.copied.connect(self.said)
            card.view.pointed.connect(session.pointing.point_at)
            card.view.chosen.connect(session.selection.select)
        session.document.changed.connect(lambda _flags: self.refresh())
        session.debugger.retraced.connect(self.refresh)
        session.sampled.connect(self.refresh)
        session.pointing.changed.connect(self._light)
        session.selection.changed.connect(self._light)
        theme().changed.connect(self._light)

    @property
    def is_waiting(self) -> bool:
        """True while other texts are wished for."""
        return self._rest.isActive() or (self._job is not None and not self._job.is_finished)

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._front.look()
        self.refresh()

    def _come(self, _is_seen: bool) -> None:
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(max(1, min(round(self.width() / COLUMN_WIDTH), len(self.cards))))
        for card in self.cards.values():
            if isinstance(card.view, TextDress):
                card.view.allow(self.height() - HEADS)

    def refresh(self) -> None:
        """Wish for the texts of the formula as it is now."""
        if self._front.is_seen:
            self._rest.start()

    def _arrange(self, count: int) -> None:
        """Deal the dresses out to so many columns; each column is scrolled with the others."""
        if count == self._count:
            return
        self._count = count
        while (item := self._row.takeAt(0)) is not None:
            column = item.layout()
            while column is not None and (inner := column.takeAt(0)) is not None:
                del inner
        for start in range(count):
            made = QVBoxLayout()
            made.setSpacing(8)
            if start == 0:
                made.addWidget(self.hint)
            for card in list(self.cards.values())[start::count]:
                made.addWidget(card)
            made.addStretch(1)
            self._row.addLayout(made, 1)

    def _start(self) -> None:
        graph = self._session.graph
        self.hint.setVisible(graph is None)
        for card in self.cards.values():
            card.setVisible(graph is not None)
        if graph is None:
            self._shown = None
            return
        values = self._session.values()
        if self._job is not None:  # also where nothing new is wanted: else it would bring what was wanted meanwhile
            self._job.cancel()
        if self._shown is not None and self._shown[0] is graph and _same(self._shown[1], values):
            return

        def work(_token: object) -> Wardrobe:
            found = wardrobe(graph, values)
            for line in found.latex[:MOST_TYPESET]:
                drawn(line, MATH_SIZE)  # kept: what is left for the window is quick
            return found

        self._job = self._session.runner.submit(work, partial(self._show, graph, values), self._failed)

    def _show(self, graph: Graph, values: dict[str, Array], found: Wardrobe) -> None:
        self._shown = graph, values
        self.cards["typeset"].show_typeset(found)
        for dress in found.dresses:
            self.cards[dress.key].show_dress(dress)
        self._light()

    def _failed(self, error: Exception) -> None:
        self._shown = None
        self.said.emit(f"The formula can't be written in other dresses: {error}")

    def _light(self) -> None:
        if self._shown is None or self._shown[0] is not self._session.graph:
            return
        graph = self._shown[0]
        pointed = self._session.pointing.node
        chosen = self._session.selection.nodes
        edge = self._session.selection.edge
        if not chosen and edge is not None:
            chosen = (edge.source,)
        for card in self.cards.values():
            tree = card.view.lines if isinstance(card.view, MathDress) else (card.view,)
            known = {mark.node for line in tree for mark in line.tree.marks} if graph.blocks else None
            shown = partial(_written, graph, known)
            card.view.light(None if pointed is None else shown(pointed), tuple(map(shown, chosen)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._light()


def _written(graph: Graph, known: set[NodeId] | None, node: NodeId) -> NodeId:
    """The node itself, or the call of the function inside which it is, where that alone is written."""
    if known is None or node in known:
        return node
    calls = (block.output for block in graph.blocks if node in block.members and block.output in known)
    return next(calls, node)


def _same(a: dict[str, Array], b: dict[str, Array]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)
