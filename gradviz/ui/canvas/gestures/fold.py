"""Unfold: a double click on a folded block shows what is inside."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from gradviz.core.graph import Block, Edge
from gradviz.project.placing_commands import set_unfolded
from gradviz.ui.canvas.gestures.base import Canvas, Gesture


class Unfold(Gesture):
    """A left double click on the card of a folded block."""

    def double_click(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Show the block's nodes."""
        block = _folded_at(canvas, event)
        if block is None:
            return False
        canvas.session.document.apply(set_unfolded(block.output, True), f"Unfold {block.name}")
        return True


def _folded_at(canvas: Canvas, event: QMouseEvent) -> Block | None:
    graph, target = canvas.session.graph, canvas.target_at(event.position())
    if event.button() is not Qt.MouseButton.LeftButton or graph is None or target is None or isinstance(target, Edge):
        return None
    if target in canvas.session.document.project.unfolded:
        return None
    return next((block for block in graph.blocks if block.output == target), None)
