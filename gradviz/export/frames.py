"""The frames around unfolded blocks: a rounded line with the block's name, one inside the other.

    ╭ neuron ──────────────────╮
    │  matmul ─▷ add ─▷ tanh   │
    ╰──────────────────────────╯

A frame holds the cards of its block, the numbers on the edges between them, and the frames inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gradviz.core.graph import Edge, Use
from gradviz.core.types import NodeId
from gradviz.export.folding import Folding
from gradviz.layout import measure
from gradviz.layout.types import Placement, Rect

HEADER = 22.0
"""The height of the line in which the name stands."""
PADDING = 12.0
BUTTON = 16.0
"""The side of the button that folds the block; only the screen has it."""
NAME_SIZE = 10.5
NAME_LEFT = 10.0
_MOST_NAME = 240.0


@dataclass(frozen=True, slots=True)
class Frame:
    """An unfolded block: its name, its output, the cards that are its own, and its rectangle.

    depth: how many frames are around it. use: which block it is.
    """

    output: NodeId
    name: str
    cards: frozenset[NodeId]
    depth: int
    rect: Rect
    use: Use

    @property
    def header(self) -> Rect:
        """Where the name stands, and on the screen the button."""
        width = min(self.rect.width, NAME_LEFT + measure.width(self.name, measure.TEXT, NAME_SIZE) * 1.08 + 12 + BUTTON)
        return Rect(self.rect.x, self.rect.y, width, HEADER)

    @property
    def button(self) -> Rect:
        """Where a click folds the block again."""
        header = self.header
        return Rect(header.right - BUTTON - 3.0, header.y + (HEADER - BUTTON) / 2, BUTTON, BUTTON)


def frames_of(seen: Folding, placement: Placement) -> tuple[Frame, ...]:
    """The frames of all unfolded blocks, an outer one before those inside it."""
    groups = seen.groups
    rooms = {edge: route.pill for edge, route in placement.routes.items()}
    rects = frame_rects(groups, placement.boxes, rooms)
    return tuple(
        Frame(
            block.output,
            _shortened(block.name),
            group,
            sum(group <= other for other in groups[:index]),
            rect,
            block.use,
        )
        for index, (block, group, rect) in enumerate(zip(seen.unfolded, groups, rects, strict=True))
    )


def frame_rects(
    groups: tuple[frozenset[NodeId], ...], boxes: Mapping[NodeId, Rect], rooms: Mapping[Edge, Rect]
) -> list[Rect]:
    """The rectangle of each group's frame; groups stand outer first."""
    found: dict[int, Rect] = {}
    for index in reversed(range(len(groups))):  # reversed: a frame is known before the one around it
        group = groups[index]
        parts = [boxes[node] for node in group]
        parts += [room for edge, room in rooms.items() if edge.source in group and edge.target in group]
        parts += [found[inner] for inner in found if groups[inner] <= group]
        hull = parts[0]
        for part in parts[1:]:
            hull = hull.covering(part)
        found[index] = Rect(
            hull.x - PADDING, hull.y - HEADER - 2.0, hull.width + 2 * PADDING, hull.height + HEADER + 2.0 + PADDING
        )
    return [found[index] for index in range(len(groups))]


def _shortened(name: str) -> str:
    return measure.shortened(name, measure.TEXT, NAME_SIZE, _MOST_NAME)
