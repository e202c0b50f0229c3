"""From a formula for one sample to a graph for all of them: the sample axis is added in front.

    one sample    y − (W x + b)       W (m, k)   x (k,)
    all samples   Y − (X Wᵀ + b)                 X (N, k)     one GEMM instead of N products

Each op says in its declaration how it is applied when some of its operands have that axis.
"""

from collections.abc import Collection, Mapping

from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Graph
from gradviz.core.holes import complete
from gradviz.core.kinds import spread
from gradviz.core.ops.reduction import mean, sum_
from gradviz.core.types import NodeId, Shape
from gradviz.errors import GraphError


def vectorised(tape: Tape, graph: Graph, leaf_shapes: Mapping[str, Shape], data: Collection[str], samples: int) -> Expr:
    """The graph's output for all samples at once, shape (samples, *output shape), on the given tape.

    leaf_shapes: the shape of each leaf for one sample. data: the leaves that have one value a sample.
    """
    return _each_node(tape, graph, leaf_shapes, data, samples)[graph.output]


def batch_loss(
    tape: Tape,
    graph: Graph,
    leaf_shapes: Mapping[str, Shape],
    *,
    data: Collection[str],
    samples: int,
    reduce: str = "mean",
) -> Expr:
    """The sum or the mean over all samples of a per-sample loss, as one scalar on the tape.

    Raises GraphError when the loss of one sample is no scalar.
    """
    losses = vectorised(tape, graph, leaf_shapes, data, samples)
    if len(losses.shape) != 1:
        raise GraphError(
            f"the loss of one sample has shape {losses.shape[1:]}; "
            "it must be a scalar: put sum(…) or mean(…) around it",
            node=graph.output,
        )
    reduced = mean(losses) if reduce == "mean" else sum_(losses)
    assert isinstance(reduced, Expr)
    return reduced


def _each_node(
    tape: Tape, graph: Graph, leaf_shapes: Mapping[str, Shape], data: Collection[str], samples: int
) -> dict[NodeId, Expr]:
    shapes = {n: (samples, *s) if n in data else s for n, s in leaf_shapes.items()}
    moved: dict[NodeId, Expr] = {}
    leaves = complete(graph).leaves()
    batched = graph.reaching({leaves[name] for name in data if name in leaves})
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        if isinstance(node, Apply) and node_id in batched:
            operands = [moved[operand] for operand in node.operands]
            flags = tuple(operand in batched for operand in node.operands)
            moved[node_id] = tape.lift(node.op.batch(flags, *operands, **node.settings))
        else:
            moved[node_id] = tape.copy_of(node, moved, shapes)
    if graph.output not in batched:  # the loss doesn't depend on the data: the same for every sample
        same = moved[graph.output]
        moved[graph.output] = spread(same, (samples, *same.shape))
    return moved


def per_sample_shapes(leaf_shapes: Mapping[str, Shape], data: Collection[str]) -> dict[str, Shape]:
    """Shapes for one sample, from the shapes of whole data arrays with their leading sample axis."""
    return {name: shape[1:] if name in data else shape for name, shape in leaf_shapes.items()}
