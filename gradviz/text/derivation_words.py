"""What is said beside the lines of a derivation: what a factor is, which shapes meet, why there is a transpose."""

from collections import Counter
from collections.abc import Sequence

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.op import OPS
from gradviz.core.types import SCALAR, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.text import numbers, readable, symbols
from gradviz.text.plain import plain
from gradviz.text.unrolling import Factor

SCALAR_WORDS = "Each factor is filled in: the local derivative of its operation, taken where the forward pass was."
NUMBER_WORDS = "The values of the forward pass stand in the formulas, and the factors of each path are multiplied."
NAMES_WORDS = "One factor an edge, from the output back: the product along a path of the graph."
MOST_EDGES = 3
"""Of more new factors on one line, only so many are described."""


def first_words(name: str) -> str:
    """About the line with which a derivation begins."""
    return f"Wanted: how much the output changes when {symbols.display(name)} changes a little."


def factor_words(graph: Graph, names: Sequence[str], shapes: Sequence[Shape] | None, edges: Sequence[Edge]) -> str:
    """About the factors that are new on a line of the chain rule."""
    found = [_factor(graph, names, shapes, edge) for edge in edges[:MOST_EDGES]]
    by_target, by_source = Counter(edge.target for edge in edges), Counter(edge.source for edge in edges)
    for node, count in by_target.items():
        if count > 1:
            found.append(f"{count} ways lead on from {_name(names, node)}: one term for each, and the terms add up.")
    for node, count in by_source.items():
        if count > 1:
            found.append(f"{_name(names, node)} is used {count} times: this is the sum over the paths to it.")
    return " ".join(found)


def _factor(graph: Graph, names: Sequence[str], shapes: Sequence[Shape] | None, edge: Edge) -> str:
    node = graph.nodes[edge.target]
    assert isinstance(node, Apply)
    what = f"{node.op.name}′ belongs to the edge from {_name(names, edge.source)} to {_name(names, edge.target)}"
    if shapes is None:
        return f"{what}."
    try:
        is_scalar = all(shapes[i] == SCALAR for i in (edge.target, *node.operands))
        if is_scalar or node.op.partials:
            local = readable.local_derivative(graph, edge.target, edge.operand, names, (SCALAR,) * len(shapes))
            return f"{what}: ∂{_name(names, edge.target)}/∂{_name(names, edge.source)} = {plain(local, length=80)}."
        rule = readable.contribution(graph, edge.target, edge.operand, names, shapes, "g")
        return f"{what}: it makes {plain(rule, length=80)} of what comes from above, g."
    except (GradvizError, ValueError, IndexError):  # a rule that has no readable form here
        return f"{what}."


def shape_words(graph: Graph, names: Sequence[str], shapes: Sequence[Shape], factors: Sequence[Factor]) -> str:
    """The shapes that meet in one line of back-propagation, and why an operand is transposed."""
    found = [_shapes(graph, names, shapes, factor) for factor in factors[:MOST_EDGES]]
    if len(factors) > 1:
        found.append(f"{len(factors)} operations use it, so {len(factors)} contributions are added.")
    return " ".join(part for part in found if part)


def _shapes(graph: Graph, names: Sequence[str], shapes: Sequence[Shape], factor: Factor) -> str:
    node = graph.nodes[factor.node]
    assert isinstance(node, Apply)
    source = node.operands[factor.operand]
    if node.op.partials:
        return _elementwise(names, shapes, factor.node, source)
    ids = (factor.node, *node.operands)
    shown = {names[i]: _shape(shapes[i]) for i in ids}
    try:
        rule = readable.contribution(graph, factor.node, factor.operand, names, shapes, "g")
    except (GradvizError, ValueError, IndexError):  # a rule that has no readable form here
        return ""
    written = plain(readable.with_names(rule, {**shown, "g": _shape(shapes[factor.node])}), length=120)
    about = f"Shapes: {written} → {_shape(shapes[source])}, the shape of {_name(names, source)}."
    return f"{about} {_transpose(node, names, shapes, factor)}".strip()


def _elementwise(names: Sequence[str], shapes: Sequence[Shape], target: NodeId, source: NodeId) -> str:
    axes = readable.summed_axes(shapes[target], shapes[source])
    if not axes:
        shape = _shape(shapes[target])
        return f"Element by element: shapes {shape} ⊙ {shape} → {shape}." if shapes[target] else ""
    which = f"axis {axes[0]}" if len(axes) == 1 else f"axes {' and '.join(map(str, axes))}"
    return (
        f"{_name(names, source)}, {_shape(shapes[source])}, was broadcast to {_shape(shapes[target])}: each of its "
        f"elements was used several times, so the contributions are summed over {which}."
    )


def _transpose(node: Apply, names: Sequence[str], shapes: Sequence[Shape], factor: Factor) -> str:
    """Why a factor of a matrix product comes back transposed; "" for other ops and for vectors alone."""
    if node.op is not OPS["matmul"]:
        return ""
    left, right = node.operands
    a, b = _name(names, left), _name(names, right)
    a_rank, b_rank = len(shapes[left]), len(shapes[right])
    match (factor.operand, a_rank, b_rank):
        case (0, 2, 1):
            return f"Element (i, j) of {a} meets {b}ⱼ and goes into element i: it gets gᵢ·{b}ⱼ, which is g·{b}ᵀ."
        case (1, 2, 1):
            return (
                f"{b}ⱼ meets column j of {a} and goes into every element i: it gets Σᵢ {a}ᵢⱼ·gᵢ. The sum runs over the "
                f"first index of {a}, in a product the second does: so {a} is transposed, {a}ᵀ·g."
            )
        case (0, 2, 2):
            return (
                f"Element (i, j) of {a} meets row j of {b} and goes into row i: it gets Σₖ gᵢₖ·{b}ⱼₖ. The sum runs "
                f"over the second index of {b}, in a product the first does: so {b} is transposed, g·{b}ᵀ."
            )
        case (1, 2, 2):
            return (
                f"Element (j, k) of {b} meets column j of {a}: it gets Σᵢ {a}ᵢⱼ·gᵢₖ. The sum runs over the first index "
                f"of {a}, in a product the second does: so {a} is transposed, {a}ᵀ·g."
            )
    return ""


def _name(names: Sequence[str], node: NodeId) -> str:
    return symbols.display(names[node])


_shape = numbers.shape
