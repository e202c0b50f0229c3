"""What if a number had been another one: a recorded run with changes, and all that follows from them.

A change moves a node's value by a constant, v′ = v + (c − v): what comes later sees c, and what flows back to v′ goes
on to the operands by the op's own local derivative. Where v is not finite, c takes its place all the same. A changed
adjoint is what the node sends on in place of the sum that it received.

    graph   x ── sq ── v ── sq ── L          with v := c      x ── sq ── v ─▷ v′ ── sq ── L
                                                                          (evaluates to c, sends g back as it is)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Graph, Node
from gradviz.core.op import Op, as_value
from gradviz.core.record import record
from gradviz.core.trace import Finding, Step, StepKind, Trace
from gradviz.core.types import Array, NodeId, Shape
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Another number for a node: value in the forward pass, adjoint in the backward pass; None leaves it alone."""

    value: Array | None = None
    adjoint: Array | None = None


def changed_run(trace: Trace, values: Mapping[str, Any], changes: Mapping[NodeId, Change]) -> Trace:
    """The run of the trace's graph with these changes, as a trace of the same graph.

    values: of all leaves. Raises GraphError for a change whose shape is not the node's.
    """
    graph = trace.graph
    sound = {node: _checked(trace, node, change) for node, change in changes.items() if _says_something(change)}
    if not sound:
        return record(graph, values, wrt=trace.wanted)
    tapped, moved = _tapped(graph, sound)
    return _as_seen(record(tapped, values, wrt=trace.wanted), graph, moved)


def _says_something(change: Change) -> bool:
    return change.value is not None or change.adjoint is not None


def _checked(trace: Trace, node: NodeId, change: Change) -> Change:
    if not 0 <= node < len(trace.graph):
        raise GraphError(f"the graph has no node {node}; they go from 0 to {len(trace.graph) - 1}")
    known = trace.values[node]
    for number in (change.value, change.adjoint):
        if known is not None and number is not None and np.shape(number) != np.shape(known):
            raise GraphError(
                f"node {node} has shape {np.shape(known)}; a value of shape {np.shape(number)} can't take its place",
                node=node,
            )
    return Change(
        None if change.value is None else as_value(change.value),
        None if change.adjoint is None else as_value(change.adjoint),
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where the nodes of a graph are in the one with taps. inner: the op itself; outer: what its users see."""

    inner: dict[NodeId, NodeId]
    outer: dict[NodeId, NodeId]


def _tapped(graph: Graph, changes: Mapping[NodeId, Change]) -> tuple[Graph, _Moved]:
    """The graph with a tap after each changed node."""
    nodes: list[Node] = []
    moved = _Moved({}, {})
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        operands = tuple(moved.outer[o] for o in node.operands) if isinstance(node, Apply) else ()
        moved.inner[node_id] = moved.outer[node_id] = NodeId(len(nodes))
        nodes.append(replace(node, operands=operands) if isinstance(node, Apply) else node)
        if node_id in changes:
            moved.outer[node_id] = NodeId(len(nodes))
            nodes.append(Apply(_tap(changes[node_id]), (moved.inner[node_id],)))
    return Graph(tuple(nodes), moved.outer[graph.output]), moved


def _tap(change: Change) -> Op:
    """The op that puts a number in place of what passes; it is not declared, for no formula may use it."""

    def shape(given: Shape) -> Shape:
        return given

    return Op(
        name="what if",
        operands=("x",),
        evaluate=lambda x: x if change.value is None else np.broadcast_to(change.value, np.shape(x))[()],
        shape=shape,
        vjps=(lambda g, y, x: g if change.adjoint is None else np.broadcast_to(change.adjoint, np.shape(x))[()],),
        batch=lambda is_batched, x: x,
        group="debugger",
        is_public=False,
    )


def _as_seen(run: Trace, graph: Graph, moved: _Moved) -> Trace:
    """The run of the tapped graph, told of the graph that everybody knows."""
    back = {inner: node for node, inner in moved.inner.items()} | {outer: node for node, outer in moved.outer.items()}
    taps = {outer for node, outer in moved.outer.items() if moved.inner[node] != outer}
    tapped = {moved.inner[back[tap]] for tap in taps}
    steps: list[Step] = []
    for step in run.steps:
        is_hidden = (step.kind is StepKind.EVALUATE and step.node in tapped) or (
            step.kind is StepKind.CONTRIBUTE and step.node in taps
        )
        if not is_hidden:
            steps.append(replace(step, index=len(steps), node=back[step.node]))
    return Trace(
        graph,
        tuple(run.values[moved.outer[node]] for node in graph.node_ids()),
        {(back[node], operand): g for (node, operand), g in run.contributions.items() if node not in taps},
        tuple(run.adjoints[moved.inner[node]] for node in graph.node_ids()),
        tuple(steps),
        run.wanted,
        tuple(Finding(back[f.node], f.operand, f.what) for f in run.findings if f.node not in taps),
        run.failure,
        loose_failures={back[node]: error for node, error in run.loose_failures.items()},
    )
