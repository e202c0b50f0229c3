"""Edit in place: a double click on a card, or Enter on the selected one, lets somebody type what it holds."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from gradviz.core.graph import Edge
from gradviz.ui.canvas.gestures.base import Canvas, Gesture

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class EditCard(Gesture):
    """The value of a leaf or a number, the name of an operation; it stands after what unfolds blocks."""

    def double_click(self, canvas: Canvas, event: QMouseEvent) -> bool:
        """Edit the card under the pointer."""
        target = canvas.target_at(event.position())
        if event.button() is not Qt.MouseButton.LeftButton or target is None or isinstance(target, Edge):
            return False
        return not event.modifiers() and canvas.cards.edit(target)

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Edit the selected card."""
        node = canvas.session.selection.node
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers() not in _PLAIN:
            return False
        return node is not None and canvas.cards.edit(node)
