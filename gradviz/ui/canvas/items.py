"""The three things on the scene: cards, wires and pills, each showing one part of a Picture.

The items derive from Qt's rectangle and path items and override little but `paint`: bounding rectangles stay in
C++, so that a scene of thousands is culled without a call to Python, and Qt announces each change of geometry.
Parts are drawn in picture coordinates; an item's own position is (0, 0) except while it glides.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.picture import Card, Pill, State, Wire
from gradviz.export.theme import Theme
from gradviz.layout.types import Point
from gradviz.ui.canvas.swelling import MOST, anchor, letters, swelling
from gradviz.ui.painting import (
    PLAIN,
    Marks,
    paint_card,
    paint_card_afar,
    paint_pill,
    paint_pill_afar,
    paint_wire,
    paint_wire_afar,
    rectangle,
    wire_curve,
)

CARD_MARGIN = 8.0
"""Glow, selection ring and breakpoint dot stay within this distance of a card."""
NOTE_MARGIN = 64.0
"""Words below a card reach this much farther."""
PILL_MARGIN = 1.5
CURRENT_Z = 0.5
"""The current wire lies over the others, below pills and cards."""
HIT_WIDTH = 14.0
"""How near to a wire the pointer counts as on it; also wide enough for its glow and arrow head."""

Key = tuple[str, Hashable]
"""What an item stands for: ("card", node), ("wire", edge), ("▸", edge) or ("◂", edge)."""

Ends = tuple[NodeId | None, NodeId | None]


@dataclass(slots=True)
class Look:
    """What all items of a scene share: the theme, whether letters can be read at this zoom, and the room for pills."""

    theme: Theme
    has_text: bool = True
    room: Mapping[Edge | None, float] = field(default_factory=dict)
    """How many times its size the pills of an edge may become on a small picture."""


class CardItem(QGraphicsRectItem):
    """One node."""

    def __init__(self, card: Card, look: Look) -> None:
        super().__init__(_card_area(card))
        self.part = card
        self._look = look
        self._marks = PLAIN
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(2.0)

    def show_part(self, card: Card) -> None:
        """Draw this card from now on."""
        if card == self.part:
            return
        if _card_area(card) != self.rect():
            self.setRect(_card_area(card))
        self.part = card
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """Wear these marks from now on."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def displace(self, source: QPointF, _target: QPointF) -> None:
        """Stand that far from the own place, while gliding."""
        self.setPos(source)

    @property
    def ends(self) -> Ends:
        """The nodes with which this item moves."""
        return self.part.node, self.part.node

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(rectangle(self.part.rect))
        return path

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._look.has_text:
            paint_card(painter, self.part, self._look.theme, self._marks, letters(self.part, _scale(painter)))
        else:
            paint_card_afar(painter, self.part, self._look.theme, self._marks)


class PillItem(QGraphicsRectItem):
    """One number on an edge."""

    def __init__(self, pill: Pill, look: Look) -> None:
        super().__init__(_pill_area(pill))
        self.part = pill
        self._look = look
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(1.0)

    def show_part(self, pill: Pill) -> None:
        """Draw this pill from now on."""
        if pill == self.part:
            return
        if pill.rect != self.part.rect:
            self.setRect(_pill_area(pill))
        self.part = pill
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """A pill wears no marks of its own; its wire does."""

    def displace(self, source: QPointF, target: QPointF) -> None:
        """Stand between the displaced ends of the edge, while gliding."""
        self.setPos((source + target) / 2)

    @property
    def ends(self) -> Ends:
        """The nodes with which this item moves; None stands for the output's stub."""
        return _ends(self.part.edge)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if not self._look.has_text:
            paint_pill_afar(painter, self.part, self._look.theme)
            return
        factor = swelling(self.part, _scale(painter), self._look.room.get(self.part.edge, 1.0))
        if factor == 1.0:
            paint_pill(painter, self.part, self._look.theme)
            return
        fixed = anchor(self.part)
        painter.translate(fixed.x, fixed.y)  # Qt restores the painter after each item
        painter.scale(factor, factor)
        painter.translate(-fixed.x, -fixed.y)
        paint_pill(painter, self.part, self._look.theme)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(rectangle(self.part.rect.grown(PILL_MARGIN)))
        return path


