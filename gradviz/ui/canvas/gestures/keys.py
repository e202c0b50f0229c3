"""Keys of the canvas: zoom, fit, step in time, breakpoint, and Escape to select nothing."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from gradviz.core.graph import Apply
from gradviz.core.types import NodeId
from gradviz.project.commands import toggle_breakpoint
from gradviz.session.session import Session
from gradviz.ui.canvas.camera import STEP
from gradviz.ui.canvas.gestures.base import Canvas, Gesture


def zoom_in(canvas: Canvas) -> None:
    """Ctrl++."""
    canvas.camera.zoom(STEP)


def zoom_out(canvas: Canvas) -> None:
    """Ctrl+−."""
    canvas.camera.zoom(1 / STEP)


def fit(canvas: Canvas) -> None:
    """Ctrl+0 and Home."""
    canvas.camera.fit()


def step(canvas: Canvas) -> None:
    """`.`"""
    canvas.session.debugger.step()


def step_back(canvas: Canvas) -> None:
    """`,`"""
    canvas.session.debugger.step_back()


def break_here(canvas: Canvas) -> None:
    """F9: on the selected node."""
    node = canvas.session.selection.node
    if node is not None:
        switch_breakpoint(canvas.session, node)


def select_nothing(canvas: Canvas) -> None:
    """Escape."""
    canvas.session.selection.clear()


def switch_breakpoint(session: Session, node: NodeId) -> None:
    """Put a breakpoint on an op, or take it away; nothing ever halts at a leaf."""
    graph = session.graph
    if graph is None or not isinstance(graph.nodes[node], Apply):
        return
    has_one = any(one.node == node for one in session.document.project.breakpoints)
    session.document.apply(toggle_breakpoint(node), "Remove breakpoint" if has_one else "Add breakpoint")


def open_menu(canvas: Canvas) -> None:
    """Shift+F10: what the Menu key does, for keyboards that have none."""
    port = canvas.viewport()
    place = port.rect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, port.mapToGlobal(place))
    QCoreApplication.sendEvent(port, asked)


CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier

TABLE: dict[tuple[Qt.KeyboardModifier, Qt.Key], Callable[[Canvas], None]] = {
    (CTRL, Qt.Key.Key_Plus): zoom_in,
    (CTRL, Qt.Key.Key_Equal): zoom_in,
    (CTRL, Qt.Key.Key_Minus): zoom_out,
    (CTRL, Qt.Key.Key_0): fit,
    (PLAIN, Qt.Key.Key_Home): fit,
    (PLAIN, Qt.Key.Key_Period): step,
    (PLAIN, Qt.Key.Key_Comma): step_back,
    (PLAIN, Qt.Key.Key_F9): break_here,
    (PLAIN, Qt.Key.Key_Escape): select_nothing,
}


class Keys(Gesture):
    """Looks the key up in the table; Shift and the number pad make no difference."""

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Do what the key stands for."""
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            open_menu(canvas)
            return True
        held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        action = TABLE.get((held, Qt.Key(event.key())))
        if action is None or (canvas.session.veil.is_quiz and action in (step, step_back, break_here)):
            return False
        action(canvas)
        return True
