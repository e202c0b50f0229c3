"""The canvas: the widget in which a graph is seen, with its zoom controls, hint line and minimap.

It owns a scene, a camera and a mirror, and offers each event to the gestures; it knows nothing of its own.
"""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget
from shiboken6 import isValid

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.frames import Frame
from gradviz.export.picture import Card, Picture, Pill, Wire
from gradviz.export.theme import Theme
from gradviz.layout.types import Point, Rect
from gradviz.session.session import Session
from gradviz.ui.canvas.background import paint_background
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.card_field import CardFields
from gradviz.ui.canvas.drops import DropView
from gradviz.ui.canvas.gestures import Gesture, gestures
from gradviz.ui.canvas.gestures.base import Target
from gradviz.ui.canvas.gestures.connect import Connect
from gradviz.ui.canvas.gestures.fold import cards_of
from gradviz.ui.canvas.items import CardItem, Item, PillItem, WireItem, key_of
from gradviz.ui.canvas.menus import CanvasMenu, edits_of
from gradviz.ui.canvas.message import Messenger
from gradviz.ui.canvas.mirror import Mirror
from gradviz.ui.canvas.notes import Notes
from gradviz.ui.canvas.overlays import Overlays
from gradviz.ui.canvas.port_layer import PortLayer
from gradviz.ui.canvas.ports import Socket
from gradviz.ui.canvas.scene import GraphScene
from gradviz.ui.canvas.telling import tip_of
from gradviz.ui.canvas.tooltips import frame_tip
from gradviz.ui.theme import theme

LEAST_READABLE = 0.4
"""Below this zoom no text is drawn."""


