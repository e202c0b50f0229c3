"""Cards at places that a person chose: after an engine has placed all, some cards stand elsewhere.

Only what a moved card touches is routed anew: its own edges, and those that would now run through it. Everything
else stays exactly where the engine put it, so dragging a card moves nothing but the card and its edges.

    source ──╮                     level at both ends, through the middle of the room for the pills;
             ╰─[ room ]─▷ port     to a card behind the source the curve turns back on itself
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.layout.sketch import Track, level, port, right_middle, sampled, smooth
from gradviz.layout.types import Direction, Placement, Point, Rect, Route

_CLEARANCE = 3.0
_LEAST_FORWARD = 48.0
"""A target nearer to its source than this, or behind it, is reached by a curve that turns back."""
_REACH = 70.0
_MOST_REACH = 160.0
_ASIDE = (0.0, 30.0, -30.0, 60.0, -60.0, 100.0, -100.0)
"""How far the room is moved across the flow to keep clear of cards, nearest first."""
_FARTHER = (150.0, -150.0, 210.0, -210.0, 280.0, -280.0, 360.0, -360.0)
"""The same for cards that have come to rest, when there is time to look."""
_TRIES = 4
"""Curves that are tested before one that runs below a card is taken: dragging asks for them in each frame."""
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7)


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs from a placement: cards, the routes of edges, and the stub of the output if it moved."""

    boxes: Mapping[NodeId, Rect]
    routes: Mapping[Edge | None, Route]


def pinned(placement: Placement, pins: Mapping[NodeId, Point], output: NodeId, direction: Direction) -> Placement:
    """The placement with these cards' middles at these places, in the same coordinates; bounds may start anywhere."""
    there = {node: place for node, place in pins.items() if node in placement.boxes}
    if not there:
        return placement
    moved = moves(placement, there, output, direction)
    boxes = {**placement.boxes, **moved.boxes}
    routes = {edge: moved.routes.get(edge, route) for edge, route in placement.routes.items()}
    found = Placement(boxes, routes, moved.routes.get(None, placement.exit), placement.bounds)
    return replace(found, bounds=bounds_of(found))


def moves(
    placement: Placement,
    places: Mapping[NodeId, Point],
    output: NodeId,
    direction: Direction,
    *,
    with_passing: bool = True,
) -> Moved:
    """What differs when these cards stand at these places. with_passing: edges in their way are routed anew too."""
    boxes = {
        node: Rect.around(at, placement.boxes[node].width, placement.boxes[node].height) for node, at in places.items()
    }
    every = {**placement.boxes, **boxes}
    routes: dict[Edge | None, Route] = {}
    if output in boxes:
        old = placement.boxes[output]
        routes[None] = translated(placement.exit, boxes[output].x - old.x, boxes[output].y - old.y)
    touched = [edge for edge in placement.routes if edge.source in boxes or edge.target in boxes]
    if with_passing:
        meets = _Crowd(boxes.values())
        touched += [
            edge
            for edge, route in placement.routes.items()
            if edge.source not in boxes
            and edge.target not in boxes
            and (meets.rect(route.pill) or meets.track(route.path))
        ]
    router = _Router(every, _arities(placement.routes), direction, is_thorough=with_passing)
    for edge in touched:
        routes[edge] = router.route(edge, placement.routes[edge].pill)
    return Moved(boxes, routes)


def translated(route: Route, x: float, y: float) -> Route:
    """The route moved by (x, y)."""
    pill = Rect(route.pill.x + x, route.pill.y + y, route.pill.width, route.pill.height)
    return Route(route.edge, tuple(Point(p.x + x, p.y + y) for p in route.path), pill)


def shifted(placement: Placement, x: float, y: float) -> Placement:
    """The whole placement moved by (x, y)."""
    if x == 0 and y == 0:
        return placement
    boxes = {node: Rect(r.x + x, r.y + y, r.width, r.height) for node, r in placement.boxes.items()}
    routes = {edge: translated(route, x, y) for edge, route in placement.routes.items()}
    bounds = placement.bounds
    return Placement(
        boxes,
        routes,
        translated(placement.exit, x, y),
        Rect(bounds.x + x, bounds.y + y, bounds.width, bounds.height),
    )


def bounds_of(placement: Placement) -> Rect:
    """The smallest rectangle that holds all cards, rooms and curves."""
    rects = [*placement.boxes.values(), *(route.pill for route in placement.all_routes())]
    points = [p for route in placement.all_routes() for p in route.path]
    left = min([r.x for r in rects] + [p.x for p in points])
    top = min([r.y for r in rects] + [p.y for p in points])
    right = max([r.right for r in rects] + [p.x for p in points])
    bottom = max([r.bottom for r in rects] + [p.y for p in points])
    return Rect(left, top, right - left, bottom - top)


def _arities(edges: Iterable[Edge]) -> dict[NodeId, int]:
    found: dict[NodeId, int] = {}
    for edge in edges:
        found[edge.target] = max(found.get(edge.target, 0), edge.operand + 1)
    return found


