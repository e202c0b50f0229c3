"""Connect by keys: C on a selected node, open port or edge; a letter or Enter connects.

    C        every port that can take the wire gets a letter; one is chosen
    arrows   walk from port to port, Tab to the next
    a … z    connect to the port with that letter; where there are more ports than letters, with those two letters
    Enter    connects to the chosen port, Escape leaves

From a node its value is led on; an open port asks what feeds it; a selected edge gets another end.
"""

import math
from string import ascii_lowercase

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from gradviz.core.graph import Graph
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError, GraphError
from gradviz.layout.types import Point
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.adding import port_of
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.canvas.ports import Port, Socket
from gradviz.ui.canvas.wiring import Drawn, connect, draw_from

_ARROWS = {
    Qt.Key.Key_Left: Point(-1.0, 0.0),
    Qt.Key.Key_Right: Point(1.0, 0.0),
    Qt.Key.Key_Up: Point(0.0, -1.0),
    Qt.Key.Key_Down: Point(0.0, 1.0),
}
_ASIDE_COUNTS = 2.0
"""A port aside of the arrow's direction counts as so much farther."""


class Connect(Gesture):
    """The mode in which the keys choose a port."""

    def __init__(self) -> None:
        self._is_wanted = False
        self._drawn: Drawn | None = None
        self._choices: list[Port] = []
        self._chosen = 0
        self._labels: list[str] = []
        self._typed = ""

    def start(self, canvas: Canvas) -> None:
        """Enter the mode for what is selected, once its ports are there; or say why there is nothing to connect."""
        self._is_wanted = True
        canvas.ports.when_there(lambda: self._begin(canvas))

    def _begin(self, canvas: Canvas) -> None:
        is_wanted, self._is_wanted = self._is_wanted, False
        if not is_wanted:
            return
        canvas.camera.refit()  # a glide that the camera followed may have ended early
        try:
            drawn = _drawn(canvas.session)
            choices = _ordered(drawn, list(canvas.ports.ports.values()))
            if not choices:
                reasons = set(drawn.refused.values())
                why = reasons.pop() if len(reasons) == 1 else "no port can take this wire"
                raise GraphError(f"nothing to connect to: {why}")
        except GradvizError as error:
            canvas.session.reported.emit(error)
            return
        self._drawn, self._choices = drawn, choices
        canvas.ports.take_up(drawn, choices[0].place)
        self._labels, self._typed = labels(len(choices)), ""
        canvas.ports.show_letters({port.socket: label for port, label in zip(choices, self._labels, strict=False)})
        self._choose(canvas, 0)

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """C begins; then every key is for choosing."""
        if self._drawn is None:
            self._is_wanted = False  # who presses another key while ports are awaited thought better of it
            if event.key() != Qt.Key.Key_C or event.modifiers() != Qt.KeyboardModifier.NoModifier:
                return False
            self.start(canvas)
            return True
        key = Qt.Key(event.key())
        letter = event.text().lower()
        if key == Qt.Key.Key_Escape:
            self.cancel(canvas)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._connect(canvas, self._choices[self._chosen])
        elif key in _ARROWS:
            self._choose(canvas, _beyond(self._choices, self._chosen, _ARROWS[key]))
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            by = 1 if key == Qt.Key.Key_Tab else -1
            self._choose(canvas, (self._chosen + by) % len(self._choices))
        elif len(letter) == 1 and letter in ascii_lowercase:
            self._spell(canvas, letter)
        return True

    def _spell(self, canvas: Canvas, letter: str) -> None:
        """One more letter of a port's label; a letter that begins none begins anew."""
        spelt = next((text for text in (self._typed + letter, letter) if _begins(self._labels, text)), "")
        self._typed = spelt
        if spelt in self._labels:
            self._connect(canvas, self._choices[self._labels.index(spelt)])
        elif spelt:
            self._choose(canvas, next(i for i, label in enumerate(self._labels) if label.startswith(spelt)))

    def key_release(self, _canvas: Canvas, _event: QKeyEvent) -> bool:
        """No key means anything else while choosing."""
        return self._drawn is not None

    def press(self, canvas: Canvas, _event: QMouseEvent) -> bool:
        """The mouse leaves the mode."""
        if self._drawn is not None:
            self.cancel(canvas)
        return False

    def cancel(self, canvas: Canvas) -> None:
        """Leave the mode."""
        self._is_wanted = False
        if self._drawn is not None:
            self._drawn, self._choices = None, []
            canvas.ports.let_go()

    def _choose(self, canvas: Canvas, index: int) -> None:
        assert self._drawn is not None
        self._chosen = index
        port = self._choices[index]
        canvas.bring_into_view(port.node)
        canvas.ports.lead(port.place, port)
        canvas.ports.say(_words(canvas.session, self._drawn, port), QPoint(0, canvas.viewport().height() - 44))

    def _connect(self, canvas: Canvas, port: Port) -> None:
        drawn = self._drawn
        self.cancel(canvas)
        if drawn is None:
            return
        try:
            connect(canvas.session, drawn, port.socket)
        except GradvizError as error:
            canvas.session.reported.emit(error)


def labels(count: int) -> list[str]:
    """So many different labels of small letters, all of one length, as short as can be, at most two."""
    if count <= len(ascii_lowercase):
        return list(ascii_lowercase[:count])
    return [first + second for first in ascii_lowercase for second in ascii_lowercase][:count]


def _begins(labels: list[str], text: str) -> bool:
    return any(label.startswith(text) for label in labels)


def _drawn(session: Session) -> Drawn:
    """What is selected, as a wire in the hand; raises GraphError with what to do when nothing can be connected."""
    graph, edge, node = session.graph, session.selection.edge, session.selection.node
    found: Drawn | None = None
    if graph is not None and edge is not None:
        found = draw_from(session, (edge.source, None), edge)
    elif graph is not None and node is not None:
        socket: Socket = port_of(graph, node) or (node, None)
        found = draw_from(session, socket)
    if found is None:
        raise GraphError("select the node, the open port or the edge to connect, then press C")
    return found


def _ordered(drawn: Drawn, ports: list[Port]) -> list[Port]:
    """The ports that can take the wire: open ones first, then as one reads."""
    free = [
        port for port in ports if drawn.accepts(port) and not drawn.is_back(port.socket) and not _is_there(drawn, port)
    ]
    return sorted(free, key=lambda port: (not port.is_open, port.place.x, port.place.y))


def _is_there(drawn: Drawn, port: Port) -> bool:
    """True for a port that the fixed end feeds already."""
    return drawn.is_forward and port.source == drawn.fixed[0]


def _beyond(ports: list[Port], chosen: int, way: Point) -> int:
    """The nearest port in a direction; the chosen one where there is none."""
    here = ports[chosen].place

    def far(index: int) -> float:
        x, y = ports[index].place.x - here.x, ports[index].place.y - here.y
        ahead = x * way.x + y * way.y
        return math.inf if ahead <= 0.5 else ahead + _ASIDE_COUNTS * abs(x * way.y - y * way.x)

    best = min(range(len(ports)), key=far)
    return best if math.isfinite(far(best)) else chosen


def _words(session: Session, drawn: Drawn, port: Port) -> str:
    graph = session.graph
    assert graph is not None
    target = _called(graph, port.node if drawn.is_forward else drawn.fixed[0])
    source = _called(graph, drawn.fixed[0] if drawn.is_forward else port.node)
    name = f" as {port.name}" if port.name else ""
    return f"{source} → {target}{name}  ·  letter or arrows, Enter connects, Esc leaves"


def _called(graph: Graph, node: NodeId) -> str:
    return display(symbol(graph, node))
