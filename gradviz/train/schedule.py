"""Rate schedules: the learning rate as a function of the iteration k, counted from 0.

    constant      ε
    step          ε γ^⌊k/n⌋                        a cut by γ every n iterations
    exponential   ε γ^(k/n)                        the same, smoothly
    cosine        ε (γ + (1 − γ)(1 + cos π k/n)/2) from ε to γε in n iterations, and then stays
    inverse       ε / (1 + k/n)                    1/t: Robbins and Monro, 1951

Cosine: Loshchilov and Hutter, "SGDR", 2017, equation 5, without restarts. A warm-up of w iterations multiplies any
of them by (k + 1)/w until that is 1: Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gradviz.data.names import did_you_mean
from gradviz.errors import TrainingError


@dataclass(frozen=True, slots=True)
class ScheduleKind:
    """One way in which a rate changes. factor: the usual γ; None where there is none."""

    name: str
    title: str
    plain: str
    factor: float | None
    part: Callable[[int, float, int], float]
    """part(k, γ, n): what the rate is multiplied by."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A way in which the rate changes, with its numbers."""

    name: str = "constant"
    factor: float = 1.0
    period: int = 100
    warmup: int = 0

    @property
    def is_constant(self) -> bool:
        """True when every iteration has the same rate."""
        return self.name == "constant" and not self.warmup

    def rate(self, base: float, iteration: int) -> float:
        """The rate of an iteration, counted from 0."""
        found = base * SCHEDULES[self.name].part(iteration, self.factor, self.period)
        return found * (iteration + 1) / self.warmup if iteration < self.warmup else found


def make_schedule(name: str, factor: float | None = None, period: int = 100, warmup: int = 0) -> Schedule:
    """The schedule of that name, with its usual γ where none is given; raises TrainingError for what can't be."""
    if name not in SCHEDULES:
        raise TrainingError(f"there is no rate schedule {name}{did_you_mean(name, SCHEDULES)}")
    usual = SCHEDULES[name].factor
    chosen = factor if factor is not None and usual is not None else usual
    if chosen is not None and not (math.isfinite(chosen) and 0 <= chosen <= 1):
        raise TrainingError(f"a schedule's factor lies between 0 and 1; {chosen} does not")
    if period < 1:
        raise TrainingError(f"a schedule's period is at least 1 iteration; {period} is not")
    if warmup < 0:
        raise TrainingError(f"a warm-up has 0 or more iterations; {warmup} is not possible")
    return Schedule(name, 1.0 if chosen is None else chosen, period, warmup)


def _cosine(k: int, factor: float, period: int) -> float:
    return factor + (1 - factor) * (1 + math.cos(math.pi * min(k, period) / period)) / 2


_LISTED = (
    ScheduleKind("constant", "constant", "ε", None, lambda k, factor, period: 1.0),
    ScheduleKind("step", "step", "ε γ^⌊k/n⌋", 0.5, lambda k, factor, period: float(factor ** (k // period))),
    ScheduleKind(
        "exponential", "exponential", "ε γ^(k/n)", 0.5, lambda k, factor, period: float(factor ** (k / period))
    ),
    ScheduleKind("cosine", "cosine", "ε (γ + (1 − γ)(1 + cos πk/n)/2)", 0.0, _cosine),
    ScheduleKind("inverse", "1/t", "ε / (1 + k/n)", None, lambda k, factor, period: 1 / (1 + k / period)),
)

SCHEDULES: Mapping[str, ScheduleKind] = MappingProxyType({kind.name: kind for kind in _LISTED})
"""The schedules by name, in the order in which they are shown."""

CONSTANT = Schedule()
