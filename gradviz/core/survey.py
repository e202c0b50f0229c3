"""The batch as what it is: a sum of samples. Each sample's run is recorded, and all of them are added up.

    L = Σᵢ ℓᵢ        ∂L/∂θ = Σᵢ ∂ℓᵢ/∂θ        and on each edge: Σᵢ of what the edge sends back for sample i

Memory does not grow with the number of samples: a run is added to the sum and forgotten; its loss and the length of
its gradient are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradviz.core.flow import never
from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.record import record
from gradviz.core.statistics import norm
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """All samples of a batch. samples: which they are. losses, gradient_norms: NaN for a sample that has no run.

    total: the runs added up, as one trace; None when no sample has a run. Nodes that don't depend on the data keep
    their value in it. failed: how many samples have no run.
    """

    samples: tuple[int, ...]
    losses: Array
    gradient_norms: Array
    total: Trace | None
    failed: int

    @property
    def worst(self) -> int | None:
        """The sample with the largest loss."""
        return self._largest(self.losses)

    @property
    def steepest(self) -> int | None:
        """The sample with the longest gradient."""
        return self._largest(self.gradient_norms)

    def order(self, of: Array) -> list[int]:
        """Places of the samples in `samples` by a column, the largest first; those without a run last."""
        return [int(i) for i in np.argsort(np.where(np.isnan(of), np.inf, -of), kind="stable")]

    def _largest(self, of: Array) -> int | None:
        return self.samples[int(np.nanargmax(of))] if np.any(~np.isnan(of)) else None


def survey(
    graph: Graph,
    values: Mapping[str, Any],
    data: Mapping[str, Array],
    samples: Sequence[int],
    parameters: Sequence[str],
    cancelled: Callable[[], bool] = never,
) -> Survey | None:
    """Record every one of the samples and add their runs up; None when cancelled.

    values: of all leaves (those of data leaves don't matter). data: with the samples along the first axis.
    parameters: the leaves over which the length of a gradient is taken.
    """
    losses, lengths = np.full(len(samples), np.nan), np.full(len(samples), np.nan)
    adder = _Adder(graph, data)
    for place, sample in enumerate(samples):
        if cancelled():
            return None
        run = record(graph, {**values, **{name: as_value(column[sample]) for name, column in data.items()}})
        if run.failure is not None or run.values[graph.output] is None:
            continue
        losses[place] = float(np.sum(run.result))
        gradients = [run.adjoints[node] for name, node in graph.leaves().items() if name in parameters]
        lengths[place] = norm(np.array([norm(g) for g in gradients if g is not None]))
        adder.add(run)
    failed = int(np.count_nonzero(np.isnan(lengths)))
    return Survey(tuple(samples), losses, lengths, adder.total(), failed)


class _Adder:
    """Adds runs up."""

    def __init__(self, graph: Graph, data: Mapping[str, Array]) -> None:
        leaves = graph.leaves()
        self._varies = graph.reaching({leaves[name] for name in data if name in leaves})
        self._first: Trace | None = None
        self._values: list[Array | None] = []
        self._adjoints: list[Array | None] = []
        self._contributions: dict[tuple[NodeId, int], Array] = {}

    def add(self, run: Trace) -> None:
        """Add one run."""
        if self._first is None:
            self._first = run
            self._values, self._adjoints = list(run.values), list(run.adjoints)
            self._contributions = dict(run.contributions)
            return
        with np.errstate(all="ignore"):
            for node in self._varies:
                self._values[node] = _sum(self._values[node], run.values[node])
            for index, adjoint in enumerate(run.adjoints):
                self._adjoints[index] = _sum(self._adjoints[index], adjoint)
            for key, contribution in run.contributions.items():
                self._contributions[key] = _known_sum(self._contributions.get(key), contribution)

    def total(self) -> Trace | None:
        """The sum so far, as a trace with the steps of one run; None before the first."""
        if self._first is None:
            return None
        values = tuple(None if v is None else as_value(v) for v in self._values)
        adjoints = tuple(None if a is None else as_value(a) for a in self._adjoints)
        contributions = {key: as_value(value) for key, value in self._contributions.items()}

        def summed(step: Step) -> Step:
            match step.kind:
                case StepKind.EVALUATE:
                    return replace(step, value=values[step.node])
                case StepKind.SEED:
                    return replace(step, value=adjoints[step.node])
                case StepKind.CONTRIBUTE if step.operand is not None:
                    return replace(step, value=contributions[step.node, step.operand])
                case _:
                    return step

        steps = tuple(map(summed, self._first.steps))
        return replace(self._first, values=values, adjoints=adjoints, contributions=contributions, steps=steps)


def _sum(a: Array | None, b: Array | None) -> Array | None:
    return b if a is None else a if b is None else a + b


def _known_sum(a: Array | None, b: Array) -> Array:
    return b if a is None else a + b
