"""The notes on the scene, in front of all else; each moves along with the card that it is about."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from gradviz.core.types import NodeId
from gradviz.export.picture import Picture
from gradviz.export.remarks import Remark
from gradviz.layout.types import Rect
from gradviz.ui.canvas.items import Look
from gradviz.ui.painting import paint_remark, rectangle

REMARK_Z = 20.0


class RemarkItem(QGraphicsRectItem):
    """One note."""

    def __init__(self, remark: Remark, look: Look) -> None:
        super().__init__()
        self.part = remark
        self._look = look
        self._is_selected = False
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(REMARK_Z)
        self.show_part(remark)

    def show_part(self, remark: Remark) -> None:
        """Draw this note from now on."""
        self.part = remark
        self.setRect(rectangle(remark.hull.grown(8.0)))
        self.update()

    def show_selected(self, is_selected: bool) -> None:
        """It is chosen, or no longer."""
        if is_selected != self._is_selected:
            self._is_selected = is_selected
            self.update()

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(rectangle(self.part.rect))
        return path

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        look = self._look
        paint_remark(painter, self.part, look.theme, is_selected=self._is_selected, has_text=look.has_text)


class RemarkLayer:
    """All notes of a scene. selected: the number of the chosen one."""

    def __init__(self, scene: QGraphicsScene, look: Look) -> None:
        self._scene = scene
        self._look = look
        self._items: list[RemarkItem] = []
        self.selected: int | None = None

    def at(self, place: QPointF) -> Remark | None:
        """The foremost note at a place of the scene."""
        for item in reversed(self._items):
            if rectangle(item.part.rect).translated(item.pos()).contains(place):
                return item.part
        return None

    def remark(self, number: int) -> Remark | None:
        """A note by its number."""
        return self._items[number].part if 0 <= number < len(self._items) else None

    def select(self, number: int | None) -> None:
        """Choose one, or none."""
        self.selected = number
        for item in self._items:
            item.show_selected(item.part.number == number)

    def show(self, remarks: tuple[Remark, ...]) -> None:
        """Show exactly these notes."""
        while len(self._items) > len(remarks):
            self._scene.removeItem(self._items.pop())
        for item, remark in zip(self._items, remarks, strict=False):
            item.setPos(0.0, 0.0)
            if item.part != remark:
                item.show_part(remark)
        for remark in remarks[len(self._items) :]:
            self._items.append(RemarkItem(remark, self._look))
            self._scene.addItem(self._items[-1])
        self.select(self.selected if self.selected is not None and self.selected < len(remarks) else None)

    def displace(self, displacements: Mapping[NodeId | None, QPointF], rest: float) -> None:
        """Stand away from the own place as the card does that it is about: on the way there."""
        for item in self._items:
            target = item.part.target
            item.setPos(displacements[target] * rest if target in displacements and target is not None else QPointF())

    def follow(self, picture: Picture, boxes: Mapping[NodeId, Rect]) -> None:
        """Move along with cards that stand elsewhere for the moment."""
        homes = {card.node: card.rect.center for card in picture.cards if card.node in boxes}
        for item in self._items:
            home = homes.get(item.part.target) if item.part.target is not None else None
            if home is not None and item.part.target is not None:
                now = boxes[item.part.target].center
                item.setPos(now.x - home.x, now.y - home.y)

    def show_part(self, remark: Remark) -> None:
        """Show one note otherwise for the moment."""
        if 0 <= remark.number < len(self._items):
            self._items[remark.number].show_part(remark)
