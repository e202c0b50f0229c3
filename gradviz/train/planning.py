"""What determines a descent, and the two pure steps of which it is made: measure, and follow.

    settings ──check_settings──▶ pieces: rule, schedule, treatment, stopping, initialiser
    graph, values, data, settings ──plan_of──▶ plan

The samples of iteration k, its rate and its update are pure functions of the plan, k and the state before it.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.train.initial import checked_seed, start
from gradviz.train.initialisers import Initialiser
from gradviz.train.judging import Judge, make_judge, measured_every
from gradviz.train.lbfgs import check_scipy, lbfgs_step
from gradviz.train.objective import REDUCTIONS, Element, Objective, Samples, checked_data
from gradviz.train.optimizer import Memory, Optimizer, make_optimizer
from gradviz.train.schedule import CONSTANT, Schedule, make_schedule
from gradviz.train.settings import TrainingSettings, settings_of
from gradviz.train.split import check_part, split_rows
from gradviz.train.stopping import NEVER, Stopping
from gradviz.train.treatment import NO_TREATMENT, Treatment

_SHUFFLE = 1
"""Sets the random numbers of the shuffling apart from those of the start."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that determines a descent: the loss, the start, the rule, and the samples of each iteration.

    batch: samples an iteration; None for all. seed: of the shuffling. schedule, treatment: what becomes of the rate
    and of the gradient before the rule gets them. stopping: when to end early. judge: what else is measured now and
    then, None for nothing. rows: where the objective's samples stand in the data, None when it has all of them.
    is_plain: every update is the optimizer's step at its own rate on the gradient as it is, and nothing else counts.
    """

    objective: Objective
    start: Mapping[str, Array]
    optimizer: Optimizer
    batch: int | None = None
    seed: int = 0
    schedule: Schedule = CONSTANT
    treatment: Treatment = NO_TREATMENT
    stopping: Stopping = NEVER
    judge: Judge | None = None
    rows: Samples | None = None
    is_plain: bool = field(init=False)

    def __post_init__(self) -> None:
        is_untouched = self.schedule.is_constant and self.treatment.is_none and not self.optimizer.rule.searches
        object.__setattr__(self, "is_plain", is_untouched and self.stopping.is_none and self.judge is None)

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

    def rows_at(self, iteration: int) -> Samples | None:
        """Where the samples of an iteration stand in the data, None for all of the data."""
        chosen = self.samples_at(iteration)
        if self.rows is None:
            return chosen
        rows: Samples = self.rows if chosen is None else self.rows[chosen]
        return rows

    def rate_at(self, iteration: int) -> float:
        """The learning rate of an iteration."""
        return self.schedule.rate(self.optimizer.rate, iteration)

    def measure(self, state: State) -> Measurement:
        """Loss and gradient at a state, over the samples of its iteration."""
        loss, gradients = self.objective.loss_and_gradient(state.parameters, self.samples_at(state.iteration))
        return Measurement(loss, gradients, norm(gradients))

    def following(self, state: State, measured: Measurement) -> State:
        """The state after one more update."""
        k = state.iteration + 1
        with np.errstate(all="ignore"):
            if self.optimizer.rule.searches:
                parameters, memory = self._searched(state, measured)
            else:
                optimizer, gradients = self.optimizer, measured.gradients
                if not self.schedule.is_constant:
                    optimizer = replace(optimizer, rate=self.rate_at(state.iteration))
                if not self.treatment.is_none:
                    gradients = self.treatment.applied(gradients, state.parameters)
                parameters, memory = optimizer.step(state.parameters, gradients, state.memory, k)
        return State(k, parameters, memory)

    def _searched(self, state: State, measured: Measurement) -> tuple[dict[str, Element], dict[str, Memory]]:
        """The update of a rule that looks at the loss elsewhere too; weight decay adds λ/2 |θ|² to it."""
        chosen, decay = self.samples_at(state.iteration), self.treatment.decay

        def penalised(
            parameters: Mapping[str, Element], loss: float, gradients: Mapping[str, Element]
        ) -> tuple[float, Mapping[str, Element]]:
            if not decay:
                return loss, gradients
            penalty = decay / 2 * sum(float(np.sum(np.square(value))) for value in parameters.values())
            return loss + penalty, {name: g + decay * parameters[name] for name, g in gradients.items()}

        def evaluate(parameters: dict[str, Element]) -> tuple[float, Mapping[str, Element]]:
            return penalised(parameters, *self.objective.loss_and_gradient(parameters, chosen))

        loss, gradients = penalised(state.parameters, measured.loss, measured.gradients)
        return lbfgs_step(evaluate, state.parameters, loss, gradients, state.memory)


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
    """The plan of a plain descent; see `descend`. settings: of the optimizer, such as momentum."""
    asked = settings_of({"rate": rate, "optimizer": optimizer, "batch": batch, "reduce": reduce, "seed": seed})
    asked = replace(asked, options=tuple((settings or {}).items()))
    return plan_of(graph, values, asked, data=data, fixed=fixed)


def plan_of(
    graph: Graph,
    values: Mapping[str, Any] | None,
    settings: TrainingSettings,
    *,
    data: Mapping[str, Any] | None = None,
    fixed: Collection[str] = (),
) -> Plan:
    """The plan that these settings ask for.

    The validation samples are chosen by the seed; the shapes of free parameters are inferred from all samples.
    """
    pieces = check_settings(settings)
    arrays = checked_data(graph, data or {})
    seed = settings.seed
    begin = start(graph, values or {}, data=arrays, fixed=fixed, seed=seed, initialiser=pieces.initialiser)
    shapes = {name: value.shape for name, value in begin.parameters.items()}
    split = split_rows(len(next(iter(arrays.values()), ())), settings.validation, seed)
    taught = arrays if split is None else {name: values[split[0]] for name, values in arrays.items()}
    objective = Objective(graph, shapes, begin.constants, taught, settings.reduce)
    kept_out = None if split is None else {name: values[split[1]] for name, values in arrays.items()}
    judge = make_judge(objective, kept_out, measured_every(settings.steps))
    return Plan(
        objective,
        begin.parameters,
        pieces.optimizer,
        settings.batch,
        seed,
        pieces.schedule,
        pieces.treatment,
        pieces.stopping,
        judge,
        None if split is None else split[0],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """What settings stand for, apart from the data."""

    optimizer: Optimizer
    schedule: Schedule
    treatment: Treatment
    stopping: Stopping
    initialiser: Initialiser


def check_settings(settings: TrainingSettings) -> Pieces:
    """What the settings stand for; raises TrainingError for one that can't be."""
    if settings.batch is not None and settings.batch < 1:
        raise TrainingError(f"a batch has at least one sample; {settings.batch} is not possible")
    if settings.reduce not in REDUCTIONS:
        raise TrainingError(f"losses are reduced by sum or mean, not by {settings.reduce}")
    checked_seed(settings.seed)
    check_part(settings.validation)
    optimizer, decay = _rule(settings)
    return Pieces(
        optimizer,
        make_schedule(settings.schedule, settings.schedule_factor, settings.schedule_period, settings.warmup),
        Treatment(settings.clip_value, settings.clip_norm, decay),
        Stopping(settings.stop_loss, settings.stop_gradient, settings.patience, settings.stop_seconds),
        Initialiser(settings.initialiser, settings.initial_scale),
    )


