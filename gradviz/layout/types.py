"""What a layout is asked and what it answers: sizes in, places out, nothing of what is drawn there.

Lengths are in pixels at scale 1, y grows downwards, the origin is the top left corner of the bounds.

    box ──▷ room for two pills ──▷ box        an edge runs through the middle of its room
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId


class Direction(Enum):
    """Which way values flow on the screen."""

    LR = "left to right"
    BT = "bottom to top"
    TB = "top to bottom"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the plane."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle with upright sides; (x, y) is its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """The middle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    @classmethod
    def around(cls, center: Point, width: float, height: float) -> "Rect":
        """The rectangle of that size with that middle."""
        return cls(center.x - width / 2, center.y - height / 2, width, height)

    def grown(self, margin: float) -> "Rect":
        """This rectangle with a margin added on each side (taken off when negative)."""
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def covering(self, other: "Rect") -> "Rect":
        """The smallest rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def overlaps(self, other: "Rect") -> bool:
        """True when both share some area; touching sides don't count."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a node's card takes."""

    node: NodeId
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Slot:
    """The room on an edge for its two pills; its size never depends on a value, so that stepping moves nothing."""

    source: NodeId
    target: NodeId
    operand: int
    width: float
    height: float

    @property
    def edge(self) -> Edge:
        """The edge that the room belongs to."""
        return Edge(self.source, self.target, self.operand)


@dataclass(frozen=True, slots=True)
class Route:
    """Where an edge runs and where its pills have room.

    edge: None for the stub that leaves the output. path: control points of cubic Bézier curves that join:
    1 + 3k points. pill: the room for the two pills.
    """

    edge: Edge | None
    path: tuple[Point, ...]
    pill: Rect


@dataclass(frozen=True, slots=True)
class Placement:
    """A whole layout. `exit` is the stub that leaves the output; `bounds` holds everything and starts at (0, 0)."""

    boxes: Mapping[NodeId, Rect]
    routes: Mapping[Edge, Route]
    exit: Route
    bounds: Rect

    def all_routes(self) -> Iterator[Route]:
        """Every route, that of the stub last."""
        yield from self.routes.values()
        yield self.exit
