"""When a descent has diverged: something is no longer finite, or the loss has grown beyond all measure and still grows.

The first ends a descent at once, for there is no next state. The second is judged of a run as a whole: a loss that is
a million times the first and still rises will not come back, and everybody calls that diverged. One rule serves the
command line, the package, sweeps and the window.
"""

import math
from dataclasses import dataclass

import numpy as np

from gradviz.text.numbers import number
from gradviz.train.history import History
from gradviz.train.planning import Measurement, State, is_finite

_GROWN = 1e6
_FAR = 1e3
"""How far above its first fifth a run must end; one that grows evenly a million-fold ends 60,000 times as high."""
_LEAST_LOSS = 1e-12
"""A first loss below this is rounding: what it grows by says nothing."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first thing that was not finite (the loss, the gradient of W, the parameter W), or a loss that has grown.

    growth: how often the loss holds the first one; None when something is not finite.
    """

    iteration: int
    what: str
    growth: float | None = None

    @property
    def told(self) -> str:
        """What is wrong, without the place."""
        if self.growth is not None:
            return f"{self.what} is {number(self.growth, 2)} times the first and still rises"
        return f"{self.what} is not finite"

    @property
    def message(self) -> str:
        """One line that says where and what would do."""
        remedy = "try a smaller learning rate" if self.iteration else "start from other values"
        return f"iteration {self.iteration}: {self.told}; {remedy}"


def divergence_of(state: State, measured: Measurement) -> Divergence | None:
    """What of a measured state is not finite."""
    if not math.isfinite(measured.loss):
        return Divergence(state.iteration, "the loss")
    if math.isfinite(measured.gradient_norm):
        return None
    for name, g in measured.gradients.items():
        if not is_finite(g):
            return Divergence(state.iteration, f"the gradient of {name}")
    return None


def parameter_divergence(state: State) -> Divergence | None:
    """Which parameter is not finite."""
    for name, value in state.parameters.items():
        if not is_finite(value):
            return Divergence(state.iteration, f"the parameter {name}")
    return None


def growth_of(history: History) -> Divergence | None:
    """That the loss ends more than a million times as high as it began, and higher than a fifth of the run before.

    It also ends far above all of its first fifth: the first of single samples may fit by chance, without any loss.
    """
    if len(history) < 2:
        return None
    losses = history.loss
    fifth = max(1, len(losses) // 5)
    growth = float(losses[-1]) / max(abs(float(losses[0])), _LEAST_LOSS)
    is_far = losses[-1] > _FAR * np.abs(losses[:fifth]).max()
    if growth > _GROWN and is_far and losses[-1] > losses[-1 - fifth]:
        return Divergence(int(history.iteration[-1]), "the loss", growth)
    return None
