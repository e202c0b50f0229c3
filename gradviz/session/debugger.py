"""The debugger: a position in a trace.

    0 ─ EVALUATE … ─┬─ SEED ─ CONTRIBUTE … ─┬─ UPDATE … ─ n
       forward         backward                update

Position k means that the first k steps have happened; the current step is the one that happened last.
Besides its positions a debugger has the overview: all is shown (up to the updates) and no step is current. So a
new formula shows its whole picture at once; the first step from there is the first of the run.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType

from gradviz.core.graph import Apply, Graph
from gradviz.core.trace import Phase, Step, StepKind, Trace
from gradviz.core.types import NodeId
from gradviz.events import Signal
from gradviz.session.breakpoints import ALONE, Context
from gradviz.session.halt import Stop
from gradviz.session.sentry import Guard, stops_in

MOST_NODES_AT_ONCE = 150
"""The stops of a larger run are looked for in a worker (see `take_stops`)."""

NO_CARDS: Mapping[NodeId, NodeId] = MappingProxyType({})
"""No block is folded."""

Crossing = Callable[[Callable[[], None]], bool]
"""Takes what is to be done once the neighbouring run is there; False when there is no such run."""


class Debugger:
    """A position in a trace, moved in both directions.

    moved(): the position changed. retraced(): there is another trace (and perhaps another position).
    marked(): the places at which continue stops are others.
    Laws: step_into and step_into_back undo each other everywhere; step and step_back, step_out and step_out_back
    undo each other between their own stopping places. At either end of a trace they go on into the next or the
    previous iteration, where the session has one (`next_run`, `previous_run`). cards: for each node of a graph that
    is seen as part of a folded block, that block's output.
    """

    def __init__(self, trace: Trace | None = None) -> None:
        self.moved: Signal[[]] = Signal()
        self.retraced: Signal[[]] = Signal()
        self.marked: Signal[[]] = Signal()
        self.announce: Callable[[Signal[[]]], None] = Signal.emit  # a session may let listeners take turns
        self.next_run: Crossing | None = None
        self.previous_run: Crossing | None = None
        self.search_on: Callable[[], bool] | None = None
        self.search_back: Callable[[], bool] | None = None
        self.cards: Callable[[Graph], Mapping[NodeId, NodeId]] = lambda _graph: NO_CARDS
        self._ends: tuple[Trace | None, Mapping[NodeId, NodeId], list[int]] = (None, NO_CARDS, [0])
        self._guard = Guard()
        self._context = ALONE
        self._stops: tuple[Stop, ...] | None = None
        self._position: int | None = None
        self._hit: Stop | None = None
        self._take(trace)

    @property
    def trace(self) -> Trace | None:
        """The trace, None while there is no formula."""
        return self._trace

    @property
    def guard(self) -> Guard:
        """What makes continue stop: breakpoints and ready-made watches; set it to change them."""
        return self._guard

    @guard.setter
    def guard(self, guard: Guard) -> None:
        self._guard = guard
        self._forget_stops()

    @property
    def context(self) -> Context:
        """What the trace is one of: its iteration, and what conditions know of those before."""
        return self._context

    @context.setter
    def context(self, context: Context) -> None:
        self._context = context
        self._forget_stops()

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Where continue stops, and what is only marked, in order; none yet for a large trace (`take_stops`)."""
        if self._stops is None:
            if self._trace is None or len(self._trace.graph) > MOST_NODES_AT_ONCE:
                return ()
            self._stops = tuple(stops_in(self._trace, self._guard, self._context))
        return self._stops

    def take_stops(self, trace: Trace, stops: Iterable[Stop]) -> None:
        """Take the stops of a large trace, which a worker has found; those of a trace that has gone are dropped."""
        if trace is self._trace:
            self._stops = tuple(stops)
            self.marked.emit()

    @property
    def position(self) -> int:
        """How many steps have happened; in the overview, those before the updates."""
        return self._overview_position if self._position is None else self._position

    @property
    def last_position(self) -> int:
        """The position at which all steps have happened."""
        return len(self._trace.steps) if self._trace is not None else 0

    @property
    def is_overview(self) -> bool:
        """True when all is shown and no step is current."""
        return self._position is None

    @property
    def current(self) -> Step | None:
        """The step that happened last; None at the start and in the overview."""
        if self._trace is None or not self._position:
            return None
        return self._trace.steps[self._position - 1]

    @property
    def phase(self) -> Phase | None:
        """The phase of the current step."""
        return self.current.phase if self.current is not None else None

    @property
    def hit(self) -> Stop | None:
        """Where and why the last continue, or a training, stopped; None after any other move."""
        return self._hit

    def step(self) -> None:
        """Go on by one node, or one folded block: in the backward pass all contributions that it sends."""
        self._forward(self.step, self._node_ends)

    def step_back(self) -> None:
        """Go back by one node."""
        self._backward(self.step_back, self._node_ends)

    def step_into(self) -> None:
        """Go on by one edge (one step of the trace)."""
        self._forward(self.step_into, range(self.last_position + 1))

    def step_into_back(self) -> None:
        """Go back by one edge."""
        self._backward(self.step_into_back, range(self.last_position + 1))

    def step_out(self) -> None:
        """Go on to the end of the phase: forward, backward (with the seed), update."""
        self._forward(self.step_out, self._phase_ends)

    def step_out_back(self) -> None:
        """Go back to the start of the phase."""
        self._backward(self.step_out_back, self._phase_ends)

    def run_to(self, node: NodeId) -> bool:
        """Go on until something happens at the node; False, without a move, when nothing more does."""
        start = 0 if self._position is None else self._position
        ahead = [end for end in self._ends_at(node) if end > start]
        if ahead:
            self._move(ahead[0])
        return bool(ahead)

    def run_back_to(self, node: NodeId) -> bool:
        """Go back until something has just happened at the node; False, without a move, when nothing did."""
        behind = [end for end in self._ends_at(node) if end < self.position]
        if behind:
            self._move(behind[-1])
        return bool(behind)

    def run_to_position(self, position: int) -> None:
        """Go to a position, or to the first stop on the way there, in either direction."""
        start, wanted = self.position, max(0, min(position, self.last_position))
        if wanted >= start:
            between = [stop for stop in self.stops if stop.halts and start < stop.position <= wanted]
        else:
            between = [stop for stop in reversed(self.stops) if stop.halts and wanted <= stop.position < start]
        self._stop_at(between[0] if between else None, wanted)

    def continue_on(self) -> None:
        """Go on to the next stop, in this run or in a later iteration."""
        start = 0 if self._position is None else self._position
        if not any(stop.halts and stop.position > start for stop in self.stops):
            self.go(self.last_position)
        self.continue_()

    def continue_back(self) -> None:
        """Go back to the last stop, in this run or in an earlier iteration."""
        if not any(stop.halts and stop.position < self.position for stop in self.stops):
            self.go(0)
        self.reverse_continue()

    def continue_(self) -> None:
        """Go on to the next stop, or to the end; from the end to the next stop of any iteration, or just the next."""
        start = 0 if self._position is None else self._position
        if self._trace is None:
            return
        if start == self.last_position and (
            (self.search_on is not None and self.search_on()) or self._cross(self.next_run, self.continue_)
        ):
            return
        self._stop_at(
            next((stop for stop in self.stops if stop.halts and stop.position > start), None), self.last_position
        )

    def reverse_continue(self) -> None:
        """Go back to the last stop, or to the start; from the start to the last stop of any iteration before."""
        if self._trace is None:
            return
        if self._position == 0 and (
            (self.search_back is not None and self.search_back())
            or self._cross(self.previous_run, self.reverse_continue)
        ):
            return
        behind = [stop for stop in self.stops if stop.halts and stop.position < self.position]
        self._stop_at(behind[-1] if behind else None, 0)

    def land(self, stop: Stop) -> None:
        """Go to where something else, such as a training, has stopped."""
        if self._trace is not None:
            self._move(max(0, min(stop.position, self.last_position)), stop)

    def restart(self) -> None:
        """Go to the start of the run: nothing has happened yet."""
        self.go(0)

    def overview(self) -> None:
        """Show everything, with no current step."""
        self._move(None)

    def go(self, position: int) -> None:
        """Go to a position; one outside of the trace is moved to the nearest inside."""
        if self._trace is not None:
            self._move(max(0, min(position, self.last_position)))

    def retrace(self, trace: Trace | None, position: int | None = None) -> None:
        """Take another trace.

        Without a position the present one is kept where the steps are the same, else the overview is shown.
        """
        kept = self._position if _same_steps(self._trace, trace) else None
        self._take(trace)
        wanted = kept if position is None else position
        self._position = None if wanted is None else max(0, min(wanted, self.last_position))
        self.announce(self.retraced)

    def _take(self, trace: Trace | None) -> None:
        self._trace = trace
        self._position = None
        self._hit = None
        self._stops = None
        steps = trace.steps if trace is not None else ()
        self._phase_ends = _ends(steps, _stretch)
        self._overview_position = sum(step.phase is not Phase.UPDATE for step in steps)

    @property
    def _node_ends(self) -> list[int]:
        """Where a step by one node ends; the nodes of a folded block are one."""
        trace = self._trace
        cards = self.cards(trace.graph) if trace is not None else NO_CARDS
        if self._ends[0] is not trace or self._ends[1] is not cards:
            self._ends = trace, cards, _ends_of_cards(trace, cards) if trace is not None else [0]
        return self._ends[2]

    def _forward(self, again: Callable[[], None], ends: Iterable[int]) -> None:
        start = 0 if self._position is None else self._position
        if self._trace is None or (start == self.last_position and self._cross(self.next_run, again)):
            return
        stops = list(ends)
        self._move(stops[min(bisect_right(stops, start), len(stops) - 1)])

    def _backward(self, again: Callable[[], None], ends: Iterable[int]) -> None:
        if self._trace is None or (self.position == 0 and self._cross(self.previous_run, again)):
            return
        stops = list(ends)
        self._move(stops[max(bisect_left(stops, self.position) - 1, 0)])

    def _cross(self, crossing: Crossing | None, again: Callable[[], None]) -> bool:
        """Go into the neighbouring run and do the same there; False when there is none."""
        return crossing is not None and self._trace is not None and crossing(again)

    def _stop_at(self, hit: Stop | None, otherwise: int) -> None:
        self._move(hit.position if hit is not None else otherwise, hit)

    def _move(self, position: int | None, hit: Stop | None = None) -> None:
        if (position, hit) != (self._position, self._hit):
            self._position, self._hit = position, hit
            self.moved.emit()

    def _forget_stops(self) -> None:
        self._stops = None
        self.marked.emit()

    def _ends_at(self, node: NodeId) -> list[int]:
        """The node-wise stops at which something has just happened at the node."""
        if self._trace is None:
            return []
        touched = [step.index for step in self._trace.steps if _concerns(self._trace, step, node)]
        return sorted({self._node_ends[bisect_right(self._node_ends, index)] for index in touched})


