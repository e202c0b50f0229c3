"""Parts of a graph as graphs of their own: for copying, and for formulas of one node."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gradviz.core.blocks import is_call
from gradviz.core.graph import Apply, Function, Graph, Hole, Leaf, Literal, needed, select
from gradviz.core.types import NodeId
from gradviz.lang.order import formula_order, renumbered
from gradviz.project.editing.draft import Draft


def part_of(graph: Graph, node: NodeId) -> Graph:
    """The part of the graph that leads to a node."""
    return copied(graph, (node,)).graph


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Nodes of a graph as a graph of their own, and where those nodes are in it."""

    graph: Graph
    places: Mapping[NodeId, NodeId]


def copied(graph: Graph, nodes: Collection[NodeId]) -> Part:
    """What a copy of nodes is: one with all that leads to it, several as they are; the formula of it reads back."""
    if len(nodes) != 1:
        return part(graph, nodes)
    node = next(iter(nodes))
    kept = select((node,), graph.nodes)[1]
    whole = needed(Graph(graph.nodes, node, graph.names, graph.defaults, graph.functions, graph.blocks))
    order = formula_order(whole)
    return Part(renumbered(whole, order), {old: order[new] for old, new in kept.items()})


def part(graph: Graph, nodes: Collection[NodeId]) -> Part:
    """Chosen nodes as a graph: leaves and numbers that they use come along, other operands are open ports."""
    if len(nodes) == 1 and isinstance(graph.nodes[next(iter(nodes))], Leaf | Literal | Hole):
        return copied(graph, nodes)
    draft = Draft(graph)
    chosen = {node for node in nodes if node in draft.nodes}
    chosen |= {key for key, block in draft.blocks.items() if set(block.members) & set(nodes)}
    small = Draft(None)
    small.functions = dict(draft.functions)
    places: dict[NodeId, NodeId] = {}
    for key in sorted(chosen):
        node = draft.nodes[key]
        if isinstance(node, Apply):
            operands = []
            for operand in node.operands:
                if operand in places:
                    operands.append(places[operand])
                elif isinstance(found := draft.nodes[operand], Leaf):
                    operands.append(small.leaf(found.name))
                elif isinstance(found, Literal):
                    operands.append(small.add(found))
                else:
                    operands.append(small.hole())
            places[key] = small.add(Apply(node.op, tuple(operands), node.attrs))
        else:
            places[key] = small.leaf(node.name) if isinstance(node, Leaf) else small.add(node)
        if key in draft.names:
            small.names[places[key]] = draft.names[key]
    small.defaults = dict(draft.defaults)
    small.output = _last(small)
    small.functions = _used(small)
    made = small.finished(every=True)
    return Part(made.graph, {key: made.moved[place] for key, place in places.items() if place in made.moved})


def _used(draft: Draft) -> dict[str, Function]:
    """The functions that a draft calls, and those that they use."""
    wanted = {node.op.name for node in draft.nodes.values() if isinstance(node, Apply) and is_call(node)}
    for function in reversed(draft.functions.values()):
        if function.name in wanted:
            wanted |= {block.name for block in function.body.blocks}
    return {name: function for name, function in draft.functions.items() if name in wanted}


def _last(draft: Draft) -> NodeId | None:
    """The last chosen node that no other one uses: the output of the part."""
    used = {operand for key in draft.nodes for operand in draft.operands(key)}
    ends = [key for key in draft.nodes if key not in used]
    operations = [key for key in ends if isinstance(draft.nodes[key], Apply)]
    return (operations or ends)[-1] if ends else None
