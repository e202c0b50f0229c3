"""The runs of many samples at once: every value, contribution and adjoint that their traces would have.

    record(graph, values of sample i)   one run, all of it, for looking
    run_batch(graph, …)                 the same numbers for all samples, with a sample axis in front

Forward, each op is applied by its own batching rule. Backward, the vjp of that rule sends back what each edge sends,
so what a sample's trace says at an edge stands here in the sample's row. It serves to find the sample worth looking
at; what is then shown is that sample's trace.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradviz.core.compile import Compiled, compile_tape
from gradviz.core.expr import Tape
from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import OPS, Attrs
from gradviz.core.symbolic import backward
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.scene import Found, Key, Moment, Scene, edge_of


@dataclass(frozen=True, slots=True, eq=False)
class BatchRun:
    """The numbers of many runs. is_batched: which nodes have a sample axis (the others are the same for all).

    values, adjoints: None where a run doesn't get there. The adjoint of a node without a sample axis is the sum over
    the samples.
    """

    graph: Graph
    samples: int
    values: tuple[Array | None, ...]
    is_batched: tuple[bool, ...]
    adjoints: tuple[Array | None, ...]
    contributions: Mapping[tuple[NodeId, int], Array]


def run_batch(
    graph: Graph, leaves: Mapping[str, Array], data: Collection[str], samples: int, *, is_backward: bool = True
) -> BatchRun:
    """Run so many samples at once. leaves: with a leading sample axis for those in `data`."""
    values: list[Any] = []
    flags: list[bool] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            value, is_batched = _forward(node, values, flags, leaves, data)
            values.append(value)
            flags.append(is_batched)
        sent: dict[tuple[NodeId, int], Array] = {}
        adjoints: list[Any] = [None] * len(graph)
        if is_backward and values[graph.output] is not None:
            _backward(graph, values, flags, adjoints, sent)
    return BatchRun(graph, samples, tuple(values), tuple(flags), tuple(adjoints), sent)


def _forward(
    node: Any, values: list[Any], flags: list[bool], leaves: Mapping[str, Array], data: Collection[str]
) -> tuple[Any, bool]:
    match node:
        case Leaf():
            return leaves.get(node.name), node.name in data
        case Literal():
            return node.value, False
        case Apply():
            operands = [values[i] for i in node.operands]
            batched = tuple(flags[i] for i in node.operands)
            if any(operand is None for operand in operands):
                return None, any(batched)
            try:
                if any(batched):
                    return node.op.batch(batched, *operands, **node.settings), True
                return node.op.evaluate(*operands, **node.settings), False
            except (GradvizError, ArithmeticError, ValueError, IndexError, np.linalg.LinAlgError):
                return None, any(batched)  # one of the samples can't be computed; its own trace says why
        case _:
            return None, False


def _backward(
    graph: Graph, values: list[Any], flags: list[bool], adjoints: list[Any], sent: dict[tuple[NodeId, int], Array]
) -> None:
    adjoints[graph.output] = np.ones_like(values[graph.output])
    flows_to = graph.reaching(set(graph.leaves().values()))
    for index in range(graph.output, -1, -1):  # reversed: an adjoint is complete before it is read
        node, g = graph.nodes[index], adjoints[index]
        if not isinstance(node, Apply) or g is None:
            continue
        wanted = tuple(k for k, s in enumerate(node.operands) if s in flows_to and node.op.is_differentiable_by(k))
        operands = [values[source] for source in node.operands]
        batched = tuple(flags[source] for source in node.operands)
        shapes = tuple(np.shape(operand) for operand in operands)
        if not wanted:
            continue
        local = _local(node.op.name, node.attrs, batched, shapes, wanted)
        arguments = [float(x) if np.shape(x) == SCALAR else x for x in (*operands, g)]
        for operand, contribution in zip(wanted, local.run(*arguments)[1:], strict=True):
            source = node.operands[operand]
            sent[NodeId(index), operand] = contribution
            before = adjoints[source]
            adjoints[source] = contribution if before is None else before + contribution


@lru_cache(maxsize=2000)
def _local(
    op_name: str, attrs: Attrs, batched: tuple[bool, ...], shapes: tuple[Shape, ...], wanted: tuple[int, ...]
) -> Compiled:
    """What one op sends back to the wanted operands, as a function of its operands and its adjoint."""
    tape, op = Tape(), OPS[op_name]
    operands = [tape.leaf(f"x{i}", shape) for i, shape in enumerate(shapes)]
    applied = op.batch(batched, *operands, **dict(attrs)) if any(batched) else op(*operands, **dict(attrs))
    result = tape.lift(applied)
    seed = tape.leaf("g", result.shape)
    sent = backward(result, [operands[i] for i in wanted], seed)
    leaf_shapes = {**{f"x{i}": shape for i, shape in enumerate(shapes)}, "g": result.shape}
    return compile_tape(result, {f"x{i}": expr for i, expr in zip(wanted, sent, strict=True)}, leaf_shapes)


class BatchScene:
    """The runs of many samples as a scene; a number that is the same for all samples has no sample axis."""

    def __init__(
        self,
        run: BatchRun,
        iteration: int,
        loss: float,
        earlier: "BatchScene | None" = None,
        updates: Mapping[NodeId, Array] | None = None,
    ) -> None:
        self.run = run
        self._updates = updates or {}
        self.iteration = iteration
        self._loss = loss
        self._earlier = earlier

    @property
    def previous(self) -> Scene | None:
        """The same samples one iteration earlier."""
        return self._earlier

    @property
    def loss(self) -> Found | None:
        """The loss over all samples."""
        return Found(np.float64(self._loss))

    def value(self, node: NodeId) -> Found | None:
        """The value of a node."""
        found = self.run.values[node]
        return None if found is None else Found(found, self.run.is_batched[node])

    def adjoint(self, node: NodeId) -> Found | None:
        """The adjoint of a node."""
        found = self.run.adjoints[node]
        return None if found is None else Found(found, self.run.is_batched[node])

    def moments(self) -> Iterator[Moment]:
        """One moment a node, then one an edge, then one an updated parameter."""
        run = self.run
        for node in run.graph.node_ids():
            value = run.values[node]
            if value is not None and not isinstance(run.graph.nodes[node], Literal):
                yield Moment(("value", node), 0, value=value, number=value, is_batched=run.is_batched[node])
        for (node, operand), contribution in run.contributions.items():
            source = edge_of(run.graph, node, operand).source
            yield Moment(
                ("adjoint", node, operand),
                0,
                adjoint=contribution,
                number=contribution,
                is_batched=run.is_batched[source],
            )

        for node, value in self._updates.items():
            yield Moment(("update", node), 0, value=value, number=value)

    def moment(self, key: Key) -> Moment | None:
        """The moment of that name."""
        if key and isinstance(key[0], Breakpoint):
            return self.place(key[0])
        return next((moment for moment in self.moments() if moment.key == key), None)

    def place(self, point: Breakpoint) -> Moment | None:
        """What a breakpoint's place shows in every run."""
        node, run = point.node, self.run
        if node is None or not 0 <= node < len(run.graph):
            return None
        source = node if point.operand is None else edge_of(run.graph, node, point.operand).source
        adjoint = run.adjoints[node] if point.operand is None else run.contributions.get((node, point.operand))
        if (run.values[source] if point.phase is BreakPhase.FORWARD else adjoint) is None:
            return None
        return Moment((point,), 0, run.values[source], adjoint, adjoint, run.is_batched[source])
