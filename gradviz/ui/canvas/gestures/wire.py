"""Wire: draw a wire from a port, or take up one near its end, and let it end elsewhere.

    port of a value ──▷ operand port        connects             and the other way round
    end of an edge  ──▷ another port        re-plugs it          onto empty canvas: detaches it
    port            ──▷ empty canvas        asks for what fits there
    a port that can't take it               is dim; the reason stands beside the pointer and refuses the drop

Escape, or the focus going elsewhere, lets go of the wire.
"""

import math

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from gradviz.core.graph import Edge, Graph, Hole
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.layout.types import Point
from gradviz.ui.adding import port_of
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.canvas.ports import Port, Socket, inputs_of
from gradviz.ui.canvas.wiring import Drawn, connect, detach, draw_from

REACH_PX = 9.0
"""So near to a port the pointer is on it."""
LANDING_PX = 20.0
"""So near to a port a wire in the hand goes there."""
END_PX = 34.0
"""So much of an edge at either end can be taken up."""
MOST_REACH = 14.0
"""In the scene: on a small picture ports must not cover the cards."""


class DrawWire(Gesture):
    """A left press on a port or near the end of an edge that turns into a drag; a mere click selects."""

    def __init__(self) -> None:
        self._pressed: QPoint | None = None
        self._start: tuple[Socket, Edge | None] | None = None
        self._is_space_held = False

    def press(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Take up what is there."""
        if canvas.ports.hold is not None:  # another button while a wire is in the hand
            return True
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and not self._is_space_held
        self._start = None
        if event.button() is Qt.MouseButton.LeftButton and is_plain:
            self._start = _start_at(canvas, event.position())
            self._pressed = event.position().toPoint()
        return self._start is not None

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Lead the wire along; without a button, show the ports near the pointer."""
        if self._start is None or self._pressed is None:
            if not event.buttons():
                _hover(canvas, event.position())
            return False
        here = event.position()
        if canvas.ports.hold is None:
            if (here.toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return True
            drawn = draw_from(canvas.session, *self._start)
            if drawn is None:
                return True
            canvas.ports.take_up(drawn, _scene(canvas, here))
            canvas.viewport().setCursor(Qt.CursorShape.CrossCursor)
        _lead(canvas, here)
        return True

    def release(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Let the wire end here."""
        start, self._start = self._start, None
        hold = canvas.ports.hold
        if start is None or event.button() is not Qt.MouseButton.LeftButton:
            self._start = start
            return start is not None
        if hold is None:
            _select(canvas, *start)
            return True
        landing = _landing(canvas, hold.drawn, event.position())
        _let_go(canvas)
        try:
            self._land(canvas, hold.drawn, landing, event.position())
        except GradvizError as error:
            canvas.session.reported.emit(error)
        return True

    def _land(self, canvas: Canvas, drawn: Drawn, landing: Port | None, place: QPointF) -> None:
        if landing is not None:
            connect(canvas.session, drawn, landing.socket)
        elif drawn.edge is not None:
            detach(canvas.session, drawn, drawn.edge)
        elif drawn.graph is canvas.session.graph:
            canvas.ask_at_wire(drawn.fixed, place)

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Escape lets go."""
        self._is_space_held |= event.key() == Qt.Key.Key_Space
        if event.key() != Qt.Key.Key_Escape or self._start is None:
            return False
        self.cancel(canvas)
        return True

    def key_release(self, _canvas: Canvas, event: QKeyEvent) -> bool:
        """Space up; pan is told as well."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_space_held = False
        return False

    def cancel(self, canvas: Canvas) -> None:
        """Let go of the wire."""
        self._start = None
        _let_go(canvas)


def _let_go(canvas: Canvas) -> None:
    canvas.ports.let_go()
    canvas.viewport().unsetCursor()


def _reach(canvas: Canvas, pixels: float) -> float:
    return min(pixels / canvas.camera.scale, MOST_REACH if pixels <= REACH_PX else 2 * MOST_REACH)


def _scene(canvas: Canvas, place: QPointF) -> Point:
    return canvas.scene_place(canvas.viewport().mapToGlobal(place.toPoint()))


def _start_at(canvas: Canvas, place: QPointF) -> tuple[Socket, Edge | None] | None:
    """The end that stays, and the edge that is taken up, for a press at a place; None for one on nothing of ours."""
    ports, at = canvas.ports.ports, _scene(canvas, place)
    port = ports.near(at, _reach(canvas, REACH_PX))
    if port is not None:
        return _start_of(port)
    edges = canvas.edges_at(place)
    if edges and not canvas.is_on_card(place):
        return _end_at(canvas, ports.get((edges[0].target, edges[0].operand)), edges[0], at)
    target, graph = canvas.target_at(place), canvas.session.graph
    if graph is None or target is None or isinstance(target, Edge):
        return None
    hole = _hole_port(graph, target)
    return (hole, None) if hole in ports and hole is not None else None


def _start_of(port: Port) -> tuple[Socket, Edge | None]:
    """From an output or an open port a new wire; at another operand the wire that is there."""
    if port.is_output or port.is_open or port.source is None:
        return port.socket, None
    node, operand = port.socket
    assert operand is not None
    return (port.source, None), Edge(port.source, node, operand)


def _end_at(canvas: Canvas, port: Port | None, edge: Edge, at: Point) -> tuple[Socket, Edge | None] | None:
    """The end of an edge that is near to a place."""
    path = canvas.wire_path(edge)
    if port is None or not path:
        return None
    if port.is_open:
        return port.socket, None
    length = math.hypot(path[-1].x - path[0].x, path[-1].y - path[0].y)
    reach = min(END_PX / canvas.camera.scale, length / 3)
    if port.distance(at) <= reach:
        return (edge.source, None), edge
    if math.hypot(path[0].x - at.x, path[0].y - at.y) <= reach:
        return port.socket, edge
    return None


def _hole_port(graph: Graph, node: NodeId) -> Socket | None:
    return port_of(graph, node) if node < len(graph) and isinstance(graph.nodes[node], Hole) else None


def _hover(canvas: Canvas, place: QPointF) -> None:
    """Show the ports of the card under the pointer, or of the one whose port is there."""
    port = canvas.ports.ports.near(_scene(canvas, place), _reach(canvas, REACH_PX))
    target = canvas.target_at(place) if port is None else port.node
    canvas.ports.hover(target.target if isinstance(target, Edge) else target)
    if port is not None:
        canvas.viewport().setCursor(Qt.CursorShape.CrossCursor)
    elif canvas.viewport().cursor().shape() is Qt.CursorShape.CrossCursor:
        canvas.viewport().unsetCursor()


def _lead(canvas: Canvas, place: QPointF) -> None:
    hold = canvas.ports.hold
    if hold is None:
        return
    landing = _landing(canvas, hold.drawn, place)
    canvas.ports.lead(_scene(canvas, place), landing)
    reason = hold.drawn.reason(landing.socket) if landing is not None else ""
    is_back = landing is not None and hold.drawn.is_back(landing.socket)
    canvas.ports.say("" if is_back else reason, place.toPoint(), is_refused=True)


def _landing(canvas: Canvas, drawn: Drawn, place: QPointF) -> Port | None:
    """The port on which a wire in the hand would land: the nearest one, or a port of the card under the pointer."""
    ports, at = canvas.ports.ports, _scene(canvas, place)
    is_forward = drawn.is_forward
    near = ports.near(at, _reach(canvas, LANDING_PX), outputs=not is_forward, inputs=is_forward)
    if near is not None:
        return near
    target, graph = canvas.target_at(place), canvas.session.graph
    if graph is None or target is None or isinstance(target, Edge):
        return None
    if not drawn.is_forward:
        return ports.get((target, None))
    hole = _hole_port(graph, target)
    if hole is not None:
        return ports.get(hole)
    if drawn.edge is not None and drawn.edge.target == target:
        return ports.get((target, drawn.edge.operand))
    inputs = inputs_of(ports, target)
    best = min(inputs, key=lambda port: (not drawn.accepts(port), not port.is_open, port.distance(at)), default=None)
    return best if best is not None else ports.get((target, None))


def _select(canvas: Canvas, socket: Socket, edge: Edge | None) -> None:
    """What a click on a port or an edge's end selects."""
    selection, graph = canvas.session.selection, canvas.session.graph
    node, operand = socket
    if edge is not None:
        selection.select_edge(edge)
    elif operand is not None and graph is not None:
        port = canvas.ports.ports.get(socket)
        selection.select(port.source if port is not None and port.source is not None else node)
    else:
        selection.select(node)