def _ends_of_cards(trace: Trace, cards: Mapping[NodeId, NodeId]) -> list[int]:
    """Where steps by one node end. A folded block is one node, with leaves that are read amid its operations."""
    found: list[tuple[Phase, StepKind, NodeId]] = []
    last = {(_stretch(step), cards[step.node]): step.index for step in trace.steps if step.node in cards}
    for step in trace.steps:
        key = _stretch(step), step.kind, cards.get(step.node, step.node)
        if found and step.node not in cards and not isinstance(trace.graph.nodes[step.node], Apply):
            around = found[-1]
            key = around if last.get((key[0], around[2]), -1) > step.index else key
        found.append(key)
    return _ends(trace.steps, lambda step: found[step.index])


def _ends(steps: tuple[Step, ...], key: Callable[[Step], object]) -> list[int]:
    """0 and the position after each stretch of steps with an equal key."""
    keys = [key(step) for step in steps]
    inner = [index + 1 for index, (a, b) in enumerate(pairwise(keys)) if a != b]
    return sorted({0, *inner, len(steps)})


def _stretch(step: Step) -> Phase:
    return Phase.BACKWARD if step.phase is Phase.SEED else step.phase


def _concerns(trace: Trace, step: Step, node: NodeId) -> bool:
    if step.node == node:
        return True
    sender = trace.graph.nodes[step.node]
    return step.operand is not None and isinstance(sender, Apply) and sender.operands[step.operand] == node


def _same_steps(before: Trace | None, after: Trace | None) -> bool:
    """True when both traces do the same things, whatever the numbers (updates apart)."""
    if before is None or after is None:
        return False
    return _outline(before) == _outline(after) and len(before.graph) == len(after.graph)


def _outline(trace: Trace) -> list[tuple[object, ...]]:
    return [(step.kind, step.node, step.operand) for step in trace.steps if step.phase is not Phase.UPDATE]
