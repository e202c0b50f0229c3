"""What a gesture is: an object that is offered each event and takes those that are its own."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.frames import Frame
from gradviz.layout.types import Point
from gradviz.session.session import Session
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.card_field import CardFields
from gradviz.ui.canvas.notes import Notes
from gradviz.ui.canvas.port_layer import PortLayer
from gradviz.ui.canvas.ports import Socket
from gradviz.ui.canvas.target import Target as Target


class Canvas(Protocol):
    """What gestures may do with the view."""

    session: Session
    camera: Camera
    ports: PortLayer
    notes: Notes
    cards: CardFields

    def viewport(self) -> QWidget:
        """The widget that the graph is seen in."""
        ...

    def target_at(self, place: QPointF) -> Target:
        """What is under a place of the viewport."""
        ...

    def frame_at(self, place: QPointF) -> tuple[Frame, bool] | None:
        """The frame whose name is at a place of the viewport, and whether that is on the button that folds it."""
        ...

    def hover_frame(self, frame: Frame | None) -> None:
        """Show that the pointer is on this frame's name, or on none."""
        ...

    def is_on_card(self, place: QPointF) -> bool:
        """True when a card is at a place of the viewport."""
        ...

    def nodes_in(self, area: QRect) -> tuple[NodeId, ...]:
        """The nodes whose cards touch a rectangle of the viewport."""
        ...

    def request_quick_add(self, place: QPointF) -> None:
        """Ask for a new operation at a place of the viewport."""
        ...

    def centres(self, nodes: Iterable[NodeId]) -> dict[NodeId, Point]:
        """Where the middles of these nodes' cards are in the scene."""
        ...

    def show_at(self, places: Mapping[NodeId, Point]) -> None:
        """Show cards elsewhere, with their edges, while they are dragged."""
        ...

    def put_back(self) -> None:
        """Show everything at its place again."""
        ...

    def scene_place(self, place: QPoint) -> Point:
        """The place of the scene at a global place of the screen."""
        ...

    def edges_at(self, place: QPointF) -> list[Edge]:
        """The drawn edges at a place of the viewport, also below a card; into a folded block the one of its card."""
        ...

    def wire_path(self, edge: Edge) -> tuple[Point, ...]:
        """The curve of a drawn edge; empty when it isn't drawn."""
        ...

    def ask_at_wire(self, fixed: Socket, place: QPointF) -> None:
        """Ask what shall stand at the loose end of a wire, at a place of the viewport."""
        ...

    def bring_into_view(self, node: NodeId) -> None:
        """Pan as little as needed to see a node."""
        ...


class Gesture:
    """A gesture that takes nothing; the others override what they need. Each method tells if it took the event."""

    def cancel(self, _canvas: Canvas) -> None:
        """The canvas loses the focus: end what is under way."""

    def press(self, _canvas: Canvas, _event: QMouseEvent) -> bool:
        """A mouse button goes down."""
        return False

    def move(self, _canvas: Canvas, _event: QMouseEvent) -> bool:
        """The pointer moves."""
        return False

    def release(self, _canvas: Canvas, _event: QMouseEvent) -> bool:
        """A mouse button goes up."""
        return False

    def double_click(self, _canvas: Canvas, _event: QMouseEvent) -> bool:
        """A mouse button goes down a second time."""
        return False

    def wheel(self, _canvas: Canvas, _event: QWheelEvent) -> bool:
        """The wheel turns, or two fingers move."""
        return False

    def pinch(self, _canvas: Canvas, _event: QNativeGestureEvent) -> bool:
        """Two fingers move apart."""
        return False

    def key_press(self, _canvas: Canvas, _event: QKeyEvent) -> bool:
        """A key goes down."""
        return False

    def key_release(self, _canvas: Canvas, _event: QKeyEvent) -> bool:
        """A key goes up."""
        return False


def is_touchpad(event: QWheelEvent) -> bool:
    """True when two fingers move instead of a wheel."""
    return event.device().type() is QInputDevice.DeviceType.TouchPad
