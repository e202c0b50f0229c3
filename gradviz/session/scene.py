"""What a condition or a watch sees: the numbers of one recorded run, or of the runs of many samples at once.

A scene has *fixed* numbers, each known from some step on (the value of h, ∂L/∂W, the loss), and *moments*, one a
step, each with a `value` or an `adjoint` of its own. `ask` looks up the leaves of a clause and evaluates it; where a
looked-up array has a sample axis, so has the answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Leaf
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import GradvizError, GraphError
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.conditions import (
    ADJOINT,
    ITERATION,
    LOSS,
    NUMBER,
    VALUE,
    WILD,
    Clause,
    Joint,
    Question,
    Truth,
    is_gradient,
)

Key = tuple[object, ...]
"""What a moment is called in every run of a graph, so that it can be found one iteration earlier."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A number that was looked up or computed. since: the step from which it is known."""

    value: Any
    is_batched: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A step, or a place at which a breakpoint stands: what value, adjoint and number mean there."""

    key: Key
    since: int
    value: Array | None = None
    adjoint: Array | None = None
    number: Array | None = None
    is_batched: bool = False

    def find(self, name: str) -> Found | None:
        """The number of that wild name, None where this moment has none."""
        found = {VALUE: self.value, ADJOINT: self.adjoint, NUMBER: self.number}[name]
        return None if found is None else Found(found, self.is_batched, self.since)


class Scene(Protocol):
    """The numbers of one iteration. previous: those of the iteration before, None before the first."""

    iteration: int

    @property
    def previous(self) -> "Scene | None":
        """The same runs one iteration earlier."""
        ...

    @property
    def loss(self) -> Found | None:
        """The loss, once it is known."""
        ...

    def value(self, node: NodeId) -> Found | None:
        """The value of a node."""
        ...

    def adjoint(self, node: NodeId) -> Found | None:
        """The complete adjoint of a node."""
        ...

    def moments(self) -> Iterator[Moment]:
        """One moment a step, in order."""
        ...

    def moment(self, key: Key) -> Moment | None:
        """The moment of that name."""
        ...

    def place(self, point: Breakpoint) -> Moment | None:
        """The moment at which a breakpoint on a node or an edge may stop; None when the run has none."""
        ...


def holds(question: Question, scene: Scene, moment: Moment | None = None) -> Found | None:
    """Whether a condition holds, a bool (one a sample with a sample axis); None where it can't be said."""
    return _truth(question.truth, question, scene, moment)


def number(question: Question, scene: Scene, moment: Moment | None = None) -> Found | None:
    """What a watch shows: the value of its expression, or of a condition 1 where it holds and 0 where not."""
    if isinstance(question.truth, Clause):
        return _clause(question.truth, question, scene, moment)
    return holds(question, scene, moment)


def steps_where(asked_for: Question, scene: Scene) -> Iterator[int]:
    """The steps with which a condition comes to hold: each one for which it asks, or the one that decides it."""
    if not asked_for.is_wild:
        found = holds(asked_for, scene)
        if found is not None and found.value and next(scene.moments(), None) is not None:
            yield found.since
        return
    for moment in scene.moments():
        found = holds(asked_for, scene, moment)
        if found is not None and found.value and found.since <= moment.since:
            yield moment.since


def _truth(truth: Truth, question: Question, scene: Scene, moment: Moment | None) -> Found | None:
    if isinstance(truth, Clause):
        return _as_bool(_clause(truth, question, scene, moment))
    parts = [_truth(part, question, scene, moment) for part in truth.parts]
    known = [part for part in parts if part is not None]
    is_batched = any(part.is_batched for part in known)
    match truth.joint:
        case Joint.NOT:
            return Found(np.logical_not(known[0].value), is_batched, known[0].since) if known else None
        case Joint.AND:
            if len(known) < len(parts):
                return None
            value = np.logical_and.reduce(np.broadcast_arrays(*(part.value for part in known)))
            return Found(value, is_batched, max(part.since for part in known))
        case Joint.OR:
            if not known:
                return None
            value = np.logical_or.reduce(np.broadcast_arrays(*(part.value for part in known)))
            firsts = [part.since for part in known if np.any(part.value)]
            return Found(value, is_batched, min(firsts, default=known[0].since))


