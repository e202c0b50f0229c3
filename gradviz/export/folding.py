"""What is seen of a graph whose blocks are folded: which cards there are, and which edges run between them.

    x ──▷ matmul ──▷ add ──▷ tanh ──▷ L          x ──▷ neuron ──▷ L
    w ───────┘    b ──┘                          w ──────┘ │
                                                 b ────────┘

A folded block is shown by its output's card; edge i into it is its operand i. What flows back along such an edge is
the sum over the edges inside through which the operand enters.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gradviz.core.blocks import entering_edges, seen_blocks
from gradviz.core.graph import Block, Edge, Graph, Use
from gradviz.core.types import NodeId
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True)
class Folding:
    """Cards and edges of a graph with folded blocks.

    nodes: those that have a card. edges: those that are drawn. blocks: output -> the folded block that its card
    shows. shown_by: node inside a folded block -> that block's card. inner: edge into a folded block -> the edges
    of the graph that it stands for. unfolded: the blocks that are seen from inside, an outer one before those in it.
    """

    nodes: tuple[NodeId, ...]
    edges: tuple[Edge, ...]
    blocks: Mapping[NodeId, Block]
    shown_by: Mapping[NodeId, NodeId]
    inner: Mapping[Edge, tuple[Edge, ...]]
    unfolded: tuple[Block, ...] = ()

    @property
    def groups(self) -> tuple[frozenset[NodeId], ...]:
        """The cards of each unfolded block."""
        return tuple(frozenset(self.shown_by.get(m, m) for m in block.members) for block in self.unfolded)

    def real(self, edge: Edge) -> tuple[Edge, ...]:
        """The edges of the graph that a drawn edge stands for."""
        return self.inner.get(edge, (edge,))

    def members(self, node: NodeId) -> tuple[NodeId, ...]:
        """The nodes that a card stands for."""
        block = self.blocks.get(node)
        return (node,) if block is None else block.members


def folding(graph: Graph, unfolded: Collection[Use] | None = None) -> Folding:
    """How a graph is seen when all blocks but these are folded; None: nothing is folded."""
    blocks, opened = ({}, ()) if unfolded is None else seen_blocks(graph, unfolded)
    shown_by = {member: output for output, block in blocks.items() for member in block.members}
    nodes = tuple(node for node in graph.node_ids() if shown_by.get(node, node) == node)
    inner = {edge: edges for block in blocks.values() for edge, edges in _entering(graph, block).items()}
    if not blocks:
        return Folding(nodes, tuple(graph.edges()), blocks, shown_by, inner, opened)
    plain = (
        Edge(shown_by.get(edge.source, edge.source), edge.target, edge.operand)
        for edge in graph.edges()
        if edge.target not in shown_by
    )
    return Folding(nodes, (*plain, *inner), blocks, shown_by, inner, opened)


def uses_named(graph: Graph, names: Collection[str]) -> frozenset[Use]:
    """The blocks of these functions, of all for "all"; raises GraphError for a function that isn't."""
    unknown = [name for name in names if name != "all" and name not in graph.functions]
    if unknown:
        known = ", ".join(graph.functions) or "none"
        raise GraphError(f"there is no function {unknown[0]} to unfold; the formula defines {known}")
    return frozenset(block.use for block in graph.blocks if "all" in names or block.name in names)


def whole_block(graph: Graph, nodes: Collection[NodeId], unfolded: Collection[Use]) -> Block | None:
    """The block that these nodes are: the card of a folded one, or all cards of an unfolded one."""
    seen = folding(graph, unfolded)
    if len(nodes) == 1 and (found := seen.blocks.get(next(iter(nodes)))) is not None:
        return found
    wanted = frozenset(nodes)
    return next((block for block, group in zip(seen.unfolded, seen.groups, strict=True) if group == wanted), None)


def _entering(graph: Graph, block: Block) -> dict[Edge, tuple[Edge, ...]]:
    """The edges into a block's card: its operands, then leaves of the whole formula that its function uses."""
    groups = list(zip(block.operands, entering_edges(graph, block), strict=True))
    known = {edge for _, edges in groups for edge in edges}
    members = set(block.members)
    others: dict[NodeId, list[Edge]] = {}
    for edge in graph.edges():
        if edge.target in members and edge.source not in members and edge not in known:
            others.setdefault(edge.source, []).append(edge)
    groups.extend((source, tuple(edges)) for source, edges in others.items())
    return {Edge(source, block.output, place): edges for place, (source, edges) in enumerate(groups)}
