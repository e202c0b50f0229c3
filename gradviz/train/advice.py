"""Honest advice about a training: what makes it slow, wrong or impossible, with the number that shows it.

Each piece of advice says what was found and what would do; some have a remedy that a person can take with one click.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.text.numbers import number
from gradviz.train.descent import Divergence
from gradviz.train.history import History
from gradviz.train.initial import class_counts
from gradviz.train.planning import Plan
from gradviz.train.rates import highest_curvature
from gradviz.train.shapes import index_leaves

_BADLY_SCALED = 1_000.0
_MOST_ROWS, _MOST_COLUMNS = 5_000, 300
_FLAT = 1e-4
"""A loss that fell by less than this part over the last fifth of the run is flat."""
_ARRIVED = 1e-3
"""A gradient this part of the first is that of a minimum, not of a plateau."""
_LEAST_ITERATIONS = 50
_FEWEST_RISES = 5
_SHRUNK = 0.05


class Remedy(Enum):
    """What can be done at once."""

    STANDARDISE = "Standardise"
    RECODE = "Count from 0"
    RATE = "Use this rate"
    SUM = "Take the sum"
    MEAN = "Take the mean"


@dataclass(frozen=True, slots=True)
class Advice:
    """What was found and what would do.

    leaves: to which data leaves a remedy applies. rate: the one that is proposed.
    """

    text: str
    remedies: tuple[Remedy, ...] = ()
    leaves: tuple[str, ...] = ()
    rate: float | None = None


def advise_on_data(graph: Graph, data: Mapping[str, Array]) -> list[Advice]:
    """What the data themselves show: bad scales, classes that don't count from 0."""
    return [*_scales(graph, data), *_classes(graph, data)]


def advise_on_run(plan: Plan, history: History, divergence: Divergence | None) -> list[Advice]:
    """What a run shows: that it diverged, that its loss rises, or that it stands on a plateau."""
    if divergence is not None:
        told = f"diverged at iteration {divergence.iteration} ({divergence.told})"
        if divergence.iteration == 0:
            return [Advice(f"{told}: the first values are at fault, not the rate; start from other values")]
        return [_smaller_rate(plan, told)]
    if _rises(history):
        first, last = (number(float(history.loss[place]), 3) for place in (0, -1))
        return [_smaller_rate(plan, f"the loss rises, from {first} to {last}")]
    found = _on_plateau(history)
    return [found] if found is not None and not _has_slowed_down(plan, history) else []


def advise_on_failure(error: GradvizError) -> list[Advice]:
    """What can be done about a loss that is no number."""
    if "must be a scalar" in error.message or "one number a sample" in error.message:
        return [Advice("the loss is not a number but an array", (Remedy.SUM, Remedy.MEAN))]
    return []


def condition_number(inputs: Array) -> float:
    """Of the inputs with a column of ones: how much longer the loss is along its flattest direction, as a root."""
    design = np.hstack([inputs.reshape(len(inputs), -1), np.ones((len(inputs), 1))])
    singular = np.linalg.svd(design, compute_uv=False)
    return float(singular[0] / singular[-1]) if singular[-1] > 0 else float("inf")


def _scales(graph: Graph, data: Mapping[str, Array]) -> list[Advice]:
    leaves = tuple(name for name, values in data.items() if values.ndim == 2 and values.shape[1] <= _MOST_COLUMNS)
    leaves = leaves or tuple(n for n, values in data.items() if values.ndim == 1 and n not in index_leaves(graph))[:1]
    for name in leaves:
        rows = np.linspace(0, len(data[name]) - 1, min(_MOST_ROWS, len(data[name]))).astype(int)
        sample = data[name][rows]
        if len(sample) < 3 or not np.all(np.isfinite(sample)) or _varying(sample).shape[1] == 0:
            continue
        condition = condition_number(_varying(sample))
        if condition > _BADLY_SCALED:
            told = (
                "some of its columns depend on others"
                if condition > 1e12
                else f"condition number {number(condition, 3)}"
            )
            text = f"the inputs {name} are badly scaled ({told}): gradient descent crawls; bring them to a common scale"
            return [Advice(text, (Remedy.STANDARDISE,), (name,))]
    return []


def _varying(values: Array) -> Array:
    """The columns that hold more than one value: a constant one depends on the column of ones."""
    columns = values.reshape(len(values), -1)
    found: Array = columns[:, np.ptp(columns, axis=0) > 0]
    return found


def _classes(graph: Graph, data: Mapping[str, Array]) -> list[Advice]:
    counts = class_counts(data)
    found = []
    for name in sorted(index_leaves(graph) & set(data)):
        values = data[name]
        whole = name in counts
        lowest, highest = float(values.min()), float(values.max())
        if whole and lowest > 0:
            text = (
                f"the classes of {name} are {number(lowest)} to {number(highest)}; classes count from 0, "
                "so the first scores are never right"
            )
            found.append(Advice(text, (Remedy.RECODE,), (name,)))
        elif not whole and np.all(np.isfinite(values)):
            text = f"{name} picks a class but holds {number(lowest)} to {number(highest)}; classes are 0, 1, 2, …"
            found.append(Advice(text, (Remedy.RECODE,), (name,)))
    return found


def _smaller_rate(plan: Plan, text: str) -> Advice:
    with np.errstate(all="ignore"):
        curvature = highest_curvature(plan.objective, plan.objective.elements(plan.start), seed=plan.seed)
    if not (np.isfinite(curvature) and curvature > 0):
        return Advice(f"{text}; try a smaller learning rate")
    rate = float(f"{1 / curvature:.2g}")
    told = f"{text}: stable below 2/λmax = {number(2 / curvature, 3)}, so try {number(rate)}"
    return Advice(told, (Remedy.RATE,), rate=rate)


def _rises(history: History) -> bool:
    """True when the run ends far above where it began, and higher than before."""
    losses = history.loss
    tail = max(1, len(losses) // 5)
    if len(losses) <= tail or history.iteration[-1] < _FEWEST_RISES:
        return False
    grown = float(losses[-1] - losses[0])
    return grown > max(abs(float(losses[0])), 1e-300) and losses[-1] > losses[-1 - tail]


def _has_slowed_down(plan: Plan, history: History) -> bool:
    """True when the schedule has let the rate shrink to next to nothing: then it is no wonder that nothing moves."""
    return plan.rate_at(int(history.iteration[-1])) < _SHRUNK * plan.optimizer.rate


def _on_plateau(history: History) -> Advice | None:
    losses, norms = history.loss, history.gradient_norm
    if len(losses) < 2 or history.iteration[-1] < _LEAST_ITERATIONS or norms[0] <= 0:
        return None
    tail = max(1, len(losses) // 5)
    size = max(abs(float(losses[-tail])), abs(float(losses[0] - losses[-tail])), 1e-300)
    fell = float(losses[-tail:].min() - losses[-1 - tail]) / size if len(losses) > tail else -1.0
    if fell < -_FLAT or norms[-1] <= _ARRIVED * norms[0]:
        return None
    iterations = int(history.iteration[-1] - history.iteration[-tail])
    return Advice(
        f"a plateau: over the last {iterations:,} iterations the loss fell by less than {100 * _FLAT:g} %, yet the "
        f"gradient is {number(float(norms[-1]), 3)}; try another rate or momentum"
    )