def _as_bool(found: Found | None) -> Found | None:
    """An array fulfils a condition with any of its elements; NaN is no truth."""
    if found is None:
        return None
    value = np.asarray(found.value)
    is_true = (value != 0) & ~np.isnan(value)
    axes = tuple(range(1 if found.is_batched else 0, value.ndim))
    return Found(np.any(is_true, axis=axes), found.is_batched, found.since)


def _clause(clause: Clause, question: Question, scene: Scene, moment: Moment | None) -> Found | None:
    looked_up: dict[str, Found] = {}
    for name in clause.graph.leaves():
        found = _look_up(name, clause, question, scene, moment)
        if found is None:
            return None
        looked_up[name] = found
    try:
        value, is_batched = evaluate(clause.graph, looked_up)
    except (GradvizError, ValueError, ArithmeticError, IndexError):  # shapes that don't fit at this moment
        return None
    return Found(value, is_batched, max((found.since for found in looked_up.values()), default=0))


def _look_up(name: str, clause: Clause, question: Question, scene: Scene, moment: Moment | None) -> Found | None:
    if name in clause.earlier:
        earlier = scene.previous
        if earlier is None:
            return None
        then = earlier.moment(moment.key) if moment is not None else None
        found = _clause(clause.earlier[name], question, earlier, then)
        return None if found is None else Found(found.value, found.is_batched)
    if is_gradient(name):
        inner = name[1:]
        return scene.adjoint(question.nodes[inner]) if inner in question.nodes else _loss_adjoint(scene)
    if name in question.nodes:
        return scene.value(question.nodes[name])
    if name in WILD:
        return moment.find(name) if moment is not None else None
    if name == LOSS:
        return scene.loss
    return Found(np.float64(scene.iteration)) if name == ITERATION else None


def _loss_adjoint(scene: Scene) -> Found | None:
    loss = scene.loss
    return None if loss is None else Found(np.float64(1.0), False, loss.since)


def evaluate(graph: Graph, leaves: dict[str, Found]) -> tuple[Any, bool]:
    """The value of a formula's output, and whether it has a sample axis because one of its leaves has one."""
    values: list[Any] = []
    flags: list[bool] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            match node:
                case Leaf():
                    values.append(leaves[node.name].value)
                    flags.append(leaves[node.name].is_batched)
                case Apply():
                    operands = [values[i] for i in node.operands]
                    batched = tuple(flags[i] for i in node.operands)
                    apply: Callable[..., Any] = node.op.evaluate
                    if any(batched):
                        values.append(node.op.batch(batched, *operands, **node.settings))
                    else:
                        values.append(apply(*operands, **node.settings))
                    flags.append(any(batched))
                case _:
                    values.append(getattr(node, "value", None))
                    flags.append(False)
    return values[graph.output], flags[graph.output]


