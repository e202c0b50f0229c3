"""What lies on the desk beside a document: nodes kept in view, runs kept to be compared, and what-ifs.

It is written with the document, and a change of it is unsaved work, but no part of the history: pinning a node is
nothing to undo.
"""

from dataclasses import dataclass

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.types import NodeId
from gradviz.core.what_if import Change
from gradviz.train.kept import KeptRun

MOST_PINNED = 24


@dataclass(frozen=True, slots=True)
class Desk:
    """pinned: nodes and edges in the order in which they were pinned. runs: the newest last.

    changes: by node, the numbers that were changed in the shown run.
    """

    pinned: tuple[NodeId | Edge, ...] = ()
    runs: tuple[KeptRun, ...] = ()
    changes: tuple[tuple[NodeId, Change], ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to write."""
        return self == EMPTY


EMPTY = Desk()


def is_there(graph: Graph, subject: NodeId | Edge) -> bool:
    """True when the graph has this node, or this operand slot filled by this source."""
    if not isinstance(subject, Edge):
        return 0 <= subject < len(graph)
    if not 0 <= subject.target < len(graph):
        return False
    node = graph.nodes[subject.target]
    return isinstance(node, Apply) and subject.source in node.operands[subject.operand : subject.operand + 1]
