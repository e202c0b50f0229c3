"""How gradient descent is to run: all the choices of one training, as a document stores them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from gradviz.data.names import did_you_mean
from gradviz.errors import TrainingError


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How gradient descent is to run.

    rate: ε. steps: iterations of one run. optimizer: a name of gradviz.train.optimizer. batch: samples an
    iteration, None for all. reduce: whether the loss is the sum or the mean over the samples. seed: of all
    random numbers, so that a run can be repeated.
    options: of the optimizer, such as ("momentum", 0.8).
    schedule, schedule_factor, schedule_period, warmup: how the rate changes, see gradviz.train.schedule.
    weight_decay: λ; each gradient gets λθ added, or AdamW's own decay. clip_value, clip_norm: the largest element of
    the gradient, and its largest length; None for no limit.
    initialiser, initial_scale: how parameters without a value are drawn, see gradviz.train.initialisers.
    stop_loss, stop_gradient, patience, stop_seconds: when to stop early, None for never; see gradviz.train.stopping.
    validation: the part of the samples that is kept out of training, to measure the loss on; 0 for none.
    """

    rate: float = 0.1
    steps: int = 100
    optimizer: str = "sgd"
    batch: int | None = None
    reduce: Literal["sum", "mean"] = "mean"
    seed: int = 0
    options: tuple[tuple[str, float], ...] = ()
    schedule: str = "constant"
    schedule_factor: float | None = None
    schedule_period: int = 100
    warmup: int = 0
    weight_decay: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    initialiser: str = "lecun"
    initial_scale: float = 1.0
    stop_loss: float | None = None
    stop_gradient: float | None = None
    patience: int | None = None
    stop_seconds: float | None = None
    validation: float = 0.0


SETTING_NAMES = tuple(field.name for field in fields(TrainingSettings))
"""The names of all settings."""

USUAL = TrainingSettings()


def settings_of(given: Mapping[str, Any]) -> TrainingSettings:
    """The usual settings with those that are given; raises TrainingError for a name that is none."""
    for name in given:
        if name not in SETTING_NAMES:
            raise TrainingError(f"training has no setting {name}{did_you_mean(name, SETTING_NAMES)}")
    return TrainingSettings(**given)


def unusual(settings: TrainingSettings) -> dict[str, Any]:
    """The settings that differ from the usual ones, by name."""
    return {name: getattr(settings, name) for name in SETTING_NAMES if getattr(settings, name) != getattr(USUAL, name)}
