"""The computation graph: nodes in topological order, immutable.

    (y − W x)²        0 y   1 W   2 x   3 matmul(1, 2)   4 sub(0, 3)   5 sq(4)
    y − ?             0 y   1 hole                       2 sub(0, 1)

A node's id is its index, and operands come before the node that uses them; so a loop over `nodes` is a
forward pass and a loop over `reversed(nodes)` a backward pass, without recursion and without a search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from types import MappingProxyType
from typing import Any, NamedTuple, Self, cast

import numpy as np

from gradviz.core.op import Attrs, AttrValue, Op, as_value, freeze_attrs
from gradviz.core.types import Array, NodeId
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True)
class Leaf:
    """A named input: a parameter, data or a constant, as whoever binds it says."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A number or an array of numbers that stands in the formula; it takes no gradient."""

    value: Array


@dataclass(frozen=True, slots=True)
class Apply:
    """An op applied to earlier nodes."""

    op: Op
    operands: tuple[NodeId, ...]
    attrs: Attrs = ()

    @property
    def settings(self) -> dict[str, AttrValue]:
        """The op's settings as keyword arguments."""
        return dict(self.attrs) if self.attrs else {}


@dataclass(frozen=True, slots=True)
class Hole:
    """An open port: an operand that nobody has given yet, `?` in a formula. Each one is a node of its own."""


Node = Leaf | Literal | Apply | Hole


@dataclass(frozen=True, slots=True)
class Edge:
    """An operand slot: `x * x` has two edges, and each carries its own contribution."""

    source: NodeId
    target: NodeId
    operand: int


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that the formula defines: `neuron(w, x, b) = tanh(w x + b)`.

    body: a graph whose leaves are the parameters, and leaves of the whole formula. It is finished: all its nodes
    lead to its output, and each parameter is used.
    """

    name: str
    params: tuple[str, ...]
    body: "Graph"

    def same_as(self, other: "Function") -> bool:
        """True when both have the same name, parameters and body."""
        return (self.name, self.params) == (other.name, other.params) and self.body.same_as(other.body)


class Use(NamedTuple):
    """Which use of a function: its output, and its name, for one use may end in another one's output."""

    output: NodeId
    function: str


@dataclass(frozen=True, slots=True)
class Block:
    """One use of a function: the nodes that a call became.

    name: the function's. operands: what the call hands over, one a parameter. members: the nodes of the function's
    body other than its leaves, in the body's order; only `output` is used from outside.
    """

    name: str
    operands: tuple[NodeId, ...]
    members: tuple[NodeId, ...]
    output: NodeId

    @property
    def use(self) -> Use:
        """Which use it is."""
        return Use(self.output, self.name)

    def moved(self, moved: Mapping[NodeId, NodeId]) -> "Block":
        """The same block with other node ids."""
        operands = tuple(moved[node] for node in self.operands)
        return Block(self.name, operands, tuple(moved[node] for node in self.members), moved[self.output])


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Nodes in topological order and the one that is the output.

    names: names that the formula gave to inner nodes (`h = tanh(x)`).
    defaults: values that the formula gave to leaves (`x = 2`).
    functions: what the formula defines, a function after those that it uses.
    blocks: the uses of these functions; one inside another comes before it.
    """

    nodes: tuple[Node, ...]
    output: NodeId
    names: Mapping[NodeId, str] = field(default_factory=dict)
    defaults: Mapping[str, Array] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))
        object.__setattr__(self, "functions", MappingProxyType(dict(self.functions)))
        object.__setattr__(self, "defaults", MappingProxyType({k: as_value(v) for k, v in self.defaults.items()}))
        for index, node in enumerate(self.nodes):
            if isinstance(node, Apply) and not _come_before(node.operands, index):
                raise GraphError(f"node {index} uses an operand that doesn't come before it", node=index)
        if not 0 <= self.output < len(self.nodes):
            raise GraphError("the graph has no output")

    def __reduce__(self) -> tuple[type["Graph"], tuple[object, ...]]:
        # a mapping proxy can't go to another process, a dict can
        functions = dict(self.functions)
        return Graph, (self.nodes, self.output, dict(self.names), dict(self.defaults), functions, self.blocks)

    def __len__(self) -> int:
        return len(self.nodes)

    def node_ids(self) -> Iterator[NodeId]:
        """All ids in topological order."""
        return iter(_numbered(self.nodes))

    def edges(self) -> Iterator[Edge]:
        """All operand slots, by target and then by operand."""
        for target, node in enumerate(self.nodes):
            if isinstance(node, Apply):
                for operand, source in enumerate(node.operands):
                    yield Edge(source, NodeId(target), operand)

    def leaves(self) -> dict[str, NodeId]:
        """The leaves by name, in order of first appearance."""
        return {node.name: NodeId(i) for i, node in enumerate(self.nodes) if isinstance(node, Leaf)}

    def find(self, name: str) -> NodeId:
        """The leaf or the inner node of that name; raises GraphError when there is none."""
        for node_id, node in enumerate(self.nodes):
            if isinstance(node, Leaf) and node.name == name:
                return NodeId(node_id)
        for node_id, given in self.names.items():
            if given == name:
                return node_id
        raise GraphError(f"the graph has no {name}; it has {', '.join([*self.leaves(), *self.names.values()])}")

    def uses(self) -> dict[NodeId, list[Edge]]:
        """For each node the edges that leave it."""
        leaving: dict[NodeId, list[Edge]] = {node_id: [] for node_id in self.node_ids()}
        for edge in self.edges():
            leaving[edge.source].append(edge)
        return leaving

    def reaching(self, targets: set[NodeId]) -> set[NodeId]:
        """The nodes that depend on a target, targets included."""
        reached = set(targets)
        for node_id, node in enumerate(self.nodes):
            if isinstance(node, Apply) and not reached.isdisjoint(node.operands):
                reached.add(node_id)  # type: ignore[arg-type]  # calling NodeId a million times takes a while
        return reached

    def same_as(self, other: Self) -> bool:
        """True when both have the same nodes, names, defaults, functions, blocks and output."""
        return (
            len(self.nodes) == len(other.nodes)
            and self.output == other.output
            and dict(self.names) == dict(other.names)
            and self.blocks == other.blocks
            and _same_values(self.defaults, other.defaults)
            and list(self.functions) == list(other.functions)
            and all(map(Function.same_as, self.functions.values(), other.functions.values()))
            and all(map(_same_node, self.nodes, other.nodes))
        )


class GraphBuilder:
    """Collects nodes for a graph; leaves of one name are one node."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._leaves: dict[str, NodeId] = {}

    def leaf(self, name: str) -> NodeId:
        """The leaf of that name, made at its first use."""
        if name not in self._leaves:
            self._leaves[name] = self._append(Leaf(name))
        return self._leaves[name]

    def literal(self, value: Any) -> NodeId:
        """A new node for a number or an array of numbers."""
        return self._append(Literal(as_value(value)))

    def apply(self, op: Op, *operands: NodeId, **attrs: AttrValue) -> NodeId:
        """A new node for op(operands; attrs)."""
        return self._append(Apply(op, operands, freeze_attrs(op, attrs) if attrs else ()))

    def hole(self) -> NodeId:
        """A new open port."""
        return self._append(Hole())

    def graph(
        self, output: NodeId, names: Mapping[NodeId, str] | None = None, defaults: Mapping[str, Array] | None = None
    ) -> Graph:
        """The finished graph, with only the nodes that lead to the output."""
        return needed(Graph(tuple(self.nodes), output, names or {}, defaults or {}))

    def _append(self, node: Node) -> NodeId:
        self.nodes.append(node)
        return NodeId(len(self.nodes) - 1)


