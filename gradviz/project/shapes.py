"""Shapes for leaves that have none yet, found by trying.

Most formulas work with scalars, so these are tried first. Where an op wants more (softmax, v[i]), small shapes are
tried leaf by leaf in the order of the nodes; an op whose shape rule refuses them sends the search back to the last
leaf that still has another shape to try.

    −log(softmax(W x + b))[y]      W (3, 2)   x (2,)   b (3,)   y a scalar
"""

from collections.abc import Mapping, Sequence

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal
from gradviz.core.types import SCALAR, Shape
from gradviz.errors import GradvizError
from gradviz.train.shapes import index_leaves

MAX_TRIES = 20_000
"""How many nodes the search looks at before it gives up."""

_USUAL_LENGTHS = (3, 2)


def fitting_shapes(graph: Graph, known: Mapping[str, Shape]) -> dict[str, Shape] | None:
    """A shape for every leaf with which all ops work; None when none was found. known: shapes that are settled."""
    scalars = {name: (known.get(name, SCALAR),) for name in graph.leaves()}
    found = _search(graph, scalars)
    if found is None:
        found = _search(graph, _candidates(graph, known))
    return found


def fits(graph: Graph, shapes: Mapping[str, Shape]) -> bool:
    """True when every op takes these shapes."""
    return _search(graph, {name: (shapes[name],) for name in graph.leaves()}) is not None


def _candidates(graph: Graph, known: Mapping[str, Shape]) -> dict[str, tuple[Shape, ...]]:
    axes = [length for shape in known.values() for length in shape]
    tried = tuple(dict.fromkeys([*axes, *_USUAL_LENGTHS]))
    vectors: list[Shape] = [(length,) for length in tried]
    matrices: list[Shape] = sorted(((m, n) for m in tried for n in tried), key=lambda shape: shape[0] == shape[1])
    indices = index_leaves(graph)
    found: dict[str, tuple[Shape, ...]] = {}
    for name in graph.leaves():
        if name in known:
            found[name] = (known[name],)
        elif name in indices:
            found[name] = (SCALAR,)
        elif name[:1].isupper():
            found[name] = (*matrices, *vectors, SCALAR)
        else:
            found[name] = (*vectors, SCALAR, *matrices)
    return found


def _search(graph: Graph, candidates: Mapping[str, Sequence[Shape]]) -> dict[str, Shape] | None:
    shapes: list[Shape | None] = [SCALAR] * len(graph)
    choice: dict[int, int] = {}
    leaves: dict[int, str] = {node: name for name, node in graph.leaves().items()}
    index = tries = 0
    while index < len(graph) and tries < max(MAX_TRIES, 2 * len(graph)):
        tries += 1
        if index in leaves:
            shapes[index] = candidates[leaves[index]][choice.setdefault(index, 0)]
            index += 1
        elif _settle(graph, index, shapes):
            index += 1
        else:
            back = _last_with_more(choice, leaves, candidates, index)
            if back is None:
                return None
            index = back
    if index < len(graph):
        return None
    return {name: shape for node, name in leaves.items() if (shape := shapes[node]) is not None}


def _settle(graph: Graph, index: int, shapes: list[Shape | None]) -> bool:
    """Give the node its shape by its op's rule, None behind an open port; False when the rule refuses the operands."""
    node = graph.nodes[index]
    match node:
        case Literal():
            shapes[index] = node.value.shape
        case Leaf():
            return True
        case Hole():
            shapes[index] = None
        case Apply():
            operands = [shapes[operand] for operand in node.operands]
            known = [shape for shape in operands if shape is not None]
            if len(known) < len(operands):
                shapes[index] = None
                return True
            try:
                shapes[index] = node.op.shape(*known, **node.settings)
            except GradvizError:
                return False
    return True


def _last_with_more(
    choice: dict[int, int], leaves: Mapping[int, str], candidates: Mapping[str, Sequence[Shape]], index: int
) -> int | None:
    """Move the last leaf before the index on to its next shape; None when no leaf has one left."""
    for leaf in sorted((at for at in choice if at < index), reverse=True):
        if choice[leaf] + 1 < len(candidates[leaves[leaf]]):
            choice[leaf] += 1
            for later in [at for at in choice if at > leaf]:
                del choice[later]
            return leaf
    return None
