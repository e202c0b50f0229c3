"""Our own layered layout, for when Graphviz is missing, fails or takes too long: plain, but always there.

    1. rank     a card one past its operands' rooms; leaves pulled up to the first card that needs them
    2. order    a few sweeps by the mean place of the neighbours, so that few edges cross
    3. place    a few sweeps towards the neighbours, keeping the order and the gaps
    4. track    an edge over several ranks gets a waypoint in each, so it runs between the cards

Every step is linear in cards and edges (times a fixed number of sweeps), and nothing is random.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from gradviz.core.types import NodeId
from gradviz.layout.sketch import Sketch, Task, Track, level
from gradviz.layout.types import Point

_GAP_ACROSS = 30.0
_GAP_ALONG = 16.0
_WAYPOINTS = 16_000
"""At most about that many; in a graph of very many long edges the longest then run straight."""
_ORDER_SWEEPS = 8
_PLACE_SWEEPS = 24


@dataclass(slots=True)
class _Vertex:
    """A card, a room or (without a size) a waypoint of a long edge."""

    rank: int
    width: float
    height: float
    before: list[tuple[int, float]] = field(default_factory=list)
    """Vertices on the rank before, each with where the link arrives, as a share of the height."""
    after: list[tuple[int, float]] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0


def arrange(asked: Task) -> Sketch:
    """Places for the request; never fails and never asks another program."""
    ranks = _ranks(asked)
    vertices = [_Vertex(2 * ranks[box.node], box.width, box.height) for box in asked.boxes]
    index = {box.node: i for i, box in enumerate(asked.boxes)}
    rooms, chains = _with_rooms(asked, vertices, index)
    layers = _layers(vertices)
    for sweep in range(_ORDER_SWEEPS):
        _order(vertices, layers, forward=sweep % 2 == 0)
    _set_x(vertices, layers)
    _set_y(vertices, layers)
    return _sketch(asked, vertices, index, rooms, chains)


def _ranks(asked: Task) -> dict[NodeId, int]:
    """Longest path from the leaves; then whatever has slack moves up to the first card that uses it."""
    ranks = {box.node: 0 for box in asked.boxes}
    by_target = sorted(asked.slots, key=lambda slot: slot.target)  # ids are in topological order
    for slot in by_target:
        ranks[slot.target] = max(ranks[slot.target], ranks[slot.source] + 1)
    users: dict[NodeId, int] = {}
    entered = {slot.target for slot in asked.slots}
    for slot in reversed(by_target):
        users[slot.source] = min(users.get(slot.source, 1 << 30), ranks[slot.target])
    for node in ranks:
        if node not in entered and node in users:
            ranks[node] = users[node] - 1
    return ranks


def _with_rooms(asked: Task, vertices: list[_Vertex], index: Mapping[NodeId, int]) -> tuple[list[int], list[list[int]]]:
    """Add a room before each target and waypoints from the source to it; returns rooms and chains of waypoints."""
    rooms, chains = [], []
    arities = asked.arities()
    spans = [vertices[index[slot.target]].rank - vertices[index[slot.source]].rank for slot in asked.slots]
    longest = _WAYPOINTS / len(spans) if sum(spans) > _WAYPOINTS else _WAYPOINTS
    for slot, span in zip(asked.slots, spans, strict=True):
        source, target = index[slot.source], index[slot.target]
        chain = _waypoints(vertices, source, vertices[target].rank - 1) if span <= longest else []
        room = _add(vertices, _Vertex(vertices[target].rank - 1, slot.width, slot.height))
        _link(vertices, chain[-1] if chain else source, room, 0.5)
        _link(vertices, room, target, (slot.operand + 1) / (arities[slot.target] + 1))
        rooms.append(room)
        chains.append(chain)
    stub, output = asked.stub, index[asked.output]
    rooms.append(_add(vertices, _Vertex(vertices[output].rank + 1, stub.width, stub.height)))
    _link(vertices, output, rooms[-1], 0.5)
    return rooms, chains


def _waypoints(vertices: list[_Vertex], source: int, stop: int) -> list[int]:
    chain: list[int] = []
    for rank in range(vertices[source].rank + 1, stop):
        point = _add(vertices, _Vertex(rank, 0.0, 0.0))
        _link(vertices, chain[-1] if chain else source, point, 0.5)
        chain.append(point)
    return chain


def _add(vertices: list[_Vertex], vertex: _Vertex) -> int:
    vertices.append(vertex)
    return len(vertices) - 1


def _link(vertices: list[_Vertex], tail: int, head: int, share: float) -> None:
    vertices[tail].after.append((head, share))
    vertices[head].before.append((tail, share))


def _layers(vertices: list[_Vertex]) -> list[list[int]]:
    lowest = min(vertex.rank for vertex in vertices)
    highest = max(vertex.rank for vertex in vertices)
    layers: list[list[int]] = [[] for _ in range(highest - lowest + 1)]
    for i, vertex in enumerate(vertices):
        layers[vertex.rank - lowest].append(i)
    return layers


def _order(vertices: list[_Vertex], layers: list[list[int]], *, forward: bool) -> None:
    """Sort each rank by the mean place of its neighbours on the rank before (or after)."""
    spot = {i: place for layer in layers for place, i in enumerate(layer)}
    for layer in layers if forward else reversed(layers):

        def key(i: int) -> float:
            links = vertices[i].before if forward else vertices[i].after
            if not links:
                return float(spot[i])
            # going back, the port decides between operands of one card
            return sum(spot[other] + (0.0 if forward else share) for other, share in links) / len(links)

        layer.sort(key=key)
        spot.update((i, place) for place, i in enumerate(layer))


def _set_x(vertices: list[_Vertex], layers: list[list[int]]) -> None:
    x = 0.0
    for layer in layers:
        width = max((vertices[i].width for i in layer), default=0.0)
        for i in layer:
            vertices[i].x = x + width / 2
        x += width + _GAP_ALONG


def _set_y(vertices: list[_Vertex], layers: list[list[int]]) -> None:
    for layer in layers:
        _spread(vertices, layer, [0.0] * len(layer))
    for sweep in range(_PLACE_SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            _spread(vertices, layer, [_wish(vertices, i, forward=forward) for i in layer])


def _wish(vertices: list[_Vertex], i: int, *, forward: bool) -> float:
    """The y at which the links on one side would be level."""
    vertex = vertices[i]
    if forward and vertex.before:
        found = [vertices[o].y - (share - 0.5) * vertex.height for o, share in vertex.before]
    elif not forward and vertex.after:
        found = [vertices[o].y + (share - 0.5) * vertices[o].height for o, share in vertex.after]
    else:
        return vertex.y
    return sum(found) / len(found)


def _spread(vertices: list[_Vertex], layer: list[int], wishes: list[float]) -> None:
    """Give each vertex of a rank its wish, or for those that collide their common mean, in order.

    Pool-adjacent-violators: the least squares answer for "as near to the wishes as the gaps allow".
    """
    offset, offsets = 0.0, []
    previous: float | None = None
    for i in layer:
        half = vertices[i].height / 2
        offset += 0.0 if previous is None else previous + _GAP_ACROSS * (0.5 if half == 0 else 1.0) * 0.5 + half
        offsets.append(offset)
        previous = half
    pools: list[tuple[float, int]] = []
    for wish, shift in zip(wishes, offsets, strict=True):
        total, count = wish - shift, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    bases = [total / count for total, count in pools for _ in range(count)]
    for i, base, shift in zip(layer, bases, offsets, strict=True):
        vertices[i].y = base + shift


def _sketch(
    asked: Task, vertices: list[_Vertex], index: Mapping[NodeId, int], rooms: list[int], chains: list[list[int]]
) -> Sketch:
    tracks = {}
    arities = asked.arities()
    for slot, room, chain in zip(asked.slots, rooms, chains, strict=False):
        source, target, middle = vertices[index[slot.source]], vertices[index[slot.target]], vertices[room]
        stops = [Point(source.x + source.width / 2, source.y), *_around(vertices, chain)]
        enter = Point(middle.x - middle.width / 2, middle.y)
        leave = Point(middle.x + middle.width / 2, middle.y)
        share = (slot.operand + 1) / (arities[slot.target] + 1)
        arrive = Point(target.x - target.width / 2, target.y + (share - 0.5) * target.height)
        tracks[slot.edge] = (_joined([*stops, enter]), level(leave, arrive))
    return Sketch(
        {node: Point(vertices[i].x, vertices[i].y) for node, i in index.items()},
        tuple(Point(vertices[room].x, vertices[room].y) for room in rooms[:-1]),
        Point(vertices[rooms[-1]].x, vertices[rooms[-1]].y),
        tracks,
    )


def _around(vertices: list[_Vertex], chain: Iterable[int]) -> list[Point]:
    return [Point(vertices[i].x, vertices[i].y) for i in chain]


def _joined(stops: list[Point]) -> Track:
    path: Track = (stops[0],)
    for start, end in pairwise(stops):
        path += level(start, end)[1:]
    return path
