"""When a descent ends before its last iteration.

    loss       the loss is at most so high
    gradient   the gradient is at most so long
    patience   the lowest loss is so many iterations old (the loss on the validation samples, where there are some)
    seconds    the iterations have taken so long

The first three depend on the run alone, so that a repeated run ends at the same iteration.
"""

import math
from dataclasses import dataclass

from gradviz.errors import TrainingError
from gradviz.text.numbers import number


@dataclass(frozen=True, slots=True)
class Ending:
    """Why and where a descent ended early."""

    iteration: int
    reason: str

    @property
    def message(self) -> str:
        """One line for people."""
        return f"stopped at iteration {self.iteration}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Stopping:
    """The rules of a descent; None for a rule that doesn't count."""

    loss: float | None = None
    gradient: float | None = None
    patience: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.loss is not None and not math.isfinite(self.loss):
            raise TrainingError(f"the loss to stop at is a finite number; {self.loss} is not")
        if self.gradient is not None and not (math.isfinite(self.gradient) and self.gradient >= 0):
            raise TrainingError(f"the gradient to stop at is a length from 0; {self.gradient} is not")
        if self.patience is not None and self.patience < 1:
            raise TrainingError(f"the patience is at least 1 iteration; {self.patience} is not")
        if self.seconds is not None and not self.seconds > 0:
            raise TrainingError(f"the time to stop after is more than 0 seconds; {self.seconds} is not")

    @property
    def is_none(self) -> bool:
        """True when only the number of iterations ends a run."""
        return self == NEVER


NEVER = Stopping()


Watched = tuple[float, int, float]
"""What following a descent remembers: the lowest loss, its iteration, and the seconds so far."""


class Watch:
    """Follows one descent and says when it is to end. memory: all that it knows, so that a twin can go on."""

    def __init__(self, rules: Stopping) -> None:
        self._rules = rules
        self.memory: Watched = (math.inf, 0, 0.0)

    def after(self, iteration: int, loss: float, gradient_norm: float, judged: float | None, took: float) -> str | None:
        """Why to stop here, None to go on.

        judged: the loss that patience looks at, None where it wasn't measured. took: seconds of this iteration.
        """
        rules, (lowest, lowest_at, seconds) = self._rules, self.memory
        if judged is not None and judged < lowest:
            lowest, lowest_at = judged, iteration
        self.memory = (lowest, lowest_at, seconds + took)
        if rules.loss is not None and loss <= rules.loss:
            return f"the loss {number(loss)} is not above {number(rules.loss)}"
        if rules.gradient is not None and gradient_norm <= rules.gradient:
            return f"the gradient's length {number(gradient_norm)} is not above {number(rules.gradient)}"
        if rules.patience is not None and judged is not None and iteration - lowest_at >= rules.patience:
            return f"the lowest loss, {number(lowest)}, is {_iterations(iteration - lowest_at)} old"
        if rules.seconds is not None and self.memory[2] >= rules.seconds:
            return f"it has taken {number(rules.seconds)} s"
        return None


def _iterations(count: int) -> str:
    return "1 iteration" if count == 1 else f"{count} iterations"