class TraceScene:
    """A recorded run. loss: that over all samples, where the run is of one of them (is_sample)."""

    def __init__(
        self,
        trace: Trace,
        iteration: int = 0,
        loss: float | None = None,
        earlier: "Callable[[], Scene | None] | None" = None,
        *,
        is_sample: bool = False,
    ) -> None:
        self.trace = trace
        self.is_sample = is_sample
        self.iteration = iteration
        self._loss = loss
        self._earlier = earlier

    @cached_property
    def previous(self) -> Scene | None:
        """The same run one iteration earlier, recorded when it is asked for."""
        return self._earlier() if self._earlier is not None else None

    @property
    def loss(self) -> Found | None:
        """The loss over all samples, or the run's own output."""
        since = self._evaluated.get(self.trace.graph.output)
        if since is None:
            return None
        value = self.trace.values[self.trace.graph.output] if self._loss is None else np.float64(self._loss)
        return Found(value, False, since)

    def value(self, node: NodeId) -> Found | None:
        """The value of a node, from the step in which it is computed."""
        found, since = self.trace.values[node], self._evaluated.get(node)
        return None if found is None or since is None else Found(found, False, since)

    def adjoint(self, node: NodeId) -> Found | None:
        """The adjoint of a node, from its last contribution."""
        found, since = self.trace.adjoints[node], self._complete.get(node)
        return None if found is None or since is None else Found(found, False, since)

    def moments(self) -> Iterator[Moment]:
        """One moment a step."""
        return (_moment(step) for step in self.trace.steps if step.value is not None)

    def at_step(self, index: int) -> Moment | None:
        """The moment of the step of that number."""
        step = self.trace.steps[index]
        return None if step.value is None else _moment(step)

    def moment(self, key: Key) -> Moment | None:
        """The moment of that name."""
        if key and isinstance(key[0], Breakpoint):
            return self.place(key[0])
        return self._by_key.get(key)

    def place(self, point: Breakpoint) -> Moment | None:
        """Forward the step that computes, backward the one after which all has been sent back (or received)."""
        node, graph = point.node, self.trace.graph
        if node is None or not 0 <= node < len(graph):
            return None
        index = self._place_index(point, node)
        if index is None:
            return None
        if point.operand is None:
            adjoint = self.trace.adjoints[node]
            return Moment((point,), index, self.trace.values[node], adjoint, adjoint)
        source = edge_of(graph, node, point.operand).source
        contribution = self.trace.contributions.get((node, point.operand))
        return Moment((point,), index, self.trace.values[source], contribution, contribution)

    def _place_index(self, point: Breakpoint, node: NodeId) -> int | None:
        if point.phase is BreakPhase.FORWARD:
            return self._evaluated.get(node)
        if point.operand is not None:
            return self._sent_by_edge.get((node, point.operand))
        return self._sent.get(node, self._complete.get(node))

    @cached_property
    def _evaluated(self) -> dict[NodeId, int]:
        return {step.node: step.index for step in self.trace.steps if step.kind is StepKind.EVALUATE}

    @cached_property
    def _complete(self) -> dict[NodeId, int]:
        return {receiver: step.index for step, receiver in receivers(self.trace)}

    @cached_property
    def _sent(self) -> dict[NodeId, int]:
        return {step.node: step.index for step in self.trace.steps if step.kind is StepKind.CONTRIBUTE}

    @cached_property
    def _sent_by_edge(self) -> dict[tuple[NodeId, int | None], int]:
        return {(s.node, s.operand): s.index for s in self.trace.steps if s.kind is StepKind.CONTRIBUTE}

    @cached_property
    def _by_key(self) -> dict[Key, Moment]:
        return {moment.key: moment for moment in self.moments()}


def _moment(step: Step) -> Moment:
    key: Key = (step.kind, step.node, step.operand)
    if step.kind in (StepKind.EVALUATE, StepKind.UPDATE):
        return Moment(key, step.index, value=step.value, number=step.value)
    return Moment(key, step.index, adjoint=step.value, number=step.value)


def receivers(trace: Trace) -> Iterator[tuple[Step, NodeId]]:
    """The steps of the backward pass, each with the node whose adjoint it adds to."""
    for step in trace.steps:
        if step.kind is StepKind.SEED:
            yield step, step.node
        elif step.kind is StepKind.CONTRIBUTE and step.operand is not None:
            yield step, edge_of(trace.graph, step.node, step.operand).source


def edge_of(graph: Graph, node: NodeId, operand: int) -> Edge:
    """The edge that ends in an operand slot; raises GraphError when there is none."""
    found = graph.nodes[node]
    if not isinstance(found, Apply) or not 0 <= operand < len(found.operands):
        raise GraphError(f"node {node} has no operand {operand}", node=node)
    return Edge(found.operands[operand], node, operand)
