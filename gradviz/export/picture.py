"""The one picture of a graph that the canvas and every exporter draw: cards, wires and pills, in words and places.

It knows no colours, no Qt and no file format. What each part looks like follows from its `state`:

    NOT_YET  quiet (a dashed, empty pill)     DONE     plain
    CURRENT  amber: what the last step did    FAILED   red: it failed, or its number is NaN or infinite
"""

from dataclasses import dataclass
from enum import Enum

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId, Role
from gradviz.layout.types import Point, Rect


class State(Enum):
    """Where a part of the picture stands in the run."""

    NOT_YET = "not yet"
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"


class CardKind(Enum):
    """What a card stands for, which decides its shape."""

    OPERATION = "operation"
    """A soft card: mathematics above, the op's name below."""
    LEAF = "leaf"
    """The same with a coloured spine for its role."""
    LITERAL = "literal"
    """A small round card with a number."""


class PillKind(Enum):
    """Which of the two numbers of an edge a pill shows; the enum's value is the mark before the number."""

    VALUE = "▸"
    DERIVATIVE = "◂"


class Font(Enum):
    """The three fonts of a picture, all shipped in resources/fonts."""

    TEXT = "Inter"
    MATH = "STIX Two Text"
    """Drawn in italics."""
    NUMBER = "JetBrains Mono"


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text, centred on x; `baseline` is the y that its letters stand on."""

    text: str
    x: float
    baseline: float
    font: Font
    size: float


@dataclass(frozen=True, slots=True)
class Card:
    """A node: its mathematics (`title`) and in small type its name or role (`subtitle`, maybe empty)."""

    node: NodeId
    kind: CardKind
    rect: Rect
    title: str
    subtitle: str
    role: Role | None
    """The role of a leaf, None for anything else."""
    state: State


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge from source to target (or, without an edge, the stub that leaves the output).

    path: 1 + 3k control points of joined cubic Bézier curves, the last one at the arrow's tip.
    """

    edge: Edge | None
    path: tuple[Point, ...]
    state: State

    @property
    def has_arrow(self) -> bool:
        """True where the wire ends in an arrowhead; the stub doesn't."""
        return self.edge is not None


@dataclass(frozen=True, slots=True)
class Pill:
    """One number on an edge, or on the stub (its derivative is the seed). `text` is None until it is computed.

    rect is as narrow as the text; the room around it is fixed, so a longer number moves nothing.
    """

    edge: Edge | None
    kind: PillKind
    rect: Rect
    text: str | None
    state: State


@dataclass(frozen=True, slots=True)
class Picture:
    """All that there is to draw, back to front: wires, pills, cards."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    pills: tuple[Pill, ...]
    bounds: Rect
