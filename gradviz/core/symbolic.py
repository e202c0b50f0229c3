"""The derivative of a graph, as a graph again.

The same vjp rules that `record` applies to numbers are applied to expressions here. What comes out can be
printed, differentiated once more, or compiled.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Graph
from gradviz.core.holes import complete
from gradviz.core.record import wanted_leaves
from gradviz.core.types import NodeId, Shape


def replay(tape: Tape, graph: Graph, leaf_shapes: Mapping[str, Shape]) -> list[Expr]:
    """Every node of the graph on the tape, by node id; raises ShapeError with the node that doesn't fit."""
    moved: dict[NodeId, Expr] = {}
    complete(graph)
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        moved[node_id] = tape.copy_of(node, moved, leaf_shapes)
    return list(moved.values())


def backward(output: Expr, wanted: Sequence[Expr], seed: Expr | None = None) -> list[Expr]:
    """∂(sum of output · seed)/∂w for each wanted expression, as expressions on the same tape.

    output, wanted: on one tape. seed: adjoint of the output in its shape; ones when None.
    Only nodes between a wanted expression and the output are visited.
    """
    tape = output.tape
    flows_to = _between(tape, {expr.id for expr in wanted}, output.id)
    literal = tape.literal
    adjoints: dict[NodeId, Expr] = {}
    if output.id in flows_to:
        adjoints[output.id] = seed if seed is not None else _ones(tape, output.shape)
    for index in range(output.id, -1, -1):  # reversed: an adjoint is complete before it is read
        node_id = NodeId(index)
        node = tape.nodes[index]
        g = adjoints.get(node_id)
        if g is None or not isinstance(node, Apply):
            continue
        y = Expr(tape, node_id, tape.shapes[index])
        xs = [Expr(tape, source, tape.shapes[source]) for source in node.operands]
        for operand, source in enumerate(node.operands):
            rule = node.op.rule(operand) if source in flows_to else None
            if rule is not None:
                sent = rule(g, y, *xs, **node.settings)
                contribution = sent if isinstance(sent, Expr) else literal(sent)
                adjoints[source] = adjoints[source] + contribution if source in adjoints else contribution
    return [adjoints.get(expr.id) or _zeros(tape, expr.shape) for expr in wanted]


def gradient_graphs(
    graph: Graph, leaf_shapes: Mapping[str, Shape], wrt: Iterable[str] | None = None
) -> dict[str, Graph]:
    """For each wanted leaf the graph whose value is the gradient of (the sum of) the output by that leaf."""
    tape = Tape()
    output = replay(tape, graph, leaf_shapes)[graph.output]
    leaves = {name: tape.leaf(name, leaf_shapes[name]) for name in graph.leaves() if name in wanted_leaves(graph, wrt)}
    return {
        name: tape.graph(gradient)
        for name, gradient in zip(leaves, backward(output, list(leaves.values())), strict=True)
    }


def hessian_vector_product(output: Expr, wanted: Sequence[Expr], vector: Sequence[Expr]) -> list[Expr]:
    """H v: the derivative of ∇·v, with ∇ and v over all wanted expressions together.

    output: a scalar. vector: one expression of the shape of each wanted one.
    Source: Pearlmutter, "Fast exact multiplication by the Hessian", 1994 (here in reverse over reverse).
    """
    gradient = backward(output, wanted)
    tape = output.tape
    product = tape.literal(0.0)
    for g, v in zip(gradient, vector, strict=True):
        product = product + _total(g * v)
    return backward(product, wanted)


def _total(x: Expr) -> Expr:
    from gradviz.core.ops.reduction import sum_  # ops are built on expressions, so they load after them

    total = sum_(x) if x.ndim else x
    assert isinstance(total, Expr)
    return total


def _between(tape: Tape, wanted: set[NodeId], output: NodeId) -> set[NodeId]:
    reached = set(wanted)
    for index in range(output + 1):
        node = tape.nodes[index]
        if isinstance(node, Apply) and not reached.isdisjoint(node.operands):
            reached.add(NodeId(index))
    return reached


def _ones(tape: Tape, shape: Shape) -> Expr:
    return tape.literal(np.ones(shape))


def _zeros(tape: Tape, shape: Shape) -> Expr:
    return tape.literal(np.zeros(shape))
