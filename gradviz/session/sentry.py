"""The sentry: watches a descent for breakpoints and for what ready-made watches look for, and says where to stop.

    after each iteration   breakpoints, when there are any: first the runs of all samples at once (batch.py), then the
                           one run in which a condition seems to hold, recorded, which decides
    now and then           ready-made watches: each look may cost a tenth of the time that the iterations take; when
                           one raises an alarm, the iterations since the last look are gone through for the first

So a descent that nobody has breakpoints on runs all but undisturbed, and a stop is still at the exact iteration.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.project.stops import Breakpoint
from gradviz.session.breakpoints import ALONE, Context, asked, hits_of, stops_of
from gradviz.session.conditions import Question
from gradviz.session.halt import Stop, stop_at, stop_in
from gradviz.session.look import Alarm, Look, Past, run_of_trace
from gradviz.session.monitors import FORERUNNERS, MONITORS, NON_FINITE, OVER_SAMPLES, Settings, alarms
from gradviz.session.replay import Replay
from gradviz.session.scene import TraceScene, holds
from gradviz.session.tally import Tally
from gradviz.train.descent import Descent, Plan, never
from gradviz.train.objective import Samples

LOOK_SHARE = 0.04
"""The part of the time that ready-made watches may take."""
ALWAYS_LOOK = 16
"""The first iterations are all looked at: most goes wrong there."""
MOST_REST = 10_000_000
MOST_REMARKS = 50
_STRETCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What a sentry has seen, for the one that follows it: hit counts, streaks, alarms that were raised."""

    tallies: Mapping[Breakpoint, Tally]
    past: Past
    fired: frozenset[tuple[str, NodeId]]
    seen: int
    looked: int
    remarks: tuple[Stop, ...] = ()
    """What was found by watches that don't stop."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Posts a sentry at a descent. Plain data: it can travel to another process.

    sample: the row of the data that is shown, preferred where several are hit. memory: of the sentry before.
    after: breakpoints stop only in iterations after this one. graph, loose: what is run, where that is more than
    what is trained (see Replay).
    """

    breakpoints: tuple[Breakpoint, ...] = ()
    settings: Settings = field(default_factory=Settings)
    sample: int | None = None
    memory: Memory | None = None
    after: int = -1
    graph: Graph | None = None
    loose: Mapping[str, Array] = field(default_factory=dict)

    def replay(self, descent: Descent) -> Replay:
        """The iterations of a descent, as this guard looks at them."""
        return Replay(descent, self.graph, self.loose)

    @property
    def has_breakpoints(self) -> bool:
        """True when a breakpoint of the user's own is on."""
        return any(point.is_enabled for point in self.breakpoints)

    def with_memory(self, memory: object | None) -> "Guard":
        """The same guard, whose sentry goes on where another one ended."""
        return replace(self, memory=memory) if isinstance(memory, Memory) else self

    def __call__(self, plan: Plan) -> "Sentry":
        """The sentry of one descent."""
        return Sentry(self)


