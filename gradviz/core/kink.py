"""Does a node sit exactly where its op has no derivative, so that a convention decides what flows back?

    relu at 0        max(a, b) at a = b        |x| at 0        √x at 0

Each op declares where (`Op.kink`) and what is taken there (`Op.help.kinks`).
"""

from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Graph
from gradviz.core.op import Op
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId


@dataclass(frozen=True, slots=True)
class Kink:
    """An op exactly at its kink, in `count` of the `size` elements of its result."""

    node: NodeId
    op: Op
    count: int
    size: int

    @property
    def convention(self) -> str:
        """What the op takes as its slope there, as a sentence."""
        return self.op.help.kinks

    @property
    def words(self) -> str:
        """All of it as one sentence or two."""
        where = "" if self.size == 1 else f" in {self.count} of {self.size} elements"
        return f"{self.op.name} is exactly at a kink{where}. {self.convention}"


def at_kink(trace: Trace, node: NodeId) -> Kink | None:
    """The kink at which a node sits in a run; None when there is none."""
    apply = trace.graph.nodes[node]
    value = trace.values[node]
    if not isinstance(apply, Apply) or apply.op.kink is None or value is None:
        return None
    operands = [trace.values[operand] for operand in apply.operands]
    with np.errstate(all="ignore"):
        places = np.asarray(apply.op.kink(value, *operands, **apply.settings))
    count = int(np.count_nonzero(places))
    return Kink(node, apply.op, count, int(places.size)) if count else None


def kinks(trace: Trace) -> list[Kink]:
    """All kinks at which the run sits, in the order of the nodes."""
    found = (at_kink(trace, node) for node in _candidates(trace.graph))
    return [kink for kink in found if kink is not None]


def _candidates(graph: Graph) -> list[NodeId]:
    nodes = zip(graph.node_ids(), graph.nodes, strict=True)
    return [node_id for node_id, node in nodes if isinstance(node, Apply) and node.op.kink is not None]
