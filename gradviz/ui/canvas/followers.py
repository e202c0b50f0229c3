"""Open ports stand beside the operation that they belong to: where its card is pinned or dragged, they go along."""

from collections.abc import Mapping

from gradviz.core.graph import Graph, Hole
from gradviz.core.types import NodeId
from gradviz.layout.types import Placement, Point


def with_open_ports(graph: Graph, placement: Placement, places: Mapping[NodeId, Point]) -> dict[NodeId, Point]:
    """The places of cards, and of the open ports of those cards that have no place of their own.

    A port keeps its distance from its card in the placement, so that the two never overlap.
    """
    found = dict(places)
    for edge in placement.routes:
        if edge.target in places and edge.source not in places and isinstance(graph.nodes[edge.source], Hole):
            port, card = placement.boxes[edge.source].center, placement.boxes[edge.target].center
            at = places[edge.target]
            found[edge.source] = Point(at.x + port.x - card.x, at.y + port.y - card.y)
    return found
