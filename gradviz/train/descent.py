"""Gradient descent: initialise θ; then N iterations of: compute ∇L(θ); θ ← θ − ε ∇L(θ).

A state is θ and the optimizer's memory after k updates. The step from one state to the next is a pure function of the
state, for the samples of iteration k are a pure function of the seed and k. So any iteration can be had again, bit
for bit, by running from a kept state before it.

    state 0 ──measure, step──▶ state 1 ──measure, step──▶ state 2 …      kept: every stride-th
"""

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.train.divergence import Divergence as Divergence
from gradviz.train.divergence import divergence_of, growth_of, parameter_divergence
from gradviz.train.fused import FusedLoop, Leap, can_leap
from gradviz.train.history import History, HistoryLog, Point, Tail, Thinned
from gradviz.train.judging import UNJUDGED
from gradviz.train.objective import Samples
from gradviz.train.planning import Measurement as Measurement
from gradviz.train.planning import Plan as Plan
from gradviz.train.planning import State as State
from gradviz.train.planning import as_arrays as as_arrays
from gradviz.train.planning import check_settings as check_settings
from gradviz.train.planning import first_update as first_update
from gradviz.train.planning import norm as norm
from gradviz.train.planning import plan as plan
from gradviz.train.planning import plan_of as plan_of
from gradviz.train.settings import TrainingSettings, settings_of
from gradviz.train.stopping import Ending, Watch, Watched

_KEPT_BYTES = 32_000_000
_MOST_KEPT = 512
_WORTH_FUSING = 100
"""So many iterations take longer than compiling a loop for them."""


def never() -> bool:
    """The answer of a descent that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a descent has done after an iteration: all that a twin of the same plan needs to be where this one is."""

    state: State
    measured: Measurement
    divergence: Divergence | None
    states: Tail[State]
    points: tuple[Tail[Point], Point | None]
    ending: Ending | None = None
    watched: Watched | None = None


