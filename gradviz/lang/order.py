"""The one order of nodes that reading gives: lines from above, operands from the left, a node after its operands.

Lines are: values of leaves that nothing uses, nodes with a name and loose parts (nodes that nothing uses) in order,
and the output last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gradviz.core.blocks import ordered_blocks
from gradviz.core.graph import Apply, Graph, Leaf, Literal, Node
from gradviz.core.types import NodeId


def in_reading_order(graph: Graph) -> Graph:
    """The same graph with its nodes in the order in which its formula names them."""
    return renumbered(graph, formula_order(graph))


def formula_order(graph: Graph) -> dict[NodeId, NodeId]:
    """From the ids of a graph to those that it gets by being printed and read again, in the new order."""
    return reading_order(graph.nodes, [*idle_leaves(graph), *inner_lines(graph), graph.output])


def idle_leaves(graph: Graph) -> list[NodeId]:
    """The leaves whose line `x = 2` is all there is of them, in the order of these lines."""
    used = used_nodes(graph)
    leaves = graph.leaves()
    return [
        leaves[name]
        for name in graph.defaults
        if name in leaves and leaves[name] not in used and leaves[name] != graph.output
    ]


def inner_lines(graph: Graph) -> list[NodeId]:
    """The nodes that have a line of their own before the last one: named, or loose."""
    used = used_nodes(graph)
    found = []
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        is_output = node_id == graph.output
        is_named = node_id in graph.names and not isinstance(node, Leaf | Literal)
        is_idle = isinstance(node, Leaf) and node.name in graph.defaults
        is_loose = node_id not in used and not is_output and not is_idle
        if is_loose or (is_named and (not is_output or node_id in used)):
            found.append(node_id)
    return found


def used_nodes(graph: Graph) -> set[NodeId]:
    """The nodes that some other node takes as an operand."""
    return {operand for node in graph.nodes if isinstance(node, Apply) for operand in node.operands}


def renumbered(graph: Graph, moved: Mapping[NodeId, NodeId]) -> Graph:
    """The graph with its nodes in another order: `moved` maps old ids to new ones, in the new order."""
    nodes = tuple(_renumbered(graph.nodes[old], moved) for old in moved)
    names = {moved[node]: name for node, name in graph.names.items() if node in moved}
    blocks = ordered_blocks(tuple(block.moved(moved) for block in graph.blocks if block.output in moved))
    return replace(graph, nodes=nodes, output=moved[graph.output], names=names, blocks=blocks)


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
