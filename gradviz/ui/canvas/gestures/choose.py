"""Choose: a click selects the node or the edge under the pointer, and one on empty canvas nothing."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from gradviz.core.graph import Edge
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.canvas.gestures.fold import cards_of


class Choose(Gesture):
    """A left press whose release was not taken by a drag; with Shift or Ctrl a node is chosen too, or no longer."""

    def __init__(self) -> None:
        self._is_pressed = False

    def press(self, _canvas: Canvas, event: QMouseEvent) -> bool:
        """Wait for the release."""
        self._is_pressed = event.button() is Qt.MouseButton.LeftButton
        return False

    def release(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Select what is under the pointer."""
        if not self._is_pressed or event.button() is not Qt.MouseButton.LeftButton:
            return False
        self._is_pressed = False
        selection = canvas.session.selection
        is_adding = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
        match canvas.target_at(event.position()):
            case Edge() as edge:
                selection.select_edge(edge)
            case None:
                found = canvas.frame_at(event.position())
                if found is not None:
                    selection.select(*(selection.nodes if is_adding else ()), *cards_of(found[0]))
                elif not is_adding:
                    selection.clear()
            case node if is_adding:
                selection.toggle(node)
            case node:
                selection.select(node)
        return True
