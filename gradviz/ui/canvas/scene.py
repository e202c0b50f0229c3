"""The scene: one item a part of the picture, in one dictionary that owns them all.

Showing a new picture of the same graph changes only what differs, and moves nothing. A picture of another graph
takes over the items of the nodes that both have, which then glide from where they were.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QPointF, QVariantAnimation, Signal
from PySide6.QtWidgets import QGraphicsScene

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.picture import Card, Picture, Pill, Wire
from gradviz.export.theme import Theme
from gradviz.layout.pinning import Moved
from gradviz.layout.types import Placement, Rect
from gradviz.ui.canvas.frames import Frames
from gradviz.ui.canvas.items import CardItem, Item, Key, Look, key_of, new_item
from gradviz.ui.canvas.remarks import RemarkLayer
from gradviz.ui.canvas.swelling import limits
from gradviz.ui.painting import PLAIN, Marks

GLIDE_MS = 180
MOST_GLIDING = 4000
"""With more items than this, a new layout is shown at once."""
STILL = QPointF(0.0, 0.0)


class GraphScene(QGraphicsScene):
    """All items, by what they stand for."""

    glided = Signal(float)
    """How much of a glide is done, 0 … 1."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # WORKAROUND: BSP index crashes on moves
        self.look = Look(theme)
        self.items_by_key: dict[Key, Item] = {}
        self.picture: Picture | None = None
        self.frames = Frames(self, self.look)
        self.remarks = RemarkLayer(self, self.look)
        self._marks: dict[Key, Marks] = {}
        self._displacements: dict[NodeId | None, QPointF] = {}
        self._newcomers: set[Key] = set()
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.setStartValue(0.0)
        self._glide.setEndValue(1.0)
        self._glide.valueChanged.connect(self._glide_to)
        self._glide.finished.connect(self._settle)

    # -- pictures ---------------------------------------------------------------------------------

    def show_picture(self, picture: Picture) -> None:
        """Show another state of the same graph: nothing moves."""
        parts = _parts(picture)
        changed = [
            (key, item, part)
            for (key, item), part in zip(self.items_by_key.items(), parts, strict=False)  # both in the same order
            if item.part is not part
        ]
        if len(parts) != len(self.items_by_key) or any(key != key_of(part) for key, _, part in changed):
            self.look.room = limits(picture)
            self._take_over(picture, {card.node: card.node for card in picture.cards})
            self._newcomers.clear()
        else:
            for _, item, part in changed:
                item.show_part(part)  # type: ignore[arg-type]  # a key has one kind of part
        self.frames.show(picture.frames)
        self.remarks.show(picture.remarks)
        self.picture = picture

    def show_other(
        self, picture: Picture, known: Mapping[NodeId, NodeId], output: NodeId | None, *, is_gliding: bool
    ) -> None:
        """Show another graph or another layout.

        known: new node -> the node of the old graph that it was. output: the node with which the stub moves.
        """
        self._settle()
        self.look.room = limits(picture)
        before = self._places()
        self._take_over(picture, known)
        self.frames.show(picture.frames, known)
        self.remarks.show(picture.remarks)
        self.picture = picture
        self._displacements = _displacements(picture, known, before, output)
        if is_gliding and before and len(self.items_by_key) <= MOST_GLIDING:
            self._glide_to(0.0)
            self._glide.start()
        else:
            self._newcomers.clear()
            self.frames.settle()
            self.glided.emit(1.0)

    def show_moved(self, moved: Moved, placement: Placement) -> None:
        """Show some cards and edges elsewhere than the picture has them, until the next picture."""
        if self.picture is None:
            return
        self.settle()
        rooms = {edge: moved.routes.get(edge, route).pill for edge, route in placement.routes.items()}
        self.frames.follow(self.picture, moved.boxes, rooms)
        self.remarks.follow(self.picture, moved.boxes)
        for card in self.picture.cards:
            if card.node in moved.boxes:
                self._show_at("card", card.node, replace(card, rect=moved.boxes[card.node]))
        for wire in self.picture.wires:
            if wire.edge in moved.routes:
                self._show_at("wire", wire.edge, replace(wire, path=moved.routes[wire.edge].path))
        for pill in self.picture.pills:
            if pill.edge in moved.routes:
                route = placement.exit if pill.edge is None else placement.routes[pill.edge]
                now, was = moved.routes[pill.edge].pill.center, route.pill.center
                rect = Rect(pill.rect.x + now.x - was.x, pill.rect.y + now.y - was.y, pill.rect.width, pill.rect.height)
                self._show_at(pill.kind.value, pill.edge, replace(pill, rect=rect))

    def _show_at(self, kind: str, what: Hashable, part: Card | Wire | Pill) -> None:
        item = self.items_by_key.get((kind, what))
        if item is not None:
            item.show_part(part)  # type: ignore[arg-type]  # a key has one kind of part

    def clear_picture(self) -> None:
        """Show nothing."""
        self._settle()
        for item in self.items_by_key.values():
            self.removeItem(item)
        self.items_by_key.clear()
        self.frames.show((), {})
        self.remarks.show(())
        self.picture = None

    @property
    def is_gliding(self) -> bool:
        """True while nodes are on their way."""
        return self._glide.state() is QAbstractAnimation.State.Running

    def settle(self) -> None:
        """End a glide now: everything stands at its place."""
        self._glide.stop()
        self._settle()

    # -- looks ------------------------------------------------------------------------------------

    def show_theme(self, theme: Theme) -> None:
        """Draw everything in another theme."""
        self.look.theme = theme
        self.update()

    def show_text(self, has_text: bool) -> None:
        """Draw with or without letters."""
        if has_text != self.look.has_text:
            self.look.has_text = has_text
            self.update()

    def show_marks(self, marks: Mapping[Key, Marks]) -> None:
        """Let exactly these items wear marks."""
        for key in self._marks.keys() - marks.keys():
            if key in self.items_by_key:
                self.items_by_key[key].show_marks(PLAIN)
        for key, worn in marks.items():
            if key in self.items_by_key:
                self.items_by_key[key].show_marks(worn)
        self._marks = dict(marks)

    def card(self, node: NodeId) -> Card | None:
        """The card of a node, None when it has none (yet)."""
        item = self.items_by_key.get(("card", node))
        return item.part if isinstance(item, CardItem) else None

    def card_at(self, place: QPointF) -> Card | None:
        """The card at a place of the scene."""
        cards = self.picture.cards if self.picture is not None else ()
        inside = (card for card in cards if card.rect.grown(0.0).overlaps(Rect(place.x(), place.y(), 0.01, 0.01)))
        return next(inside, None)

    # -- gliding ----------------------------------------------------------------------------------

    def _places(self) -> dict[NodeId, Rect]:
        return {card.node: card.rect for card in self.picture.cards} if self.picture is not None else {}

    def _take_over(self, picture: Picture, known: Mapping[NodeId, NodeId]) -> None:
        left = self.items_by_key
        self.items_by_key = {}
        self._newcomers.clear()
        for part in _parts(picture):
            key = key_of(part)
            item = left.pop(_old_key(part, known), None)
            if item is None:
                item = new_item(part, self.look)
                self.addItem(item)
                self._newcomers.add(key)
            else:
                item.show_marks(PLAIN)
                item.show_part(part)  # type: ignore[arg-type]  # a key has one kind of part
            self.items_by_key[key] = item
        for item in left.values():
            self.removeItem(item)
        self._marks.clear()

    def _glide_to(self, done: float) -> None:
        rest = 1.0 - done
        for key, item in self.items_by_key.items():
            source, target = (self._displacements.get(end, STILL) for end in item.ends)
            if source is not STILL or target is not STILL:
                item.displace(source * rest, target * rest)
            if key in self._newcomers:
                item.setOpacity(done)
        self.frames.glide_to(done)
        self.remarks.displace(self._displacements, rest)
        self.glided.emit(done)

    def _settle(self) -> None:
        """Put everything to its exact place."""
        if not self._displacements and not self._newcomers:
            return
        self._glide_to(1.0)
        self._displacements = {}
        self._newcomers.clear()
        self.frames.settle()


