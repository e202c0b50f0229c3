"""Which node of an edited graph is which of the graph before: breakpoints, selection and pictures follow their nodes.

    1  equal subexpressions                       all that a change does not reach
    2  nodes of one name
    3  from users down: what stands in the same operand slot and is of one kind
    4  in order: what is of one kind (the same op, or both a number)
    5  what stands in the same slot, or on the same operands, though it is of another kind: tanh became sigmoid

So changing the 2 of `2x + b` keeps the product and the sum where they are, and a renamed leaf stays in its place.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node
from gradviz.core.types import NodeId

_Groups = dict[object, list[NodeId]]


def same_nodes(before: Graph, after: Graph) -> dict[NodeId, NodeId]:
    """For each node of the graph before that is still there: its id in the graph after. No two share one."""
    return dict(_paired(before, after))


@lru_cache(maxsize=2)  # several listeners ask the same after each change
def _paired(before: Graph, after: Graph) -> dict[NodeId, NodeId]:
    if same_structure(before, after):
        return {node: node for node in before.node_ids()}
    pairing = _Pairing(before, after)
    numbers: dict[object, int] = {}
    pairing.take(_pairs(_by_expression(before, numbers), _by_expression(after, numbers)))
    pairing.take(_pairs(_by_name(before), _by_name(after)))
    pairing.by_slot(_are_alike)
    pairing.take(_pairs(_by_kind(before, pairing.left), _by_kind(after, pairing.left_after)))
    pairing.by_slot(_are_alike)
    pairing.by_slot(lambda a, b: True)
    pairing.by_operands()
    return pairing.found


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


class _Pairing:
    """The pairs found so far."""

    def __init__(self, before: Graph, after: Graph) -> None:
        self.before = before
        self.after = after
        self.found: dict[NodeId, NodeId] = {}
        self._taken: set[NodeId] = set()

    @property
    def left(self) -> list[NodeId]:
        return [node for node in self.before.node_ids() if node not in self.found]

    @property
    def left_after(self) -> list[NodeId]:
        return [node for node in self.after.node_ids() if node not in self._taken]

    def pair(self, old: NodeId, new: NodeId) -> None:
        if old not in self.found and new not in self._taken:
            self.found[old] = new
            self._taken.add(new)

    def take(self, pairs: dict[NodeId, NodeId]) -> None:
        for old, new in pairs.items():
            self.pair(old, new)

    def by_slot(self, is_same: Callable[[Node, Node], bool]) -> None:
        """Pair the outputs, and what feeds the same slot of paired nodes, where they may be the same."""
        if is_same(self.before.nodes[self.before.output], self.after.nodes[self.after.output]):
            self.pair(self.before.output, self.after.output)
        for old in reversed(range(len(self.before))):  # reversed: users come after what they use
            new = self.found.get(NodeId(old))
            if new is None:
                continue
            slots = zip(_operands(self.before.nodes[old]), _operands(self.after.nodes[new]), strict=False)
            for a, b in slots:
                if is_same(self.before.nodes[a], self.after.nodes[b]):
                    self.pair(a, b)

    def by_operands(self) -> None:
        """Pair what stands on the same operands."""
        standing = {operands: node for node in self.left_after if (operands := _operands(self.after.nodes[node]))}
        for old in self.left:
            moved = tuple(self.found.get(o, NodeId(-1)) for o in _operands(self.before.nodes[old]))
            if moved in standing:
                self.pair(old, standing[moved])


def _are_alike(a: Node, b: Node) -> bool:
    return _kind(a) == _kind(b)


def _by_name(graph: Graph) -> _Groups:
    return {name: [node] for node, name in graph.names.items()}


def _by_expression(graph: Graph, numbers: dict[object, int]) -> _Groups:
    """Nodes by a number that stands for their whole subexpression; equal ones of both graphs share it.

    Numbers and open ports look alike wherever they stand: they are told apart by their slots.
    """
    own: list[int] = []
    groups: _Groups = defaultdict(list)
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        value = (node.value.shape, node.value.tobytes()) if isinstance(node, Literal) else None
        key = (_kind(node), value, tuple(own[operand] for operand in _operands(node)))
        own.append(numbers.setdefault(key, len(numbers)))
        if not isinstance(node, Literal | Hole):
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
