"""The gradient of the sum is the sum of the per-sample gradients: both are computed, and held against each other.

    L = Σᵢ ℓ(θ; xᵢ)         ∇L = Σᵢ gᵢ,  gᵢ = ∇ℓ(θ; xᵢ)

Each gᵢ comes from the formula for one sample, sample after sample; ∇L from the batched executor, which has the sample
axis in every array and never sees one sample alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.batching import batch_loss
from gradviz.core.compile import Compiled, compile, compile_loss
from gradviz.core.expr import Tape
from gradviz.core.graph import Graph
from gradviz.core.record import wanted_leaves
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.errors import GraphError

AGREEMENT = 1e-10
"""The largest difference, relative to the sum of the sizes |gᵢ|, that counts as rounding."""

MOST_KEPT = 2_000_000
"""Beyond so many numbers the gᵢ themselves are not kept, only their lengths and their sum."""


@dataclass(frozen=True, slots=True, eq=False)
class LeafSum:
    """One parameter's gradient both ways.

    each: gᵢ with the samples first, None when there are too many numbers. total: Σ gᵢ. batch: by the batched executor.
    difference: the largest |Σ gᵢ − batch| relative to the largest Σ |gᵢ|.
    """

    each: Array | None
    total: Array
    batch: Array
    difference: float

    @property
    def agrees(self) -> bool:
        """True when both are equal to rounding."""
        return self.difference <= AGREEMENT


@dataclass(frozen=True, slots=True, eq=False)
class SampleGradients:
    """All samples. losses, norms: ℓᵢ and |gᵢ| over all parameters together. loss: Σ ℓᵢ by the batched executor."""

    losses: Array
    norms: Array
    loss: float
    leaves: Mapping[str, LeafSum]

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.losses)

    @property
    def agrees(self) -> bool:
        """True when the sum of the gradients is the gradient of the sum for every parameter."""
        return all(leaf.agrees for leaf in self.leaves.values())

    @property
    def difference(self) -> float:
        """The largest difference of all parameters."""
        return max((leaf.difference for leaf in self.leaves.values()), default=0.0)

    @property
    def verdict(self) -> str:
        """In words: whether both agree, or where they don't."""
        samples = "1 sample" if self.count == 1 else f"{self.count:,} samples"
        if self.agrees:
            return f"the sum of the gradients of {samples} is the gradient of their sum"
        bad = np.flatnonzero(~np.isfinite(self.norms))
        if bad.size:
            return f"sample {bad[0]} has a gradient that is not finite, so the sum is not either"
        wrong = ", ".join(name for name, leaf in self.leaves.items() if not leaf.agrees)
        return f"wrong: the sum of the gradients of {samples} is not the gradient of their sum, by {wrong}"


def sample_gradients(
    graph: Graph,
    values: Mapping[str, Any],
    data: Mapping[str, Array],
    *,
    wrt: Iterable[str] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SampleGradients | None:
    """Every sample's loss and gradient, their sum, and the gradient of the sum; None when cancelled.

    values: of the leaves that are no data. data: with the samples as first axis; leaves that the graph lacks are
    left aside. wrt: the leaves to differentiate by; all that are no data when None.
    Raises GraphError when the loss of one sample is no scalar, or when there is nothing to sum.
    """
    leaves = graph.leaves()
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in data.items() if name in leaves}
    if not columns:
        raise GraphError("no leaf of the formula is bound to data, so there are no samples")
    fixed = {name: np.asarray(value, dtype=np.float64) for name, value in values.items() if name in leaves}
    fixed = {**{name: value for name, value in graph.defaults.items() if name in leaves}, **fixed}
    fixed = {name: value for name, value in fixed.items() if name not in columns}
    wanted = [name for name in leaves if name in wanted_leaves(graph, wrt) and name not in columns]
    count = len(next(iter(columns.values())))
    batch_loss, batch = _batched(graph, fixed, columns, wanted, count)
    found = _Sums(count, {name: np.shape(fixed[name]) for name in wanted})
    for i, (loss, gradients) in enumerate(_one_by_one(graph, fixed, columns, wanted)):
        if cancelled():
            return None
        found.add(i, loss, gradients)
    return SampleGradients(
        found.losses, found.norms, batch_loss, {name: found.leaf(name, batch[name]) for name in wanted}
    )


