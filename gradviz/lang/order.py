"""The one order of nodes that reading gives: lines from above, operands from the left, a node after its operands."""

from collections.abc import Iterable, Mapping

from gradviz.core.graph import Apply, Graph, Node
from gradviz.core.types import NodeId


def in_reading_order(graph: Graph) -> Graph:
    """The same graph with its nodes in the order in which its formula names them."""
    return renumbered(graph, reading_order(graph.nodes, [*sorted(graph.names), graph.output]))


def renumbered(graph: Graph, moved: Mapping[NodeId, NodeId]) -> Graph:
    """The graph with its nodes in another order: `moved` maps old ids to new ones, in the new order."""
    nodes = tuple(_renumbered(graph.nodes[old], moved) for old in moved)
    names = {moved[node]: name for node, name in graph.names.items() if node in moved}
    return Graph(nodes, moved[graph.output], names, graph.defaults)


def reading_order(nodes: tuple[Node, ...], roots: Iterable[NodeId]) -> dict[NodeId, NodeId]:
    """From old ids to new ones, in the new order, for all nodes that lead to the roots."""
    moved: dict[NodeId, NodeId] = {}
    for root in roots:
        waiting = [(root, False)]
        while waiting:
            node_id, is_ready = waiting.pop()
            if node_id in moved:
                continue
            node = nodes[node_id]
            if is_ready or not isinstance(node, Apply):
                moved[node_id] = NodeId(len(moved))
            else:
                waiting.append((node_id, True))
                waiting += [(operand, False) for operand in reversed(node.operands)]
    return moved


def _renumbered(node: Node, moved: Mapping[NodeId, NodeId]) -> Node:
    if isinstance(node, Apply):
        return Apply(node.op, tuple(moved[operand] for operand in node.operands), node.attrs)
    return node
