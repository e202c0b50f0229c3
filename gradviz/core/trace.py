"""One recorded forward and backward run, immutable: everything that the debugger can show.

A debugger is a position in `Trace.steps`, so going back costs nothing and is exact. Position k means that
the first k steps have happened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Hole, Leaf, Literal
from gradviz.core.holes import complete, open_port
from gradviz.core.op import as_value
from gradviz.core.types import SCALAR, Array, NodeId
from gradviz.errors import GradvizError, GraphError


class StepKind(Enum):
    """What one debugger step does."""

    EVALUATE = "evaluate"
    """A leaf takes its value or an op computes; `value` is the node's value."""
    SEED = "seed"
    """The output's adjoint is set to one; `value` is that adjoint."""
    CONTRIBUTE = "contribute"
    """One edge sends upstream × local back; `value` is the contribution."""
    UPDATE = "update"
    """A parameter takes its new value; `value` is the new value."""
    FAIL = "fail"
    """An op could not compute: the last step of its trace."""


class Phase(Enum):
    """The stretch of a run that a step belongs to."""

    FORWARD = "forward"
    SEED = "seed"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One debugger step. For CONTRIBUTE, `node` is the op that sends and `operand` the slot that receives."""

    index: int
    kind: StepKind
    phase: Phase
    node: NodeId
    operand: int | None
    value: Array | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that went wrong in numbers at a node, such as an overflow; the run went on."""

    node: NodeId
    operand: int | None
    """None in the forward pass, else the slot whose contribution was computed."""
    what: str
    """One of overflow, underflow, division by zero, invalid value."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Values, contributions, adjoints and steps of one run of a graph.

    values[node], adjoints[node]: None where the run did not get there, an operand is missing, or nothing flows back.
    contributions[(node, operand)]: what that edge sends back, in the shape of the operand.
    wanted: the leaves by which the output was differentiated.
    updates: new parameter values, when an update was recorded with the run.
    loose_failures: why nodes that don't lead to the output could not compute; the run went on without them.
    """

    graph: Graph
    values: tuple[Array | None, ...]
    contributions: Mapping[tuple[NodeId, int], Array]
    adjoints: tuple[Array | None, ...]
    steps: tuple[Step, ...]
    wanted: frozenset[str]
    findings: tuple[Finding, ...] = ()
    failure: GradvizError | None = None
    updates: Mapping[str, Array] = field(default_factory=dict)
    loose_failures: Mapping[NodeId, GradvizError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "loose_failures", MappingProxyType(dict(self.loose_failures)))
        object.__setattr__(self, "contributions", MappingProxyType(dict(self.contributions)))
        object.__setattr__(self, "updates", MappingProxyType(dict(self.updates)))

    def __reduce__(self) -> tuple[Callable[..., "Trace"], tuple[object, ...]]:
        # a mapping proxy can't go to another process, a dict can; arrays come back writeable and are locked again
        further = (self.steps, self.wanted, self.findings, self.failure, dict(self.updates), dict(self.loose_failures))
        return _arrived, (self.graph, self.values, dict(self.contributions), self.adjoints, *further)

    def value(self, node: NodeId | str) -> Array:
        """The forward value of a node, by id or by name."""
        return self._found(self.values, node, "value")

    def adjoint(self, node: NodeId | str) -> Array:
        """∂(output)/∂(node): the sum of the contributions that reached it."""
        return self._found(self.adjoints, node, "adjoint")

    @property
    def result(self) -> Array:
        """The value of the output; raises the failure when the run failed."""
        return self.value(self.graph.output)

    @property
    def gradients(self) -> dict[str, Array]:
        """The adjoint of every wanted leaf; raises the failure when the run failed."""
        if self.failure is not None:
            raise self.failure  # what has come back so far is a part of a sum, no gradient
        complete(self.graph)
        return {name: self.adjoint(node) for name, node in self.graph.leaves().items() if name in self.wanted}

    @property
    def is_seeded_with_ones(self) -> bool:
        """True when the output is no scalar: the derivatives are those of the sum of its elements."""
        return self.is_complete and self.result.shape != SCALAR

    @property
    def is_complete(self) -> bool:
        """True when the output has a value and its derivatives: nothing failed and no operand is missing."""
        return self.failure is None and self.values[self.graph.output] is not None

    def contributions_to(self, node: NodeId) -> dict[Edge, Array]:
        """What each leaving edge of a node sends back to it, in the order in which it is summed."""
        found: dict[Edge, Array] = {}
        for step in self.steps:
            if step.kind is StepKind.CONTRIBUTE and step.operand is not None:
                apply = self.graph.nodes[step.node]
                assert isinstance(apply, Apply)
                if apply.operands[step.operand] == node and step.value is not None:
                    found[Edge(node, step.node, step.operand)] = step.value
        return found

    def with_updates(self, updates: Mapping[str, Any]) -> Self:
        """This trace, followed by one UPDATE step for each parameter."""
        leaves = self.graph.leaves()
        values = {name: as_value(value) for name, value in updates.items()}
        start = len(self.steps)
        more = tuple(
            Step(start + i, StepKind.UPDATE, Phase.UPDATE, leaves[name], None, value)
            for i, (name, value) in enumerate(values.items())
        )
        return replace(self, steps=self.steps + more, updates=values)

    def _found(self, column: tuple[Array | None, ...], node: NodeId | str, what: str) -> Array:
        node_id = self.graph.find(node) if isinstance(node, str) else node
        if not 0 <= node_id < len(column):
            raise GraphError(f"the graph has no node {node_id}; they go from 0 to {len(column) - 1}")
        found = column[node_id]
        if found is not None:
            return found
        if self.failure is not None:
            raise self.failure
        if node_id in self.loose_failures:
            raise self.loose_failures[node_id]
        if what == "value":
            raise open_port(self.graph, node_id)
        raise GraphError(f"node {node_id} has no {what}: nothing flows back to it", node=node_id)


def is_differentiable(graph: Graph, node: NodeId) -> bool:
    """True for a node that can take an adjoint: anything but a number in the formula or an open port."""
    return not isinstance(graph.nodes[node], Literal | Hole)


def leaf_name(graph: Graph, node: NodeId) -> str | None:
    """The name of a leaf, None for any other node."""
    found = graph.nodes[node]
    return found.name if isinstance(found, Leaf) else None


def _arrived(*fields: Any) -> Trace:
    """A trace from another process; nothing in it can be written."""
    trace = Trace(*fields)
    every = (*trace.values, *trace.adjoints, *trace.contributions.values(), *trace.updates.values())
    for value in (*every, *(step.value for step in trace.steps)):
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return trace
