"""Breakpoints: where a run stops by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply
from gradviz.core.trace import Phase, Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.project.project import BreakPhase, Breakpoint
from gradviz.text.symbols import display, symbols


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """Where a run stopped and why.

    position: just after the step. cause: a sentence such as "breakpoint at v₂, forward" or "the value of v₃ is NaN".
    breakpoint: None for the stop at the first non-finite value.
    """

    position: int
    node: NodeId
    cause: str
    breakpoint: Breakpoint | None = None


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """All breakpoints of a run: those on nodes, and the stop at the first NaN or infinity, on by default."""

    on_nodes: tuple[Breakpoint, ...] = ()
    stops_at_non_finite: bool = True

    def hits(self, trace: Trace) -> tuple[BreakpointHit, ...]:
        """Every stop of a trace, in the order of its positions."""
        found = list(_node_hits(trace, self.on_nodes))
        bad = first_non_finite(trace) if self.stops_at_non_finite else None
        if bad is not None:
            found = [hit for hit in found if hit.position != bad.position] + [bad]
        return tuple(sorted(found, key=lambda hit: hit.position))


def first_non_finite(trace: Trace) -> BreakpointHit | None:
    """The first step whose value holds a NaN or an infinity; None when all is finite."""
    for step in trace.steps:
        if step.value is not None and not np.all(np.isfinite(step.value)):
            return BreakpointHit(step.index + 1, step.node, f"{_subject(trace, step)} is {_trouble(step.value)}")
    return None


def _node_hits(trace: Trace, breakpoints: tuple[Breakpoint, ...]) -> Iterator[BreakpointHit]:
    enabled = {(point.node, point.phase): point for point in breakpoints if point.is_enabled}
    if not enabled:
        return
    last_of = {(step.node, _break_phase(step)): step.index for step in trace.steps}
    for (node, phase), index in last_of.items():
        point = enabled.get((node, phase)) if phase is not None else None
        if point is not None:
            name = display(symbols(trace.graph)[node])
            yield BreakpointHit(index + 1, node, f"breakpoint at {name}, {point.phase.value}", point)


def _break_phase(step: Step) -> BreakPhase | None:
    match step.phase:
        case Phase.FORWARD:
            return BreakPhase.FORWARD
        case Phase.BACKWARD | Phase.SEED:
            return BreakPhase.BACKWARD
        case Phase.UPDATE:
            return None


def _subject(trace: Trace, step: Step) -> str:
    names = [display(name) for name in symbols(trace.graph)]
    node = trace.graph.nodes[step.node]
    if step.kind is StepKind.CONTRIBUTE and step.operand is not None and isinstance(node, Apply):
        return f"what {names[step.node]} sends back to {names[node.operands[step.operand]]}"
    if step.kind is StepKind.UPDATE:
        return f"the new value of {names[step.node]}"
    return f"the value of {names[step.node]}"


def _trouble(value: Array) -> str:
    if np.any(np.isnan(value)):
        return "NaN"
    return "−∞" if np.all(value[~np.isfinite(value)] < 0) else "∞"
