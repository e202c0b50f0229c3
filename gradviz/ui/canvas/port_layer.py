"""The ports over the cards, and the wire in the hand: one item of the scene that the pointer goes through.

Ports show on the card under the pointer, on selected cards, and all of them while a wire is in the hand; then those
that can't take it are dim, and so are the cards that have no port for it. What is wrong is said in `hint`, beside the
pointer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QLabel, QStyleOptionGraphicsItem, QWidget
from shiboken6 import isValid

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.drawing import Font
from gradviz.export.theme import Token
from gradviz.layout.types import Point
from gradviz.session.session import Session
from gradviz.ui.canvas.hand_wire import HandWire
from gradviz.ui.canvas.items import Key, WireItem
from gradviz.ui.canvas.mirror import Mirror
from gradviz.ui.canvas.ports import Port, Ports, Socket, ports_of
from gradviz.ui.canvas.scene import GraphScene
from gradviz.ui.canvas.wiring import Drawn
from gradviz.ui.painting import advance, colour, font

RADIUS = 4.5
LETTER_RADIUS = 8.5
MOST_LARGER = 1.8
"""On a small picture letters are at most so much larger than the rest, to be read."""
LARGER_ALTERNATES = 1.1
"""From there on the letters of a card's ports stand by turns on the port and beside it, or they would overlap."""
ABOVE_CARDS = 3.0
DIM = 0.35
NAME_SIZE = 9.0
_ROOM = 90.0
"""Around ports: for their names."""
NO_PORTS = Ports({})
WIDEST = 440
"""Of the hint; a longer one gets further lines."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A wire in the hand: where its loose end is, and the port that it would land on."""

    drawn: Drawn
    at: Point
    landing: Port | None = None


