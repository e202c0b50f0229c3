"""The lecture's two models, recognised in a graph, with the gradients that the lecture derives on paper.

    least squares   Σᵢ |yᵢ − (W xᵢ + b)|²         ∇_W = Σᵢ 2((W xᵢ + b) − yᵢ) xᵢᵀ       ∇_b = Σᵢ 2((W xᵢ + b) − yᵢ)
    softmax NLL     Σᵢ −log softmax(W xᵢ + b)_yᵢ   ∇_Wⱼ = Σᵢ (softmax(W xᵢ + b)ⱼ − [yᵢ = j]) xᵢᵀ    ∇_bⱼ likewise

W is a number, a vector or a matrix. They are computed here with NumPy alone, by other means than back-propagation;
and of least squares also the minimum itself, by the normal equations.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Apply, Graph, Leaf, Node
from gradviz.core.op import Op
from gradviz.core.ops.arithmetic import add, mul, neg, sub
from gradviz.core.ops.exponential import log
from gradviz.core.ops.linear import matmul
from gradviz.core.ops.losses import cross_entropy
from gradviz.core.ops.powers import sq
from gradviz.core.ops.probability import log_softmax, softmax
from gradviz.core.ops.reduction import sum_
from gradviz.core.ops.shaping import take
from gradviz.core.types import Array, NodeId


class ModelKind(Enum):
    """Which of the two."""

    LEAST_SQUARES = "least squares"
    SOFTMAX = "softmax likelihood"


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the lecture and the leaves that play its parts; offset is None where there is none."""

    kind: ModelKind
    weights: str
    inputs: str
    target: str
    offset: str | None

    @property
    def formulas(self) -> dict[str, str]:
        """The gradient of each parameter as the lecture writes it, for one sample."""
        scores = f"{self.weights}{self.inputs}ᵢ" + (f" + {self.offset}" if self.offset is not None else "")
        if self.kind is ModelKind.LEAST_SQUARES:
            factor = f"2(({scores}) − {self.target}ᵢ)"
            return self._both(factor, f"{factor} {self.inputs}ᵢ")
        factor = f"softmax({scores})ⱼ − [{self.target}ᵢ = j]"
        return self._both(factor, f"({factor}) {self.inputs}ᵢ")

    def _both(self, offset: str, weights: str) -> dict[str, str]:
        return {self.weights: weights} | ({self.offset: offset} if self.offset is not None else {})


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The minimum of least squares. condition: of the inputs with a column of ones; unique: they determine it."""

    parameters: Mapping[str, Array]
    condition: float
    is_unique: bool


def find_model(graph: Graph, data: Collection[str]) -> Model | None:
    """The model that the graph is, None when it is neither; x and y are among the data, W and b are not."""
    shape = _Shape(graph, data)
    found = shape.least_squares() or shape.softmax_likelihood()
    if found is None or not {found.inputs, found.target} <= set(data):
        return None
    return None if {found.weights, found.offset} & set(data) else found


def closed_form_gradient(
    model: Model, parameters: Mapping[str, Array], data: Mapping[str, Array], reduce: str = "mean"
) -> dict[str, Array]:
    """The lecture's gradient of the loss over all samples."""
    factor, x = _factor(model, parameters, data)
    return _summed(model, factor, x, parameters, reduce)


def gradient_sizes(
    model: Model, parameters: Mapping[str, Array], data: Mapping[str, Array], reduce: str = "mean"
) -> dict[str, float]:
    """How large what is summed up to each gradient is: rounding is a part of this, however small the sum."""
    factor, x = _factor(model, parameters, data)
    sizes = _summed(model, np.abs(factor), np.abs(x), parameters, reduce)
    return {name: float(np.max(size, initial=0.0)) for name, size in sizes.items()}


def _factor(model: Model, parameters: Mapping[str, Array], data: Mapping[str, Array]) -> tuple[Array, Array]:
    """What each sample's inputs are multiplied with, a row a sample; and the inputs."""
    x, y = _columns(data[model.inputs]), data[model.target]
    rows = np.asarray(parameters[model.weights], dtype=np.float64).reshape(-1, x.shape[1])
    scores = x @ rows.T + (np.asarray(parameters[model.offset]).reshape(-1) if model.offset is not None else 0.0)
    if model.kind is ModelKind.LEAST_SQUARES:
        return 2 * (scores - y.reshape(len(x), -1)), x
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True) - (y[:, None] == np.arange(scores.shape[1])), x


