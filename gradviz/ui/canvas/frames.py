"""The frames of unfolded blocks on the scene: below all else, with a name and a button that folds the block.

A frame takes the pointer only in the line of its name, so that its inside is as empty as the rest of the canvas.
"""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.frames import Frame, frame_rects
from gradviz.export.picture import Picture
from gradviz.export.theme import Token
from gradviz.layout.types import Rect
from gradviz.ui.canvas.items import Look
from gradviz.ui.painting import colour, paint_frame, rectangle

FRAME_Z = -2.0
FrameKey = tuple[NodeId | None, int]


class FrameItem(QGraphicsRectItem):
    """One frame."""

    def __init__(self, frame: Frame, look: Look) -> None:
        super().__init__(rectangle(frame.rect.grown(1.5)))
        self.part = frame
        self._look = look
        self._shown = frame
        self._is_hovered = False
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(FRAME_Z + frame.depth / 100)

    @property
    def shown_rect(self) -> Rect:
        """Where it stands at this moment."""
        return self._shown.rect

    def show_part(self, frame: Frame) -> None:
        """Draw this frame from now on."""
        self.part = frame
        self.show_at(frame.rect)

    def show_at(self, rect: Rect) -> None:
        """Draw it elsewhere, while cards are on their way."""
        self._shown = replace(self.part, rect=rect)
        self.setRect(rectangle(rect.grown(1.5)))
        self.update()

    def show_hovered(self, is_hovered: bool) -> None:
        """The pointer is on its name, or no longer."""
        if is_hovered != self._is_hovered:
            self._is_hovered = is_hovered
            self.update()

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(rectangle(self._shown.header))
        return path

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        paint_frame(painter, self._shown, self._look.theme, is_hovered=self._is_hovered, has_text=self._look.has_text)
        if self._look.has_text:
            self._paint_button(painter)

    def _paint_button(self, painter: QPainter) -> None:
        """A small box with a minus."""
        box = rectangle(self._shown.button).adjusted(2.0, 2.0, -2.0, -2.0)
        painter.setPen(QPen(colour(self._look.theme, Token.MUTED, 1.0 if self._is_hovered else 0.7), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3.0, 3.0)
        middle = box.center()
        painter.drawLine(QLineF(middle - QPointF(3.0, 0.0), middle + QPointF(3.0, 0.0)))


class Frames:
    """All frames of a scene."""

    def __init__(self, scene: QGraphicsScene, look: Look) -> None:
        self._scene = scene
        self._look = look
        self._shown: tuple[Frame, ...] = ()
        self._items: dict[FrameKey, FrameItem] = {}
        self._olds: dict[FrameKey, Rect] = {}
        self._newcomers: set[FrameKey] = set()

    def shown_rects(self) -> tuple[Rect, ...]:
        """Where the frames stand at this moment, also while they are on their way."""
        return tuple(item.shown_rect for item in self._items.values())

    def at(self, place: QPointF) -> tuple[Frame, bool] | None:
        """The innermost frame whose name is at a place of the scene, and whether that is on its button."""
        for item in reversed(self._items.values()):
            if item.shape().contains(place):
                return item.part, rectangle(item.part.button).contains(place)
        return None

    def hover(self, frame: Frame | None) -> None:
        """The pointer is on the name of this frame, or of none."""
        for item in self._items.values():
            item.show_hovered(item.part == frame)

    def show(self, frames: tuple[Frame, ...], known: Mapping[NodeId, NodeId] | None = None) -> None:
        """Show these frames. known: new node → node of the old graph; None: of the same graph."""
        if known is None and frames == self._shown:
            if not self._olds and not self._newcomers:  # else they are on their way there
                self.settle()
            return
        left, self._items, self._olds = self._items, {}, {}
        self._newcomers.clear()
        for frame in frames:
            key = frame.output, frame.depth
            old = left.pop((frame.output if known is None else known.get(frame.output), frame.depth), None)
            if old is None:
                old = FrameItem(frame, self._look)
                self._scene.addItem(old)
                self._newcomers.add(key)
            elif old.part.rect != frame.rect:
                self._olds[key] = old.part.rect
            old.show_part(frame)
            self._items[key] = old
        for item in left.values():
            self._scene.removeItem(item)
        self._shown = frames

    def glide_to(self, done: float) -> None:
        """Stand between the old place and the new one; a new frame appears."""
        for key, item in self._items.items():
            if key in self._olds:
                item.show_at(_between(self._olds[key], item.part.rect, done))
            if key in self._newcomers:
                item.setOpacity(done)

    def settle(self) -> None:
        """Stand at the own place."""
        for item in self._items.values():
            item.setOpacity(1.0)
            if item.part.rect != item.shown_rect:
                item.show_at(item.part.rect)
        self._olds = {}
        self._newcomers.clear()

    def follow(self, picture: Picture, boxes: Mapping[NodeId, Rect], rooms: Mapping[Edge, Rect]) -> None:
        """Hold the cards that stand elsewhere for the moment."""
        if not picture.frames:
            return
        cards = {card.node: boxes.get(card.node, card.rect) for card in picture.cards}
        rects = frame_rects(tuple(frame.cards for frame in picture.frames), cards, rooms)
        for item, rect in zip(self._items.values(), rects, strict=True):
            item.show_at(rect)


def _between(old: Rect, new: Rect, done: float) -> Rect:
    def mix(a: float, b: float) -> float:
        return a + (b - a) * done

    return Rect(mix(old.x, new.x), mix(old.y, new.y), mix(old.width, new.width), mix(old.height, new.height))
