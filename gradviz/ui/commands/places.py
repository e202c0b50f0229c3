"""Where nodes stand: the direction of flow, and tidying up."""

from collections.abc import Callable
from functools import partial

from gradviz.layout.types import Direction
from gradviz.project.placing_commands import set_direction, unpin_all
from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers


class PlaceCommands:
    """Moves the nodes of the session's graph; each change is one entry of the history."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "tidy": self.tidy,
            "flow_right": partial(self.flow, Direction.LR),
            "flow_up": partial(self.flow, Direction.BT),
            "flow_down": partial(self.flow, Direction.TB),
        }

    def tidy(self) -> None:
        """Let the layout place all nodes."""
        if self._session.document.project.pins:
            self._session.document.apply(unpin_all(), "Tidy up")
        else:
            self._say("No node is pinned: the layout has placed all of them.")

    def flow(self, direction: Direction) -> None:
        """Let values flow another way."""
        self._session.document.apply(set_direction(direction), f"Flow {direction.value}")
