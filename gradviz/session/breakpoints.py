"""Breakpoints: where a run stops by itself.

A breakpoint stands on a node or an edge, forward or backward, or nowhere in particular; it may have a condition
(conditions.py), pass over its first hits, and ask that its condition lasts for some iterations.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from gradviz.core.graph import Apply, Graph
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import FormulaError, GraphError
from gradviz.project.stops import Breakpoint
from gradviz.session.conditions import LOSS, Question, question
from gradviz.session.scene import Moment, Scene, TraceScene, edge_of, holds, steps_where
from gradviz.session.tally import Tally
from gradviz.text import numbers
from gradviz.text.symbols import display, symbols


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """A place of a run where a breakpoint stops it. position: just after the step."""

    position: int
    node: NodeId
    cause: str
    breakpoint: Breakpoint | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What a trace is one of: its iteration, the loss over all samples there, and what went before.

    earlier: gives the scene of the iteration before. tallies: how often each breakpoint was hit until now.
    is_sample: it is the run of one sample of many.
    """

    iteration: int = 0
    loss: float | None = None
    earlier: Callable[[], Scene | None] | None = None
    tallies: Mapping[Breakpoint, Tally] = field(default_factory=lambda: MappingProxyType({}))
    is_sample: bool = False

    def scene(self, trace: Trace) -> TraceScene:
        """The trace as conditions see it."""
        return TraceScene(trace, self.iteration, self.loss, self.earlier, is_sample=self.is_sample)


ALONE = Context()
"""The context of a run that is no part of a training."""


@lru_cache(maxsize=256)
def asked(text: str, graph: Graph) -> Question | FormulaError:
    """The question that a text is for a graph, or why it is none."""
    try:
        return question(text, graph)
    except FormulaError as error:
        return error


def trouble_of(point: Breakpoint, graph: Graph) -> FormulaError | None:
    """Why a breakpoint can never stop a run of the graph: its condition can't be read."""
    if not point.condition.strip():
        if point.node is None:
            return FormulaError("a breakpoint without a place needs a condition, such as isnan(value)")
        return None
    found = asked(point.condition, graph)
    return found if isinstance(found, FormulaError) else None


def stops_of(point: Breakpoint, scene: TraceScene, tally: Tally | None = None) -> list[BreakpointHit]:
    """The stops that one breakpoint makes in a run, after those that it ignores and once it has lasted."""
    if not point.is_enabled:
        return []
    found = list(hits_of(point, scene))
    before, streak = (0, 0) if tally is None else (tally.before(scene.iteration), tally.streak(scene.iteration))
    if not found or streak + 1 < point.lasts:
        return []
    return found[max(0, point.ignore - before) :]


def hits_of(point: Breakpoint, scene: TraceScene) -> Iterator[BreakpointHit]:
    """Everywhere in a run where a breakpoint's place is passed and its condition holds."""
    if point.node is not None:
        moment = scene.place(point)
        if moment is not None and _holds_at(point, scene, moment):
            yield BreakpointHit(moment.since + 1, point.node, _cause(point, scene, moment), point)
        return
    found = asked(point.condition, scene.trace.graph)
    if isinstance(found, FormulaError):
        return
    for index in steps_where(found, scene):
        step = scene.trace.steps[index]
        yield BreakpointHit(index + 1, step.node, f"{found.text} holds{_loss_words(found, scene)}", point)


def _loss_words(question: Question, scene: TraceScene) -> str:
    """The loss over all samples, where a condition asks for it: the run that is shown has another one."""
    is_asked = LOSS in question.names and LOSS not in question.nodes
    if not is_asked or scene.loss is None or not scene.is_sample:
        return ""
    return f" (loss = {numbers.typeset_value(scene.loss.value)})"


def _holds_at(point: Breakpoint, scene: TraceScene, moment: Moment) -> bool:
    if not point.condition.strip():
        return True
    found = asked(point.condition, scene.trace.graph)
    answer = None if isinstance(found, FormulaError) else holds(found, scene, moment)
    return answer is not None and bool(answer.value) and answer.since <= moment.since


def _cause(point: Breakpoint, scene: TraceScene, moment: Moment) -> str:
    what = f"breakpoint at {place_name(point, scene.trace.graph)}, {point.phase.value}"
    if not point.condition.strip():
        return what
    shown = [
        f"{name} = {numbers.typeset_value(value)}"
        for name, value in (("value", moment.value), ("adjoint", moment.adjoint))
        if name in point.condition and value is not None
    ]
    return f"{what}: {point.condition.strip()} holds" + (f" ({', '.join(shown)})" if shown else "")


def place_name(point: Breakpoint, graph: Graph) -> str:
    """Where a breakpoint stands, in words: "v₂", "x → v₂", "anywhere"."""
    if point.node is None:
        return "anywhere"
    names = symbols(graph)
    if not 0 <= point.node < len(graph):
        return "?"
    target = display(names[point.node])
    if point.operand is None:
        return target
    try:
        edge = edge_of(graph, point.node, point.operand)
    except GraphError:
        return "?"
    node = graph.nodes[point.node]
    assert isinstance(node, Apply)
    slot = f" (operand {point.operand + 1})" if node.operands.count(edge.source) > 1 else ""
    return f"{display(names[edge.source])} → {target}{slot}"


def first_non_finite(trace: Trace) -> BreakpointHit | None:
    """The first step whose value holds a NaN or an infinity; None when all is finite."""
    for step in trace.steps:
        if step.value is not None and not np.all(np.isfinite(step.value)):
            return BreakpointHit(step.index + 1, step.node, f"{subject(trace, step)} is {trouble(step.value)}")
    return None


def subject(trace: Trace, step: Step) -> str:
    """What a step's number is, in words: "the value of v₁", "what v₂ sends back to x"."""
    names = [display(name) for name in symbols(trace.graph)]
    node = trace.graph.nodes[step.node]
    if step.kind is StepKind.CONTRIBUTE and step.operand is not None and isinstance(node, Apply):
        return f"what {names[step.node]} sends back to {names[node.operands[step.operand]]}"
    if step.kind is StepKind.UPDATE:
        return f"the new value of {names[step.node]}"
    return f"the value of {names[step.node]}"


def trouble(value: Array) -> str:
    """NaN, ∞ or −∞, whichever is worst in a value that is not finite."""
    if np.any(np.isnan(value)):
        return "NaN"
    return "−∞" if np.all(value[~np.isfinite(value)] < 0) else "∞"