def _scale(painter: QPainter) -> float:
    """How many pixels a unit of the scene is high and wide."""
    return float(painter.worldTransform().m11() / painter.device().devicePixelRatio())


def _pill_area(pill: Pill) -> QRectF:
    """All that a pill covers however it swells."""
    fixed, rect = anchor(pill), pill.rect
    left, top = fixed.x - MOST * (fixed.x - rect.x), fixed.y - MOST * (fixed.y - rect.y)
    return QRectF(left, top, MOST * rect.width, MOST * rect.height).adjusted(-3, -3, 3, 3).united(rectangle(rect))


class WireItem(QGraphicsPathItem):
    """One edge."""

    def __init__(self, wire: Wire, look: Look) -> None:
        super().__init__(wire_curve(wire))
        self.part = wire
        self._drawn = wire
        self._look = look
        self._marks = PLAIN
        self.setPen(QPen(Qt.GlobalColor.black, HIT_WIDTH))  # for the bounding rectangle; paint uses its own
        self.setZValue(CURRENT_Z if wire.state is State.CURRENT else 0.0)

    def show_part(self, wire: Wire) -> None:
        """Draw this wire from now on."""
        if wire == self.part:
            return
        if wire.path != self.part.path:
            self.setPath(wire_curve(wire))
        self.part = self._drawn = wire
        self.setZValue(CURRENT_Z if wire.state is State.CURRENT else 0.0)
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """Wear these marks from now on."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def displace(self, source: QPointF, target: QPointF) -> None:
        """Run between the displaced ends, while gliding."""
        self._drawn = _displaced(self.part, source, target)
        self.setPath(wire_curve(self._drawn))

    @property
    def ends(self) -> Ends:
        """The nodes with which this item moves; None stands for the output's stub."""
        return _ends(self.part.edge)

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(HIT_WIDTH)
        return stroker.createStroke(self.path())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        draw = paint_wire if self._look.has_text else paint_wire_afar
        draw(painter, self._drawn, self._look.theme, self.path(), self._marks)


Item = CardItem | WireItem | PillItem


def key_of(part: Card | Wire | Pill) -> Key:
    """What a part of a picture stands for, whatever it shows at the moment."""
    match part:
        case Card():
            return "card", part.node
        case Wire():
            return "wire", part.edge
        case Pill():
            return part.kind.value, part.edge


def new_item(part: Card | Wire | Pill, look: Look) -> Item:
    """An item that shows the part."""
    match part:
        case Card():
            return CardItem(part, look)
        case Wire():
            return WireItem(part, look)
        case Pill():
            return PillItem(part, look)


def _card_area(card: Card) -> QRectF:
    """All that is drawn of a card, with the words below it."""
    has_notes = card.accent is not None and bool(card.accent.back or card.accent.below)
    area = rectangle(card.rect.grown(CARD_MARGIN))
    return area.adjusted(-NOTE_MARGIN, -NOTE_MARGIN, NOTE_MARGIN, NOTE_MARGIN) if has_notes else area


def _ends(edge: Edge | None) -> Ends:
    return (edge.source, edge.target) if edge is not None else (None, None)


def _displaced(wire: Wire, source: QPointF, target: QPointF) -> Wire:
    """The wire with its ends moved, and what is between them in proportion."""
    last = max(len(wire.path) - 1, 1)
    moved = []
    for index, point in enumerate(wire.path):
        by = source * (1 - index / last) + target * (index / last)
        moved.append(Point(point.x + by.x(), point.y + by.y()))
    return replace(wire, path=tuple(moved))
