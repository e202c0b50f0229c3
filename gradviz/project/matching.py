"""Which node of an edited graph is which of the graph before: breakpoints, selection and pictures follow their nodes.

Equal subexpressions are the same node. Nodes that are left over are paired in order when they are of one kind (the
same op, or both a number): changing the 2 of `2x + b` keeps the product and the sum where they are.
"""

from collections import defaultdict

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node
from gradviz.core.types import NodeId

_Groups = dict[object, list[NodeId]]


def same_nodes(before: Graph, after: Graph) -> dict[NodeId, NodeId]:
    """For each node of the graph before that is still there: its id in the graph after. No two share one."""
    if same_structure(before, after):
        return {node: node for node in before.node_ids()}
    numbers: dict[object, int] = {}
    found = _pairs(_by_expression(before, numbers), _by_expression(after, numbers))
    taken = set(found.values())
    rest_before = _by_kind(before, [node for node in before.node_ids() if node not in found])
    rest_after = _by_kind(after, [node for node in after.node_ids() if node not in taken])
    return found | _pairs(rest_before, rest_after)


def same_structure(before: Graph, after: Graph) -> bool:
    """True when both graphs have the same nodes, names and edges, whatever numbers stand in the formula."""
    return before is after or (
        len(before) == len(after)
        and before.output == after.output
        and dict(before.names) == dict(after.names)
        and all(
            _kind(a) == _kind(b) and _operands(a) == _operands(b)
            for a, b in zip(before.nodes, after.nodes, strict=True)
        )
    )


def _by_expression(graph: Graph, numbers: dict[object, int]) -> _Groups:
    """Nodes by a number that stands for their whole subexpression; equal ones of both graphs share it."""
    own: list[int] = []
    groups: _Groups = defaultdict(list)
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        value = (node.value.shape, node.value.tobytes()) if isinstance(node, Literal) else None
        key = (_kind(node), value, tuple(own[operand] for operand in _operands(node)))
        own.append(numbers.setdefault(key, len(numbers)))
        groups[own[-1]].append(node_id)
    return groups


def _by_kind(graph: Graph, nodes: list[NodeId]) -> _Groups:
    groups: _Groups = defaultdict(list)
    for node in nodes:
        if not isinstance(graph.nodes[node], Leaf):
            groups[_kind(graph.nodes[node])].append(node)
    return groups


def _pairs(before: _Groups, after: _Groups) -> dict[NodeId, NodeId]:
    return {a: b for key, nodes in before.items() for a, b in zip(nodes, after.get(key, []), strict=False)}


def _kind(node: Node) -> object:
    match node:
        case Leaf():
            return "leaf", node.name
        case Literal():
            return "literal", node.value.shape
        case Apply():
            return node.op.name, node.attrs
        case Hole():
            return "hole"


def _operands(node: Node) -> tuple[NodeId, ...]:
    return node.operands if isinstance(node, Apply) else ()