class Sentry:
    """Looks at one descent as it goes; see the module's head."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        memory = guard.memory or Memory({}, Past(), frozenset(), -1, -1)
        known = memory.tallies
        self.tallies = {point: known[point].copy() if point in known else Tally() for point in guard.breakpoints}
        self._replay: Replay | None = None
        self._seen = memory.seen
        self._looked = memory.looked
        self._next = memory.looked + 1
        self._past = copied(memory.past)
        self._fired = set(memory.fired)
        self._remarks = list(memory.remarks)
        self._needs = frozenset(m.needs for m in MONITORS if guard.settings.is_on(m.key))
        self._iteration_seconds = 0.0
        self._clock: tuple[float, int] | None = None

    def rest(self) -> int:
        """So many iterations may go by before the next look; 0 to look at each."""
        if self.guard.has_breakpoints:
            return 0
        return max(0, self._next - self._seen - 1) if self._needs else MOST_REST

    def report(self) -> Memory:
        """What it has seen so far."""
        tallies = {point: tally.copy() for point, tally in self.tallies.items()}
        fired = frozenset(self._fired)
        return Memory(tallies, copied(self._past), fired, self._seen, self._looked, tuple(self._remarks))

    def after(self, descent: Descent) -> Stop | None:
        """Why to stop at the newest iteration (or at one before, which was not looked at); None to go on."""
        if self._replay is None or self._replay.descent is not descent:
            self._replay = self.guard.replay(descent)
        newest = descent.state.iteration
        if descent.divergence is not None:
            newest = max(newest, descent.divergence.iteration)
        if newest <= self._seen:
            return None
        self._seen = newest
        found = self.at_breakpoints(self._replay, newest) if newest > self.guard.after else None
        if found is None and self._needs and (newest >= self._next or descent.divergence is not None):
            found = self._watched(self._replay, newest)
        return found

    # -- breakpoints --------------------------------------------------------------------------------------

    def at_breakpoints(self, replay: Replay, iteration: int) -> Stop | None:
        """The first stop that breakpoints make in an iteration; counts their hits."""
        points = [point for point in self.guard.breakpoints if point.is_enabled]
        found: Stop | None = None
        for point in points:
            scene, row = self._verified(point, replay, iteration)
            if scene is None:
                continue
            stops = stops_of(point, scene, self.tallies[point])
            self.tallies[point].add(iteration)
            if stops and (found is None or stops[0].position < found.position):
                found = stop_at(scene.trace, stops[0].position, iteration, replay.sample(row), stops[0].cause, point)
        return found

    def _verified(self, point: Breakpoint, replay: Replay, iteration: int) -> tuple[TraceScene | None, int | None]:
        """The run of an iteration in which a breakpoint is hit, and its row; (None, None) when there is none."""
        question = asked(point.condition, replay.graph) if point.condition.strip() else None
        if isinstance(question, FormulaError) or (question is None and point.node is None):
            return None, None
        if question is not None and not question.needs_run and point.node is None:
            found = holds(question, replay.loss_scene(iteration))
            if found is None or not bool(np.any(found.value)):
                return None, None
        if not replay.has_data:
            rows: list[int | None] = [None]
        elif question is None:
            rows = [self._preferred(replay, replay.rows(iteration))]
        else:
            rows = list(self._suspects(point, question, replay, iteration))
        for row in rows:
            scene = replay.scene(iteration, row)
            assert isinstance(scene, TraceScene)
            if next(hits_of(point, scene), None) is not None:
                return scene, row
        return None, None

    def _suspects(self, point: Breakpoint, question: Question, replay: Replay, iteration: int) -> list[int]:
        """The rows in whose runs a condition seems to hold, the preferred one first."""
        if not question.needs_run and point.node is None:  # it holds in every run of the iteration
            return [self._preferred(replay, replay.rows(iteration))]
        is_backward = question.needs_adjoints or point.phase.value == "backward"
        suspects: list[int] = []
        batches = replay.batches(iteration, is_backward=is_backward, is_spread=is_backward, depth=question.depth)
        for rows, scene in batches:
            mask = np.zeros(len(rows), dtype=bool)
            places = [scene.place(point)] if point.node is not None else list(scene.moments())
            for moment in places if question.is_wild or point.node is not None else [None]:
                if moment is None and point.node is not None:
                    mask[:] = True  # a sample that can't be computed to there: its own trace tells
                    continue
                found = holds(question, scene, moment)
                if found is not None:
                    mask |= np.asarray(found.value, dtype=bool)
            suspects += [int(row) for row in rows[mask]]
        shown = self._preferred(replay, np.asarray(suspects, dtype=np.intp)) if suspects else None
        return suspects if shown is None else [shown, *(row for row in suspects if row != shown)]

    def _preferred(self, replay: Replay, rows: Samples) -> int:
        """The row that is shown, if it is one of these, else the first."""
        for row in rows.tolist():
            if replay.sample(row) == self.guard.sample:
                return int(row)
        return int(rows[0])

    # -- ready-made watches ---------------------------------------------------------------------------------

    def _watched(self, replay: Replay, iteration: int) -> Stop | None:
        """Look at an iteration; after an alarm, find the first iteration since the last look that raises one."""
        began = time.perf_counter()
        self._time_iterations(began, iteration)
        before = copied(self._past)
        found = self._alarm(replay, iteration, self._past)
        first = iteration
        if found is not None and iteration - self._looked > 1:
            first, found = self._first_alarm(replay, self._looked + 1, iteration, before, found)
        self._looked = iteration
        self._rest_after(time.perf_counter() - began, iteration)
        if found is None:
            return None
        self._fired.add((found.key, found.node))
        stop = _stop_of(found, replay, first)
        if self.guard.settings.stops(found.key):
            return stop
        self._remarks = [*self._remarks, replace(stop, halts=False)][-MOST_REMARKS:]
        return None

    def _alarm(self, replay: Replay, iteration: int, past: Past) -> Alarm | None:
        look = look_at(replay, iteration, self._needs)
        if past.first_loss is None and iteration > 0:
            past.first_loss = replay.at(0).measured.loss
        found = [a for a in alarms(look, past, self.guard.settings, self._needs) if (a.key, a.node) not in self._fired]
        past.close(look)
        return min(found, key=lambda a: not self.guard.settings.stops(a.key)) if found else None

    def _first_alarm(self, replay: Replay, first: int, last: int, past: Past, alarm: Alarm) -> tuple[int, Alarm]:
        """The first iteration of a stretch with an alarm, found by halving: what is wrong is taken to stay wrong."""
        found = (last, alarm)
        low, high = first, last
        while low < high:
            middle = (low + high) // 2
            tried = self._alarm(replay, middle, copied(past))
            if tried is None:
                low = middle + 1
            else:
                high, found = middle, (middle, tried)
        return found

    def _time_iterations(self, now: float, iteration: int) -> None:
        if self._clock is not None and iteration > self._clock[1]:
            self._iteration_seconds = (now - self._clock[0]) / (iteration - self._clock[1])

    def _rest_after(self, taken: float, iteration: int) -> None:
        self._clock = (time.perf_counter(), iteration)
        rest = 0
        if iteration >= ALWAYS_LOOK:
            rest = math.ceil(taken / (LOOK_SHARE * max(self._iteration_seconds, 1e-7)))
        self._next = iteration + 1 + min(rest, MOST_REST)


def look_at(replay: Replay, iteration: int, needs: frozenset[str]) -> Look:
    """One iteration as ready-made watches see it."""
    moved = replay.at(iteration)
    rows = replay.rows(iteration)
    run, shown = None, None
    if needs & {"values", "adjoints"}:
        if replay.has_data:
            shown = rows[: _most_rows(replay, len(rows))]
            run = replay.batch(moved.state, shown, is_backward="adjoints" in needs)
            shown = shown if replay.plan.rows is None else replay.plan.rows[shown]
        else:
            run = run_of_trace(replay.trace(iteration, None))
    return Look(
        replay.graph,
        iteration,
        moved.measured.loss,
        moved.measured.gradient_norm,
        moved.state.parameters,
        moved.following.parameters,
        moved.measured.gradients,
        shown,
        replay.plan.samples_at(iteration) is not None,
        run,
    )


def look_at_trace(trace: Trace, context: Context) -> Look:
    """One recorded run, of which no training is known."""
    loss = context.loss
    if loss is None:
        value = trace.values[trace.graph.output]
        loss = float(np.sum(value)) if value is not None else math.nan
    parameters = {name: trace.values[node] for name, node in trace.graph.leaves().items()}
    return Look(trace.graph, context.iteration, loss, 0.0, parameters, {}, {}, None, False, run_of_trace(trace))


def _most_rows(replay: Replay, rows: int) -> int:
    """All rows, unless a run of them all would hold more numbers than is reasonable."""
    return max(1, min(rows, 20_000_000 // max(1, len(replay.graph) * _widest(replay))))


def _widest(replay: Replay) -> int:
    return max((int(np.prod(shape)) for shape in replay.plan.objective.leaf_shapes.values()), default=1)


def copied(past: Past) -> Past:
    """A past of its own with the same memories."""
    return replace(past, streaks=dict(past.streaks), sizes=dict(past.sizes))


def _stop_of(alarm: Alarm, replay: Replay, iteration: int) -> Stop:
    """The stop at the exact step of the sample's run that an alarm is about."""
    row = replay.row_of(iteration, alarm.sample)
    try:
        trace = replay.trace(iteration, row)
    except GradvizError:
        return Stop(iteration, alarm.sample, 0, alarm.node, alarm.phase, alarm.cause, alarm.advice, alarm.key)
    return stop_in(trace, alarm, iteration, replay.sample(row))


