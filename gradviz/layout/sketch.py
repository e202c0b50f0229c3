"""From rough places to a finished layout: ports, calm curves, bounds, and the direction of flow.

Both engines (`dot` and `fallback`) answer with a `Sketch`: middles of boxes and rooms, and a track for each
edge that keeps clear of boxes. They always work from left to right; other directions swap the axes before
and after. An edge then becomes the calmest curve that is free:

    source ────╮                         1. one S through the middle of the room, if nothing is in its way
               ╰──[ room ]──▷ port i     2. else a level S to the room, or the engine's track; so on both sides
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.layout.types import Box, Direction, Placement, Point, Rect, Route, Slot

STUB_WIDTH = 92.0
STUB_HEIGHT = 42.0
"""The room for the two pills on the stub that leaves the output."""

_CLEARANCE = 3.0
_HIDDEN = 26.0
"""Half the width of most pills: a wire may pass through the outer parts of a neighbour's room, not nearer."""
_STEEPEST = 0.7
_SAMPLES = np.linspace(0.0, 1.0, 12)

Sized = TypeVar("Sized", Box, Slot)

Track = tuple[Point, ...]
"""Control points 1 + 3k of joined cubic Bézier curves."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be placed, in the frame of an engine: from left to right."""

    boxes: tuple[Box, ...]
    slots: tuple[Slot, ...]
    output: NodeId
    stub: Slot
    """The room on the stub, as a slot that leads nowhere."""
    groups: tuple[frozenset[NodeId], ...] = ()
    """Boxes that stand together with nothing foreign between them, a group before those inside it."""

    def arities(self) -> dict[NodeId, int]:
        """The number of edges that enter each node."""
        found = {box.node: 0 for box in self.boxes}
        for slot in self.slots:
            found[slot.target] = max(found[slot.target], slot.operand + 1)
        return found


@dataclass(frozen=True, slots=True)
class Sketch:
    """An engine's answer: the middle of every box, of every room (in the task's order) and of the stub's room.

    tracks: for each edge, from the source's right side to the room's left and from the room's right to the port.
    """

    boxes: Mapping[NodeId, Point]
    slots: tuple[Point, ...]
    stub: Point
    tracks: Mapping[Edge, tuple[Track, Track]]


def task(
    boxes: Iterable[Box],
    slots: Iterable[Slot],
    output: NodeId,
    direction: Direction,
    groups: Iterable[frozenset[NodeId]] = (),
) -> Task:
    """The request with its axes swapped where values flow up or down."""
    stub = Slot(output, NodeId(-1), 0, STUB_WIDTH, STUB_HEIGHT)
    found = Task(tuple(boxes), tuple(slots), output, stub, tuple(groups))
    if direction is Direction.LR:
        return found
    boxes, slots = tuple(map(_turned, found.boxes)), tuple(map(_turned, found.slots))
    return Task(boxes, slots, output, _turned(found.stub), found.groups)


def finish(asked: Task, sketch: Sketch, direction: Direction) -> Placement:
    """The layout that the sketch stands for, moved so that its bounds start at (0, 0)."""
    boxes = {box.node: Rect.around(sketch.boxes[box.node], box.width, box.height) for box in asked.boxes}
    rooms = [Rect.around(at, slot.width, slot.height) for slot, at in zip(asked.slots, sketch.slots, strict=True)]
    obstacles = _Obstacles(list(boxes.values()), rooms)
    arities = asked.arities()
    routes = {}
    for index, (slot, room) in enumerate(zip(asked.slots, rooms, strict=True)):
        start, end = right_middle(boxes[slot.source]), port(boxes[slot.target], slot.operand, arities[slot.target])
        own = {_index_of(asked.boxes, slot.source), _index_of(asked.boxes, slot.target)}
        path = _path(obstacles.beside(own, index), sketch.tracks[slot.edge], start, room, end)
        routes[slot.edge] = Route(slot.edge, path, room)
    return _moved(_facing(Placement(boxes, routes, _exit(asked, boxes, sketch), Rect(0, 0, 0, 0)), direction))


def port(target: Rect, operand: int, arity: int) -> Point:
    """Where the edge of an operand enters: on the left side, operands from top to bottom."""
    return Point(target.x, target.y + target.height * (operand + 1) / (arity + 1))


def right_middle(source: Rect) -> Point:
    """Where the edges of a node leave."""
    return Point(source.right, source.y + source.height / 2)


def smooth(start: Point, middle: Point, end: Point) -> Track:
    """Two curves that join without a corner: level at both ends, gently sloped in the middle."""
    slope = max(-_STEEPEST, min(_STEEPEST, (end.y - start.y) / max(end.x - start.x, 1.0)))
    before, after = (middle.x - start.x) / 2, (end.x - middle.x) / 2
    return (
        start,
        Point(start.x + before, start.y),
        Point(middle.x - before * 0.8, middle.y - before * 0.8 * slope),
        middle,
        Point(middle.x + after * 0.8, middle.y + after * 0.8 * slope),
        Point(end.x - after, end.y),
        end,
    )


def level(start: Point, end: Point) -> Track:
    """One curve that is level at both ends."""
    half = (end.x - start.x) / 2
    return (start, Point(start.x + half, start.y), Point(end.x - half, end.y), end)


