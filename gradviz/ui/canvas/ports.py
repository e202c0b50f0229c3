"""Where wires end: a port for each operand of a card, and one at which its value leaves.

    left ─◦┌─────────┐
           │  a − b  │◦─ value          an input has the operand's name
    right ─◦└─────────┘

Ports stand where the wires of the picture end, so they follow pins, directions and folded blocks by themselves.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Hole
from gradviz.core.types import NodeId
from gradviz.export.folding import Folding
from gradviz.layout.types import Direction, Placement, Point, Rect

Socket = tuple[NodeId, int | None]
"""A card and the number of one of its operands; None stands for the output."""

_AWAY = {Direction.LR: Point(1.0, 0.0), Direction.TB: Point(0.0, 1.0), Direction.BT: Point(0.0, -1.0)}


@dataclass(frozen=True, slots=True)
class Port:
    """One end for wires. away: the direction that leads off the card. source: what feeds an input, maybe a hole."""

    socket: Socket
    place: Point
    away: Point
    name: str
    source: NodeId | None = None
    is_open: bool = False

    @property
    def node(self) -> NodeId:
        """The card that the port belongs to."""
        return self.socket[0]

    @property
    def is_output(self) -> bool:
        """True for the port at which a value leaves."""
        return self.socket[1] is None

    def distance(self, place: Point) -> float:
        """How far a place is from the port."""
        return math.hypot(self.place.x - place.x, self.place.y - place.y)


def ports_of(graph: Graph, seen: Folding, placement: Placement, direction: Direction) -> dict[Socket, Port]:
    """All ports by socket: those of the first cards first, inputs before the output."""
    away = _AWAY[direction]
    back = Point(-away.x, -away.y)
    inputs: dict[NodeId, list[Port]] = {}
    for edge, route in sorted(placement.routes.items(), key=lambda item: item[0].operand):
        tip = route.path[-1]
        if edge.operand < _arity(graph, seen, edge.target):
            is_open = isinstance(graph.nodes[edge.source], Hole)
            name = operand_name(graph, seen, edge)
            port = Port((edge.target, edge.operand), tip, back, name, edge.source, is_open)
            inputs.setdefault(edge.target, []).append(port)
    found: dict[Socket, Port] = {}
    for node, rect in sorted(placement.boxes.items()):
        found.update({port.socket: port for port in inputs.get(node, ())})
        if not isinstance(graph.nodes[node], Hole):
            found[node, None] = Port((node, None), _leaving(rect, away), away, "")
    return found


def operand_name(graph: Graph, seen: Folding, edge: Edge) -> str:
    """What a port is called: by the op's declaration, or by the function's parameters."""
    block, node = seen.blocks.get(edge.target), graph.nodes[edge.target]
    if block is not None:
        names: tuple[str, ...] = graph.functions[block.name].params
    else:
        names = node.op.operands if isinstance(node, Apply) else ()
    return names[edge.operand].replace("_", " ") if edge.operand < len(names) else str(edge.operand + 1)


class Ports(Mapping[Socket, Port]):
    """Ports by socket, and by place."""

    def __init__(self, ports: Mapping[Socket, Port]) -> None:
        self._ports = dict(ports)
        self._all = tuple(self._ports.values())
        self._x = np.array([port.place.x for port in self._all])
        self._y = np.array([port.place.y for port in self._all])

    def __getitem__(self, socket: Socket) -> Port:
        return self._ports[socket]

    def __iter__(self) -> Iterator[Socket]:
        return iter(self._ports)

    def __len__(self) -> int:
        return len(self._ports)

    def near(self, place: Point, reach: float, *, outputs: bool = True, inputs: bool = True) -> Port | None:
        """The port nearest to a place, None when all are farther than `reach`. outputs, inputs: which ones count."""
        close = np.flatnonzero(np.hypot(self._x - place.x, self._y - place.y) <= reach)
        found = [self._all[index] for index in close]
        found = [port for port in found if (outputs if port.is_output else inputs)]
        return min(found, key=lambda port: port.distance(place), default=None)


def inputs_of(ports: Mapping[Socket, Port], node: NodeId) -> list[Port]:
    """The operand ports of a card."""
    return [port for port in ports.values() if port.node == node and not port.is_output]


def _arity(graph: Graph, seen: Folding, node: NodeId) -> int:
    """The number of ports; leaves that a folded function uses by itself come in beside them and are none."""
    block, found = seen.blocks.get(node), graph.nodes[node]
    if block is not None:
        return len(block.operands)
    return len(found.operands) if isinstance(found, Apply) else 0


def _leaving(rect: Rect, away: Point) -> Point:
    return Point(rect.center.x + away.x * rect.width / 2, rect.center.y + away.y * rect.height / 2)
