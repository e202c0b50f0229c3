"""Why back-propagation goes in topological order: four ways to send derivatives back, on any recorded run.

    topological    a node sends once, when all that it receives has come       one call a node, right
    every path     each receipt is passed on by itself, recursively            one call a path, right
    too early      a node sends at its first receipt, and never again          few calls, wrong where ways meet
    again          each receipt is added, and the whole sum is sent again      one call a path, wrong where ways meet

The last three differ from the first only on graphs with sharing. Calls are counted exactly even where there are too
many to make: then only the first ones are made, and no derivatives are given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.flow import never, sent_back
from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId

MOST_CALLS = 20_000
"""A way that takes more calls than this is stopped."""


class Way(Enum):
    """How derivatives are sent back."""

    TOPOLOGICAL = "topological order"
    EVERY_PATH = "recursion, path by path"
    TOO_EARLY = "sends at the first receipt"
    AGAIN = "sends the sum again at each receipt"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One visit of a node. received: by this call; sum: at the node after it; sent: what it multiplies and sends on.

    waits_for: how many receipts are still to come when it sends. depth: calls that wait for this one.
    """

    node: NodeId
    via: Edge | None
    received: Array
    sum: Array
    sent: Array | None
    waits_for: int
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What one way gives. calls: how many it takes, exactly; made: the calls that were made, in order.

    adjoints: by node, when it came to its end. wrong: the nodes whose adjoint is not the run's, nearest to the output
    first. culprit: the first call that sent an incomplete or a repeated sum.
    """

    way: Way
    calls: int
    made: tuple[Call, ...]
    adjoints: dict[NodeId, Array]
    wrong: tuple[NodeId, ...]
    culprit: Call | None

    @property
    def is_complete(self) -> bool:
        """True when all calls were made."""
        return len(self.made) == self.calls


def attempt(trace: Trace, way: Way, most: int = MOST_CALLS, cancelled: Callable[[], bool] = never) -> Attempt:
    """Send derivatives back in one way; the trace must have a backward pass."""
    sender = _Sender(trace, way, most, cancelled)
    sender.run()
    calls = _calls(trace.graph, way, sender.flows_to, len(sender.made))
    is_complete = len(sender.made) == calls
    adjoints = sender.sums if is_complete else {}
    wrong = [node for node, found in adjoints.items() if not _same(found, trace.adjoints[node])]
    culprit = next((call for call in sender.made if _is_faulty(way, call)), None)
    return Attempt(way, calls, tuple(sender.made), dict(adjoints), tuple(sorted(wrong, reverse=True)), culprit)


class _Sender:
    def __init__(self, trace: Trace, way: Way, most: int, cancelled: Callable[[], bool]) -> None:
        self._trace = trace
        self._graph = trace.graph
        self._way = way
        self._most = most
        self._cancelled = cancelled
        wanted = {node for name, node in self._graph.leaves().items() if name in trace.wanted}
        self.flows_to = self._graph.reaching(wanted)
        self._left = _receipts(self._graph, self.flows_to)
        self.sums: dict[NodeId, Array] = {}
        self.made: list[Call] = []

    def run(self) -> None:
        """Begin with the seed at the output; a stack stands for the recursion, so depth is no limit."""
        seed = self._trace.adjoints[self._graph.output]
        if seed is None:
            return
        stack: list[tuple[NodeId, Edge | None, Array, int]] = [(self._graph.output, None, seed, 0)]
        while stack and len(self.made) < self._most and not self._cancelled():
            node, via, received, depth = stack.pop()
            sent = self._visit(node, via, received, depth)
            if sent is None:
                continue
            onward = [
                (edge.source, edge, np.asarray(sent_back(self._trace, edge, sent)), depth + 1)
                for edge in _edges_back(self._graph, node, self.flows_to)
            ]
            stack += reversed(onward)

    def _visit(self, node: NodeId, via: Edge | None, received: Array, depth: int) -> Array | None:
        is_first = node not in self.sums
        whole = received if is_first else self.sums[node] + received
        self.sums[node] = whole
        if via is not None:
            self._left[node] -= 1
        waits_for = max(self._left.get(node, 0), 0)
        sent = self._sent(is_first, waits_for, received, whole)
        if self._way is Way.TOPOLOGICAL and sent is None:
            return None  # a receipt is no call of its own: the node is called once it is complete
        if not isinstance(self._graph.nodes[node], Apply):
            sent = None  # a leaf has nobody to send to
        self.made.append(Call(node, via, received, whole, sent, waits_for, depth))
        return sent

    def _sent(self, is_first: bool, waits_for: int, received: Array, whole: Array) -> Array | None:
        match self._way:
            case Way.TOPOLOGICAL:
                return whole if waits_for == 0 else None
            case Way.EVERY_PATH:
                return received
            case Way.TOO_EARLY:
                return received if is_first else None
            case Way.AGAIN:
                return whole


def _is_faulty(way: Way, call: Call) -> bool:
    """True for a call that passes on what is not a receipt by itself, and not the whole of them either."""
    match way:
        case Way.TOPOLOGICAL | Way.EVERY_PATH:
            return False
        case Way.TOO_EARLY:
            return call.sent is not None and call.waits_for > 0
        case Way.AGAIN:
            return call.sent is not None and call.sent is not call.received


def _edges_back(graph: Graph, node: NodeId, flows_to: set[NodeId]) -> list[Edge]:
    found = graph.nodes[node]
    if not isinstance(found, Apply):
        return []
    return [
        Edge(source, node, operand)
        for operand, source in enumerate(found.operands)
        if source in flows_to and found.op.is_differentiable_by(operand)
    ]


def _receipts(graph: Graph, flows_to: set[NodeId]) -> dict[NodeId, int]:
    """How many edges bring something to each node that is reached from the output."""
    counts: dict[NodeId, int] = {graph.output: 0}
    for index in range(graph.output, -1, -1):  # reversed: whether a node receives is known before it sends
        for edge in _edges_back(graph, NodeId(index), flows_to) if index in counts else ():
            counts[edge.source] = counts.get(edge.source, 0) + 1
    return counts


def _calls(graph: Graph, way: Way, flows_to: set[NodeId], made: int) -> int:
    """How many calls a way takes, without making them."""
    receipts = _receipts(graph, flows_to)
    match way:
        case Way.TOPOLOGICAL:
            return len(receipts)
        case Way.TOO_EARLY:
            return 1 + sum(receipts.values())
        case Way.EVERY_PATH | Way.AGAIN:
            paths = {graph.output: 1}
            for index in range(graph.output, -1, -1):
                for edge in _edges_back(graph, NodeId(index), flows_to) if index in paths else ():
                    paths[edge.source] = paths.get(edge.source, 0) + paths[NodeId(index)]
            return sum(paths.values())


def _same(found: Array, known: Array | None) -> bool:
    return known is not None and bool(np.allclose(found, known, rtol=1e-9, atol=1e-300, equal_nan=True))