class GraphView(DropView):
    """The graph of a session."""

    quick_add_requested = Signal(QPoint)
    """Somebody wants a new operation here (a global position)."""

    wire_dropped = Signal(QPoint, object, object)
    """A wire ends on empty canvas: where (a global position), the card and operand (None: its output) it comes from."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._graph_scene = GraphScene(theme().current, self)
        self._set_up()
        self.camera = Camera(self)
        self.mirror = Mirror(session, self._graph_scene)
        self.ports = PortLayer(session, self._graph_scene, self.mirror, self.viewport())
        self.messenger = Messenger(session, self._graph_scene, self)
        self._edits: dict[str, QAction] = {}
        self._gestures: tuple[Gesture, ...] = gestures()
        self._start = self._end = self.camera.sight()
        self.overlays = Overlays(self, self.camera, self.mirror)
        self.notes = Notes(session, self._graph_scene, self.camera, self)
        self.cards = CardFields(session, self._graph_scene, self.camera, self)
        self._connect()
        self.mirror.refresh()

    def _set_up(self) -> None:
        self.setObjectName("canvas")
        self.setAccessibleName("Computation graph")
        self.setScene(self._graph_scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 160)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self._graph_scene.glided.connect(self._glided)
        self.mirror.asked.connect(self._asked)
        self.mirror.placed.connect(self._placed)
        self.mirror.pinned.connect(self._pinned)
        self.session.debugger.moved.connect(self._moved)
        self.camera.zoomed.connect(self._zoomed)
        theme().changed.connect(self._theme_changed)
        self.destroyed.connect(self.mirror.close)

    # -- what others may ask ----------------------------------------------------------------------

    @property
    def graph_scene(self) -> GraphScene:
        """The scene with all items."""
        return self._graph_scene

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown, for exporters."""
        return self._graph_scene.picture

    @property
    def is_animated(self) -> bool:
        """Whether nodes glide to new places or jump there."""
        return self.mirror.is_animated

    def set_animated(self, is_animated: bool) -> None:
        """Let nodes glide to new places, or jump there."""
        self.mirror.is_animated = is_animated

    def show_theme(self, shown_theme: Theme) -> None:
        """Wear a theme's colours; the canvas follows `ui.theme` by itself."""
        self._graph_scene.show_theme(shown_theme)
        self.overlays.minimap.update()

    def offer_edits(self, edits: Mapping[str, QAction]) -> None:
        """Offer these edits of the window, by key, in the context menus."""
        self._edits = dict(edits)
        self.cards.rename = self._edits.get("rename")

    def offer_quick_add(self, is_offered: bool) -> None:
        """Say in the hint line that Space adds an operation, once somebody answers `quick_add_requested`."""
        self.overlays.offers_adding = is_offered
        self.overlays.show_hint()

    def fit(self) -> None:
        """Show the whole graph."""
        self.camera.fit()

    def zoom_in(self) -> None:
        """Show things larger."""
        self.camera.zoom(1.2)

    def zoom_out(self) -> None:
        """Show things smaller."""
        self.camera.zoom(1 / 1.2)

    def bring_into_view(self, node: NodeId) -> None:
        """Pan as little as needed to see a node."""
        card = self._graph_scene.card(self.mirror.card_of(node))
        if card is not None:
            self.camera.bring_into_view(card.rect)

    def target_at(self, place: QPointF) -> Target:
        """What is under a place of the viewport; nothing while another graph is being laid out."""
        match self._item_at(place) if self.mirror.is_up_to_date else None:
            case CardItem(part=Card(node=node)):
                return node
            case WireItem(part=Wire(edge=edge)) | PillItem(part=Pill(edge=edge)):
                seen = self.mirror.seen
                return edge.target if edge is not None and seen is not None and edge in seen.inner else edge
            case _:
                return None

    def frame_at(self, place: QPointF) -> tuple[Frame, bool] | None:
        """The frame whose name is at a place of the viewport, and whether that is on the button that folds it."""
        if not self.mirror.is_up_to_date or self.target_at(place) is not None:
            return None
        return self._graph_scene.frames.at(self.mapToScene(place.toPoint()))

    def hover_frame(self, frame: Frame | None) -> None:
        """Show that the pointer is on this frame's name, or on none."""
        self._graph_scene.frames.hover(frame)

    def is_on_card(self, place: QPointF) -> bool:
        """True when a card is at a place of the viewport."""
        return isinstance(self._item_at(place), CardItem)

    def nodes_in(self, area: QRect) -> tuple[NodeId, ...]:
        """The nodes whose cards touch a rectangle of the viewport."""
        touched = self.items(area) if self.mirror.is_up_to_date else []
        return tuple(sorted(item.part.node for item in touched if isinstance(item, CardItem)))

    def edges_at(self, place: QPointF) -> list[Edge]:
        """The drawn edges at a place of the viewport, also below a card; into a folded block the one of its card."""
        items = self.items(place.toPoint()) if self.mirror.is_up_to_date else []
        found = [item.part.edge for item in items if isinstance(item, WireItem | PillItem)]
        return [edge for edge in found if edge is not None]

    def wire_path(self, edge: Edge) -> tuple[Point, ...]:
        """The curve of a drawn edge; empty when it isn't drawn."""
        item = self._graph_scene.items_by_key.get(("wire", edge))
        return item.part.path if isinstance(item, WireItem) else ()

    def ask_at_wire(self, fixed: Socket, place: QPointF) -> None:
        """Ask whoever listens what shall stand at the loose end of a wire, at a place of the viewport."""
        self.wire_dropped.emit(self.viewport().mapToGlobal(place.toPoint()), *fixed)

    def connect_by_keys(self) -> None:
        """Let keys choose where what is selected is connected."""
        self.setFocus()
        connecting = next(gesture for gesture in self._gestures if isinstance(gesture, Connect))
        connecting.start(self)

    def centres(self, nodes: Iterable[NodeId]) -> dict[NodeId, Point]:
        """Where the middles of these nodes' cards are in the scene."""
        return {node: rect.center for node, rect in self.card_rects(nodes).items()}

    def card_rects(self, nodes: Iterable[NodeId]) -> dict[NodeId, Rect]:
        """Where the cards of nodes stand in the scene; those of a graph that is being laid out are left out."""
        cards = {node: self._graph_scene.card(node) for node in nodes} if self.mirror.is_up_to_date else {}
        return {node: card.rect for node, card in cards.items() if card is not None}

    def show_at(self, places: Mapping[NodeId, Point]) -> None:
        """Show cards elsewhere, with their edges, while they are dragged."""
        self.mirror.drag(places)

    def put_back(self) -> None:
        """Show everything at its place again."""
        self.mirror.put_back()

    def request_quick_add(self, place: QPointF) -> None:
        """Ask whoever listens for a new operation at a place of the viewport."""
        if not self.session.veil.is_quiz:
            self.quick_add_requested.emit(self.viewport().mapToGlobal(place.toPoint()))

    # -- following the session --------------------------------------------------------------------

    def _asked(self) -> None:
        if isValid(self):
            self.overlays.wait()

    def _placed(self) -> None:
        if not isValid(self):
            return
        picture = self._graph_scene.picture
        self.setAccessibleDescription(f"{len(picture.cards)} nodes" if picture is not None else "empty")
        self.overlays.show_picture(picture)
        self.camera.frame(picture, self.session.document.project.direction)
        if self.mirror.is_new:
            self.camera.start_framing()
        self._start, self._end = self.camera.sight(), self.camera.fitted_sight()
        if not self._graph_scene.is_gliding:
            self.camera.refit()

    def _pinned(self) -> None:
        picture = self._graph_scene.picture
        if isValid(self) and picture is not None:
            self.overlays.show_picture(picture)
            self.camera.frame(picture, self.session.document.project.direction)
            self._start = self._end = self.camera.sight()

    def _glided(self, done: float) -> None:
        if self._graph_scene.is_gliding and self.camera.is_fitted:
            self.camera.look_between(self._start, self._end, done)

    def _moved(self) -> None:
        if not isValid(self):  # WORKAROUND: a widget that Qt has deleted may still be known to Python
            return
        self.overlays.minimap.show_picture(self._graph_scene.picture)
        current = self.session.debugger.current
        if current is not None and self.mirror.is_up_to_date:
            self.bring_into_view(current.node)

    def _theme_changed(self) -> None:
        if isValid(self):
            self.show_theme(theme().current)

    def _zoomed(self) -> None:
        self._graph_scene.show_text(self.camera.scale >= LEAST_READABLE)

    # -- painting ---------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QPointF) -> None:  # type: ignore[override]
        paint_background(painter, QRectF(rect), self._graph_scene.look.theme, self.camera.scale)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overlays.arrange()
        self.camera.refit()

    # -- handling ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        any(gesture.press(self, event) for gesture in self._gestures)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not any(gesture.move(self, event) for gesture in self._gestures):
            item = self._item_at(event.position())
            self.mirror.hover(_hover_key(item))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        any(gesture.release(self, event) for gesture in self._gestures)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not any(gesture.double_click(self, event) for gesture in self._gestures):
            self.mousePressEvent(event)

    def hover_at(self, place: QPointF | None) -> None:
        """Mark what is at a place of the viewport, or nothing."""
        self.mirror.hover(None if place is None else _hover_key(self._item_at(place)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        any(gesture.wheel(self, event) for gesture in self._gestures)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not any(gesture.key_press(self, event) for gesture in self._gestures):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not any(gesture.key_release(self, event) for gesture in self._gestures):
            event.ignore()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Tab adds an operation when somebody answers that; else it goes on to the next widget."""
        return False if is_next and self.overlays.offers_adding else super().focusNextPrevChild(is_next)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.session.veil.is_quiz:
            return
        target, place, chosen = self.target_at(QPointF(event.pos())), event.globalPos(), self.session.selection
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            target = chosen.node if chosen.edge is None else chosen.edge
            place = self.cards.below(chosen.node if chosen.edge is None else chosen.edge.target) or place
        named = self.frame_at(QPointF(event.pos())) if target is None else None
        if named is not None:
            self.session.selection.select(*cards_of(named[0]))
            target = named[0].output
        self._select_for_menu(target)
        menu = CanvasMenu(self.session, self.camera, target, self)
        groups = [[self._edits[key] for key in keys if key in self._edits] for keys in edits_of(self.session, target)]
        menu.add_edits([group for group in groups if group])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _select_for_menu(self, target: Target) -> None:
        """What the menu is about is selected, unless it is among the selected nodes already."""
        selection = self.session.selection
        match target:
            case None:
                pass
            case Edge() as edge:
                selection.select_edge(edge)
            case node if node not in selection.nodes:
                selection.select(node)

    def leaveEvent(self, event: QEvent) -> None:
        self.mirror.hover(None)
        self.ports.hover(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.mirror.put_back()
        for gesture in self._gestures:
            gesture.cancel(self)
        self._gestures = gestures()  # a key that comes up elsewhere is not held here for ever
        self.viewport().unsetCursor()
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        if isinstance(event, QNativeGestureEvent):
            return any(gesture.pinch(self, event) for gesture in self._gestures)
        return super().viewportEvent(event)

    def tip_at(self, place: QPointF) -> str:
        """The tooltip for what is under a place of the viewport."""
        graph, target = self.session.graph, self.target_at(place)
        named = self.frame_at(place)
        if graph is not None and named is not None:
            return frame_tip(graph, named[0])
        return tip_of(self.session, graph, target) if graph is not None and target is not None else ""

    def _item_at(self, place: QPointF) -> Item | None:
        found = self.itemAt(place.toPoint())
        return found if isinstance(found, CardItem | WireItem | PillItem) else None


def _hover_key(item: Item | None) -> tuple[str, object] | None:
    match item:
        case PillItem(part=pill):
            return "wire", pill.edge
        case None:
            return None
        case _:
            return key_of(item.part)