def _summed(model: Model, factor: Array, x: Array, parameters: Mapping[str, Array], reduce: str) -> dict[str, Array]:
    share = 1 / len(x) if reduce == "mean" else 1.0
    found: dict[str, Array] = {model.weights: share * (factor.T @ x).reshape(np.shape(parameters[model.weights]))}
    if model.offset is not None:
        found[model.offset] = (share * factor.sum(axis=0)).reshape(np.shape(parameters[model.offset]))
    return found


def normal_equations(model: Model, parameters: Mapping[str, Array], data: Mapping[str, Array]) -> Solution | None:
    """The parameters of the lowest loss, of the shapes of the given ones; None for the other model.

    (AᵀA) θ = Aᵀy with A = [x 1], solved by the singular values of A, so that bad scales cost no digits.
    """
    if model.kind is not ModelKind.LEAST_SQUARES:
        return None
    x, y = _columns(data[model.inputs]), data[model.target].reshape(len(data[model.target]), -1)
    design = x if model.offset is None else np.hstack([x, np.ones((len(x), 1))])
    theta, _, rank, singular = np.linalg.lstsq(design, y, rcond=None)
    condition = float(singular[0] / singular[-1]) if len(singular) and singular[-1] > 0 else float("inf")
    weights: Array = np.asarray(theta[: x.shape[1]].T.reshape(np.shape(parameters[model.weights])), dtype=np.float64)
    found = {model.weights: weights}
    if model.offset is not None:
        found[model.offset] = theta[-1].reshape(np.shape(parameters[model.offset]))
    return Solution(found, condition, int(rank) == design.shape[1])


def _columns(x: Array) -> Array:
    return x.reshape(len(x), -1)


class _Shape:
    """Looks for a pattern from the output down."""

    def __init__(self, graph: Graph, data: Collection[str]) -> None:
        self._data = data
        self._nodes = graph.nodes
        self._output = graph.output

    def least_squares(self) -> Model | None:
        inner = self._under(self._output, sum_)
        squared = self._under(inner[0] if inner else self._output, sq)
        difference = self._under(squared[0], sub) if squared else None
        if difference is None:
            return None
        for target, scores in (difference, difference[::-1]):
            found = self._affine(scores)
            name = self._leaf(target)
            if found is not None and name is not None and name not in found:
                return Model(ModelKind.LEAST_SQUARES, found[0], found[1], name, found[2])
        return None

    def softmax_likelihood(self) -> Model | None:
        parts = self._picked()
        found = self._affine(parts[0]) if parts is not None else None
        target = self._leaf(parts[1]) if parts is not None else None
        if found is None or target is None:
            return None
        return Model(ModelKind.SOFTMAX, found[0], found[1], target, found[2])

    def _picked(self) -> tuple[NodeId, NodeId] | None:
        """The scores and the class of −log softmax(scores)[class], in each way to write it."""
        direct = self._under(self._output, cross_entropy)
        if direct:
            return direct[0], direct[1]
        negated = self._under(self._output, neg)
        if not negated:
            return None
        logged = self._under(negated[0], log)
        taken = self._under(logged[0] if logged else negated[0], take)
        if not taken:
            return None
        inner = taken[0]
        if not logged:
            stable = self._under(inner, log_softmax)
            if stable:
                return stable[0], taken[1]
            outer = self._under(inner, log)
            inner = outer[0] if outer else inner
            if not outer:
                return None
        shares = self._under(inner, softmax)
        return (shares[0], taken[1]) if shares else None

    def _affine(self, node: NodeId) -> tuple[str, str, str | None] | None:
        """W, x and b of W x + b, or W and x of W x."""
        terms = self._under(node, add)
        for product, offset in (terms, terms[::-1]) if terms else ((node, None),):
            factors = self._under(product, matmul) or self._under(product, mul)
            names = [self._leaf(factor) for factor in factors] if factors else []
            shift = self._leaf(offset) if offset is not None else None
            if len(names) == 2 and names[0] and names[1] and (offset is None or shift is not None):
                is_swapped = names[0] in self._data  # x W, as is usual with rows
                return (names[1], names[0], shift) if is_swapped else (names[0], names[1], shift)
        return None

    def _under(self, node_id: NodeId, op: Op) -> tuple[NodeId, ...] | None:
        node: Node = self._nodes[node_id]
        return node.operands if isinstance(node, Apply) and node.op is op else None

    def _leaf(self, node_id: NodeId | None) -> str | None:
        node = self._nodes[node_id] if node_id is not None else None
        return node.name if isinstance(node, Leaf) else None
