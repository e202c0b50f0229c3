"""What there is to say about one node at one moment of a run, without Qt: the inspector's rows."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node
from gradviz.core.trace import Phase, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import GradvizError
from gradviz.text.symbols import display, symbols


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A local derivative: its name such as "∂v₂/∂x", and its number."""

    name: str
    value: Array


@dataclass(frozen=True, slots=True, eq=False)
class NodeFacts:
    """A node at a position of its trace. value, adjoint: None where the run has not got there.

    arrived: the contributions that have arrived. expected: how many there are in the whole run.
    """

    node: NodeId
    symbol: str
    output: str
    title: str
    value: Array | None
    adjoint: Array | None
    arrived: tuple[Array, ...]
    expected: int
    partials: tuple[Partial, ...]


def facts(trace: Trace, node: NodeId, position: int) -> NodeFacts:
    """What is known about a node after `position` steps."""
    graph = trace.graph
    names = shown_names(graph)
    happened = trace.steps[:position]
    is_there = isinstance(graph.nodes[node], Literal) or any(
        step.kind is StepKind.EVALUATE and step.node == node for step in happened
    )
    whole = trace.contributions_to(node)
    arrived = tuple(
        step.value
        for step in happened
        if step.kind is StepKind.CONTRIBUTE
        and step.value is not None
        and _receiver(graph, step.node, step.operand) == node
    )
    seed = tuple(
        step.value for step in happened if step.kind is StepKind.SEED and step.node == node and step.value is not None
    )
    flows = (*seed, *arrived)
    return NodeFacts(
        node=node,
        symbol=names[node],
        output=names[graph.output],
        title=title(graph.nodes[node]),
        value=trace.values[node] if is_there else None,
        adjoint=np.asarray(sum(flows[1:], flows[0])) if flows else None,
        arrived=arrived,
        expected=len(whole),
        partials=partials(trace, node, names) if is_there else (),
    )


@lru_cache(maxsize=8)
def shown_names(graph: Graph) -> tuple[str, ...]:
    """The name of each node as in a book."""
    return tuple(display(name) for name in symbols(graph))


def adjoints_at(trace: Trace, position: int) -> dict[NodeId, Array]:
    """The adjoints that are complete or on their way after `position` steps: the sums of what has arrived."""
    found: dict[NodeId, Array] = {}
    for step in trace.steps[:position]:
        node = step.node if step.kind is StepKind.SEED else _receiver(trace.graph, step.node, step.operand)
        if step.phase in (Phase.SEED, Phase.BACKWARD) and node is not None and step.value is not None:
            found[node] = found[node] + step.value if node in found else step.value
    return found


def title(node: Node) -> str:
    """What a node is called above its card: its op, its leaf's name, or "number"."""
    match node:
        case Leaf(name):
            return display(name)
        case Literal():
            return "number"
        case Apply():
            return node.op.name
        case Hole():
            return "open port"


def partials(trace: Trace, node: NodeId, names: tuple[str, ...]) -> tuple[Partial, ...]:
    """The local derivatives of an elementwise op, or of any op whose value is a scalar."""
    found = trace.graph.nodes[node]
    value = trace.values[node]
    if not isinstance(found, Apply) or value is None:
        return ()
    operands = [trace.values[i] for i in found.operands]
    if any(x is None for x in operands):
        return ()
    made = []
    for index, source in enumerate(found.operands):
        if isinstance(trace.graph.nodes[source], Literal) or not found.op.is_differentiable_by(index):
            continue
        with np.errstate(all="ignore"):
            try:
                number = _partial(found, index, value, operands)
            except GradvizError:
                number = None
        if number is not None:
            made.append(Partial(f"∂{names[node]}/∂{names[source]}", number))
    return tuple(made)


def _partial(node: Apply, operand: int, value: Array, operands: list[Array | None]) -> Array | None:
    if node.op.partials:
        rule = node.op.partials[operand]
        return np.asarray(rule(value, *operands)) if rule is not None else None
    if np.ndim(value) == 0:
        return np.asarray(node.op.vjp(operand, np.float64(1.0), value, *operands, **node.settings))
    return None


def _receiver(graph: Graph, node: NodeId, operand: int | None) -> NodeId | None:
    sender = graph.nodes[node]
    return sender.operands[operand] if isinstance(sender, Apply) and operand is not None else None
