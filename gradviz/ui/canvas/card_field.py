"""A value typed in place: a field over the card of a leaf or a number, which follows the card.

    double click, Enter      opens it on the card; an array opens as a table
    Enter                    takes what was typed
    Tab, Shift+Tab           takes it and goes on to the next leaf or number, as one reads
    Escape                   leaves all as it was

What is no value stays in the field, and the words below it say why. Each taken value is one entry of the history.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QLabel, QWidget

from gradviz.core.graph import Graph, Leaf, Literal
from gradviz.core.types import Array, NodeId
from gradviz.errors import GradvizError, GraphError
from gradviz.export.theme import Token
from gradviz.layout.types import Rect
from gradviz.project import editing
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.scene import GraphScene
from gradviz.ui.panels.array_editor import ArrayEditor
from gradviz.ui.panels.slider_range import around
from gradviz.ui.panels.value_field import LARGEST_TYPED, ValueField
from gradviz.ui.panels.widgets import note
from gradviz.ui.theme import theme

LEAST_WIDTH, HEIGHT = 112, 30
GAP = 6
"""Between a card and what is said or asked below it."""
_KEPT = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
_TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CardField(ValueField):
    """The field; it closes itself when its value is taken or given up."""

    ended = Signal(int)
    """It is over; go on to the card that is so many further (0: to none)."""

    def __init__(self, node: NodeId, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.node = node
        self.setObjectName("cardField")
        self.setAccessibleName(f"Value of {title}")
        self.setToolTip("Enter takes the value, Tab goes on to the next leaf, Escape leaves all as it was")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.is_wrong = False
        self.refused.connect(self._refused)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if event.type() is QEvent.Type.ShortcutOverride and key in _OWN_KEYS:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress and key in _TABS:
                self._take(_TABS[key])
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.setModified(False)
                self.ended.emit(0)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(0)
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)  # takes what was typed
        if event.reason() not in _KEPT and not self.is_wrong:
            self.ended.emit(0)

    def _take(self, way: int) -> None:
        self._finish()
        if not self.is_wrong:
            self.ended.emit(way)

    def _refused(self, why: str) -> None:
        self.is_wrong = bool(why)


class CardFields(QObject):
    """Opens a field on the card of a leaf or a number, one at a time."""

    def __init__(self, session: Session, scene: GraphScene, camera: Camera, view: QGraphicsView) -> None:
        super().__init__(view)
        self._session = session
        self._scene = scene
        self._view = view
        self.field: CardField | None = None
        self.trouble: QLabel | None = None
        self.rename: QAction | None = None
        """What gives an operation a name, once somebody offers it."""
        camera.zoomed.connect(self._arrange)
        camera.panned.connect(self._arrange)
        session.document.changed.connect(self._document_changed)

    def edit(self, node: NodeId) -> bool:
        """Let somebody type the value of a leaf or a number, or the name of an operation; False when it has none."""
        graph = self._session.graph
        if graph is None or node >= len(graph) or self._session.veil.is_quiz:
            return False
        match graph.nodes[node]:
            case Leaf(name):
                self._session.selection.select(node)
                self._edit_leaf(node, name)
            case Literal(value):
                self._session.selection.select(node)
                self._open(node, value, partial(self._set_number, node))
            case _ if self.rename is not None:
                self._session.selection.select(node)
                self.rename.trigger()
            case _:
                return False
        return True

    def below(self, node: NodeId | None) -> QPoint | None:
        """The global place below the card of a node; None when that isn't seen."""
        card = self._card(node) if node is not None else None
        if card is None:
            return None
        corner = self._view.mapFromScene(QPointF(card.x, card.y + card.height))
        seen = self._view.viewport().rect().contains(corner)
        return self._view.viewport().mapToGlobal(corner + QPoint(0, GAP)) if seen else None

    def close(self) -> None:
        """Close the field; what was typed is given up."""
        if self.field is not None:
            self._scene.changed.disconnect(self._scene_changed)
        field, self.field = self.field, None
        trouble, self.trouble = self.trouble, None
        for widget in (field, trouble):
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    # -- opening ------------------------------------------------------------------------------------

    def _edit_leaf(self, node: NodeId, name: str) -> None:
        value = np.asarray(self._session.values()[name])
        columns = self._session.document.project.bound.get(name, ())
        if columns:
            fed = f"{display(name)} is fed from {', '.join(columns)}: choose another sample (Alt+Right), or other data"
            self._session.reported.emit(GraphError(f"{fed} (Ctrl+Shift+D)", node=node))
        elif value.ndim:
            ArrayEditor(self._session, name, self._view.window()).open()
        else:
            self._open(node, value, partial(self._set_leaf, name))

    def _open(self, node: NodeId, value: Array, take: Callable[[Array], None]) -> None:
        self.close()
        graph = self._session.graph
        if self._card(node) is None or graph is None or np.size(value) > LARGEST_TYPED:
            return
        self.field = CardField(node, display(symbol(graph, node)), self._view.viewport())
        self.trouble = note(look="error")
        self.trouble.setParent(self._view.viewport())
        self.trouble.setObjectName("cardTrouble")
        ground, line = theme().current[Token.PANEL], theme().current[Token.ERROR]
        self.trouble.setStyleSheet(
            f"#cardTrouble {{ background: {ground}; border: 1px solid {line}; border-radius: 6px; padding: 3px 6px; }}"
        )
        self.field.show_value(value)
        self.field.edited.connect(take)
        self.field.nudged.connect(partial(self._nudge, take))
        self.field.refused.connect(self._refuse)
        self.field.ended.connect(partial(self._ended, self.field))
        self._scene.changed.connect(self._scene_changed)  # only now: who listens makes each repaint dearer
        self._arrange()
        self.field.show()
        self.field.setFocus()
        self.field.selectAll()

    # -- taking -------------------------------------------------------------------------------------

    def _set_leaf(self, name: str, value: Array) -> None:
        self._change(lambda: self._session.set_value(name, value))

    def _set_number(self, node: NodeId, value: Array) -> None:
        unfolded = self._session.document.project.unfolded

        def change(graph: Graph | None) -> editing.Edit:
            assert graph is not None  # the card of a number is seen
            return editing.set_number(graph, node, value, unfolded=unfolded)

        self._change(lambda: self._session.edit(change, f"Set a number to {numbers.value(value)}"))

    def _change(self, change: Callable[[], None]) -> None:
        document = self._session.document
        document.seal()
        try:
            change()
        except GradvizError as error:
            self._session.reported.emit(error)
        document.seal()

    def _nudge(self, take: Callable[[Array], None], steps: int) -> None:
        field, value = self.field, self._value(self.field.node) if self.field is not None else None
        if field is None or value is None or value.ndim:
            return
        take(np.asarray(around(float(value)).nudged(float(value), steps)))
        changed = self._value(field.node)
        if changed is not None:
            field.show_value(changed)

    def _refuse(self, why: str) -> None:
        if self.trouble is not None:
            self.trouble.setText(why)
            self.trouble.setVisible(bool(why))
            self._arrange()

    def _ended(self, field: CardField, way: int) -> None:
        if field is not self.field:  # it was closed, and now it loses the focus
            return
        following = self._following(field.node, way) if way else None
        had_focus = field.hasFocus() or QApplication.focusWidget() is None
        self.close()
        if following is not None:
            self.edit(following)
        elif had_focus:
            self._view.setFocus()

    # -- help ---------------------------------------------------------------------------------------

    def _value(self, node: NodeId) -> Array | None:
        graph = self._session.graph
        match graph.nodes[node] if graph is not None and node < len(graph) else None:
            case Leaf(name):
                return np.asarray(self._session.values()[name])
            case Literal(value):
                return np.asarray(value)
            case _:
                return None

    def _following(self, node: NodeId, way: int) -> NodeId | None:
        """The next scalar that can be typed, as one reads; round and round."""
        picture, graph = self._scene.picture, self._session.graph
        if picture is None or graph is None:
            return None
        cards = sorted(picture.cards, key=lambda card: (card.rect.x, card.rect.y))
        order = [card.node for card in cards if card.node == node or self._is_scalar(graph, card.node)]
        return order[(order.index(node) + way) % len(order)] if node in order else None

    def _is_scalar(self, graph: Graph, node: NodeId) -> bool:
        found, value = graph.nodes[node], self._value(node)
        is_fed = isinstance(found, Leaf) and found.name in self._session.document.project.bound
        return value is not None and value.ndim == 0 and not is_fed

    def _card(self, node: NodeId) -> Rect | None:
        card = self._scene.card(node)
        return card.rect if card is not None else None

    def _arrange(self) -> None:
        """Put the field over its card, and what is wrong below it."""
        card = self._card(self.field.node) if self.field is not None else None
        if self.field is None or self.trouble is None:
            return
        if card is None:
            self.close()
            return
        corner = self._view.mapFromScene(QPointF(card.x, card.y))
        end = self._view.mapFromScene(QPointF(card.x + card.width, card.y + card.height))
        width = max(end.x() - corner.x(), LEAST_WIDTH)
        middle = (corner + end) / 2
        port = self._view.viewport().rect()
        left = min(max(middle.x() - width // 2, 4), max(port.width() - width - 4, 4))
        self.field.setGeometry(left, middle.y() - HEIGHT // 2, width, HEIGHT)
        self.trouble.setFixedWidth(max(width, 220))
        self.trouble.adjustSize()
        self.trouble.move(
            min(left, max(port.width() - self.trouble.width() - 4, 4)), max(middle.y() + HEIGHT // 2, end.y()) + GAP
        )

    def _scene_changed(self, _regions: object) -> None:
        self._arrange()

    def _document_changed(self, flags: ChangeFlags) -> None:
        if self.field is not None and flags & (ChangeFlags.REPLACED | ChangeFlags.STRUCTURE):
            self.close()
