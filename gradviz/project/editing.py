"""Editing a formula node by node: what the palette, Delete, Duplicate and Paste do, as functions Graph -> Graph.

apply_op(graph, node, op)      … node …        →  … op(node, a) …     with new leaves for the other operands
remove(graph, node)            … op(x, y) …    →  … x …
replace(graph, node, other)    … node …        →  … other …           leaves of one name are one leaf
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from gradviz.core.graph import Apply, Graph, GraphBuilder, Hole, Leaf, Literal, Node
from gradviz.core.op import OPS, Op
from gradviz.core.types import NodeId
from gradviz.errors import GraphError

_FIRST_NAMES = {"matmul": ("W",), "add": ("b",), "sub": ("b",), "mul": ("a",), "div": ("a",), "pow": ("n",)}
Operand = TypeVar("Operand")
_MORE_NAMES = "abcdefghkmnpqrsuvw"


def new_graph(op: Op) -> Graph:
    """The op applied to new leaves: what an empty document becomes."""
    builder = GraphBuilder()
    free = _free_names(set(), "x", *_FIRST_NAMES.get(op.name, ()))
    names = _in_order(op, [next(free) for _ in range(op.arity)])
    return builder.graph(builder.apply(op, *(builder.leaf(name) for name in names)))


def apply_op(graph: Graph, node: NodeId, op: Op) -> Graph:
    """The graph with the op applied to a node, wherever the node was used; other operands are new leaves."""
    names = _free_names(set(graph.leaves()) | set(graph.names.values()), *_FIRST_NAMES.get(op.name, ()))

    def wrapped(builder: GraphBuilder, inner: NodeId) -> NodeId:
        operands = [inner, *(builder.leaf(next(names)) for _ in range(op.arity - 1))]
        return builder.apply(op, *_in_order(op, operands))

    return _rewritten(graph, node, wrapped)


def replace(graph: Graph, node: NodeId, other: Graph) -> Graph:
    """The graph with another graph in a node's place."""
    return _rewritten(graph, node, lambda builder, _inner: _copied(builder, other))


def duplicate(graph: Graph, node: NodeId) -> Graph:
    """The graph with a node's part written twice: node + node."""
    part = part_of(graph, node)
    return _rewritten(graph, node, lambda builder, inner: builder.apply(OPS["add"], inner, _copied(builder, part)))


def part_of(graph: Graph, node: NodeId) -> Graph:
    """The part of the graph that leads to a node."""
    builder = GraphBuilder()
    places = _walk(builder, graph.nodes[: node + 1])
    names = {places[i]: name for i, name in graph.names.items() if i <= node}
    defaults = {name: value for name, value in graph.defaults.items() if name in graph.leaves()}
    return builder.graph(places[node], names, defaults)


def remove(graph: Graph, node: NodeId) -> Graph:
    """The graph without a node: an operation gives way to its first operand that is no number.

    A leaf gives way to the other operand of each operation that uses it; raises GraphError when there is none.
    """
    found = graph.nodes[node]
    if isinstance(found, Apply):
        heir = next((i for i in found.operands if not isinstance(graph.nodes[i], Literal)), found.operands[0])
        return _relinked(graph, {node: heir})
    heirs: dict[NodeId, NodeId] = {}
    for edge in graph.uses()[node]:
        user = graph.nodes[edge.target]
        assert isinstance(user, Apply)
        rest = [operand for operand in user.operands if operand != node]
        if not rest:
            raise GraphError(f"{user.op.name} needs this operand; delete {user.op.name} first", node=edge.target)
        heirs[edge.target] = rest[0]
    if not heirs:
        raise GraphError("this is the whole formula; type another one instead", node=node)
    return _relinked(graph, heirs)


def _in_order(op: Op, operands: list[Operand]) -> list[Operand]:
    """W x, not x W: a matrix stands on the left of what it is applied to."""
    return operands[::-1] if op is OPS["matmul"] and len(operands) == 2 else operands


def _free_names(taken: set[str], *first: str) -> Iterator[str]:
    yield from (name for name in (*first, *_MORE_NAMES) if name not in taken)
    count = 1
    while True:
        if f"a{count}" not in taken:
            yield f"a{count}"
        count += 1


def _rewritten(graph: Graph, node: NodeId, rewrite: Callable[[GraphBuilder, NodeId], NodeId]) -> Graph:
    """The graph in which the users of a node use what `rewrite` builds on it instead."""
    builder = GraphBuilder()
    places = _walk(builder, graph.nodes, {node: rewrite})
    names = {places[i]: name for i, name in graph.names.items() if i != node}
    return builder.graph(places[graph.output], names, dict(graph.defaults))


def _relinked(graph: Graph, heirs: dict[NodeId, NodeId]) -> Graph:
    """The graph in which the users of a node use its heir instead."""
    builder = GraphBuilder()
    places: dict[NodeId, NodeId] = {}
    for node_id in graph.node_ids():
        heir = heirs.get(node_id)
        places[node_id] = places[heir] if heir is not None else _added(builder, graph.nodes[node_id], places)
    names = {places[i]: name for i, name in graph.names.items() if i not in heirs}
    return builder.graph(places[graph.output], names, dict(graph.defaults))


def _walk(
    builder: GraphBuilder,
    nodes: tuple[Node, ...],
    rewrites: dict[NodeId, Callable[[GraphBuilder, NodeId], NodeId]] | None = None,
) -> dict[NodeId, NodeId]:
    places: dict[NodeId, NodeId] = {}
    for index, node in enumerate(nodes):
        made = _added(builder, node, places)
        rewrite = (rewrites or {}).get(NodeId(index))
        places[NodeId(index)] = rewrite(builder, made) if rewrite is not None else made
    return places


def _copied(builder: GraphBuilder, graph: Graph) -> NodeId:
    return _walk(builder, graph.nodes)[graph.output]


def _added(builder: GraphBuilder, node: Node, places: dict[NodeId, NodeId]) -> NodeId:
    match node:
        case Leaf(name):
            return builder.leaf(name)
        case Literal(value):
            return builder.literal(value)
        case Apply(op, operands, attrs):
            return builder.apply(op, *(places[operand] for operand in operands), **dict(attrs))
        case Hole():
            return builder.hole()