def needed(graph: Graph) -> Graph:
    """The graph without the nodes that don't lead to its output; order is kept."""
    keep, moved = select((graph.output,), graph.nodes)
    names = {moved[i]: name for i, name in graph.names.items() if i in moved}
    present = {node.name for node in keep if isinstance(node, Leaf)}
    defaults = {name: value for name, value in graph.defaults.items() if name in present}
    blocks = tuple(block.moved(moved) for block in graph.blocks if block.output in moved)
    return Graph(keep, moved[graph.output], names, defaults, graph.functions, blocks)


def select(targets: tuple[NodeId, ...], nodes: tuple[Node, ...]) -> tuple[tuple[Node, ...], dict[NodeId, NodeId]]:
    """The nodes that lead to the targets, renumbered in order, and the map from old to new ids."""
    wanted = leading(targets, nodes)
    if all(wanted):
        return nodes, dict(zip(_numbered(nodes), _numbered(nodes), strict=True))
    kept = list(compress(_numbered(nodes), wanted))
    moved = dict(zip(kept, _numbered(kept), strict=True))
    return tuple([_renumbered(nodes[old], moved) for old in kept]), moved


def leading(targets: tuple[NodeId, ...], nodes: tuple[Node, ...]) -> list[bool]:
    """For each node whether it leads to a target, targets included."""
    wanted = [False] * len(nodes)
    for target in targets:
        wanted[target] = True
    for index in range(len(nodes) - 1, -1, -1):  # reversed: a user is seen before its operands
        node = nodes[index]
        if wanted[index] and isinstance(node, Apply):
            for operand in node.operands:
                wanted[operand] = True
    return wanted


def _renumbered(node: Node, moved: Mapping[NodeId, NodeId]) -> Node:
    if not isinstance(node, Apply):
        return node
    operands = tuple([moved[operand] for operand in node.operands])
    return node if operands == node.operands else Apply(node.op, operands, node.attrs)


def _numbered(nodes: Sequence[Any]) -> Sequence[NodeId]:
    return cast("Sequence[NodeId]", range(len(nodes)))


def _come_before(operands: tuple[NodeId, ...], index: int) -> bool:
    if len(operands) == 1:
        return 0 <= operands[0] < index
    return not operands or (min(operands) >= 0 and max(operands) < index)


def _same_node(a: Node, b: Node) -> bool:
    if isinstance(a, Literal) and isinstance(b, Literal):
        return a.value.shape == b.value.shape and np.array_equal(a.value, b.value, equal_nan=True)
    return a == b


def _same_values(a: Mapping[str, Array], b: Mapping[str, Array]) -> bool:
    return a.keys() == b.keys() and all(
        a[k].shape == b[k].shape and np.array_equal(a[k], b[k], equal_nan=True) for k in a
    )
