"""Drag: a left press on a card that turns into a drag moves the card, with all that is selected if it is.

While the button is held, the cards' edges and pills follow and everything else stays. Release pins the cards where
they stand, as one entry of the history; Escape puts them back. A loose operation that is dropped on an edge is put
into it.
"""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.layout.types import Point
from gradviz.project.placing_commands import pin_all
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.canvas.wiring import is_insertable, put_on


class Drag(Gesture):
    """Moves cards; a press that doesn't move is left to choosing."""

    def __init__(self) -> None:
        self._pressed: QPoint | None = None
        self._is_space_held = False
        self._node: NodeId | None = None
        self._starts: dict[NodeId, Point] = {}
        self._places: dict[NodeId, Point] = {}

    def press(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Remember which card."""
        self._forget()
        named = canvas.frame_at(event.position())
        target = named[0].output if named is not None else canvas.target_at(event.position())
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)
        is_ours = event.button() is Qt.MouseButton.LeftButton and is_plain and not self._is_space_held
        if is_ours and not isinstance(target, Edge | None):
            self._pressed, self._node = event.position().toPoint(), target
        return False

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Let the cards follow the pointer once it has moved far enough to be meant."""
        if self._pressed is None or self._node is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        by = event.position().toPoint() - self._pressed
        if not self._starts and by.manhattanLength() < QApplication.startDragDistance():
            return True
        if not self._starts:
            selected = canvas.session.selection.nodes
            self._starts = canvas.centres(selected if self._node in selected else (self._node,))
            canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        x, y = by.x() / canvas.camera.scale, by.y() / canvas.camera.scale
        self._places = {node: Point(at.x + x, at.y + y) for node, at in self._starts.items()}
        canvas.show_at(self._places)
        canvas.ports.show_insertion(self._edge_below(canvas, event))
        return True

    def release(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Pin the cards where they stand."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._starts:
            if event.button() is Qt.MouseButton.LeftButton:
                self._forget()
            return False
        places, edge, node = self._places, self._edge_below(canvas, event), self._node
        self._end(canvas)
        graph = canvas.session.graph
        if edge is not None and node is not None:
            canvas.put_back()
            _put(canvas.session, edge, node)
        elif graph is None or any(node >= len(graph) for node in places):
            canvas.put_back()
        else:
            canvas.session.document.apply(pin_all(places), f"Move {_called(canvas.session, tuple(places))}")
        return True

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Escape puts the cards back; Space held leaves every drag to panning."""
        self._is_space_held |= event.key() == Qt.Key.Key_Space
        if event.key() != Qt.Key.Key_Escape or not self._starts:
            return False
        self._end(canvas)
        canvas.put_back()
        return True

    def key_release(self, _canvas: Canvas, event: QKeyEvent) -> bool:
        """Space up; pan is told as well."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_space_held = False
        return False

    def cancel(self, canvas: Canvas) -> None:
        """The cards are put back by the canvas."""
        canvas.ports.show_insertion(None)

    def _edge_below(self, canvas: Canvas, event: QMouseEvent) -> Edge | None:
        """The edge into which a loose operation would be put here."""
        graph, node = canvas.session.graph, self._node
        if graph is None or node is None or len(self._places) != 1 or not is_insertable(graph, node):
            return None
        edges = canvas.edges_at(event.position())
        return next((edge for edge in edges if node not in (edge.source, edge.target)), None)

    def _end(self, canvas: Canvas) -> None:
        self._forget()
        canvas.viewport().unsetCursor()
        canvas.ports.show_insertion(None)

    def _forget(self) -> None:
        self._pressed = self._node = None
        self._starts, self._places = {}, {}


def _put(session: Session, edge: Edge, node: NodeId) -> None:
    try:
        put_on(session, edge, node)
    except GradvizError as error:
        session.reported.emit(error)


def _called(session: Session, nodes: tuple[NodeId, ...]) -> str:
    graph = session.graph
    if graph is None or len(nodes) != 1:
        return f"{len(nodes)} nodes"
    return display(symbol(graph, nodes[0]))