class PortLayer(QGraphicsObject):
    """Draws ports and the wire in the hand."""

    def __init__(self, session: Session, scene: GraphScene, mirror: Mirror, viewport: QWidget) -> None:
        super().__init__()
        self._session = session
        self._graph_scene = scene
        self._mirror = mirror
        self._known: tuple[object, object, Ports] = (None, None, NO_PORTS)
        self._hovered: NodeId | None = None
        self.letters: Mapping[Socket, str] = {}
        self._area = QRectF()
        self._insertion: Edge | None = None
        self.hold: Hold | None = None
        self._viewport = viewport
        self.hint = QLabel(viewport)
        self.hint.setObjectName("wireHint")
        self.hint.setAccessibleName("About the wire")
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.setWordWrap(False)
        self.hint.hide()
        self._wire = HandWire(scene.look)
        self._wire.setZValue(ABOVE_CARDS - 0.1)
        self.setZValue(ABOVE_CARDS)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # paint learns what to draw anew
        self._awaited: Callable[[], None] | None = None
        mirror.placed.connect(self._placed)
        session.selection.changed.connect(self.refresh)

    # -- what ports there are -------------------------------------------------------------------------

    @property
    def ports(self) -> Ports:
        """All ports of the picture; none while another graph is laid out or something moves."""
        placement, graph, seen = self._mirror.placement, self._session.graph, self._mirror.seen
        is_still = self._mirror.is_up_to_date and not self._graph_scene.is_gliding
        if placement is None or graph is None or seen is None or not is_still:
            return NO_PORTS
        if self._known[0] is not placement or self._known[1] is not graph:
            direction = self._session.document.project.direction
            self._known = placement, graph, Ports(ports_of(graph, seen, placement, direction))
        return self._known[2]

    def when_there(self, do: Callable[[], None]) -> None:
        """Do something with the ports: at once, or after the layout that is under way; a glide ends early for it."""
        if self._mirror.is_laying_out:
            self._awaited = do
        else:
            self._graph_scene.settle()
            do()

    def _placed(self) -> None:
        do, self._awaited = self._awaited, None
        if do is not None and isValid(self):
            self._graph_scene.settle()
            do()

    def shown(self) -> list[Port]:
        """The ports that are drawn."""
        if self._mirror.is_dragged:
            return []
        if self.hold is not None:
            fixed = self.hold.drawn.fixed
            return [port for port in self.ports.values() if self.hold.drawn.may_land(port) or port.socket == fixed]
        nodes = {self._mirror.card_of(node) for node in self._session.selection.nodes[:50]} | {self._hovered}
        return [port for port in self.ports.values() if port.node in nodes]

    def hover(self, node: NodeId | None) -> None:
        """The pointer is over this card or one of its ports, or over none."""
        if node != self._hovered:
            self._hovered = node
            self.refresh()

    # -- the wire in the hand -------------------------------------------------------------------------

    def take_up(self, drawn: Drawn, at: Point) -> None:
        """Draw a wire from its fixed end to here; what can't take it gets dim."""
        self.hold = Hold(drawn, at)
        ports = self.ports
        fitting = {port.node for port in ports.values() if drawn.accepts(port)} | {drawn.fixed[0]}
        self._fade(lambda node: DIM if node not in fitting else 1.0, drawn.edge)
        if self._wire.scene() is None:
            self._graph_scene.addItem(self._wire)
        self._lead_wire(self.hold)
        self.refresh()

    def lead(self, at: Point, landing: Port | None) -> None:
        """Draw the wire to here, or to the port on which it would land."""
        if self.hold is None:
            return
        before, self.hold = self.hold.landing, Hold(self.hold.drawn, at, landing)
        self._lead_wire(self.hold)
        for port in (before, landing):
            if port is not None and before != landing:
                self.update(QRectF(port.place.x - _ROOM, port.place.y - _ROOM, 2 * _ROOM, 2 * _ROOM))

    def show_letters(self, letters: Mapping[Socket, str]) -> None:
        """Write a letter into each of these ports, by which it is chosen."""
        self.letters = letters
        self.refresh()

    def show_insertion(self, edge: Edge | None) -> None:
        """Show into which edge a dragged card would be put, or that it is over none."""
        if edge != self._insertion:
            self._insertion = edge
            self.refresh()

    def let_go(self) -> None:
        """No wire is in the hand any longer."""
        if self.hold is not None:
            self._fade(lambda node: 1.0, None)
            self._graph_scene.removeItem(self._wire)
        self.hold = None
        self.letters = {}
        self.hint.hide()
        self.refresh()

    def say(self, text: str, at: QPoint, *, is_refused: bool = False) -> None:
        """Say something beside a place of the viewport; nothing when the text is empty."""
        self.hint.setVisible(bool(text))
        if not text:
            return
        theme = self._graph_scene.look.theme
        ink, line = (Token.ERROR, Token.ERROR) if is_refused else (Token.TEXT, Token.LINE)
        self.hint.setStyleSheet(
            f"background: {theme[Token.PANEL]}; color: {theme[ink]}; border: 1px solid {theme[line]};"
            " border-radius: 6px; padding: 4px 8px;"
        )
        room = self._viewport.rect().adjusted(6, 6, -6, -6)
        self.hint.setWordWrap(False)
        self.hint.setMaximumWidth(16_777_215)
        self.hint.setText(text)
        self.hint.adjustSize()
        if self.hint.width() > min(WIDEST, room.width()):
            self.hint.setWordWrap(True)
            self.hint.setFixedWidth(min(WIDEST, room.width()))
            self.hint.adjustSize()
        else:
            self.hint.setMinimumWidth(0)
        x = at.x() + 16 if at.x() + 16 + self.hint.width() <= room.right() else at.x() - 16 - self.hint.width()
        y = at.y() + 18 if at.y() + 18 + self.hint.height() <= room.bottom() else at.y() - 12 - self.hint.height()
        self.hint.move(max(room.left(), x), max(room.top(), y))
        self.hint.raise_()

    def _lead_wire(self, hold: Hold) -> None:
        fixed, landing = self.ports.get(hold.drawn.fixed), hold.landing
        if fixed is not None:
            is_refused = landing is not None and not hold.drawn.accepts(landing)
            self._wire.lead(fixed, hold.at, landing, is_refused=is_refused)

    def _fade(self, strength: Callable[[NodeId], float], edge: Edge | None) -> None:
        """Let cards be as strong as that, and the wire that was taken up faint."""
        self._graph_scene.update()  # all at once: Qt takes far longer to unite the areas of hundreds of cards
        held: set[Key] = {("wire", edge), ("▸", edge), ("◂", edge)} if edge is not None else set()
        for key, item in self._graph_scene.items_by_key.items():
            wanted = DIM / 2 if key in held else strength(NodeId(key[1])) if key[0] == "card" else 1.0  # type: ignore[arg-type]
            if item.opacity() != wanted:
                item.setOpacity(wanted)

    # -- drawing --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw anew."""
        if not isValid(self):  # WORKAROUND: an item that Qt has deleted may still be known to Python
            return
        area = QRectF()
        for port in self.shown():
            area = area.united(QRectF(port.place.x - _ROOM, port.place.y - _ROOM, 2 * _ROOM, 2 * _ROOM))
        area = area.united(self._inserted().boundingRect())
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        is_there = self.scene() is not None
        if not area.isEmpty() and not is_there:
            self._graph_scene.addItem(self)
        elif area.isEmpty() and is_there:  # the scene holds nothing that isn't seen
            self._graph_scene.removeItem(self)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def shape(self) -> QPainterPath:
        return QPainterPath()  # the pointer goes through it

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._insertion is not None:
            painter.strokePath(self._inserted(), QPen(colour(self._graph_scene.look.theme, Token.VALUE, 0.5), 5.0))
        exposed = option.exposedRect.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)
        left, right, top, bottom = exposed.left(), exposed.right(), exposed.top(), exposed.bottom()
        for port in self.shown():
            if left <= port.place.x <= right and top <= port.place.y <= bottom:
                self._paint_port(painter, port)

    def _inserted(self) -> QPainterPath:
        item = self._graph_scene.items_by_key.get(("wire", self._insertion)) if self._insertion is not None else None
        return item.path() if isinstance(item, WireItem) else QPainterPath()

    def _paint_port(self, painter: QPainter, port: Port) -> None:
        theme, hold = self._graph_scene.look.theme, self.hold
        is_landing = hold is not None and hold.landing is not None and hold.landing.socket == port.socket
        is_refused = hold is not None and port.socket != hold.drawn.fixed and not hold.drawn.accepts(port)
        is_free = hold is not None and hold.drawn.accepts(port)
        painter.setOpacity(DIM if is_refused and not is_landing else 1.0)
        token = Token.ERROR if is_refused else Token.VALUE if is_free or port.is_output else Token.MUTED
        letter = self.letters.get(port.socket, "")
        scale = painter.worldTransform().map(QPointF(1, 0)) - painter.worldTransform().map(QPointF(0, 0))
        larger = min(1.0 / max(abs(scale.x()) + abs(scale.y()), 0.01), MOST_LARGER) if letter else 1.0
        radius = LETTER_RADIUS * max(larger, 1.0) if letter else RADIUS + (2.0 if is_landing else 0.0)
        place = _beside(port, radius) if letter and larger > LARGER_ALTERNATES else _place(port.place)
        is_filled = is_landing or (hold is not None and port.socket == hold.drawn.fixed)
        painter.setPen(QPen(colour(theme, token), 1.6))
        painter.setBrush(colour(theme, token if is_filled else Token.PANEL))
        painter.drawEllipse(place, radius, radius)
        if letter:
            _write(painter, letter, place, radius, colour(theme, Token.PANEL if is_filled else token))
        if self._graph_scene.look.has_text and not (self.letters or port.is_open or is_refused):
            self._paint_name(painter, port)
        painter.setOpacity(1.0)

    def _paint_name(self, painter: QPainter, port: Port) -> None:
        if not port.name:
            return
        theme = self._graph_scene.look.theme
        width = advance(Font.TEXT, NAME_SIZE, port.name) + 6
        x = port.place.x - RADIUS - 2 - width if port.away.x else port.place.x + RADIUS + 2
        y = port.place.y - 14 if port.away.x or port.away.y < 0 else port.place.y + 3
        area = QRectF(x, y, width, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(theme, Token.CANVAS, 0.85))
        painter.drawRoundedRect(area, 4, 4)
        painter.setFont(font(Font.TEXT, NAME_SIZE))
        painter.setPen(colour(theme, Token.MUTED))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, port.name)


def _write(painter: QPainter, letter: str, place: QPointF, radius: float, ink: QColor) -> None:
    painter.setFont(font(Font.NUMBER, radius * (1.2 if len(letter) == 1 else 1.0)))
    painter.setPen(ink)
    area = QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letter)


def _beside(port: Port, radius: float) -> QPointF:
    by = 2 * radius if (port.socket[1] or 0) % 2 else 0.0
    return QPointF(port.place.x + port.away.x * by, port.place.y + port.away.y * by)


def _place(point: Point) -> QPointF:
    return QPointF(point.x, point.y)