def batch_graph(graph: Graph, values: Mapping[str, Any], data: Mapping[str, Array]) -> Graph:
    """The sum of the loss over all samples as one graph, whose data leaves hold all samples."""
    tape = Tape()
    shapes = {name: np.shape(value) for name, value in {**graph.defaults, **values}.items()}
    shapes |= {name: column.shape[1:] for name, column in data.items()}
    count = len(next(iter(data.values())))
    return tape.graph(batch_loss(tape, graph, shapes, data=data, samples=count, reduce="sum"))


def _batched(
    graph: Graph, fixed: Mapping[str, Array], columns: Mapping[str, Array], wanted: Collection[str], count: int
) -> tuple[float, Mapping[str, Array]]:
    missing = [name for name in graph.leaves() if name not in fixed and name not in columns]
    if missing:
        raise GraphError(f"{missing[0]} has no value; give it as {missing[0]}=2 or bind it to a column")
    shapes = {name: v.shape for name, v in fixed.items()} | {name: c.shape[1:] for name, c in columns.items()}
    function = compile_loss(graph, shapes, wrt=wanted, data=list(columns), samples=count, reduce="sum")
    loss, gradients = function({**fixed, **columns})
    return float(loss), gradients


def _one_by_one(
    graph: Graph, fixed: Mapping[str, Array], columns: Mapping[str, Array], wanted: Collection[str]
) -> Iterator[tuple[float, Mapping[str, Any]]]:
    first = {name: column[0] for name, column in columns.items()} if len(next(iter(columns.values()))) else {}
    if not first:
        return
    function: Compiled = compile(graph, wanted, **{**fixed, **first})
    for i in range(len(next(iter(columns.values())))):
        loss, gradients = function({**fixed, **{name: column[i] for name, column in columns.items()}})
        yield float(loss), gradients


class _Sums:
    """Adds gradients up and keeps them where there is room."""

    def __init__(self, count: int, shapes: Mapping[str, Shape]) -> None:
        self.losses, self.norms = np.empty(count), np.empty(count)
        is_kept = count * sum(int(np.prod(shape)) for shape in shapes.values()) <= MOST_KEPT
        self._each = {name: np.empty((count, *shape)) if is_kept else None for name, shape in shapes.items()}
        self._total = {name: np.zeros(shape) for name, shape in shapes.items()}
        self._sizes = {name: np.zeros(shape) for name, shape in shapes.items()}

    def add(self, place: int, loss: float, gradients: Mapping[str, Any]) -> None:
        """Add one sample."""
        self.losses[place] = loss
        square = 0.0
        with np.errstate(all="ignore"):
            for name, gradient in gradients.items():
                g = np.asarray(gradient)
                self._total[name] += g
                self._sizes[name] += np.abs(g)
                square += float(np.sum(np.square(g)))
                if (each := self._each[name]) is not None:
                    each[place] = g
        self.norms[place] = np.sqrt(square)

    def leaf(self, name: str, batch: Any) -> LeafSum:
        """One parameter's sum beside the gradient of the batch."""
        total = self._total[name]
        scale = float(np.max(self._sizes[name], initial=0.0))
        with np.errstate(all="ignore"):
            gap = float(np.max(np.abs(total - batch), initial=0.0))
        difference = 0.0 if gap == 0.0 else gap / scale if np.isfinite(gap) and scale > 0.0 else float("inf")
        return LeafSum(self._each[name], _scalar(total), _scalar(np.asarray(batch)), difference)


def _scalar(x: Array) -> Array:
    return x if x.shape != SCALAR else x[()]
