"""Uses of functions that a formula defines: as nodes, as one node each, and what flows through them.

    neuron(w, x, b) = tanh(w x + b)        a definition: a body with parameters
    neuron(2, x, b)                        a call; in the graph the nodes of the body, remembered as a Block

`inserted` turns a call into nodes; `collapsed` turns the outermost blocks back into one node each, an op of its own,
so that printing and editing need to know nothing else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Block, Edge, Function, Graph, GraphBuilder, Hole, Leaf, Literal, Node, Use
from gradviz.core.op import Op
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR, Array, NodeId
from gradviz.errors import GraphError

GROUP = "function of the formula"
"""The group of the ops that stand for calls."""

_MOST_ELEMENTS = 64
"""A Jacobian is shown for values of at most so many elements."""


@dataclass(frozen=True, slots=True, eq=False)
class Collapsed:
    """A graph with its outermost blocks as one node each.

    places: old node → new node, for those that remain (of a block its output). blocks: new node → the block it is.
    """

    graph: Graph
    places: Mapping[NodeId, NodeId]
    blocks: Mapping[NodeId, Block]


def is_call(node: object) -> bool:
    """True for a node that stands for a call of a function of the formula."""
    return isinstance(node, Apply) and node.op.group == GROUP


@lru_cache(maxsize=500)
def call_op(name: str, params: tuple[str, ...]) -> Op:
    """The op that stands for a call where a graph is written or edited; it can't compute."""
    return Op(
        name=name,
        operands=params,
        evaluate=_refuse,
        shape=_refuse,
        vjps=(None,) * len(params),
        batch=_refuse,
        group=GROUP,
        is_public=False,
    )


def _refuse(*_operands: Any, **_settings: Any) -> Any:
    raise GraphError("a call has to become nodes before it computes")


def inserted(
    builder: GraphBuilder, function: Function, operands: tuple[NodeId, ...]
) -> tuple[dict[NodeId, NodeId], list[Block]]:
    """Add the nodes of a call; gives the place of each node of the body, and the blocks that were made, outer last."""
    handed = dict(zip(function.params, operands, strict=True))
    places: dict[NodeId, NodeId] = {}
    body = function.body
    for node_id, node in zip(body.node_ids(), body.nodes, strict=True):
        match node:
            case Leaf(name):
                places[node_id] = handed[name] if name in handed else builder.leaf(name)
            case Literal(value):
                places[node_id] = builder.literal(value)
            case Hole():
                places[node_id] = builder.hole()
            case Apply(op, inner, attrs):
                places[node_id] = builder.apply(op, *(places[i] for i in inner), **dict(attrs))
    members = tuple(places[node_id] for node_id in inner_nodes(body))
    block = Block(function.name, operands, members, places[body.output])
    return places, [*(inner_block.moved(places) for inner_block in body.blocks), block]


def inner_nodes(body: Graph) -> list[NodeId]:
    """The nodes of a body that become members of a block: all but its leaves."""
    return [i for i, node in zip(body.node_ids(), body.nodes, strict=True) if not isinstance(node, Leaf)]


def outer_blocks(graph: Graph) -> tuple[Block, ...]:
    """The blocks that are not inside another one."""
    found: list[Block] = []
    inside: set[NodeId] = set()
    for block in reversed(graph.blocks):  # one inside another comes before it
        if block.output not in inside:
            found.append(block)
            inside.update(block.members)
    return tuple(reversed(found))


def seen_blocks(graph: Graph, unfolded: Collection[Use]) -> tuple[dict[NodeId, Block], tuple[Block, ...]]:
    """The blocks that are seen as one node each, by their outputs, and those seen from inside, an outer one first."""
    folded: dict[NodeId, Block] = {}
    opened: list[Block] = []
    inside: set[NodeId] = set()
    for block in reversed(graph.blocks):  # one inside another comes before it
        if block.output in inside:
            continue
        if block.use in unfolded:
            opened.append(block)
        else:
            folded[block.output] = block
            inside.update(block.members)
    return folded, tuple(opened)


def folded_blocks(graph: Graph, unfolded: Collection[Use]) -> dict[NodeId, Block]:
    """The blocks that are seen as one node each, by their outputs: those outermost that are not unfolded."""
    return seen_blocks(graph, unfolded)[0]


def block_around(graph: Graph, nodes: Collection[NodeId], unfolded: Collection[Use]) -> Block | None:
    """The smallest block that all these nodes are in and that is seen: not inside a folded one."""
    folded, opened = seen_blocks(graph, unfolded)
    around = [block for block in (*folded.values(), *reversed(opened)) if nodes and set(nodes) <= set(block.members)]
    return min(around, key=lambda block: len(block.members), default=None)


