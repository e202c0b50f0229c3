"""How a run is cut into the segments of the timeline, and what each step is called. Numbers and words, no Qt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gradviz.core.graph import Graph
from gradviz.core.trace import Phase, Step, StepKind
from gradviz.text.symbols import display, symbols

NARROWEST = 6.0
"""Where a step would get less room than this, a whole phase is one segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The stretch of the bar for the steps first … last (both included), all of one phase."""

    phase: Phase
    first: int
    last: int
    left: float
    right: float


def segments(phases: Sequence[Phase], left: float, width: float) -> tuple[Segment, ...]:
    """One segment a step, or one a phase when a step would get less than NARROWEST."""
    slot = width / max(len(phases), 1)
    if slot < NARROWEST:
        return tuple(_runs(phases, left, slot))
    gap = 3.0 if slot >= 12 else 1.5
    return tuple(
        Segment(phase, index, index, left + index * slot, left + (index + 1) * slot - gap)
        for index, phase in enumerate(phases)
    )


def _runs(phases: Sequence[Phase], left: float, slot: float) -> Iterator[Segment]:
    start = 0
    for phase, run in groupby(phases):
        stop = start + sum(1 for _ in run)
        begin, end = left + start * slot, left + stop * slot
        yield Segment(phase, start, stop - 1, begin, max(end, begin + 3.0) - 1.5)
        start = stop


def position_at(x: float, count: int, left: float, width: float) -> int:
    """The debugger position for a point on the bar: the step under it has just happened; 0 before the bar."""
    if x < left or count == 0:
        return 0
    return min(int((x - left) / max(width, 1.0) * count) + 1, count)


def step_text(step: Step, graph: Graph) -> str:
    """What one step does, in a few words: "evaluate v₃", "contribution to W"."""
    names = tuple(display(name) for name in symbols(graph))
    match step.kind:
        case StepKind.EVALUATE:
            return f"evaluate {names[step.node]}"
        case StepKind.SEED:
            return f"seed ∂L/∂{names[step.node]}"
        case StepKind.CONTRIBUTE:
            return f"contribution of {names[step.node]} to operand {(step.operand or 0) + 1}"
        case StepKind.UPDATE:
            return f"update {names[step.node]}"
        case StepKind.FAIL:
            return f"{names[step.node]} fails"
