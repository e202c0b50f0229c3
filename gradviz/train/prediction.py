"""What a loss predicts, and of what: found in the formula, so that a fit can be drawn beside the data.

    (y − (W x + b))²             target y   prediction W x + b       inputs x
    −log(softmax(W x + b))[y]    target y   scores softmax(W x + b)  inputs x   (y picks: it is a class)

The target is a data leaf that meets, in one op, something that depends on parameters and on other data. The op
nearest to the output counts.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gradviz.core.batching import vectorised
from gradviz.core.compile import compile_tape
from gradviz.core.expr import Tape
from gradviz.core.graph import Apply, Graph, Leaf, needed
from gradviz.core.ops.exponential import log
from gradviz.core.types import Array, NodeId, Shape


@dataclass(frozen=True, slots=True)
class Prediction:
    """target: a data leaf. node: what is compared with it. inputs: the data leaves that the node depends on.

    is_class: the target is the number of a class, and the node has a score for each.
    """

    target: str
    node: NodeId
    inputs: tuple[str, ...]
    is_class: bool


def find_prediction(graph: Graph, data: Collection[str], parameters: Collection[str]) -> Prediction | None:
    """What the loss predicts; None when it can't be told."""
    leaves = graph.leaves()
    behind = {name: graph.reaching({leaf}) for name, leaf in leaves.items() if name in data}
    trained = graph.reaching({leaves[name] for name in parameters if name in leaves})
    for index in reversed(range(len(graph))):
        node = graph.nodes[index]
        if isinstance(node, Apply):
            for operand, source in enumerate(node.operands):
                leaf = graph.nodes[source]
                if isinstance(leaf, Leaf) and leaf.name in behind:
                    found = _predicted(graph, node, operand, leaf.name, behind, trained)
                    if found is not None:
                        return found
    return None


class Predictor:
    """Computes a node of a formula for many samples at once; compiled for shapes and a number of samples.

    leaf_shapes: of every leaf, for one sample.
    """

    def __init__(
        self, graph: Graph, node: NodeId, leaf_shapes: Mapping[str, Shape], data: Collection[str], samples: int
    ) -> None:
        part = needed(Graph(graph.nodes, node))
        present = list(part.leaves())
        tape = Tape()
        output = vectorised(tape, part, leaf_shapes, [name for name in present if name in data], samples)
        shapes = {name: (samples, *leaf_shapes[name]) if name in data else leaf_shapes[name] for name in present}
        self._run = compile_tape(output, {}, shapes)

    def __call__(self, values: Mapping[str, Any]) -> Array:
        """The node's value for every sample, samples along the first axis; values: data leaves with that axis too."""
        result: Array = self._run(values)[0]
        return result


def _predicted(
    graph: Graph,
    node: Apply,
    operand: int,
    target: str,
    behind: Mapping[str, set[NodeId]],
    trained: set[NodeId],
) -> Prediction | None:
    """The other operand, when it depends on a parameter and on data, but not on the target."""
    for other, source in enumerate(node.operands):
        inputs = tuple(name for name, reached in behind.items() if source in reached)
        if other != operand and source in trained and inputs and target not in inputs:
            is_class = not node.op.is_differentiable_by(operand)
            return Prediction(target, _without_log(graph, source), inputs, is_class)
    return None


def _without_log(graph: Graph, node_id: NodeId) -> NodeId:
    """A log of probabilities is compared; the probabilities are what is predicted."""
    node = graph.nodes[node_id]
    return node.operands[0] if isinstance(node, Apply) and node.op is log else node_id
