"""What can be done with the notes of a view: each change is one entry of the history.

A note stands where it is shown: pushed aside by a card, that is another place than the one it was put at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF
from PySide6.QtWidgets import QGraphicsView

from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.export.remarks import MOST_WIDTH, Remark, free_place, remark_of, size_of
from gradviz.layout.types import Rect
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import (
    add_comment,
    attach_comment,
    colour_comment,
    move_comment,
    remove_comment,
    size_comment,
)
from gradviz.project.project import Command
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.scene import GraphScene

GAP = 46.0
"""Between a card and a note that is put beside it."""
EDGE = 5.0
"""So near to an edge of a note, in pixels, the pointer takes hold of that."""
NARROWEST, WIDEST = 60.0, 1_000.0
MOST_HOPS = 100


class NoteChanges(QObject):
    """Changes notes, and knows where they stand. What is chosen is known here, for a note is no part of the graph."""

    def __init__(self, session: Session, scene: GraphScene, camera: Camera, view: QGraphicsView) -> None:
        super().__init__(view)
        self._session = session
        self._scene = scene
        self._camera = camera
        self._view = view

    @property
    def selected(self) -> int | None:
        """The number of the chosen note."""
        return self._scene.remarks.selected

    def at(self, place: QPointF) -> Remark | None:
        """The note at a place of the viewport."""
        return self._scene.remarks.at(self._view.mapToScene(place.toPoint()))

    def select(self, number: int | None) -> None:
        """Choose a note and nothing else, or none."""
        if number is not None:
            self._session.selection.clear()
        self._scene.remarks.select(number)

    def show(self, number: int) -> None:
        """Choose a note and bring it into view."""
        self.select(number)
        self._show_chosen()

    def show_moved(self, number: int, x: float, y: float) -> None:
        """Show a note elsewhere while it is dragged, by so much of the scene; its arrow follows."""
        comment = self._standing(number)
        self._scene.remarks.show_part(self._remark(replace(comment, x=comment.x + x, y=comment.y + y), number))

    def edge_at(self, place: QPointF) -> tuple[int, bool] | None:
        """The note whose left or right edge is at a place of the viewport, and whether it is the right one."""
        reach = EDGE / self._camera.scale
        at = self._view.mapToScene(place.toPoint())
        for x in (at.x(), at.x() - reach, at.x() + reach):
            found = self._scene.remarks.at(QPointF(x, at.y()))
            if found is not None and abs(found.rect.x - at.x()) <= reach:
                return found.number, False
            if found is not None and abs(found.rect.right - at.x()) <= reach:
                return found.number, True
        return None

    def show_sized(self, number: int, by: float, *, is_right: bool) -> None:
        """Show a note wider while an edge is dragged by so much of the scene."""
        width, x = self._sized(number, by, is_right=is_right)
        self._scene.remarks.show_part(self._remark(replace(self._standing(number), width=width, x=x), number))

    def size(self, number: int, by: float, *, is_right: bool = True, merge_key: object | None = None) -> None:
        """Make a note wider by so much of the scene, at its left or right edge."""
        width, x = self._sized(number, by, is_right=is_right)
        self._apply(size_comment(number, width, x), "Change a note's width", merge_key)

    def fit_width(self, number: int) -> None:
        """Make a note as wide as its text."""
        self._apply(size_comment(number, None), "Fit a note's width")

    def colour(self, number: int, colour: str | None) -> None:
        """Give a note a colour, or the usual one."""
        self._apply(colour_comment(number, colour), "Colour a note" if colour is None else f"Colour a note {colour}")

    def put_back(self) -> None:
        """Show all notes where they are."""
        if self._scene.picture is not None:
            self._scene.remarks.show(self._scene.picture.remarks)

    def move(self, number: int, x: float, y: float) -> None:
        """Move a note by so much of the scene."""
        comment = self._standing(number)
        self._apply(move_comment(number, comment.x + x, comment.y + y), "Move a note")

    def nudge(self, number: int, x: float, y: float) -> None:
        """Move a note one step by a key; it hops over cards."""
        comment, cards = self._standing(number), self._cards().values()
        for count in range(1, MOST_HOPS):
            moved = replace(comment, x=comment.x + count * x, y=comment.y + count * y)
            rect = self._remark(moved, number).rect
            if not any(rect.overlaps(card) for card in cards):
                break
        self._apply(move_comment(number, moved.x, moved.y), "Move a note", ("move note", number))

    def remove(self, number: int, name: str = "Remove a note") -> None:
        """Take a note away."""
        self.select(None)
        self._apply(remove_comment(number), name)

    def remove_all(self, numbers: Iterable[int], name: str, merge_key: object) -> None:
        """Take notes away as part of a larger change."""
        for number in sorted(numbers, reverse=True):
            self._apply(remove_comment(number), name, merge_key)

    def add_all(self, comments: Iterable[Comment], name: str, merge_key: object) -> None:
        """Add notes as part of a larger change."""
        for comment in comments:
            self._apply(add_comment(comment), name, merge_key)

    def leave(self, places: Mapping[int, Rect], name: str, merge_key: object) -> None:
        """Leave notes without a node where they stood, as part of a larger change."""
        for number, rect in places.items():
            self._apply(move_comment(number, rect.x, rect.y), name, merge_key)

    def duplicate(self, number: int) -> None:
        """Put a copy of a note beside it, and choose that."""
        rect = self.rect(number)
        if rect is not None:
            self._add_free(self._comments[number], QPointF(rect.x + 20, rect.y + 20), "Duplicate a note")

    def rect(self, number: int) -> Rect | None:
        """Where a note is shown."""
        remark = self._scene.remarks.remark(number)
        return remark.rect if remark is not None else None

    def standing(self, number: int) -> Comment:
        """A note as it is shown, by itself."""
        comment, rect = self._comments[number], self.rect(number)
        return comment if rect is None else replace(comment, x=rect.x, y=rect.y, target=None)

    def point_at(self, number: int, node: NodeId | None) -> None:
        """Let a note's arrow lead to a node, or take the arrow off; the note stays where it is."""
        remark, card = self._scene.remarks.remark(number), self._card(node)
        if remark is None or (node is not None and card is None):
            return
        x, y = (card.center.x, card.center.y) if card is not None else (0.0, 0.0)
        command = attach_comment(number, node, remark.rect.x - x, remark.rect.y - y)
        self._apply(command, "Take a note's arrow off" if node is None else f"Point a note at {self._called(node)}")

    # -- help ---------------------------------------------------------------------------------------

    def _add_free(self, comment: Comment, at: QPointF, name: str) -> None:
        """Add a note by itself at a place, or as near as nothing stands, and choose it."""
        _, width, height = size_of(comment.text, comment.width)
        free = free_place(Rect(at.x(), at.y(), width, height), self._taken())
        self._apply(add_comment(replace(comment, x=free.x, y=free.y, target=None)), name)
        self.show(len(self._comments) - 1)

    def _show_chosen(self) -> None:
        """Make room for the chosen note where all is seen; else pan to it."""
        remark = self._scene.remarks.remark(self.selected) if self.selected is not None else None
        if remark is not None and self._camera.is_fitted:
            self._camera.refit()
        if remark is not None:
            self._camera.bring_into_view(remark.rect)

    @property
    def _comments(self) -> tuple[Comment, ...]:
        return self._session.document.project.comments

    def _apply(self, command: Command, name: str, merge_key: object | None = None) -> None:
        try:
            self._session.document.apply(command, name, merge_key)
        except GradvizError as error:
            self._session.reported.emit(error)

    def _cards(self) -> dict[NodeId, Rect]:
        picture = self._scene.picture
        return {card.node: card.rect for card in picture.cards} if picture is not None else {}

    def _remark(self, comment: Comment, number: int) -> Remark:
        shown = self._scene.remarks.remark(number)
        shown_by = {comment.target: shown.target} if shown and shown.target is not None and comment.target else {}
        cards = self._cards()
        return remark_of(number, comment, cards, {} if comment.target in cards else shown_by)

    def _standing(self, number: int) -> Comment:
        """A note with the place where it is shown: pushed aside by a card, it may be another one."""
        comment, shown = self._comments[number], self._scene.picture
        if shown is None or number >= len(shown.remarks):
            return comment
        home, now = self._remark(comment, number).rect, shown.remarks[number].rect
        return replace(comment, x=comment.x + now.x - home.x, y=comment.y + now.y - home.y)

    def _sized(self, number: int, by: float, *, is_right: bool) -> tuple[float, float]:
        """Another width of a note, and where its left edge is then."""
        comment = self._standing(number)
        before = self._remark(comment, number).rect.width
        width = min(max(before + (by if is_right else -by), NARROWEST), WIDEST)
        return width, comment.x if is_right else comment.x + before - width

    def _taken(self) -> list[Rect]:
        """All places where something stands."""
        picture = self._scene.picture
        if picture is None:
            return []
        return [part.rect for parts in (picture.cards, picture.pills, picture.remarks) for part in parts]

    def _card(self, node: NodeId | None) -> Rect | None:
        return self._cards().get(node) if node is not None else None

    def _near(self, node: NodeId, card: Rect) -> Comment:
        """Below a card, or above it, where nothing stands."""
        _, width, height = size_of("", MOST_WIDTH)
        taken = self._taken()
        x, half = -width / 4, card.height / 2
        ways = [side for step in range(6) for side in (half + GAP + 60 * step, -half - GAP - height - 60 * step)]
        for y in ways:
            room = Rect(card.center.x + x, card.center.y + y, width, height)
            if not any(room.overlaps(other) for other in taken):
                return Comment("", x, y, None, node)
        return Comment("", x, ways[0], None, node)

    def _called(self, node: NodeId) -> str:
        graph = self._session.graph
        return display(symbol(graph, node)) if graph is not None else ""
