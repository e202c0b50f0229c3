"""Notes under the hand: added, typed in place, chosen, moved, pointed at a card and removed.

Each change is one entry of the history. What is chosen is known here and not in the session: a note is no part of
the graph.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QMenu

from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.export.remarks import MOST_WIDTH, Remark, free_place, remark_of, size_of
from gradviz.layout.types import Rect
from gradviz.project.changes import ChangeFlags
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import (
    add_comment,
    attach_comment,
    colour_comment,
    move_comment,
    remove_comment,
    set_comment,
    size_comment,
)
from gradviz.project.project import Command
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.colours import fill_colours
from gradviz.ui.canvas.note_editor import NoteEditor
from gradviz.ui.canvas.scene import GraphScene

GAP = 46.0
"""Between a card and a note that is put beside it."""
EDGE = 5.0
"""So near to an edge of a note, in pixels, the pointer takes hold of that."""
NARROWEST, WIDEST = 60.0, 1_000.0
MOST_HOPS = 100
OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""Keys that are about a chosen note, whatever else they do."""


class Notes(QObject):
    """What can be done with the notes of a view."""

    def __init__(self, session: Session, scene: GraphScene, camera: Camera, view: QGraphicsView) -> None:
        super().__init__(view)
        self._session = session
        self._scene = scene
        self._camera = camera
        self._view = view
        self._pointer: QPoint | None = None
        self._is_menu_on_ground = False
        self.editor: NoteEditor | None = None
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        session.selection.changed.connect(self._selection_changed)
        session.document.changed.connect(self._document_changed)

    # -- asked by gestures and the window -----------------------------------------------------------

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

    def select_next(self) -> bool:
        """Choose the note after the chosen one, and show it; False when there are none."""
        count = len(self._comments)
        if count:
            self.select(0 if self.selected is None else (self.selected + 1) % count)
            self._show_chosen()
        return count > 0

    def show(self, number: int) -> None:
        """Choose a note and bring it into view."""
        self.select(number)
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Make room for the chosen note where all is seen; else pan to it."""
        remark = self._scene.remarks.remark(self.selected) if self.selected is not None else None
        if remark is not None and self._camera.is_fitted:
            self._camera.refit()
        if remark is not None:
            self._camera.bring_into_view(remark.rect)

    def add(self) -> None:
        """Type a new note: at the selected card, else where the pointer is, else in the middle."""
        node = None if self._is_menu_on_ground else self._session.selection.node
        card = self._card(node)
        if node is not None and card is not None:
            self._type(None, self._near(node, card))
            return
        viewport = self._view.viewport().rect()
        place = self._pointer if self._pointer is not None and viewport.contains(self._pointer) else viewport.center()
        at = self._view.mapToScene(place)
        _, width, height = size_of("", MOST_WIDTH)
        free = free_place(Rect(at.x(), at.y(), width, height), self._taken())
        self._type(None, Comment("", free.x, free.y))

    def edit(self, number: int) -> None:
        """Type another text for a note."""
        self.select(number)
        self._type(number, self._comments[number])

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

    def remove(self, number: int) -> None:
        """Take a note away."""
        self.select(None)
        self._apply(remove_comment(number), "Remove a note")

    def point_at(self, number: int, node: NodeId | None) -> None:
        """Let a note's arrow lead to a node, or take the arrow off; the note stays where it is."""
        remark, card = self._scene.remarks.remark(number), self._card(node)
        if remark is None or (node is not None and card is None):
            return
        x, y = (card.center.x, card.center.y) if card is not None else (0.0, 0.0)
        command = attach_comment(number, node, remark.rect.x - x, remark.rect.y - y)
        self._apply(command, "Take a note's arrow off" if node is None else f"Point a note at {self._called(node)}")

    # -- events -------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QContextMenuEvent):
            return self._menu_asked(event)
        if isinstance(event, QMouseEvent):
            self._pointer, self._is_menu_on_ground = event.position().toPoint(), False
        elif event.type() is QEvent.Type.Leave and QApplication.activePopupWidget() is None:
            self._pointer = None
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            self._is_menu_on_ground = False
            if self.selected is not None and event.key() in OWN_KEYS and not event.modifiers():
                event.accept()
                return True
        return False

    def _menu_asked(self, event: QContextMenuEvent) -> bool:
        place, at_pointer = event.globalPos(), self.at(QPointF(event.pos()))
        chosen = self._scene.remarks.remark(self.selected) if self.selected is not None else None
        is_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        remark = chosen if is_key else at_pointer
        if is_key and remark is not None:
            below = QPointF(remark.rect.x, remark.rect.y + remark.rect.height)
            place = self._view.viewport().mapToGlobal(self._view.mapFromScene(below))
        self._pointer = event.pos()
        self._is_menu_on_ground = self._scene.card_at(self._view.mapToScene(event.pos())) is None
        if remark is None or self._session.veil.is_quiz:
            return False
        node = self._session.selection.node
        self._scene.remarks.select(remark.number)
        self._menu(remark, node).popup(place)
        return True

    def _menu(self, remark: Remark, node: NodeId | None) -> QMenu:
        menu = QMenu(self._view)
        menu.setObjectName("noteMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def offer(text: str, action: Callable[[], object]) -> None:
            menu.addAction(text).triggered.connect(lambda _checked=False: action())

        number = remark.number
        offer("Edit the note\tF2", partial(self.edit, number))
        nearest = self._nearest(remark)
        for one in dict.fromkeys((node, nearest)):
            if one is not None and one != remark.target:
                offer(f"Arrow to {self._called(one)}", partial(self.point_at, number, one))
        if remark.target is not None:
            offer("No arrow", partial(self.point_at, number, None))
        fill_colours(
            menu.addMenu("Colour\tCtrl+Shift+C"), self._comments[number].colour, partial(self.colour, number), "Usual"
        )
        if self._comments[number].width is not None:
            offer("As wide as its text", partial(self.fit_width, number))
        menu.addSeparator()
        offer("Remove the note\tDel", partial(self.remove, number))
        return menu

    # -- typing -------------------------------------------------------------------------------------

    def _type(self, number: int | None, comment: Comment) -> None:
        if self.editor is not None:
            self.editor.end(is_taken=True)
        rect, scale = self._remark(comment, number or 0).rect, self._camera.scale
        corner = self._view.mapFromScene(QPointF(rect.x, rect.y))
        self.editor = NoteEditor(comment.text, partial(self._take, number, comment), self._view.viewport())
        viewport = self._view.viewport()
        width = min(max(round(max(rect.width, MOST_WIDTH) * scale), 200), viewport.width())
        height = min(max(round(rect.height * scale) + 20, 76), viewport.height())
        left = min(max(corner.x(), 0), viewport.width() - width)
        top = min(max(corner.y(), 0), viewport.height() - height)
        self.editor.setGeometry(left, top, width, height)
        self.editor.show()
        self.editor.setFocus()
        self.editor.selectAll()

    def _take(self, number: int | None, comment: Comment, text: str | None) -> None:
        self.editor = None
        had_focus = self._view.isAncestorOf(QApplication.focusWidget() or self._view)
        if had_focus or QApplication.focusWidget() is None:
            self._view.setFocus()
        said = text.strip() if text is not None else None
        if said is None or (number is not None and number >= len(self._comments)):
            return
        if number is not None:
            if said:
                self._apply(set_comment(number, said), "Edit a note")
            else:
                self.remove(number)
        elif said:
            self._apply(add_comment(replace(comment, text=said)), "Add a note")
            self.select(len(self._comments) - 1)
            self._show_chosen()

    # -- help ---------------------------------------------------------------------------------------

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

    def _nearest(self, remark: Remark) -> NodeId | None:
        middle = remark.rect.center

        def distance(item: tuple[NodeId, Rect]) -> float:
            return (item[1].center.x - middle.x) ** 2 + (item[1].center.y - middle.y) ** 2

        cards = self._cards()
        return min(cards.items(), key=distance)[0] if cards else None

    def _called(self, node: NodeId) -> str:
        graph = self._session.graph
        return display(symbol(graph, node)) if graph is not None else ""

    def _selection_changed(self) -> None:
        if self._session.selection.nodes or self._session.selection.edge is not None:
            self._scene.remarks.select(None)

    def _document_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REMARKS and self._scene.picture is not None:
            self._camera.frame(self._scene.picture, self._session.document.project.direction)
        if flags & ChangeFlags.REPLACED and self.editor is not None:
            self.editor.end(is_taken=False)
