"""What is pinned, side by side: a card for each node or edge, with its numbers at the present position of the run."""

from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QWidget

from gradviz.core.graph import Edge
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.export.theme import Token
from gradviz.session.course import Subject
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.icons import icon
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.subject import Numbers, has_edge, shown_run, sight
from gradviz.ui.panels.widgets import Card, ElidedLabel, FactList, Row
from gradviz.ui.theme import theme

CARD_WIDTH = 188
_HINT = "Pin nodes and edges to see them side by side: select one and press Ctrl+P, or the pin in the inspector."


class PinnedCard(Card):
    """One pinned node or edge. A click selects it."""

    def __init__(self, session: Session, subject: Subject) -> None:
        super().__init__(padding=10, gap=4)
        self.subject = subject
        self._session = session
        self.setFixedWidth(CARD_WIDTH)
        self.setToolTip("Click to select it")
        self.heading = ElidedLabel("", "header")
        close = QToolButton()
        close.setProperty("look", "flat")
        close.setIcon(icon("close", theme().current[Token.MUTED]))
        close.setIconSize(QSize(9, 9))
        close.setStyleSheet("min-height: 12px; padding: 1px 2px;")
        close.setAccessibleName("Unpin")
        close.setToolTip("Unpin")
        close.clicked.connect(partial(session.pins.toggle, subject))
        self.close_button = close
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(close)
        self.list = FactList()
        self.maps = {token: HeatMap(height=26, token=token) for token in (Token.VALUE, Token.DERIVATIVE)}
        self.column.addLayout(head)
        self.column.addWidget(self.list)
        for heat_map in self.maps.values():
            self.column.addWidget(heat_map)
        self.column.addStretch(1)

    def show_run(self, trace: Trace, position: int) -> None:
        """Show the numbers of this run."""
        seen = sight(trace, self.subject, position)
        self.heading.show_text(seen.title)
        shown = seen.numbers[:2]
        rows = [row for one in shown for row in _rows(one)]
        self.list.show_rows(rows)
        for one in shown:
            heat_map = self.maps[one.token]
            is_array = one.array is not None and np.ndim(one.array) > 0 and np.size(one.array) > 1
            heat_map.setVisible(is_array)
            if is_array and one.array is not None:
                heat_map.show_array(one.array)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            if isinstance(self.subject, Edge):
                self._session.selection.select_edge(self.subject)
            else:
                self._session.selection.select(self.subject)


class PinnedPanel(QScrollArea):
    """The cards of all pins in a row."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("pinnedPanel")
        self.setAccessibleName("Pinned nodes and edges")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        body = QWidget()
        body.setObjectName("columnBody")
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(8)
        self.hint = QLabel(_HINT)
        self.hint.setProperty("look", "muted")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row.addWidget(self.hint, 1)
        self._row.addStretch(0)
        self.setWidget(body)
        self.cards: list[PinnedCard] = []
        session.pins.changed.connect(self.refresh)
        session.debugger.moved.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.lens.changed.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self.refresh()

    def refresh(self) -> None:
        """Show all pins as they are now."""
        self._make_cards()
        trace, position = shown_run(self._session), self._session.debugger.position
        self.hint.setVisible(not self.cards)
        if trace is None or not self.isVisible():
            return
        for card in self.cards:
            is_there = (
                has_edge(trace.graph, card.subject)
                if isinstance(card.subject, Edge)
                else (card.subject < len(trace.graph))
            )
            card.setVisible(is_there)
            if is_there:
                card.show_run(trace, position)

    def _make_cards(self) -> None:
        if [card.subject for card in self.cards] == list(self._session.pins.subjects):
            return
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [PinnedCard(self._session, subject) for subject in self._session.pins.subjects]
        for index, card in enumerate(self.cards):
            self._row.insertWidget(index, card)
        self._row.setStretch(self._row.count() - 1, 1 if self.cards else 0)


def _rows(one: Numbers) -> list[Row]:
    if one.array is None:
        return [Row(one.name, "not yet", Token.MUTED)]
    token = one.token if np.all(np.isfinite(one.array)) else Token.ERROR
    if not np.ndim(one.array):
        return [Row(one.name, numbers.value(one.array), token)]
    shape = numbers.shape(one.array.shape)
    return [Row(f"‖{one.name}‖", numbers.number(norm(one.array), 4), token, f"Euclidean length of a {shape} array")]
