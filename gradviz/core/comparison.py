"""Two runs of one graph beside each other: where their values, adjoints and losses differ, and by how much."""

import math
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Edge
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A number in one run and in the other; None where a run did not get there."""

    before: Array | None
    after: Array | None

    @property
    def difference(self) -> Array | None:
        """after − before, 0 where both are the same infinity; None where one is missing or the shapes differ."""
        if self.before is None or self.after is None or np.shape(self.before) != np.shape(self.after):
            return None
        before, after = np.asarray(self.before), np.asarray(self.after)
        with np.errstate(all="ignore"):
            return np.asarray(np.where((before == after) | (np.isnan(before) & np.isnan(after)), 0.0, after - before))

    @property
    def size(self) -> float:
        """The Euclidean length of the difference; infinite where the two can't be compared."""
        difference = self.difference
        if difference is not None:
            length = norm(difference)
            return math.inf if math.isnan(length) else length
        return 0.0 if self.before is None and self.after is None else math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All differences between two runs, by node and by edge."""

    before: Trace
    after: Trace
    values: tuple[Change, ...]
    adjoints: tuple[Change, ...]

    @property
    def loss(self) -> Change:
        """The output in both runs."""
        return self.values[self.before.graph.output]

    def contribution(self, edge: Edge) -> Change:
        """What an edge sends back in both runs."""
        key = (edge.target, edge.operand)
        return Change(self.before.contributions.get(key), self.after.contributions.get(key))

    @property
    def changed(self) -> tuple[NodeId, ...]:
        """The nodes at which a value or an adjoint differs, the largest change of either first."""
        sizes = [max(v.size, a.size) for v, a in zip(self.values, self.adjoints, strict=True)]
        different = [NodeId(i) for i, size in enumerate(sizes) if size > 0]
        return tuple(sorted(different, key=lambda node: -sizes[node]))


def compare(before: Trace, after: Trace) -> Comparison:
    """The differences between two runs; raises GraphError when they are runs of different graphs."""
    if before.graph is not after.graph and not before.graph.same_as(after.graph):
        raise GraphError("only runs of one graph can be compared; the formula has changed in between")
    return Comparison(
        before,
        after,
        tuple(map(Change, before.values, after.values)),
        tuple(map(Change, before.adjoints, after.adjoints)),
    )
