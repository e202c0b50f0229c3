"""The poison path: where a NaN or an infinity came from, and everything that it reached.

    forward    operands of the origin → origin → … → the step → … all that became bad with it
    backward   the sender → receiver → … along every edge whose contribution is bad

A NaN that a mask hides (`where(c, a, b)` with the NaN in b) ends at the mask in the forward pass; in the backward
pass 0 · ∞ brings it back to the leaves.
"""

from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Literal
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.session.scene import edge_of, receivers


@dataclass(frozen=True, slots=True)
class Poison:
    """nodes: in the order of time. edges: those along which it went. origins: where it arose."""

    nodes: tuple[NodeId, ...]
    edges: frozenset[Edge]
    origins: frozenset[NodeId]


def poison_of(trace: Trace, step: Step) -> Poison:
    """The way of the bad number of a step, with the step's own node in it."""
    match step.kind:
        case StepKind.CONTRIBUTE | StepKind.SEED:
            return _backward(trace, step)
        case StepKind.UPDATE:
            return Poison((step.node,), frozenset(), frozenset({step.node}))
        case _:
            return _forward(trace, step.node)


def path_of(trace: Trace, step: Step) -> tuple[NodeId, ...]:
    """The nodes that a bad value came from and reached, in the order of time, with the step's own node among them."""
    return poison_of(trace, step).nodes


def is_finite(value: Array | None) -> bool:
    """True for a value without NaN or infinity, and for none at all."""
    return value is None or bool(np.all(np.isfinite(value)))


def named_operands(graph: Graph, node: NodeId) -> tuple[NodeId, ...]:
    """The operands of a node that are no numbers of the formula."""
    found = graph.nodes[node]
    if not isinstance(found, Apply):
        return ()
    return tuple(i for i in found.operands if not isinstance(graph.nodes[i], Literal))


def _forward(trace: Trace, node: NodeId) -> Poison:
    graph = trace.graph
    bad = {i for i in graph.node_ids() if not is_finite(trace.values[i])}
    before, after = _ancestors(graph, node), graph.reaching({node})
    chain = {node} | (bad & (before | after))
    origins = {i for i in chain if not bad & set(named_operands(graph, i))}
    nodes = chain.union(*(named_operands(graph, i) for i in origins))
    edges = {edge for edge in graph.edges() if edge.target in chain and edge.source in nodes}
    returned = _sent_back(trace, nodes)
    after_that = {edge.source for edge in returned} - nodes
    return Poison((*sorted(nodes), *sorted(after_that)), frozenset(edges | returned), frozenset(origins))


def _sent_back(trace: Trace, nodes: set[NodeId]) -> set[Edge]:
    """The edges beside a forward path along which something bad comes back, from node to node."""
    reached, found = set(nodes), set[Edge]()
    for step, receiver in receivers(trace):
        if step.operand is not None and step.node in reached and not is_finite(step.value):
            found.add(edge_of(trace.graph, step.node, step.operand))
            reached.add(receiver)
    return found


def _backward(trace: Trace, hit: Step) -> Poison:
    path: dict[NodeId, None] = {hit.node: None}
    edges: set[Edge] = set()
    for step, receiver in receivers(trace):
        is_reached = step.index > hit.index and not is_finite(step.value) and step.node in path
        if step.index == hit.index or is_reached:
            path[receiver] = None
            if step.operand is not None:
                edges.add(edge_of(trace.graph, step.node, step.operand))
    return Poison(tuple(path), frozenset(edges), frozenset({hit.node}))


def _ancestors(graph: Graph, node: NodeId) -> set[NodeId]:
    found = {node}
    for index in range(node, -1, -1):  # reversed: a user is seen before its operands
        if index in found:
            found.update(named_operands(graph, NodeId(index)))
    return found
