"""Which nodes are seen as one, for a debugger that passes a folded block in one step."""

from collections.abc import Mapping

from gradviz.core.blocks import folded_blocks
from gradviz.core.graph import Block, Graph, Use
from gradviz.core.types import NodeId
from gradviz.project.document import Document


class Folds:
    """Called with a graph: for each node inside a folded block the output of that block, as the document folds it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: tuple[Graph, frozenset[Use], Mapping[NodeId, NodeId]] | None = None

    def __call__(self, graph: Graph) -> Mapping[NodeId, NodeId]:
        """The same mapping as long as nothing is folded otherwise."""
        unfolded = self._document.project.unfolded
        if self._known is None or self._known[0] is not graph or self._known[1] != unfolded:
            blocks = folded_blocks(graph, unfolded).values() if graph.blocks else ()
            self._known = graph, unfolded, {member: block.output for block in blocks for member in block.members}
        return self._known[2]

    def block_at(self, graph: Graph, node: NodeId | None) -> Block | None:
        """The folded block that a node is inside of."""
        if node is None or node not in self(graph):
            return None
        return folded_blocks(graph, self._document.project.unfolded)[self(graph)[node]]