def _rule(settings: TrainingSettings) -> tuple[Optimizer, float]:
    """The optimizer, and the weight decay that it leaves to the gradient."""
    options = dict(settings.options)
    optimizer = make_optimizer(settings.optimizer, settings.rate, **options)
    if optimizer.rule.searches:
        check_scipy()
    if settings.weight_decay and "weight_decay" in optimizer.rule.settings:
        return make_optimizer(
            settings.optimizer, settings.rate, **{**options, "weight_decay": settings.weight_decay}
        ), 0.0
    return optimizer, settings.weight_decay


def first_update(
    settings: TrainingSettings, parameters: Mapping[str, Element], gradients: Mapping[str, Element]
) -> dict[str, Element] | None:
    """The parameters after the very first update with this gradient; None for a rule that looks at the loss too."""
    pieces = check_settings(settings)
    if pieces.optimizer.rule.searches:
        return None
    optimizer = replace(pieces.optimizer, rate=pieces.schedule.rate(settings.rate, 0))
    with np.errstate(all="ignore"):
        treated = pieces.treatment.applied(gradients, parameters)
        return optimizer.step(parameters, treated, optimizer.start(parameters), 1)[0]


def norm(gradients: Mapping[str, Element]) -> float:
    """The Euclidean length of all gradients together; NaN or ∞ when an element is not finite."""
    total = 0.0
    for g in gradients.values():
        total += g * g if isinstance(g, float) else float(np.vdot(g, g))
    if total < math.inf or not all(is_finite(g) for g in gradients.values()):
        return math.sqrt(total) if total >= 0 else total
    highest = max(float(np.max(np.abs(g), initial=0.0)) for g in gradients.values())  # its square overflows, it doesn't
    return highest * norm({name: g / highest for name, g in gradients.items()})


def as_arrays(parameters: Mapping[str, Element]) -> dict[str, Array]:
    """Parameters as read-only float64 values."""
    return {name: as_value(value) for name, value in parameters.items()}


def is_finite(value: Element) -> bool:
    """True when a parameter has no NaN and no infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    # a finite sum of squares says it all at once; only when it overflows must each element be asked
    return math.isfinite(np.vdot(value, value)) or bool(np.all(np.isfinite(value)))


@lru_cache(maxsize=4)
def _shuffled(seed: int, epoch: int, samples: int) -> Samples:
    order: Samples = np.random.default_rng([_SHUFFLE, seed, epoch]).permutation(samples)
    order.setflags(write=False)
    return order
