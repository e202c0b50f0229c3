"""What moves in the window: gliding nodes, and messages that travel along the edges."""

from collections.abc import Callable
from functools import partial

from gradviz.ui.actions import Actions
from gradviz.ui.canvas.message import SPEEDS, prefers_stillness
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.commands.run import Handlers
from gradviz.ui.preferences import Preferences


class MotionCommands:
    """Switches motion on and off, and remembers it."""

    def __init__(self, canvas: GraphView, preferences: Preferences, actions: Callable[[], Actions]) -> None:
        self._canvas = canvas
        self._preferences = preferences
        self._actions = actions

    def handlers(self) -> Handlers:
        """The handler of each action."""
        found: Handlers = {"animate": self._toggle_gliding}
        return found | {f"message_{speed}": partial(self._choose_speed, speed) for speed in SPEEDS}

    def restore(self) -> None:
        """Move as it was chosen before; where less motion is asked for, nothing travels."""
        self._canvas.set_animated(self._preferences.is_animated)
        self._canvas.messenger.set_speed("off" if prefers_stillness() else self._preferences.message_speed)
        self._actions()[f"message_{self._canvas.messenger.speed}"].setChecked(True)

    def _toggle_gliding(self) -> None:
        self._canvas.set_animated(not self._canvas.is_animated)
        self._preferences.is_animated = self._canvas.is_animated

    def _choose_speed(self, speed: str) -> None:
        self._canvas.messenger.set_speed(speed)
        self._preferences.message_speed = speed
        self._actions()[f"message_{speed}"].setChecked(True)