class Descent:
    """A descent under way: a state that moves on, and enough of the past to have any of it again.

    It stops for good before the first state whose parameters, loss or gradient are not finite (`divergence`), and
    when a stopping rule is met (`ending`).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = plan.first()
        self.measured = plan.measure(self.state)
        self.divergence = divergence_of(self.state, self.measured)
        self.ending: Ending | None = None
        self._watch = None if plan.stopping.is_none else Watch(plan.stopping)
        self._log = HistoryLog()
        self._kept: Thinned[State] = Thinned(_capacity(self.state))
        self._fused: FusedLoop | None = None
        self._note()

    def advance(self) -> bool:
        """Update the parameters once; False when the descent has diverged or ended, and then nothing moves."""
        if self.divergence is not None or self.ending is not None:
            return False
        began = time.monotonic() if self._watch is not None else 0.0
        state = self.plan.following(self.state, self.measured)
        self.divergence = parameter_divergence(state)
        if self.divergence is not None:
            return False
        measured = self.plan.measure(state)
        self.divergence = divergence_of(state, measured)
        if self.divergence is not None:
            return False
        if self.plan.optimizer.rule.searches and same_parameters(state, self.state):
            self.ending = Ending(self.state.iteration, "no step along the search direction lowers the loss")
            return False
        self.state, self.measured = state, measured
        self._note(began)
        return True

    def run(self, steps: int, cancelled: Callable[[], bool] = never) -> None:
        """Advance so many times, or until the descent diverges or is cancelled."""
        left = steps
        while left > 0 and not cancelled():
            done = self._leap(left) if left >= _WORTH_FUSING or self._fused is not None else 0
            if not done and not self.advance():
                return
            left -= done or 1

    def _leap(self, most: int) -> int:
        """Advance by up to so many iterations in one generated loop; how many it were, 0 where that can't be done."""
        if self.divergence is not None or self.ending is not None:
            return 0
        if self._fused is None:
            if not can_leap(self.plan):
                return 0
            self._fused = FusedLoop(self.plan)
        leap = self._fused.leap(self.state, self.measured, most, self._stride_at)
        if leap is None:
            return 0
        before, last = self.state.iteration, len(leap.iterations) - 1
        self.state, self.measured = leap.state(last), leap.measurement()
        stride = self._kept.stride_at(self.state.iteration)
        wanted = [place for place, k in enumerate(leap.iterations) if k % stride == 0 or place == last]
        self._kept.extend([(leap.iterations[place], leap.state(place)) for place in wanted])
        self._log.extend(self._judged_points(leap))
        return self.state.iteration - before

    def _stride_at(self, iteration: int) -> int:
        """Which iterations are noted of a past that goes up to there: one in so many."""
        judge = self.plan.judge
        noted = min(self._log.stride_at(iteration), self._kept.stride_at(iteration))
        return noted if judge is None else min(noted, judge.every)

    def _judged_points(self, leap: Leap) -> list[Point]:
        judge = self.plan.judge
        if judge is None:
            return leap.points
        return [
            (*point[:3], *self._judged(leap.state(place))) if point[0] % judge.every == 0 else point
            for place, point in enumerate(leap.points)
        ]

    def progress(self, after: int = 0) -> Progress:
        """What was done after an iteration, to be handed to a twin elsewhere, in another process even."""
        states, points = self._kept.tail(after), self._log.tail(after)
        return Progress(self.state, self.measured, self.divergence, states, points, self.ending, self._watched)

    def catch_up(self, progress: Progress) -> None:
        """Become what the twin is that made the progress, bit for bit as if it had been done here."""
        self._kept.join(progress.states)
        self._log.join(progress.points)
        self.state, self.measured, self.divergence = progress.state, progress.measured, progress.divergence
        self.ending = progress.ending
        if self._watch is not None and progress.watched is not None:
            self._watch.memory = progress.watched

    @property
    def history(self) -> History:
        """Loss and gradient norm of the states so far."""
        return self._log.frozen()

    @property
    def verdict(self) -> Divergence | None:
        """That the descent so far has diverged: it can't go on, or its loss has grown beyond all measure."""
        return self.divergence or growth_of(self.history)

    def state_at(self, iteration: int) -> State:
        """The state after so many updates, bit for bit as it was.

        A descent that diverged has one state more than its history: the one in which something is not finite.
        Raises TrainingError for an iteration that was never reached.
        """
        newest = self.state  # read once: another thread may be advancing this descent
        last = newest.iteration if self.divergence is None else max(newest.iteration, self.divergence.iteration)
        if not 0 <= iteration <= last:
            raise TrainingError(f"iteration {iteration} was not reached; there are iterations 0 to {last}")
        if iteration == newest.iteration:
            return newest
        state = self._kept.at_or_before(iteration)
        while state.iteration < iteration:
            state = self.plan.following(state, self.plan.measure(state))
        return state

    def parameters_at(self, iteration: int) -> dict[str, Array]:
        """The parameters after so many updates, bit for bit as they were."""
        return as_arrays(self.state_at(iteration).parameters)

    def kept_states(self) -> list[State]:
        """States of the past, evenly spread and some hundred at most, and the newest; in order."""
        newest = self.state
        return [*(state for state in self._kept if state.iteration < newest.iteration), newest]

    def result(self) -> "Run":
        """The descent so far, as a record."""
        state = self.state
        loss = self.measured.loss
        if self.plan.samples_at(state.iteration) is not None:
            loss = self.plan.objective.loss(state.parameters)
        parameters = as_arrays(state.parameters)
        return Run(parameters, loss, state.iteration, self.verdict, self.history, self)

    @property
    def _watched(self) -> Watched | None:
        return self._watch.memory if self._watch is not None else None

    def _note(self, began: float | None = None) -> None:
        state, measured = self.state, self.measured
        judged = self._judged(state)
        self._log.add(state.iteration, measured.loss, measured.gradient_norm, *judged)
        self._kept.add(state.iteration, state)
        if self._watch is not None:
            self._look(judged[0], 0.0 if began is None else time.monotonic() - began)

    def _judged(self, state: State) -> tuple[float, float]:
        judge = self.plan.judge
        return judge(state.iteration, state.parameters) if judge is not None else UNJUDGED

    def _look(self, validation: float, took: float) -> None:
        """End when a stopping rule is met; without validation samples, patience looks at the loss itself."""
        assert self._watch is not None
        measured, judge = self.measured, self.plan.judge
        has_validation = judge is not None and judge.validation is not None
        judged = (None if math.isnan(validation) else validation) if has_validation else measured.loss
        k = self.state.iteration
        reason = self._watch.after(k, measured.loss, measured.gradient_norm, judged, took)
        self.ending = Ending(k, reason) if reason is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A descent that has ended.

    parameters: the last finite ones. loss: theirs, over all samples. iterations: how many updates led there.
    history: loss (over the samples of each iteration) and gradient norm. divergence: of all of it (see divergence.py).
    """

    parameters: Mapping[str, Array]
    loss: float
    iterations: int
    divergence: Divergence | None
    history: History
    descent: Descent

    @property
    def ending(self) -> Ending | None:
        """Which stopping rule ended the descent early, None when none did."""
        return self.descent.ending

    @property
    def diverged(self) -> bool:
        """True when something was not finite, or the loss ended a million times as high as it began, still rising."""
        return self.divergence is not None

    def parameters_at(self, iteration: int) -> dict[str, Array]:
        """The parameters after so many updates, bit for bit as they were."""
        return self.descent.parameters_at(iteration)

    def samples_at(self, iteration: int) -> Samples:
        """The samples over which the loss of that iteration was computed."""
        samples = self.descent.plan.rows_at(iteration)
        return np.arange(self.descent.plan.objective.samples) if samples is None else samples


def check_steps(steps: int) -> None:
    """Raise TrainingError for a number of steps that can't be."""
    if steps < 0:
        raise TrainingError(f"the number of steps is a whole number from 0; {steps} is not")