def run_until(descent: Descent, sentry: Sentry, goal: int, is_over: Callable[[], bool] = never) -> Stop | None:
    """Run a descent up to an iteration, or until the sentry stops it, or it diverges or ends by itself."""
    stop = sentry.after(descent)
    while stop is None and descent.state.iteration < goal and not is_over():
        rest = min(sentry.rest(), goal - descent.state.iteration)
        before = descent.state.iteration
        descent.run(max(rest, 1))
        stop = sentry.after(descent)
        if descent.state.iteration - before < max(rest, 1):
            break
    return stop


def search(replay: Replay, guard: Guard, iterations: range, is_over: Callable[[], bool] = never) -> Stop | None:
    """The first stop at a breakpoint in these iterations, in their order; a descending range finds the last one."""
    tallies = guard.memory.tallies if guard.memory is not None else {}
    for stretch in _stretches(iterations):
        found = None
        for iteration in stretch:
            if is_over():
                return None
            sentry = Sentry(replace(guard, memory=Memory(tallies, Past(), frozenset(), -1, -1)))
            stop = sentry.at_breakpoints(replay, iteration)
            found = stop or found
            if stop is not None and iterations.step > 0:
                return stop
        if found is not None:
            return found
    return None


def _stretches(iterations: range) -> list[range]:
    """The iterations in stretches that ascend, for each iteration is had from the one before."""
    if iterations.step > 0:
        return [iterations]
    first, last = iterations.stop + 1, iterations.start
    return [range(max(first, stop - _STRETCH + 1), stop + 1) for stop in range(last, first - 1, -_STRETCH)]


def stops_in(trace: Trace, guard: Guard, context: Context = ALONE) -> list[Stop]:
    """Every stop in one recorded run, in order; of ready-made watches those that a single run can say."""
    scene = context.scene(trace)
    found = [
        stop_at(trace, hit.position, context.iteration, None, hit.cause, point)
        for point in guard.breakpoints
        for hit in stops_of(point, scene, context.tallies.get(point))
    ]
    look = look_at_trace(trace, context)
    needs = frozenset(("values", "adjoints"))
    past = Past(first_loss=look.loss)
    raised = alarms(look, past, guard.settings, needs)
    if context.is_sample:  # what concerns units over all samples can't be said of one
        raised = [alarm for alarm in raised if alarm.key not in OVER_SAMPLES]
    if any(alarm.key == NON_FINITE for alarm in raised):  # its forerunners say less than it does itself
        raised = [alarm for alarm in raised if alarm.key not in FORERUNNERS]
    found += [
        replace(stop_in(trace, alarm, context.iteration), halts=guard.settings.stops(alarm.key)) for alarm in raised
    ]
    return sorted(found, key=lambda stop: stop.position)
