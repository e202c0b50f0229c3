"""Breakpoints: where a run stops by itself."""

from dataclasses import dataclass

from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.project.project import Breakpoint


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """Where a run stopped and why.

    position: just after the step. cause: "breakpoint" or what is wrong, such as "the value of log is −∞".
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
        raise NotImplementedError


def first_non_finite(trace: Trace) -> BreakpointHit | None:
    """The first step whose value is NaN or infinite although all it was computed from was finite."""
    raise NotImplementedError
