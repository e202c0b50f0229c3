"""What ready-made watches look at: one iteration with the numbers of all its samples; and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.session.batch import BatchRun
from gradviz.text.symbols import display, symbols
from gradviz.train.objective import Element, Samples

Thresholds = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One iteration. run: None where only losses and parameters are looked at.

    samples: the places in the data of the run's rows, None without data. loss, gradients: over those samples.
    parameters, following: before and after the update.
    """

    graph: Graph
    iteration: int
    loss: float
    gradient_norm: float
    parameters: Mapping[str, Element]
    following: Mapping[str, Element]
    gradients: Mapping[str, Element]
    samples: Samples | None = None
    is_batch: bool = False
    """True when other iterations have other samples, so that the loss is noisy."""
    run: BatchRun | None = None

    def name(self, node: NodeId) -> str:
        """A node's name as people read it."""
        return display(symbols(self.graph)[node])

    def sample(self, row: int) -> int | None:
        """The place in the data of a row of the run."""
        return None if self.samples is None else int(self.samples[row])


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a ready-made watch found.

    cause: a sentence without its full stop. advice: what would help. phase, operand: where in the run it stands:
    "forward" and "backward" at the node, on its operand's edge; "update" at the parameter.
    """

    key: str
    node: NodeId
    cause: str
    advice: str
    phase: str = "forward"
    operand: int | None = None
    sample: int | None = None


@dataclass(slots=True, eq=False)
class Past:
    """What has to be remembered from one iteration to the next; one of each descent.

    streaks: for how many iterations on end something has been so. sizes: the largest length of each parameter so far.
    """

    streaks: dict[tuple[str, str], int] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    first_loss: float | None = None
    best_loss: float | None = None
    last_loss: float | None = None
    mean_loss: float | None = None
    largest_norm: float = 0.0
    """Of the gradients of the first iterations."""

    def lasts(self, key: str, what: str, is_so: bool) -> int:
        """For how many iterations on end, this one included, it has been so."""
        count = self.streaks.get((key, what), 0) + 1 if is_so else 0
        self.streaks[key, what] = count
        return count

    def has_converged(self, look: Look) -> bool:
        """True where next to nothing is left of the first loss: what is tiny there is tiny by right."""
        return self.first_loss is not None and abs(look.loss) < 1e-15 * abs(self.first_loss)

    def close(self, look: Look) -> None:
        """Take up an iteration that has been looked at."""
        for name, value in look.parameters.items():
            self.sizes[name] = max(self.sizes.get(name, 0.0), length(value))
        if self.first_loss is None:
            self.first_loss = look.loss
        self.best_loss = look.loss if self.best_loss is None else min(self.best_loss, look.loss)
        self.last_loss = look.loss
        if look.iteration < 5:
            self.largest_norm = max(self.largest_norm, look.gradient_norm)


def length(value: Element) -> float:
    """The Euclidean length of a number or an array."""
    if isinstance(value, float):
        return abs(value)
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.vdot(value, value)))


def run_of_trace(trace: Trace) -> BatchRun:
    """One recorded run in the form of a batch of one, without a sample axis."""
    flags = (False,) * len(trace.graph)
    return BatchRun(trace.graph, 1, trace.values, flags, trace.adjoints, trace.contributions)


def rows_where(is_bad: Any, is_batched: bool) -> int:
    """The first row of an array of truths in which something is true; 0 where there is no sample axis."""
    if not is_batched:
        return 0
    return int(np.argmax(np.any(is_bad, axis=tuple(range(1, np.ndim(is_bad))))))
