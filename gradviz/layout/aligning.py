"""Cards in line, or with equal gaps: where their middles go. Only the axis in question changes."""

from collections.abc import Mapping
from enum import Enum
from statistics import mean

from gradviz.core.types import NodeId
from gradviz.layout.types import Point, Rect


class Line(Enum):
    """What of the cards is brought in line."""

    LEFT = "left sides"
    CENTRE = "centres"
    RIGHT = "right sides"
    TOP = "tops"
    MIDDLE = "middles"
    BOTTOM = "bottoms"


def aligned(cards: Mapping[NodeId, Rect], line: Line) -> dict[NodeId, Point]:
    """The middles with which the cards are in line: with the outermost, or where they are on average."""
    rects = cards.values()
    match line:
        case Line.LEFT:
            x = min(r.x for r in rects)
            return {node: Point(x + r.width / 2, r.center.y) for node, r in cards.items()}
        case Line.RIGHT:
            x = max(r.right for r in rects)
            return {node: Point(x - r.width / 2, r.center.y) for node, r in cards.items()}
        case Line.CENTRE:
            x = mean(r.center.x for r in rects)
            return {node: Point(x, r.center.y) for node, r in cards.items()}
        case Line.TOP:
            y = min(r.y for r in rects)
            return {node: Point(r.center.x, y + r.height / 2) for node, r in cards.items()}
        case Line.BOTTOM:
            y = max(r.bottom for r in rects)
            return {node: Point(r.center.x, y - r.height / 2) for node, r in cards.items()}
        case Line.MIDDLE:
            y = mean(r.center.y for r in rects)
            return {node: Point(r.center.x, y) for node, r in cards.items()}


def distributed(cards: Mapping[NodeId, Rect], *, is_across: bool) -> dict[NodeId, Point]:
    """The middles with which all gaps between neighbours are equal; the first and the last card stay."""
    if not is_across:
        turned = {node: Rect(r.y, r.x, r.height, r.width) for node, r in cards.items()}
        return {node: Point(at.y, at.x) for node, at in distributed(turned, is_across=True).items()}
    ordered = sorted(cards, key=lambda node: cards[node].center.x)
    first, last = cards[ordered[0]], cards[ordered[-1]]
    taken = sum(cards[node].width for node in ordered)
    gap = (last.right - first.x - taken) / max(len(ordered) - 1, 1)
    x, found = first.x, {}
    for node in ordered:
        rect = cards[node]
        found[node] = Point(x + rect.width / 2, rect.center.y)
        x += rect.width + gap
    return found