class _Crowd:
    """Rectangles to keep clear of."""

    def __init__(self, rects: Iterable[Rect]) -> None:
        table = np.array([(r.x, r.y, r.right, r.bottom) for r in rects], dtype=np.float64).reshape(-1, 4)
        self._low = table[:, :2] - _CLEARANCE
        self._high = table[:, 2:] + _CLEARANCE

    def rect(self, rect: Rect) -> bool:
        """True when the rectangle overlaps one of them."""
        near = (self._low < (rect.right, rect.bottom)) & (self._high > (rect.x, rect.y))
        return bool(near.all(axis=1).any())

    def free(self, middles: Sequence[Point], room: Rect) -> list[Point]:
        """Those places at which a room of that size overlaps none of them."""
        at, half = np.array([(p.x, p.y) for p in middles]), np.array([room.width / 2, room.height / 2])
        near = (self._low < (at + half)[:, None]) & (self._high > (at - half)[:, None])
        taken = near.all(axis=2).any(axis=1)
        return [place for place, is_taken in zip(middles, taken, strict=True) if not is_taken]

    def track(self, track: Track, but: NDArray[np.intp] | None = None) -> bool:
        """True when a curve runs through one of them, those at the places `but` left out."""
        points = np.stack(sampled(track), axis=1)
        inside = (points[:, None] > self._low) & (points[:, None] < self._high)
        hit = np.flatnonzero(inside.all(axis=2).any(axis=0))
        return bool(hit.size if but is None else np.setdiff1d(hit, but).size)


class _Router:
    """Finds ways between cards. It thinks from left to right, whatever the direction on the screen."""

    def __init__(
        self,
        boxes: Mapping[NodeId, Rect],
        arities: Mapping[NodeId, int],
        direction: Direction,
        *,
        is_thorough: bool = True,
    ) -> None:
        """is_thorough: look for a way clear of all cards as long as there is any to try."""
        self._is_thorough = is_thorough
        self._to, self._back = _frames(direction)
        self._boxes = {node: _mapped(box, self._to) for node, box in boxes.items()}
        self._places = {node: index for index, node in enumerate(self._boxes)}
        self._crowd = _Crowd(self._boxes.values())
        self._arities = arities

    def route(self, edge: Edge, room: Rect) -> Route:
        """The calmest curve from the source to the operand's port, with the room for its pills clear of cards."""
        turned = _mapped(room, self._to)
        start = right_middle(self._boxes[edge.source])
        end = port(self._boxes[edge.target], edge.operand, self._arities[edge.target])
        path, middle = self._chosen(edge, start, end, turned)
        pill = Rect.around(middle, turned.width, turned.height)
        return Route(edge, tuple(map(self._back, path)), _mapped(pill, self._back))

    def _chosen(self, edge: Edge, start: Point, end: Point, room: Rect) -> tuple[Track, Point]:
        own = np.array([self._places[edge.source], self._places[edge.target]])
        asides = (*_ASIDE, *_FARTHER) if self._is_thorough else _ASIDE
        free = self._crowd.free(_middles(start, end, asides), room)[: None if self._is_thorough else _TRIES]
        for middle in free:
            path = curve(start, middle, end)
            if not self._crowd.track(path, own):
                return path, middle
        middle = free[0] if free else Point((start.x + end.x) / 2, (start.y + end.y) / 2)
        return curve(start, middle, end), middle


def _middles(start: Point, end: Point, asides: Sequence[float] = _ASIDE) -> list[Point]:
    """Places for the room, the best one first."""
    return [
        Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share + aside)
        for aside in asides
        for share in _SHARES
    ]


def curve(start: Point, middle: Point, end: Point) -> Track:
    """Two cubic curves that join smoothly in the middle, level at both ends, going right there."""
    across = end.x - start.x
    if across >= _LEAST_FORWARD:
        straight = abs(middle.y - (start.y + end.y) / 2) < 1
        return smooth(start, middle, end) if straight else (*level(start, middle), *level(middle, end)[1:])
    reach = min(_MOST_REACH, _REACH + abs(across) / 4)
    leave, arrive = Point(start.x + reach, start.y), Point(end.x - reach, end.y)
    by_x = (arrive.x - leave.x + end.x - start.x) / 8
    by_y = (arrive.y - leave.y + end.y - start.y) / 8
    before, after = Point(middle.x - by_x, middle.y - by_y), Point(middle.x + by_x, middle.y + by_y)
    return (start, leave, before, middle, after, arrive, end)


def _frames(direction: Direction) -> tuple[Callable[[Point], Point], Callable[[Point], Point]]:
    """From the screen to left-right, and back."""
    match direction:
        case Direction.LR:
            return _same, _same
        case Direction.TB:
            return _swapped, _swapped
        case Direction.BT:
            return lambda p: Point(-p.y, p.x), lambda p: Point(p.y, -p.x)


def _same(point: Point) -> Point:
    return point


def _swapped(point: Point) -> Point:
    return Point(point.y, point.x)


def _mapped(rect: Rect, move: Callable[[Point], Point]) -> Rect:
    a, b = move(Point(rect.x, rect.y)), move(Point(rect.right, rect.bottom))
    return Rect(min(a.x, b.x), min(a.y, b.y), abs(b.x - a.x), abs(b.y - a.y))
