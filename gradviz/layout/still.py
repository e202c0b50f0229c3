"""Nodes move as little as possible: what a new layout takes over from the one before it.

hints     the order across the flow, with which the engine starts
held      the whole new layout shifted, so that half of the nodes that stayed move left and half right (or not)
beneath   parts that don't lead to the output stand below the rest, one beside the other never overlapping
"""

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from gradviz.core.types import NodeId
from gradviz.layout.pinning import bounds_of, shifted, translated
from gradviz.layout.types import Direction, Placement, Rect

_BELOW = 36.0
"""Between the main graph and a loose part, and between loose parts."""


def hints(before: Placement, pairs: Mapping[NodeId, NodeId], direction: Direction) -> dict[NodeId, float]:
    """Where the nodes that stayed stood across the flow. pairs: old node → new node."""
    middles = {new: before.boxes[old].center for old, new in pairs.items() if old in before.boxes}
    return {node: at.y if direction is Direction.LR else at.x for node, at in middles.items()}


def held(before: Placement, after: Placement, pairs: Mapping[NodeId, NodeId]) -> Placement:
    """The new placement, shifted so that the median displacement of the nodes that stayed is zero."""
    stayed = [
        (before.boxes[old].center, after.boxes[new].center)
        for old, new in pairs.items()
        if old in before.boxes and new in after.boxes
    ]
    if not stayed:
        return after
    return shifted(after, median(a.x - b.x for a, b in stayed), median(a.y - b.y for a, b in stayed))


def beneath(placement: Placement, output: NodeId) -> Placement:
    """The placement with every part that is not joined with the output below the rest."""
    parts = _parts(placement)
    loose = [part for part in parts if output not in part]
    if not loose:
        return placement
    main = next(part for part in parts if output in part)
    area = _area(placement, main, has_exit=True)
    boxes, routes, bottom = dict(placement.boxes), dict(placement.routes), area.bottom
    for part in loose:
        own = _area(placement, part)
        x, y = area.x - own.x, bottom + _BELOW - own.y
        for node in part:
            rect = boxes[node]
            boxes[node] = Rect(rect.x + x, rect.y + y, rect.width, rect.height)
        routes.update((e, translated(r, x, y)) for e, r in placement.routes.items() if e.target in part)
        bottom += _BELOW + own.height
    found = Placement(boxes, routes, placement.exit, placement.bounds)
    all_of_it = bounds_of(found)
    moved = shifted(found, -all_of_it.x, -all_of_it.y)
    return Placement(moved.boxes, moved.routes, moved.exit, Rect(0.0, 0.0, all_of_it.width, all_of_it.height))


def _parts(placement: Placement) -> list[set[NodeId]]:
    """The connected parts, in the order of their first nodes."""
    beside: dict[NodeId, list[NodeId]] = defaultdict(list)
    for edge in placement.routes:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    parts: list[set[NodeId]] = []
    known: set[NodeId] = set()
    for first in placement.boxes:
        if first in known:
            continue
        part, waiting = {first}, [first]
        while waiting:
            fresh = [node for node in beside[waiting.pop()] if node not in part]
            part.update(fresh)
            waiting.extend(fresh)
        known |= part
        parts.append(part)
    return parts


def _area(placement: Placement, part: set[NodeId], *, has_exit: bool = False) -> Rect:
    own = Placement(
        {node: rect for node, rect in placement.boxes.items() if node in part},
        {edge: route for edge, route in placement.routes.items() if edge.target in part},
        placement.exit,
        placement.bounds,
    )
    if has_exit:
        return bounds_of(own)
    rects = [*own.boxes.values(), *(route.pill for route in own.routes.values())]
    left, top = min(r.x for r in rects), min(r.y for r in rects)
    return Rect(left, top, max(r.right for r in rects) - left, max(r.bottom for r in rects) - top)