def ordered_blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks in the one order that graphs have them: by output, an inner one before its outer one."""
    return tuple(sorted(blocks, key=lambda block: (block.output, len(block.members))))


def collapsed(graph: Graph, functions: Mapping[str, Function] | None = None) -> Collapsed:
    """The graph with its outermost blocks as one node each.

    functions: where the graph is a body, those of the whole formula.
    """
    known = functions if functions is not None else graph.functions
    by_output = {block.output: block for block in outer_blocks(graph)}
    hidden = {node for block in by_output.values() for node in block.members} - set(by_output)
    places: dict[NodeId, NodeId] = {}
    nodes: list[Node] = []
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        if node_id in hidden:
            continue
        places[node_id] = NodeId(len(nodes))
        block = by_output.get(node_id)
        if block is not None:
            op = call_op(block.name, known[block.name].params)
            nodes.append(Apply(op, tuple(places[i] for i in block.operands)))
        elif isinstance(node, Apply):
            nodes.append(Apply(node.op, tuple(places[i] for i in node.operands), node.attrs))
        else:
            nodes.append(node)
    names = {places[i]: name for i, name in graph.names.items() if i in places}
    small = Graph(tuple(nodes), places[graph.output], names, graph.defaults, graph.functions)
    return Collapsed(small, places, {places[i]: block for i, block in by_output.items()})


def entering_edges(graph: Graph, block: Block) -> tuple[tuple[Edge, ...], ...]:
    """For each operand of a block the edges inside through which it enters; two operands may be one node."""
    function = graph.functions[block.name]
    leaves = function.body.leaves()
    place = dict(zip(inner_nodes(function.body), block.members, strict=True))
    found: list[list[Edge]] = [[] for _ in function.params]
    by_leaf = {leaves[name]: i for i, name in enumerate(function.params)}
    for edge in function.body.edges():
        if edge.source in by_leaf:
            operand = by_leaf[edge.source]
            found[operand].append(Edge(block.operands[operand], place[edge.target], edge.operand))
    return tuple(tuple(edges) for edges in found)


def block_contribution(trace: Trace, block: Block, operand: int) -> Array | None:
    """What a block as a whole sends back to one of its operands: the sum over the edges inside; None for nothing."""
    sent = [
        trace.contributions[edge.target, edge.operand]
        for edge in entering_edges(trace.graph, block)[operand]
        if (edge.target, edge.operand) in trace.contributions
    ]
    return sum(sent[1:], start=sent[0]) if sent else None


def block_partial(trace: Trace, block: Block, operand: int) -> Array | None:
    """The combined local derivative of a block by one operand: the sum over all paths inside.

    A scalar block: ∂y/∂x in the shape of x. Equal shapes and only elementwise ops inside: elementwise. Else the
    Jacobian, shape (*y.shape, *x.shape), while it is small. None where values are missing or it is too large.
    """
    y, x = trace.values[block.output], trace.values[block.operands[operand]]
    if y is None or x is None:
        return None
    if y.shape == SCALAR or (y.shape == x.shape and _is_elementwise(trace.graph, block)):
        return _pulled_back(trace, block, operand, np.ones_like(y))
    if y.size * x.size > _MOST_ELEMENTS**2 or y.size > _MOST_ELEMENTS:
        return None
    rows = [_pulled_back(trace, block, operand, unit.reshape(y.shape)) for unit in np.eye(y.size)]
    if any(row is None for row in rows):
        return None
    return np.reshape(np.stack([row for row in rows if row is not None]), (*y.shape, *x.shape))


def _is_elementwise(graph: Graph, block: Block) -> bool:
    nodes = (graph.nodes[member] for member in block.members)
    return all(node.op.is_elementwise for node in nodes if isinstance(node, Apply))


def _pulled_back(trace: Trace, block: Block, operand: int, seed: Array) -> Array | None:
    """The derivative of (the sum of block · seed) by one operand, along the paths inside the block."""
    adjoints: dict[NodeId, Any] = {block.output: seed}
    entering = {(edge.target, edge.operand) for edge in entering_edges(trace.graph, block)[operand]}
    inside = set(block.members)
    total: Any = None
    with np.errstate(all="ignore"):
        for member in sorted(block.members, reverse=True):  # reversed: an adjoint is complete before it is read
            node, g = trace.graph.nodes[member], adjoints.get(member)
            if g is None or not isinstance(node, Apply):
                continue
            values = [trace.values[i] for i in (member, *node.operands)]
            if any(value is None for value in values):
                return None
            for place, source in enumerate(node.operands):
                if not node.op.is_differentiable_by(place):
                    continue
                if (member, place) in entering:
                    sent = node.op.vjp(place, g, *values, **node.settings)
                    total = sent if total is None else total + sent
                elif source in inside:
                    sent = node.op.vjp(place, g, *values, **node.settings)
                    adjoints[source] = adjoints[source] + sent if source in adjoints else sent
    x = trace.values[block.operands[operand]]
    return np.zeros_like(x)[()] if total is None else np.asarray(total)[()]