def _parts(picture: Picture) -> tuple[Card | Wire | Pill, ...]:
    return (*picture.wires, *picture.pills, *picture.cards)


def _old_key(part: Card | Wire | Pill, known: Mapping[NodeId, NodeId]) -> Key:
    match part:
        case Card():
            return "card", known.get(part.node)
        case Wire():
            return "wire", _old_edge(part.edge, known)
        case Pill():
            return part.kind.value, _old_edge(part.edge, known)


def _old_edge(edge: Edge | None, known: Mapping[NodeId, NodeId]) -> Edge | str | None:
    if edge is None:
        return None
    if edge.source not in known or edge.target not in known:
        return "new"
    return Edge(known[edge.source], known[edge.target], edge.operand)


def _displacements(
    picture: Picture, known: Mapping[NodeId, NodeId], before: Mapping[NodeId, Rect], output: NodeId | None
) -> dict[NodeId | None, QPointF]:
    """For each node that was there before: from its new place back to its old one; None is the output's stub."""
    found: dict[NodeId | None, QPointF] = {}
    for card in picture.cards:
        old = before.get(known[card.node]) if card.node in known else None
        if old is not None:
            found[card.node] = QPointF(old.center.x - card.rect.center.x, old.center.y - card.rect.center.y)
    if output in found:
        found[None] = found[output]
    return found
