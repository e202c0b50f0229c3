"""Ready-made watches: what usually goes wrong in a run, each with its thresholds and with advice.

A monitor looks at one iteration (`Look`: the numbers of all its samples, the parameters before and after) and gives
an alarm or none. What lasts over iterations (a loss that rises) is counted in a `Past`. The defaults are such that an
ordinary healthy run raises none of them; each can be switched off and each threshold changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gradviz.project.stops import Advice
from gradviz.session import signals, updates
from gradviz.session.look import Alarm, Look, Past, Thresholds


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number that decides, with its words: "a unit counts as saturated below this slope"."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Monitor:
    """A ready-made watch. needs: what its look must have computed: "nothing", "values" or "adjoints"."""

    key: str
    title: str
    sentence: str
    detect: Callable[[Look, Past, Thresholds], Alarm | None]
    thresholds: tuple[Threshold, ...] = ()
    needs: str = "nothing"


NON_FINITE = "non_finite"
"""The monitor of the first NaN or infinity; it stands in a project's own field, for it was there first."""

MONITORS: tuple[Monitor, ...] = (
    Monitor(
        NON_FINITE,
        "NaN or ∞",
        "The first number of either pass that is not finite.",
        signals.non_finite,
        needs="adjoints",
    ),
    Monitor(
        "vanishing",
        "Vanishing gradient",
        "On the way back through the layers next to nothing of the gradient is left.",
        signals.vanishing,
        (Threshold("ratio", 1e-3, "what arrives first, over what the layers nearest to the loss get"),),
        "adjoints",
    ),
    Monitor(
        "exploding",
        "Exploding gradient",
        "On the way back through the layers the gradient grows beyond all bounds.",
        signals.exploding,
        (
            Threshold("ratio", 1e4, "what arrives first, over what the layers nearest to the loss get"),
            Threshold("growth", 1e4, "the gradient's length, over its largest in the first iterations"),
        ),
        "adjoints",
    ),
    Monitor(
        "dead_relu",
        "Dead relu",
        "Units of a relu are 0 for every sample, so nothing flows back through them.",
        signals.dead_relu,
        (
            Threshold("share", 0.5, "of the units of one relu that are dead"),
            Threshold("samples", 4, "fewer samples than this say nothing"),
        ),
        "values",
    ),
    Monitor(
        "saturated",
        "Saturated sigmoid or tanh",
        "Units stand where the curve is flat, while the loss is still high: next to nothing flows back.",
        signals.saturated,
        (
            Threshold("slope", 0.01, "a unit counts as saturated below this slope, relative to the steepest"),
            Threshold("share", 0.9, "of the units over all samples that are saturated"),
            Threshold("loss", 0.5, "only while the loss is above this part of the first one"),
        ),
        "values",
    ),
    Monitor(
        "unchanged",
        "Parameter doesn't change",
        "A parameter stays the same while others move.",
        updates.unchanged,
        (Threshold("iterations", 5, "on end without any change"),),
    ),
    Monitor(
        "update_large",
        "Update too large",
        "A parameter moves by more than its own size, several times on end.",
        updates.too_large,
        (
            Threshold("ratio", 1.0, "the update's length over the parameter's largest so far"),
            Threshold("iterations", 5, "on end"),
        ),
    ),
    Monitor(
        "update_small",
        "Update too small",
        "A parameter hardly moves though its gradient matters: training would take for ever.",
        updates.too_small,
        (
            Threshold("ratio", 1e-6, "the update's length over the parameter's"),
            Threshold("effect", 1e-2, "gradient times parameter over the loss: below this it may rest"),
            Threshold("iterations", 10, "on end"),
        ),
    ),
    Monitor(
        "loss_rising",
        "Loss rises",
        "The loss has gone up several times on end, well above its best.",
        updates.loss_rising,
        (
            Threshold("iterations", 5, "on end in which it rises (with batches: in which its mean is high)"),
            Threshold("factor", 2.0, "above its best so far"),
        ),
    ),
    Monitor(
        "overflow",
        "Near overflow",
        "A value so large that its square is no number of 64 bits.",
        signals.near_overflow,
        (Threshold("above", 1e154, "in magnitude"),),
        "values",
    ),
    Monitor(
        "underflow",
        "Underflow",
        "A result is 0, or all but, though no operand is: what it stood for is lost.",
        signals.underflow,
        (Threshold("below", 1e-300, "in magnitude"),),
        "values",
    ),
    Monitor(
        "log_near_zero",
        "Log near 0",
        "The logarithm of a number next to 0: a little less, and it is −∞.",
        signals.log_near_zero,
        (Threshold("below", 1e-30, "the operand"),),
        "values",
    ),
    Monitor(
        "division_near_zero",
        "Division near 0",
        "A denominator next to 0: a little less, and the result is infinite.",
        signals.division_near_zero,
        (Threshold("below", 1e-30, "the denominator, in magnitude"),),
        "values",
    ),
)

FORERUNNERS = ("overflow", "underflow", "log_near_zero", "division_near_zero")
"""What often comes just before a number that is not finite."""

OVER_SAMPLES = ("dead_relu", "saturated")
"""What is said of units over all samples, not of the run of one."""

BY_KEY: Mapping[str, Monitor] = MappingProxyType({monitor.key: monitor for monitor in MONITORS})


@dataclass(frozen=True, slots=True)
class Settings:
    """Which monitors are on, and their thresholds where they differ from the defaults. Plain data: it can travel.

    By default only a number that is not finite stops a run; the other monitors mark the place and give their advice.
    all_stop: each one that is on stops.
    """

    stops_at_non_finite: bool = True
    advice: Mapping[str, Advice] = field(default_factory=dict)
    all_stop: bool = False

    def stops(self, key: str) -> bool:
        """True for a monitor that stops a run when it finds something."""
        told = self.advice.get(key)
        return self.all_stop or key == NON_FINITE or (told is not None and told.stops)

    def is_on(self, key: str) -> bool:
        """True for a monitor that is switched on."""
        if key == NON_FINITE:
            return self.stops_at_non_finite
        told = self.advice.get(key)
        return told is None or told.is_enabled

    def thresholds(self, monitor: Monitor) -> Thresholds:
        """The thresholds of a monitor by name."""
        told = self.advice.get(monitor.key)
        own = told.thresholds if told is not None else {}
        return {t.name: float(own.get(t.name, t.value)) for t in monitor.thresholds}


def none_but(*keys: str) -> Settings:
    """Settings in which only these monitors are on, and stop a run."""
    return Settings(NON_FINITE in keys, {m.key: Advice(m.key in keys) for m in MONITORS}, all_stop=True)


def alarms(look: Look, past: Past, settings: Settings, needs: frozenset[str]) -> list[Alarm]:
    """What the monitors that are on, and for which the look has the numbers, have to say of an iteration."""
    found = []
    for monitor in MONITORS:
        if monitor.needs in needs and settings.is_on(monitor.key):
            alarm = monitor.detect(look, past, settings.thresholds(monitor))
            if alarm is not None:
                found.append(alarm)
    return found
