"""Which shapes the parameters must have, found from the shapes of everything else.

    y − (W x + b), x a vector of 4, y a number      W (4,)   b a scalar
    −log(softmax(W x + b))[y], y one of 3 classes   W (3, 4) b (3,)

A search over the small shapes that can be made of the lengths at hand. The op's own shape rules judge. Among the
assignments that give a scalar loss, those with the fewest broadcasts count; when there are two, nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.holes import complete
from gradviz.core.ops.linear import matmul
from gradviz.core.ops.losses import cross_entropy
from gradviz.core.ops.shaping import take
from gradviz.core.types import SCALAR, NodeId, Shape
from gradviz.errors import ShapeError, TrainingError

_PICKING = (take, cross_entropy)
"""The ops whose second operand is the number of a class: of an element of the first."""

_MAX_BROADCASTS = 3
_MAX_TRIES = 20_000


def infer_shapes(
    graph: Graph, known: Mapping[str, Shape], classes: Mapping[str, int] | None = None
) -> dict[str, Shape]:
    """The shapes of the leaves that are not known, for one sample.

    classes: for each leaf that counts classes 0, 1, …, how many there are: where it picks from a vector that
    depends on an unknown leaf, the vector must be as long. Raises TrainingError when no shape fits, or more than one,
    and GraphError when the graph is unfinished.
    """
    complete(graph)
    counts = {name: count for name, count in (classes or {}).items() if name in index_leaves(graph)}
    unknown = [name for name in graph.leaves() if name not in known]
    if not unknown:
        return {}
    search = _Search(graph, known, counts, _candidates(known, counts))
    for broadcasts in range(_MAX_BROADCASTS + 1):
        found = search.solutions(broadcasts)
        if len(found) > 1:
            raise _ambiguous(unknown, found)
        if found:
            return found[0]
    listed = " and ".join(unknown)
    raise TrainingError(
        f"no shape for {listed} makes the loss a scalar; give a value such as {unknown[0]}={_like((2,))}"
    )


def index_leaves(graph: Graph) -> set[str]:
    """The leaves that pick an element of a vector, such as the y in softmax(z)[y]."""
    picking = (graph.nodes[node.operands[1]] for node in graph.nodes if isinstance(node, Apply) and node.op in _PICKING)
    return {node.name for node in picking if isinstance(node, Leaf)}


def _candidates(known: Mapping[str, Shape], classes: Mapping[str, int]) -> list[Shape]:
    """Scalar, vectors and matrices of all lengths at hand, small ranks first."""
    lengths = sorted({length for shape in known.values() for length in shape} | set(classes.values()))
    vectors = [(length,) for length in lengths]
    return [SCALAR, *vectors, *product(lengths, repeat=2)]


_Branch = tuple[int, dict[NodeId, Shape], int]
"""Where to go on: the next node, the shapes so far, and how many broadcasts are left."""


@dataclass(slots=True)
class _Search:
    graph: Graph
    known: Mapping[str, Shape]
    classes: Mapping[str, int]
    candidates: Sequence[Shape]
    open_nodes: set[NodeId] = field(init=False)
    """The nodes that depend on what is searched for."""
    tries: int = 0

    def __post_init__(self) -> None:
        leaves = self.graph.leaves()
        self.open_nodes = self.graph.reaching({node for name, node in leaves.items() if name not in self.known})

    def solutions(self, broadcasts: int) -> list[dict[str, Shape]]:
        """Up to two different assignments with at most that many broadcasts."""
        self.tries = 0
        wanted = {name: node for name, node in self.graph.leaves().items() if name not in self.known}
        branches: list[_Branch] = [(0, {}, broadcasts)]
        found: list[dict[str, Shape]] = []
        while branches and len(found) < 2:
            shapes = self._follow(*branches.pop(), branches)
            if shapes is not None and shapes[self.graph.output] == SCALAR:
                found.append({name: shapes[node] for name, node in wanted.items()})
        return found

    def _follow(
        self, position: int, shapes: dict[NodeId, Shape], budget: int, branches: list[_Branch]
    ) -> dict[NodeId, Shape] | None:
        """The shapes of all nodes; None when they don't fit, or when a leaf made new branches."""
        for index in range(position, len(self.graph)):
            node_id = NodeId(index)
            node = self.graph.nodes[node_id]
            match node:
                case Literal():
                    shapes[node_id] = node.value.shape
                case Leaf() if node.name in self.known:
                    shapes[node_id] = self.known[node.name]
                case Leaf():
                    # reversed: the simplest shape is on top of the stack
                    branches += ((index + 1, {**shapes, node_id: shape}, budget) for shape in self.candidates[::-1])
                    return None
                case Apply():
                    shape, cost = self._applied(node_id, node, shapes)
                    budget -= cost
                    if shape is None or budget < 0:
                        return None
                    shapes[node_id] = shape
        return shapes

    def _applied(self, node_id: NodeId, node: Apply, shapes: Mapping[NodeId, Shape]) -> tuple[Shape | None, int]:
        """The shape of an op's result and how many of its operands are broadcast; None when they don't fit."""
        self.tries += 1
        if self.tries > max(_MAX_TRIES, 2 * len(self.graph)):
            raise TrainingError("the shapes of the parameters can't be found: too many are possible; give their values")
        operands = [shapes[operand] for operand in node.operands]
        try:
            shape = node.op.shape(*operands, **node.settings)
        except ShapeError:
            return None, 0
        if node_id not in self.open_nodes:
            return shape, 0
        return (shape, self._broadcasts(node, operands)) if self._fits_classes(node, operands) else (None, 0)

    def _fits_classes(self, node: Apply, operands: Sequence[Shape]) -> bool:
        """True unless classes pick from a vector of another length."""
        if node.op not in _PICKING:
            return True
        index = self.graph.nodes[node.operands[1]]
        count = self.classes.get(index.name) if isinstance(index, Leaf) else None
        return count is None or operands[0][:1] == (count,)

    def _broadcasts(self, node: Apply, operands: Sequence[Shape]) -> int:
        """How many operands are stretched to a larger shape; a number that stands in the formula is free.

        A product as on paper scales when an operand is a scalar: that counts when the scalar depends on what is
        searched for, so that W·x is no scaled x.
        """
        pairs = list(zip(node.operands, operands, strict=True))
        if node.op is matmul:
            scales = any(shape == SCALAR and operand in self.open_nodes for operand, shape in pairs)
            return int(scales and any(shape != SCALAR for shape in operands))
        if not node.op.is_elementwise:
            return 0
        return max(0, len({shape for o, shape in pairs if not isinstance(self.graph.nodes[o], Literal)}) - 1)


def _ambiguous(unknown: Sequence[str], found: Sequence[Mapping[str, Shape]]) -> TrainingError:
    name = next(name for name in unknown if found[0][name] != found[1][name])
    first, second = found[0][name], found[1][name]
    return TrainingError(
        f"{name} could be {_words(first)} or {_words(second)}: give it a value, such as {name}={_like(second)}"
    )


def _words(shape: Shape) -> str:
    return str(shape) if shape else "a scalar"


def _like(shape: Shape) -> str:
    """A value of that shape as people type it, its middle left out when it is long."""
    if not shape:
        return "0.1"
    inner = _like(shape[1:])
    return f"[{', '.join([inner] * shape[0])}]" if shape[0] <= 4 else f"[{inner}, …]"
