"""What is done to a gradient before the update rule gets it.

    clip by value   each element into [−c, c]
    clip by length  g ← g · min(1, c/|g|), |g| the length of all gradients together
    weight decay    g ← g + λ θ                          the gradient of λ/2 |θ|²

In this order, so that the decay isn't clipped: as PyTorch's `clip_grad_norm_` before its optimizers' `weight_decay`.
Clipping by length: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.errors import TrainingError

Element = Any


@dataclass(frozen=True, slots=True)
class Treatment:
    """Limits of the gradient, None for no limit, and the weight decay λ."""

    clip_value: float | None = None
    clip_norm: float | None = None
    decay: float = 0.0

    def __post_init__(self) -> None:
        for name, limit in (("element", self.clip_value), ("length", self.clip_norm)):
            if limit is not None and not (math.isfinite(limit) and limit > 0):
                raise TrainingError(f"a gradient's largest {name} is a number above 0; {limit} is not")
        if not (math.isfinite(self.decay) and self.decay >= 0):
            raise TrainingError(f"weight decay is a number from 0; {self.decay} is not")

    @property
    def is_none(self) -> bool:
        """True when gradients stay as they are."""
        return self.clip_value is None and self.clip_norm is None and not self.decay

    def applied(self, gradients: Mapping[str, Element], parameters: Mapping[str, Element]) -> Mapping[str, Element]:
        """The gradients that the update rule gets."""
        treated = dict(gradients)
        limit = self.clip_value
        if limit is not None:
            treated = {name: _within(g, limit) for name, g in treated.items()}
        if self.clip_norm is not None:
            part = self.norm_part(treated)
            if part < 1:
                treated = {name: g * part for name, g in treated.items()}
        if self.decay:
            treated = {name: g + self.decay * parameters[name] for name, g in treated.items()}
        return treated

    def norm_part(self, gradients: Mapping[str, Element]) -> float:
        """What clipping by length multiplies the gradients with: 1 when they are short enough."""
        total = math.sqrt(sum(float(np.sum(np.square(g))) for g in gradients.values()))
        return min(1.0, self.clip_norm / total) if self.clip_norm is not None and total > 0 else 1.0


NO_TREATMENT = Treatment()


def _within(g: Element, limit: float) -> Element:
    return min(max(g, -limit), limit) if isinstance(g, float) else np.clip(g, -limit, limit)
