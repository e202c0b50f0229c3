"""Which array each result of a straight-line program is written to; an array is free again after its last reader.

v5 = x · w    into b0
v6 = v5 + b   into b0 again: v5 is read here for the last time
v7 = v6²      into b1: v6 is still wanted
"""

from collections.abc import Sequence
from functools import cached_property

from gradviz.core.graph import Apply, Node
from gradviz.core.types import NodeId, Shape


class Buffers:
    """Hands out array names while a program is written, node by node.

    Only a ufunc writes into an array that it is given. The result of any other op may be a view of its operands, so
    it keeps their arrays busy for as long as it lives.
    """

    def __init__(self, nodes: Sequence[Node], results: Sequence[NodeId], prefix: str) -> None:
        self._nodes, self._results = nodes, results
        self.shapes: dict[str, Shape] = {}
        self._prefix = prefix
        self._free: dict[Shape, list[str]] = {}
        self._expiring: dict[int, list[str]] = {}

    @cached_property
    def last_use(self) -> list[int]:
        """For each node the index of the last node that may still read its array."""
        return _last_uses(self._nodes, self._results)

    def take(self, node_id: NodeId, shape: Shape) -> str:
        """The name of a free array of that shape, a new one when none is free."""
        waiting = self._free.setdefault(shape, [])
        name = waiting.pop() if waiting else self.new(shape)
        self._expiring.setdefault(self.last_use[node_id], []).append(name)
        return name

    def new(self, shape: Shape) -> str:
        """The name of an array that is never handed out again."""
        name = f"{self._prefix}{len(self.shapes)}"
        self.shapes[name] = shape
        return name

    def release_after(self, node_id: NodeId) -> None:
        """Free the arrays whose last reader is this node."""
        for name in self._expiring.pop(node_id, ()):
            self._free.setdefault(self.shapes[name], []).append(name)


def _last_uses(nodes: Sequence[Node], results: Sequence[NodeId]) -> list[int]:
    last = list(range(len(nodes)))
    for result in results:
        last[result] = len(nodes)
    for index in range(len(nodes) - 1, -1, -1):  # reversed: a user's own last reader is known first
        node = nodes[index]
        if isinstance(node, Apply):
            until = index if node.op.ufunc is not None else last[index]
            for operand in node.operands:
                last[operand] = max(last[operand], until)
    return last