class _Obstacles:
    """All rectangles that a wire should keep clear of, as columns so that one edge is tested in one go."""

    def __init__(self, boxes: Sequence[Rect], rooms: Sequence[Rect]) -> None:
        solid = [box.grown(_CLEARANCE) for box in boxes]
        pills = [Rect.around(room.center, min(room.width, 2 * _HIDDEN), room.height) for room in rooms]
        self._first_room = len(solid)
        table = np.array([(r.x, r.y, r.right, r.bottom) for r in solid + pills], dtype=np.float64)
        self._left, self._top, self._right, self._bottom = table.reshape(-1, 4).T

    def beside(self, own_boxes: set[int], own_room: int) -> Callable[[Track], bool]:
        """A test whether a track is clear of every box and room but its own."""
        own = [*own_boxes, self._first_room + own_room]
        return lambda track: not self._meets(track, own)

    def _meets(self, track: Track, own: list[int]) -> bool:
        x, y = sampled(track)
        near = np.flatnonzero(
            (self._left < x.max()) & (self._right > x.min()) & (self._top < y.max()) & (self._bottom > y.min())
        )
        near = near[~np.isin(near, own)]
        inside = (
            (x[:, None] > self._left[near])
            & (x[:, None] < self._right[near])
            & (y[:, None] > self._top[near])
            & (y[:, None] < self._bottom[near])
        )
        return bool(inside.any())


def sampled(path: Track) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points along a track, as x and y."""
    points = np.array([(p.x, p.y) for p in path], dtype=np.float64)
    t = _SAMPLES[:, None]
    curves = [
        (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
        for a, b, c, d in (points[i : i + 4] for i in range(0, len(points) - 1, 3))
    ]
    joined = np.concatenate(curves)
    return joined[:, 0], joined[:, 1]


def _path(
    is_clear: Callable[[Track], bool], tracks: tuple[Track, Track], start: Point, room: Rect, end: Point
) -> Track:
    """The calmest way that is clear, else the engine's; on each side of the room for itself."""
    calm = smooth(start, room.center, end)
    if is_clear(calm):
        return calm
    middle, inner = room.center, min(room.width / 2, _HIDDEN)
    into, out = Point(middle.x - inner, middle.y), Point(middle.x + inner, middle.y)
    before = (
        level(start, middle),
        (*level(start, into), *level(into, middle)[1:]),
        (*_pinned(tracks[0], start, Point(room.x, middle.y)), *level(Point(room.x, middle.y), middle)[1:]),
    )
    after = (
        level(middle, end),
        (*level(middle, out), *level(out, end)[1:]),
        (*level(middle, Point(room.right, middle.y)), *_pinned(tracks[1], Point(room.right, middle.y), end)[1:]),
    )
    return (*_first(is_clear, before), *_first(is_clear, after)[1:])


def _first(is_clear: Callable[[Track], bool], tracks: tuple[Track, ...]) -> Track:
    return next((track for track in tracks[:-1] if is_clear(track)), tracks[-1])


def _pinned(track: Track, start: Point, end: Point) -> Track:
    points = [start, *track[1:-1], end]
    points[1] = Point(max(points[1].x, start.x), start.y)
    points[-2] = Point(min(points[-2].x, end.x), end.y)
    return tuple(points)


def _exit(asked: Task, boxes: Mapping[NodeId, Rect], sketch: Sketch) -> Route:
    start = right_middle(boxes[asked.output])
    room = Rect.around(Point(sketch.stub.x, start.y), asked.stub.width, asked.stub.height)
    return Route(None, level(start, Point(room.right, start.y)), room)


def _index_of(boxes: tuple[Box, ...], node: NodeId) -> int:
    # boxes stand in the order of the graph's nodes unless a caller leaves some out
    if node < len(boxes) and boxes[node].node == node:
        return node
    return next(i for i, box in enumerate(boxes) if box.node == node)


def _turned(sized: Sized) -> Sized:
    return replace(sized, width=sized.height, height=sized.width)


def _facing(placement: Placement, direction: Direction) -> Placement:
    match direction:
        case Direction.LR:
            return placement
        case Direction.TB:
            return _mapped(placement, lambda p: Point(p.y, p.x))
        case Direction.BT:
            return _mapped(placement, lambda p: Point(p.y, -p.x))


def _moved(placement: Placement) -> Placement:
    everything = [*placement.boxes.values(), *(route.pill for route in placement.all_routes())]
    xs = [p.x for route in placement.all_routes() for p in route.path]
    ys = [p.y for route in placement.all_routes() for p in route.path]
    left, top = min([r.x for r in everything] + xs), min([r.y for r in everything] + ys)
    right, bottom = max([r.right for r in everything] + xs), max([r.bottom for r in everything] + ys)
    moved = _mapped(placement, lambda p: Point(p.x - left, p.y - top))
    return replace(moved, bounds=Rect(0.0, 0.0, right - left, bottom - top))


def _mapped(placement: Placement, move: Callable[[Point], Point]) -> Placement:
    def rect(of: Rect) -> Rect:
        a, b = move(Point(of.x, of.y)), move(Point(of.right, of.bottom))
        return Rect(min(a.x, b.x), min(a.y, b.y), abs(b.x - a.x), abs(b.y - a.y))

    def route(of: Route) -> Route:
        return Route(of.edge, tuple(map(move, of.path)), rect(of.pill))

    return Placement(
        {node: rect(box) for node, box in placement.boxes.items()},
        {edge: route(found) for edge, found in placement.routes.items()},
        route(placement.exit),
        placement.bounds,
    )
