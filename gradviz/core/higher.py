"""Derivatives of higher order: the derivative of a graph as a graph, and the Hessian of small problems.

d/dx      the graph of the gradient is differentiated again by the same rules
H v       ∇(∇L · v): one pass backward over the graph of the gradient (Pearlmutter, 1994)
H         column j is H eⱼ, with eⱼ the unit vectors
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradviz.core.compile import Compiled, compile_tape
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Graph, Leaf
from gradviz.core.record import bind, evaluate, wanted_leaves
from gradviz.core.symbolic import backward, hessian_vector_product, replay
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.errors import GraphError, LimitError

MOST_NUMBERS = 500
"""The Hessian by more numbers than this is refused: its elements grow with the square."""

MOST_ORDERS = 8


def differentiate(graph: Graph, wrt: str, order: int = 1, **example_values: Any) -> Graph:
    """The graph of ∂L/∂wrt, or of a derivative of higher order by a scalar; it can be differentiated again.

    example_values: give the shapes of the leaves; one without a value and a default is taken as a scalar. The
    elements of an output that is no scalar are summed.
    Raises GraphError when the graph has no such leaf, or for the second derivative by an array (see `hessian`).
    """
    if not 1 <= order <= MOST_ORDERS:
        raise GraphError(f"a derivative of order {order} can't be built; it goes from 1 to {MOST_ORDERS}")
    wanted_leaves(graph, [wrt])
    scalars = {name: 0.0 for name in graph.leaves() if name not in graph.defaults}
    shapes = {name: value.shape for name, value in bind(graph, {**scalars, **example_values}).items()}
    if order > 1 and shapes[wrt] != SCALAR:
        raise GraphError(f"{wrt} has shape {shapes[wrt]}: differentiate once by it, or take the hessian")
    tape = Tape()
    output = replay(tape, graph, shapes)[graph.output]
    leaf = tape.leaf(wrt, shapes[wrt])
    for _ in range(order):
        (output,) = backward(output, [leaf])
    found = tape.graph(output)
    present = {node.name for node in found.nodes if isinstance(node, Leaf)}
    return replace(found, defaults={name: value for name, value in graph.defaults.items() if name in present})


@dataclass(frozen=True, slots=True, eq=False)
class Hessian:
    """The second derivatives of a scalar by all numbers of some leaves.

    matrix[i, j] = ∂²L/∂θᵢ∂θⱼ, with θ the elements of the leaves one after the other, each in row-major order.
    shapes: of the leaves, in the order of θ.
    """

    matrix: Array
    shapes: Mapping[str, Shape]

    def block(self, a: str, b: str) -> Array:
        """∂²L/∂a∂b, of shape (*shape of a, *shape of b)."""
        rows, columns = self._places(a), self._places(b)
        return self.matrix[rows, columns].reshape(self.shapes[a] + self.shapes[b])

    @property
    def labels(self) -> tuple[str, ...]:
        """What each row and column stands for: "W[0, 1]", "b"."""
        return tuple(
            f"{name}[{', '.join(map(str, place))}]" if shape else name
            for name, shape in self.shapes.items()
            for place in np.ndindex(*shape)
        )

    @property
    def curvatures(self) -> Array:
        """The eigenvalues, smallest first: how strongly L bends along the axes of its quadratic form."""
        if not np.all(np.isfinite(self.matrix)):
            return np.full(len(self.matrix), np.nan)
        return np.asarray(np.linalg.eigvalsh((self.matrix + self.matrix.T) / 2.0), dtype=np.float64)

    def _places(self, name: str) -> slice:
        if name not in self.shapes:
            raise GraphError(f"the Hessian was not taken by {name}; it is by {', '.join(self.shapes)}")
        names = list(self.shapes)
        start = sum(_size(self.shapes[before]) for before in names[: names.index(name)])
        return slice(start, start + _size(self.shapes[name]))


def hessian(graph: Graph, values: Mapping[str, Any] | None = None, *, wrt: Iterable[str] | None = None) -> Hessian:
    """The Hessian of a small problem, exact to rounding.

    values: of all leaves without a default. wrt: the leaves to differentiate by, all when None.
    Raises GraphError when the output is no scalar, LimitError for more than MOST_NUMBERS numbers.
    """
    leaf_values = bind(graph, values or {})
    _check_scalar(evaluate(graph, leaf_values).shape)
    wanted = wanted_leaves(graph, wrt)
    shapes = {name: leaf_values[name].shape for name in graph.leaves() if name in wanted}
    size = sum(map(_size, shapes.values()))
    if size > MOST_NUMBERS:
        raise LimitError(
            f"the Hessian by {', '.join(shapes)} has {size:,} × {size:,} elements; "
            f"the limit is {MOST_NUMBERS} × {MOST_NUMBERS}: name fewer leaves"
        )
    product = _compiled_product(graph, leaf_values, shapes)
    matrix = np.empty((size, size))
    for column, unit in enumerate(np.eye(size)):
        matrix[:, column] = _flat(product({**leaf_values, **_directions(shapes, unit)})[1], shapes)
    return Hessian(matrix, shapes)


def hessian_vector(graph: Graph, values: Mapping[str, Any], vector: Mapping[str, Any]) -> dict[str, Array]:
    """H v without H: how the gradient by the leaves of the vector changes along it.

    vector: for each leaf of interest a direction of its shape.
    """
    leaf_values = bind(graph, values)
    wanted = wanted_leaves(graph, vector)
    shapes = {name: leaf_values[name].shape for name in graph.leaves() if name in wanted}
    directions = {}
    for name, shape in shapes.items():
        direction = np.asarray(vector[name], dtype=np.float64)
        if direction.shape != shape:
            raise GraphError(f"the direction for {name} has shape {direction.shape}; {name} has {shape}")
        directions[_direction(name)] = direction
    return dict(_compiled_product(graph, leaf_values, shapes)({**leaf_values, **directions})[1])


def _compiled_product(graph: Graph, leaf_values: Mapping[str, Array], shapes: Mapping[str, Shape]) -> Compiled:
    """A function of the leaves and of a direction for each wanted one, whose gradients are H v."""
    tape = Tape()
    every = {name: value.shape for name, value in leaf_values.items()}
    output = replay(tape, graph, every)[graph.output]
    _check_scalar(output.shape)
    wanted = [tape.leaf(name, shape) for name, shape in shapes.items()]
    vector: list[Expr] = [tape.leaf(_direction(name), shape) for name, shape in shapes.items()]
    products = dict(zip(shapes, hessian_vector_product(output, wanted, vector), strict=True))
    return compile_tape(output, products, every | {_direction(name): shape for name, shape in shapes.items()})


def _check_scalar(shape: Shape) -> None:
    if shape != SCALAR:
        raise GraphError(f"a Hessian needs a scalar; this has shape {shape}: put sum(…) or mean(…) around it")


def _direction(name: str) -> str:
    return f"direction of {name}"  # a name with blanks: no formula can hold it


def _directions(shapes: Mapping[str, Shape], vector: Array) -> dict[str, Array]:
    found, start = {}, 0
    for name, shape in shapes.items():
        found[_direction(name)] = vector[start : start + _size(shape)].reshape(shape)
        start += _size(shape)
    return found


def _flat(parts: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Array:
    return np.concatenate([np.ravel(parts[name]) for name in shapes]) if shapes else np.empty(0)


def _size(shape: Shape) -> int:
    return int(np.prod(shape))
