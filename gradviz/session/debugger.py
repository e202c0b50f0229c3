"""The debugger: a position in a trace.

    0 ─ EVALUATE … ─┬─ SEED ─ CONTRIBUTE … ─┬─ UPDATE … ─ n
       forward         backward                update

Position k means that the first k steps have happened; the current step is the one that happened last.
Besides its positions a debugger has the overview: all is shown (up to the updates) and no step is current. So a
new formula shows its whole picture at once; the first step from there is the first of the run.
"""

from collections.abc import Callable

from gradviz.core.trace import Phase, Step, Trace
from gradviz.core.types import NodeId
from gradviz.events import Signal
from gradviz.session.breakpoints import BreakpointHit, Breakpoints


class Debugger:
    """A position in a trace, moved in both directions.

    moved(): the position changed. retraced(): there is another trace (and perhaps another position).
    Laws: step_into and step_into_back undo each other everywhere; step and step_back, step_out and step_out_back
    undo each other between their own stopping places.
    """

    def __init__(self, trace: Trace | None = None) -> None:
        self.moved: Signal[[]] = Signal()
        self.retraced: Signal[[]] = Signal()
        self.breakpoints = Breakpoints()
        self._trace = trace

    @property
    def trace(self) -> Trace | None:
        """The trace, None while there is no formula."""
        return self._trace

    @property
    def position(self) -> int:
        """How many steps have happened; in the overview, those before the updates."""
        raise NotImplementedError

    @property
    def last_position(self) -> int:
        """The position at which all steps have happened."""
        raise NotImplementedError

    @property
    def is_overview(self) -> bool:
        """True when all is shown and no step is current."""
        raise NotImplementedError

    @property
    def current(self) -> Step | None:
        """The step that happened last; None at the start and in the overview."""
        raise NotImplementedError

    @property
    def phase(self) -> Phase | None:
        """The phase of the current step."""
        raise NotImplementedError

    @property
    def hit(self) -> BreakpointHit | None:
        """The breakpoint at which the last continue stopped; None after any other move."""
        raise NotImplementedError

    def step(self) -> None:
        """Go on by one node: in the backward pass all contributions that it sends."""
        raise NotImplementedError

    def step_back(self) -> None:
        """Go back by one node."""
        raise NotImplementedError

    def step_into(self) -> None:
        """Go on by one edge (one step of the trace)."""
        raise NotImplementedError

    def step_into_back(self) -> None:
        """Go back by one edge."""
        raise NotImplementedError

    def step_out(self) -> None:
        """Go on to the end of the phase: forward, backward (with the seed), update."""
        raise NotImplementedError

    def step_out_back(self) -> None:
        """Go back to the start of the phase."""
        raise NotImplementedError

    def run_to(self, node: NodeId) -> bool:
        """Go on until something happens at the node; False, without a move, when nothing more does."""
        raise NotImplementedError

    def run_back_to(self, node: NodeId) -> bool:
        """Go back until something has just happened at the node; False, without a move, when nothing did."""
        raise NotImplementedError

    def continue_(self) -> None:
        """Go on to the next breakpoint, or to the end."""
        raise NotImplementedError

    def reverse_continue(self) -> None:
        """Go back to the last breakpoint, or to the start."""
        raise NotImplementedError

    def restart(self) -> None:
        """Go to the start of the run: nothing has happened yet."""
        raise NotImplementedError

    def overview(self) -> None:
        """Show everything, with no current step."""
        raise NotImplementedError

    def go(self, position: int) -> None:
        """Go to a position; one outside of the trace is moved to the nearest inside."""
        raise NotImplementedError

    def retrace(self, trace: Trace | None, position: int | None = None) -> None:
        """Take another trace. Without a position the present one is kept where the steps are the same, else the
        overview is shown."""
        raise NotImplementedError
