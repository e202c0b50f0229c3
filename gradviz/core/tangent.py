"""Forward mode: tangents travel with the values, from the leaves to the output.

    v̇ᵢ = Σ over operands of ∂vᵢ/∂v_operand · v̇_operand            one pass for each input direction
    v̄_operand += v̄ᵢ · ∂vᵢ/∂v_operand                              one pass for each output (reverse mode)

No op declares a tangent rule. An elementwise op's follows from its partials; any other is the transpose of its vjp,
which is linear in g: where vjp(g) = Jᵀ g, the derivative of ⟨Jᵀ g, v̇⟩ by g is J v̇.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradviz.core.expr import Tape
from gradviz.core.flow import never
from gradviz.core.graph import Apply, Graph
from gradviz.core.op import Attrs, Op
from gradviz.core.ops.reduction import sum_
from gradviz.core.record import evaluate
from gradviz.core.symbolic import backward
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId, Shape
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True)
class Cost:
    """What a computation took. products: local derivative × what travels, one an edge; numbers: their elements."""

    passes: int = 0
    products: int = 0
    numbers: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.passes + other.passes, self.products + other.products, self.numbers + other.numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """A whole Jacobian by both ways: (outputs, inputs), its columns by forward mode, its rows by reverse mode."""

    inputs: int
    outputs: int
    by_columns: Array
    by_rows: Array
    forward: Cost
    reverse: Cost

    @property
    def difference(self) -> float:
        """The largest difference between the two, relative to the largest element."""
        if not self.by_rows.size:
            return 0.0
        most = max(float(np.max(np.abs(self.by_rows))), 1e-300)
        return float(np.max(np.abs(self.by_columns - self.by_rows))) / most


def tangent(op: Op, operand: int, direction: Array, value: Array, operands: Sequence[Array], attrs: Attrs) -> Array:
    """What a tangent at one operand becomes at the op's result: ∂value/∂operand · direction."""
    with np.errstate(all="ignore"):
        if op.partials:
            rule = op.partials[operand]
            assert rule is not None, f"{op.name} has no derivative by operand {operand}"
            return np.broadcast_to(np.asarray(rule(value, *operands) * direction), np.shape(value))[()]
        shapes = tuple(np.shape(x) for x in operands)
        graph = _transposed(op, operand, shapes, np.shape(value), attrs)
        given = {f"x{i}": x for i, x in enumerate(operands)}
        given |= {"y": value, "g": np.ones(np.shape(value)), "t": direction}
        found = evaluate(graph, {name: given[name] for name in graph.leaves()})
    return np.broadcast_to(found, np.shape(value))[()]


def push(trace: Trace, directions: Mapping[NodeId, Array]) -> tuple[dict[NodeId, Array], Cost]:
    """The tangents of all nodes that depend on those with a direction, and what they took."""
    tangents = dict(directions)
    products = numbers = 0
    for node_id, node in zip(trace.graph.node_ids(), trace.graph.nodes, strict=True):
        if not isinstance(node, Apply) or node_id in directions or trace.values[node_id] is None:
            continue
        for operand, source in enumerate(node.operands):
            if source in tangents and node.op.is_differentiable_by(operand):
                values = [_value(trace, x) for x in node.operands]
                part = tangent(node.op, operand, tangents[source], _value(trace, node_id), values, node.attrs)
                tangents[node_id] = tangents[node_id] + part if node_id in tangents else part
                products, numbers = products + 1, numbers + int(np.size(part))
    return tangents, Cost(1, products, numbers)


def pull(trace: Trace, target: NodeId, seed: Array, sources: Sequence[NodeId]) -> tuple[dict[NodeId, Array], Cost]:
    """The adjoints of the source leaves and of all nodes on the way, for one seed at the target; and what they took.

    A source to which nothing flows back has none.
    """
    graph = trace.graph
    flows_to = graph.reaching(set(sources))
    adjoints: dict[NodeId, Array] = {target: seed}
    products = numbers = 0
    for index in range(target, -1, -1):  # reversed: an adjoint is complete before it is read
        node, g = graph.nodes[index], adjoints.get(NodeId(index))
        if g is None or not isinstance(node, Apply):
            continue
        values = [_value(trace, x) for x in node.operands]
        for operand, source in enumerate(node.operands):
            if source in flows_to and node.op.is_differentiable_by(operand):
                with np.errstate(all="ignore"):
                    part = node.op.vjp(operand, g, _value(trace, NodeId(index)), *values, **node.settings)
                adjoints[source] = adjoints[source] + part if source in adjoints else part
                products, numbers = products + 1, numbers + int(np.size(part))
    return adjoints, Cost(1, products, numbers)


def both_modes(
    trace: Trace, sources: Sequence[NodeId], target: NodeId, *, most: int = 2000, cancelled: Callable[[], bool] = never
) -> Modes:
    """The Jacobian of a node by some leaves, by columns and by rows, with what each way took.

    most: the largest number of inputs or of outputs. Raises GraphError when there are more, or there is no value.
    """
    sizes = [int(np.size(_value(trace, source))) for source in sources]
    inputs, outputs = sum(sizes), int(np.size(_value(trace, target)))
    if max(inputs, outputs, 1) > most:
        raise GraphError(f"{inputs} inputs and {outputs} outputs are too many to compare; the most is {most} of each")
    by_columns, by_rows = np.zeros((outputs, inputs)), np.zeros((outputs, inputs))
    forward = reverse = Cost()
    shape = np.shape(_value(trace, target))
    column = 0
    for source in sources:
        for unit in _units(np.shape(_value(trace, source))):
            if cancelled():
                break
            tangents, cost = push(trace, {source: unit})
            by_columns[:, column] = np.ravel(tangents.get(target, np.zeros(shape)))
            forward, column = forward + cost, column + 1
    for row, unit in enumerate(_units(shape)):
        if cancelled():
            break
        adjoints, cost = pull(trace, target, unit, sources)
        found = [adjoints.get(source, np.zeros(np.shape(_value(trace, source)))) for source in sources]
        by_rows[row] = np.concatenate([np.ravel(part) for part in found]) if found else 0.0
        reverse = reverse + cost
    return Modes(inputs, outputs, by_columns, by_rows, forward, reverse)


def _units(shape: Shape) -> list[Array]:
    size = int(np.prod(shape))
    if not shape:
        return [np.asarray(1.0)]
    return [unit.reshape(shape) for unit in np.eye(size)]


def _value(trace: Trace, node: NodeId) -> Array:
    found = trace.values[node]
    if found is None:
        raise GraphError(f"node {node} has no value in this run", node=node)
    return found


@lru_cache(maxsize=512)
def _transposed(op: Op, operand: int, shapes: tuple[Shape, ...], shape: Shape, attrs: Attrs) -> Graph:
    """The tangent rule as a graph of x0, x1, …, y and t, for these shapes."""
    tape = Tape()
    xs = [tape.leaf(f"x{i}", s) for i, s in enumerate(shapes)]
    y, g, t = tape.leaf("y", shape), tape.leaf("g", shape), tape.leaf("t", shapes[operand])
    settings: dict[str, Any] = dict(attrs)
    product = tape.lift(op.vjp(operand, g, y, *xs, **settings)) * t
    return tape.graph(backward(tape.lift(sum_(product) if product.ndim else product), [g])[0])
