"""Blocks under the pointer: a double click unfolds one, its frame folds it again.

The name on a frame is a handle: a click selects the block's cards, a drag moves them all, a double click folds the
block, and so does a click on the button beside the name.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from gradviz.core.graph import Block, Edge
from gradviz.core.types import NodeId
from gradviz.export.frames import Frame
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.folding import fold, unfold


class Unfold(Gesture):
    """A left double click on the card of a folded block, or on the name of an unfolded one."""

    def double_click(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Show the block's nodes, or fold them."""
        block = _folded_at(canvas, event)
        if block is not None:
            unfold(canvas.session, block)
            return True
        found = canvas.frame_at(event.position())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            _fold(canvas, found[0])
        return found is not None


class Handle(Gesture):
    """The name and the button of a frame; it stands before the drag, which then moves what is selected."""

    def __init__(self) -> None:
        self._is_on_button = False

    def press(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Select the block's cards, which a drag then moves; on the button wait for the release."""
        found = canvas.frame_at(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        self._is_on_button = found is not None and found[1]
        if found is not None and not self._is_on_button and not event.modifiers():
            canvas.session.selection.select(*cards_of(found[0]))
        return self._is_on_button

    def move(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Show that the name can be clicked."""
        if event.buttons():
            return self._is_on_button
        found = canvas.frame_at(event.position())
        canvas.hover_frame(found[0] if found is not None else None)
        if found is not None:
            canvas.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        elif canvas.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor:
            canvas.viewport().unsetCursor()
        return False

    def release(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Fold the block on whose button it is."""
        was_on_button, self._is_on_button = self._is_on_button, False
        found = canvas.frame_at(event.position()) if was_on_button else None
        if found is not None and found[1]:
            _fold(canvas, found[0])
        return was_on_button


def cards_of(frame: Frame) -> list[NodeId]:
    """The cards of a block, its output last."""
    return sorted(frame.cards)


def _fold(canvas: Canvas, frame: Frame) -> None:
    canvas.hover_frame(None)
    canvas.viewport().unsetCursor()
    graph = canvas.session.graph
    found = next((one for one in graph.blocks if one.use == frame.use), None) if graph is not None else None
    if found is not None:
        fold(canvas.session, found)


def _folded_at(canvas: Canvas, event: QMouseEvent) -> Block | None:
    graph, target = canvas.session.graph, canvas.target_at(event.position())
    if event.button() is not Qt.MouseButton.LeftButton or graph is None or target is None or isinstance(target, Edge):
        return None
    return canvas.session.folds.block_at(graph, target)
