"""Where the gradient goes: how large what flows back is at each node and edge, and along which paths it comes.

    L = (x²)²            paths from L to x, each an edge choice at every fan-out
    ∂L/∂x = Σ over paths of the product of the local derivatives along it

Paths are counted exactly without walking them (their number doubles with every fan-out). Only the largest ones are
followed; all others travel together as one sum, so that listed + rest is the whole gradient, always.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import nlargest

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.statistics import norm
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array, NodeId

MOST_PATHS = 32
"""This many paths are followed one by one when nothing else is said."""

DECADES = 8.0
"""A log scale reaches at most this far below its largest magnitude."""


def never() -> bool:
    """The answer of work that nobody cancels."""
    return False


# -- how large --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Magnitudes:
    """|adjoint| of each node and |contribution| of each edge: the Euclidean length of all elements together."""

    nodes: Mapping[NodeId, float]
    edges: Mapping[Edge, float]

    def scale(self) -> "LogScale":
        """A log scale on which all of them have a place."""
        return log_scale([*self.nodes.values(), *self.edges.values()])


@dataclass(frozen=True, slots=True)
class LogScale:
    """From a magnitude to its place on a logarithmic scale, 0 at `low` and 1 at `high`."""

    low: float
    high: float

    def strength(self, magnitude: float) -> float:
        """0 … 1; 0 for nothing at all, 1 for what is not finite."""
        if not math.isfinite(magnitude):
            return 1.0
        if magnitude <= 0.0:
            return 0.0
        if self.low >= self.high:
            return 1.0
        place = (math.log(magnitude) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return min(1.0, max(0.0, place))


def magnitudes(trace: Trace, position: int | None = None, whole: Magnitudes | None = None) -> Magnitudes:
    """How large what flows back is, after the first `position` steps of a run (None: after all).

    whole: the magnitudes after all steps where they are known already, so that only unfinished sums are measured.
    """
    if position is not None and position < len(trace.steps):
        return _so_far(trace, position, whole)
    edges = {_edge(trace.graph, key): norm(value) for key, value in trace.contributions.items()}
    adjoints = zip(trace.graph.node_ids(), trace.adjoints, strict=True)
    return Magnitudes({node: norm(value) for node, value in adjoints if value is not None}, edges)


def log_scale(found: list[float]) -> LogScale:
    """A scale from the smallest to the largest of these, over at most `DECADES` decades."""
    seen = [x for x in found if math.isfinite(x) and x > 0.0]
    if not seen:
        return LogScale(1.0, 1.0)
    high = max(seen)
    return LogScale(max(min(seen), high * 10.0**-DECADES), high)


def ranking(found: Magnitudes, *, largest_first: bool = True) -> list[tuple[NodeId, float]]:
    """The nodes by |adjoint|; what is not finite comes before everything."""
    order = sorted(found.nodes.items(), key=lambda pair: (_rank(pair[1]), -pair[0]))
    return order[::-1] if largest_first else order


def _rank(magnitude: float) -> float:
    return math.inf if math.isnan(magnitude) else magnitude


def _so_far(trace: Trace, position: int, whole: Magnitudes | None) -> Magnitudes:
    """An edge that has sent has its final magnitude; a node has it once all its receipts have come."""
    whole = whole if whole is not None else magnitudes(trace)
    nodes: dict[NodeId, float] = {}
    edges: dict[Edge, float] = {}
    unfinished: dict[NodeId, list[Array]] = {}
    awaited = Counter(edge.source for edge in whole.edges)
    for step in trace.steps[:position]:
        if step.kind is StepKind.SEED and step.value is not None:
            unfinished.setdefault(step.node, []).append(step.value)
        elif step.kind is StepKind.CONTRIBUTE and step.operand is not None and step.value is not None:
            edge = _edge(trace.graph, (step.node, step.operand))
            edges[edge] = whole.edges[edge]
            unfinished.setdefault(edge.source, []).append(step.value)
            awaited[edge.source] -= 1
    for node, parts in unfinished.items():
        nodes[node] = whole.nodes[node] if awaited[node] == 0 else norm(np.asarray(sum(parts[1:], parts[0])))
    return Magnitudes(nodes, edges)


def _edge(graph: Graph, key: tuple[NodeId, int]) -> Edge:
    target, operand = key
    sender = graph.nodes[target]
    assert isinstance(sender, Apply)
    return Edge(sender.operands[operand], target, operand)


# -- along which paths --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class FlowPath:
    """One way from the output to a node. edges: the output's first. product: what arrives by it."""

    edges: tuple[Edge, ...]
    product: Array

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """The nodes on the way, the output first."""
        if not self.edges:
            return ()
        return (self.edges[0].target, *(edge.source for edge in self.edges))


@dataclass(frozen=True, slots=True, eq=False)
class PathSum:
    """The gradient by a node as a sum over paths: the largest ones, and the rest of them together.

    count: how many paths there are in all, exactly. is_exact: the listed ones are the largest for certain (for arrays
    with more paths than were followed, large ones may have been dropped where ways meet).
    """

    node: NodeId
    count: int
    paths: tuple[FlowPath, ...]
    rest: Array
    is_exact: bool

    @property
    def total(self) -> Array:
        """Listed and rest together: the adjoint."""
        return np.asarray(sum((path.product for path in self.paths), self.rest))