def descend(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    rate: float,
    steps: int,
    optimizer: str = "sgd",
    batch: int | None = None,
    reduce: str = "mean",
    seed: int = 0,
    fixed: Collection[str] = (),
    cancelled: Callable[[], bool] = never,
    **more: Any,
) -> Run:
    """Run gradient descent on the loss that the graph is for one sample.

    values: where parameters start; those without a value are drawn from the seed. data: arrays with the samples as
    first axis; with none, the formula itself is minimised. batch: samples an iteration, all when None. reduce:
    "mean" or "sum" over them. fixed: leaves that stay as they are. more: all other settings of
    `gradviz.train.settings.TrainingSettings`, such as schedule="cosine", weight_decay=0.01, patience=50.
    Raises GraphError when the loss is no scalar, TrainingError for settings that can't be, ShapeError when the
    shapes don't fit. A descent that diverges raises nothing: the run says so.
    """
    settings = settings_of(
        {"rate": rate, "steps": steps, "optimizer": optimizer, "batch": batch, "reduce": reduce, "seed": seed, **more}
    )
    return train(graph, values, settings, data=data, fixed=fixed, cancelled=cancelled)


def train(
    graph: Graph,
    values: Mapping[str, Any] | None,
    settings: TrainingSettings,
    *,
    data: Mapping[str, Any] | None = None,
    fixed: Collection[str] = (),
    cancelled: Callable[[], bool] = never,
) -> Run:
    """Run the descent of these settings; see `descend`."""
    check_steps(settings.steps)
    descent = Descent(plan_of(graph, values, settings, data=data, fixed=fixed))
    descent.run(settings.steps, cancelled)
    return descent.result()


def same_parameters(a: State, b: State) -> bool:
    """True when two states have the same parameters, bit for bit."""
    return all(np.array_equal(value, b.parameters[name]) for name, value in a.parameters.items())


def _capacity(state: State) -> int:
    values = [*state.parameters.values(), *(kept for memory in state.memory.values() for kept in memory)]
    size = sum(8 * np.size(value) + 100 for value in values)
    return int(min(_MOST_KEPT, max(8, _KEPT_BYTES // size)))
