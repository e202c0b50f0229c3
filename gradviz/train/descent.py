"""Gradient descent: initialise θ; then N iterations of: compute ∇L(θ); θ ← θ − ε ∇L(θ).

A state is θ and the optimizer's memory after k updates. The step from one state to the next is a pure function of the
state, for the samples of iteration k are a pure function of the seed and k. So any iteration can be had again, bit
for bit, by running from a kept state before it.

    state 0 ──measure, step──▶ state 1 ──measure, step──▶ state 2 …      kept: every stride-th
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.train.history import History, HistoryLog, Point, Tail, Thinned
from gradviz.train.initial import checked_seed, start
from gradviz.train.objective import Element, Objective, Samples
from gradviz.train.optimizer import Memory, Optimizer, make_optimizer

_SHUFFLE = 1
"""Sets the random numbers of the shuffling apart from those of the start."""

_KEPT_BYTES = 32_000_000
_MOST_KEPT = 512


def never() -> bool:
    """The answer of a descent that nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Parameters and the optimizer's memory after so many updates."""

    iteration: int
    parameters: Mapping[str, Element]
    memory: Mapping[str, Memory]


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """The loss and its gradient at a state, over the samples of its iteration."""

    loss: float
    gradients: Mapping[str, Element]
    gradient_norm: float


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first thing that was not finite: the loss, the gradient of W, the parameter W."""

    iteration: int
    what: str

    @property
    def message(self) -> str:
        """One line that says where and what would do."""
        remedy = "try a smaller learning rate" if self.iteration else "start from other values"
        return f"iteration {self.iteration}: {self.what} is not finite; {remedy}"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that determines a descent: the loss, the start, the rule, and the samples of each iteration.

    batch: samples an iteration; None for all. seed: of the shuffling.
    """

    objective: Objective
    start: Mapping[str, Array]
    optimizer: Optimizer
    batch: int | None = None
    seed: int = 0

    def first(self) -> State:
        """The state before the first update."""
        parameters = self.objective.elements(self.start)
        return State(0, parameters, self.optimizer.start(parameters))

    def samples_at(self, iteration: int) -> Samples | None:
        """The samples of an iteration, None for all of them; each epoch is shuffled anew and uses each sample once."""
        samples = self.objective.samples
        if self.batch is None or self.batch >= samples:
            return None
        per_epoch = -(-samples // self.batch)
        epoch, place = divmod(iteration, per_epoch)
        return _shuffled(self.seed, epoch, samples)[place * self.batch : (place + 1) * self.batch]

    def measure(self, state: State) -> Measurement:
        """Loss and gradient at a state, over the samples of its iteration."""
        loss, gradients = self.objective.loss_and_gradient(state.parameters, self.samples_at(state.iteration))
        return Measurement(loss, gradients, norm(gradients))

    def following(self, state: State, measured: Measurement) -> State:
        """The state after one more update."""
        k = state.iteration + 1
        with np.errstate(all="ignore"):
            parameters, memory = self.optimizer.step(state.parameters, measured.gradients, state.memory, k)
        return State(k, parameters, memory)


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a descent has done after an iteration: all that a twin of the same plan needs to be where this one is."""

    state: State
    measured: Measurement
    divergence: Divergence | None
    states: Tail[State]
    points: tuple[Tail[Point], Point | None]


class Descent:
    """A descent under way: a state that moves on, and enough of the past to have any of it again.

    It stops for good before the first state whose parameters, loss or gradient are not finite (`divergence`).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = plan.first()
        self.measured = plan.measure(self.state)
        self.divergence = _divergence(self.state, self.measured)
        self._log = HistoryLog()
        self._kept: Thinned[State] = Thinned(_capacity(self.state))
        self._note()

    def advance(self) -> bool:
        """Update the parameters once; False when the descent has diverged, and then nothing moves."""
        if self.divergence is not None:
            return False
        state = self.plan.following(self.state, self.measured)
        self.divergence = _parameter_divergence(state)
        if self.divergence is not None:
            return False
        measured = self.plan.measure(state)
        self.divergence = _divergence(state, measured)
        if self.divergence is not None:
            return False
        self.state, self.measured = state, measured
        self._note()
        return True

    def run(self, steps: int, cancelled: Callable[[], bool] = never) -> None:
        """Advance so many times, or until the descent diverges or is cancelled."""
        for _ in range(steps):
            if cancelled() or not self.advance():
                return

    def progress(self, after: int = 0) -> Progress:
        """What was done after an iteration, to be handed to a twin elsewhere, in another process even."""
        states, points = self._kept.tail(after), self._log.tail(after)
        return Progress(self.state, self.measured, self.divergence, states, points)

    def catch_up(self, progress: Progress) -> None:
        """Become what the twin is that made the progress, bit for bit as if it had been done here."""
        self._kept.join(progress.states)
        self._log.join(progress.points)
        self.state, self.measured, self.divergence = progress.state, progress.measured, progress.divergence

    @property
    def history(self) -> History:
        """Loss and gradient norm of the states so far."""
        return self._log.frozen()

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

    def result(self) -> "Run":
        """The descent so far, as a record."""
        state = self.state
        loss = self.measured.loss
        if self.plan.samples_at(state.iteration) is not None:
            loss = self.plan.objective.loss(state.parameters)
        parameters = as_arrays(state.parameters)
        return Run(parameters, loss, state.iteration, self.divergence, self.history, self)

    def _note(self) -> None:
        self._log.add(self.state.iteration, self.measured.loss, self.measured.gradient_norm)
        self._kept.add(self.state.iteration, self.state)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A descent that has ended.

    parameters: the last finite ones. loss: theirs, over all samples. iterations: how many updates led there.
    history: loss (over the samples of each iteration) and gradient norm.
    """

    parameters: Mapping[str, Array]
    loss: float
    iterations: int
    divergence: Divergence | None
    history: History
    descent: Descent

    @property
    def diverged(self) -> bool:
        """True when the descent stopped because something was not finite."""
        return self.divergence is not None

    def parameters_at(self, iteration: int) -> dict[str, Array]:
        """The parameters after so many updates, bit for bit as they were."""
        return self.descent.parameters_at(iteration)

    def samples_at(self, iteration: int) -> Samples:
        """The samples over which the loss of that iteration was computed."""
        samples = self.descent.plan.samples_at(iteration)
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
) -> Run:
    """Run gradient descent on the loss that the graph is for one sample.

    values: where parameters start; those without a value are drawn from the seed. data: arrays with the samples as
    first axis; with none, the formula itself is minimised. batch: samples an iteration, all when None. reduce:
    "mean" or "sum" over them. fixed: leaves that stay as they are.
    Raises GraphError when the loss is no scalar, TrainingError for settings that can't be, ShapeError when the
    shapes don't fit. A descent that diverges raises nothing: the run says so.
    """
    check_steps(steps)
    prepared = plan(
        graph, values, data=data, rate=rate, optimizer=optimizer, batch=batch, reduce=reduce, seed=seed, fixed=fixed
    )
    descent = Descent(prepared)
    descent.run(steps, cancelled)
    return descent.result()


def plan(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    rate: float,
    optimizer: str = "sgd",
    batch: int | None = None,
    reduce: str = "mean",
    seed: int = 0,
    fixed: Collection[str] = (),
    settings: Mapping[str, float] | None = None,
) -> Plan:
    """The plan of a descent; see `descend`. settings: of the optimizer, such as momentum."""
    if batch is not None and batch < 1:
        raise TrainingError(f"a batch has at least one sample; {batch} is not possible")
    rule = make_optimizer(optimizer, rate, **(settings or {}))
    begin = start(graph, values or {}, data=data, fixed=fixed, seed=checked_seed(seed))
    shapes = {name: value.shape for name, value in begin.parameters.items()}
    objective = Objective(graph, shapes, begin.constants, data, reduce)
    return Plan(objective, begin.parameters, rule, batch, seed)


def norm(gradients: Mapping[str, Element]) -> float:
    """The Euclidean length of all gradients together; NaN or ∞ when an element is not finite."""
    total = 0.0
    for g in gradients.values():
        total += g * g if isinstance(g, float) else float(np.vdot(g, g))
    if total < math.inf or not all(_is_finite(g) for g in gradients.values()):
        return math.sqrt(total) if total >= 0 else total
    highest = max(float(np.max(np.abs(g), initial=0.0)) for g in gradients.values())  # its square overflows, it doesn't
    return highest * norm({name: g / highest for name, g in gradients.items()})


def as_arrays(parameters: Mapping[str, Element]) -> dict[str, Array]:
    """Parameters as read-only float64 values."""
    return {name: as_value(value) for name, value in parameters.items()}


def _divergence(state: State, measured: Measurement) -> Divergence | None:
    if not math.isfinite(measured.loss):
        return Divergence(state.iteration, "the loss")
    if math.isfinite(measured.gradient_norm):
        return None
    for name, g in measured.gradients.items():
        if not _is_finite(g):
            return Divergence(state.iteration, f"the gradient of {name}")
    return None


def _parameter_divergence(state: State) -> Divergence | None:
    for name, value in state.parameters.items():
        if not _is_finite(value):
            return Divergence(state.iteration, f"the parameter {name}")
    return None


def _is_finite(value: Element) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    # a finite sum of squares says it all at once; only when it overflows must each element be asked
    return math.isfinite(np.vdot(value, value)) or bool(np.all(np.isfinite(value)))


def _capacity(state: State) -> int:
    values = [*state.parameters.values(), *(kept for memory in state.memory.values() for kept in memory)]
    size = sum(8 * np.size(value) + 100 for value in values)
    return int(min(_MOST_KEPT, max(8, _KEPT_BYTES // size)))


@lru_cache(maxsize=4)
def _shuffled(seed: int, epoch: int, samples: int) -> Samples:
    order: Samples = np.random.default_rng([_SHUFFLE, seed, epoch]).permutation(samples)
    order.setflags(write=False)
    return order