@dataclass(frozen=True, slots=True)
class _Link:
    """A way as a list from its end to the output; ways that begin alike share that part."""

    edge: Edge
    before: "_Link | None"


@dataclass(slots=True)
class _Parts:
    """What has arrived at a node: some ways one by one, all others as a sum."""

    ways: list[tuple[Array, _Link | None]]
    rest: Array | None = None
    was_cut: bool = False

    def add_rest(self, value: Array) -> None:
        self.rest = value if self.rest is None else self.rest + value

    def cut(self, most: int) -> None:
        """Keep the largest ways one by one and put the others to the rest."""
        if len(self.ways) <= most:
            return
        kept = nlargest(most, range(len(self.ways)), key=lambda i: _rank(norm(self.ways[i][0])))
        chosen = set(kept)
        for index, (value, _) in enumerate(self.ways):
            if index not in chosen:
                self.add_rest(value)
        self.ways = [self.ways[index] for index in kept]
        self.was_cut = True


def path_counts(graph: Graph, node: NodeId) -> dict[NodeId, int]:
    """For each node between the output and this one: how many ways lead there from the output."""
    between = graph.reaching({node})
    counts: dict[NodeId, int] = {graph.output: 1} if graph.output in between else {}
    for target in range(graph.output, -1, -1):  # reversed: all ways to a node are counted before it sends on
        known = counts.get(NodeId(target), 0)
        for edge in _leading_back(graph, NodeId(target), between) if known else ():
            counts[edge.source] = counts.get(edge.source, 0) + known
    return counts


def path_sum(
    trace: Trace, node: NodeId, most: int = MOST_PATHS, cancelled: Callable[[], bool] = never
) -> PathSum | None:
    """The gradient by a node as the sum over paths; None when cancelled, or when the run has no gradient.

    most: how many paths are followed one by one.
    """
    graph = trace.graph
    seed = trace.adjoints[graph.output]
    value = trace.values[node]
    if seed is None or value is None or trace.failure is not None:
        return None
    between = graph.reaching({node})
    parts: dict[NodeId, _Parts] = {graph.output: _Parts([(seed, None)])} if graph.output in between else {}
    for index in range(graph.output, node, -1):  # reversed: a node has received all before it sends
        sender = parts.pop(NodeId(index), None)
        if sender is None:
            continue
        if cancelled():
            return None
        sender.cut(most)
        for edge in _leading_back(graph, NodeId(index), between):
            _send(trace, edge, sender, parts.setdefault(edge.source, _Parts([])))
    return _path_sum(trace, node, parts.get(node, _Parts([])), most)


def _path_sum(trace: Trace, node: NodeId, found: _Parts, most: int) -> PathSum:
    found.cut(most)
    ordered = sorted(found.ways, key=lambda way: _rank(norm(way[0])), reverse=True)
    value = trace.values[node]
    assert value is not None, "a run without a failure has all values on the way"
    shape = np.shape(value)
    rest = found.rest if found.rest is not None else np.zeros(shape)
    count = path_counts(trace.graph, node).get(node, 0)
    is_scalar = all(np.ndim(value) == 0 for value in trace.values if value is not None)
    paths = tuple(FlowPath(_edges(link), value) for value, link in ordered)
    return PathSum(node, count, paths, np.asarray(rest), is_scalar or not found.was_cut)


def _send(trace: Trace, edge: Edge, sender: _Parts, receiver: _Parts) -> None:
    for value, link in sender.ways:
        receiver.ways.append((sent_back(trace, edge, value), _Link(edge, link)))
    if sender.rest is not None:
        receiver.add_rest(sent_back(trace, edge, sender.rest))
    receiver.was_cut |= sender.was_cut


def sent_back(trace: Trace, edge: Edge, g: Array) -> Array:
    """What an edge would send back for this upstream: g · local derivative, by the op's own rule."""
    sender = trace.graph.nodes[edge.target]
    assert isinstance(sender, Apply)
    operands = [trace.values[operand] for operand in sender.operands]
    with np.errstate(all="ignore"):
        found = sender.op.vjp(edge.operand, g, trace.values[edge.target], *operands, **sender.settings)
    return np.asarray(found, dtype=np.float64)[()]


def local_factor(trace: Trace, edge: Edge) -> float | None:
    """The local derivative of an edge between two scalars; None where there are arrays."""
    source, target = trace.values[edge.source], trace.values[edge.target]
    if source is None or target is None or np.ndim(source) or np.ndim(target):
        return None
    return float(sent_back(trace, edge, np.float64(1.0)))  # type: ignore[arg-type]  # np.float64 is a 0-d value


def _leading_back(graph: Graph, target: NodeId, between: set[NodeId]) -> list[Edge]:
    sender = graph.nodes[target]
    if not isinstance(sender, Apply):
        return []
    return [
        Edge(source, target, operand)
        for operand, source in enumerate(sender.operands)
        if source in between and sender.op.is_differentiable_by(operand)
    ]


def _edges(link: _Link | None) -> tuple[Edge, ...]:
    found: list[Edge] = []
    while link is not None:
        found.append(link.edge)
        link = link.before
    return tuple(reversed(found))
