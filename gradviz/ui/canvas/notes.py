"""Notes under the hand: added, typed in place, chosen, moved, pointed at a card and removed.

Each change is one entry of the history. What is chosen is known here and not in the session: a note is no part of
the graph.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QMenu

from gradviz.core.types import NodeId
from gradviz.export.remarks import MOST_WIDTH, Remark, free_place, size_of
from gradviz.layout.types import Rect
from gradviz.project.changes import ChangeFlags
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import (
    add_comment,
    set_comment,
)
from gradviz.session.session import Session
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.colours import fill_colours
from gradviz.ui.canvas.note_changes import NoteChanges
from gradviz.ui.canvas.note_editor import NoteEditor
from gradviz.ui.canvas.scene import GraphScene

OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""Keys that are about a chosen note, whatever else they do."""


class Notes(NoteChanges):
    """What can be done with the notes of a view."""

    def __init__(self, session: Session, scene: GraphScene, camera: Camera, view: QGraphicsView) -> None:
        super().__init__(session, scene, camera, view)
        self._pointer: QPoint | None = None
        self._is_menu_on_ground = False
        self.editor: NoteEditor | None = None
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        session.selection.changed.connect(self._selection_changed)
        session.document.changed.connect(self._document_changed)

    # -- asked by gestures and the window -----------------------------------------------------------

    def select_next(self) -> bool:
        """Choose the note after the chosen one, and show it; False when there are none."""
        count = len(self._comments)
        if count:
            self.select(0 if self.selected is None else (self.selected + 1) % count)
            self._show_chosen()
        return count > 0

    def _aim(self) -> QPointF:
        """The place of the scene below the pointer, else in the middle of what is seen."""
        viewport = self._view.viewport().rect()
        place = self._pointer if self._pointer is not None and viewport.contains(self._pointer) else viewport.center()
        return self._view.mapToScene(place)

    def add(self) -> None:
        """Type a new note: at the selected card, else where the pointer is, else in the middle."""
        node = None if self._is_menu_on_ground else self._session.selection.node
        card = self._card(node)
        if node is not None and card is not None:
            self._type(None, self._near(node, card))
            return
        at = self._aim()
        _, width, height = size_of("", MOST_WIDTH)
        free = free_place(Rect(at.x(), at.y(), width, height), self._taken())
        self._type(None, Comment("", free.x, free.y))

    def edit(self, number: int) -> None:
        """Type another text for a note."""
        self.select(number)
        self._type(number, self._comments[number])

    def paste(self, comments: Iterable[Comment]) -> None:
        """Put copied notes where the pointer is, and choose the last one."""
        for comment in comments:
            self._add_free(comment, self._aim(), "Paste a note")

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

    def _nearest(self, remark: Remark) -> NodeId | None:
        middle = remark.rect.center

        def distance(item: tuple[NodeId, Rect]) -> float:
            return (item[1].center.x - middle.x) ** 2 + (item[1].center.y - middle.y) ** 2

        cards = self._cards()
        return min(cards.items(), key=distance)[0] if cards else None

    def _selection_changed(self) -> None:
        if self._session.selection.nodes or self._session.selection.edge is not None:
            self._scene.remarks.select(None)

    def _document_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REMARKS and self._scene.picture is not None:
            self._camera.frame(self._scene.picture, self._session.document.project.direction)
        if flags & ChangeFlags.REPLACED and self.editor is not None:
            self.editor.end(is_taken=False)
