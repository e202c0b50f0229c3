"""How a project's graph stands on the canvas: pinned places, comments, colours, what is unfolded, the direction.

Places are in scene coordinates, the middle of a card. Keys are nodes of the shown graph; after an edit they follow
their nodes (project/following.py).
"""

from dataclasses import dataclass

from gradviz.core.types import NodeId
from gradviz.layout.types import Direction as Direction
from gradviz.layout.types import Point as Point

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "grey")
"""The colours that nodes and comments may have; the theme says how each looks in light and dark."""

MAX_PLACE = 1_000_000.0
"""How far from the middle anything may stand."""

MAX_COMMENTS = 1_000
MAX_COMMENT_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Comment:
    """A text on the canvas.

    x, y: its upper left corner; with a target it stands so far from the middle of that node and moves along.
    width: None fits it to the text. colour: one of the COLOURS, None: yellow as paper notes are.
    """

    text: str
    x: float
    y: float
    width: float | None = None
    target: NodeId | None = None
    colour: str | None = None
