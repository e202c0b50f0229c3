"""What a document remembers of its training: how far it got, which iteration is shown, and a thinned history.

A descent is determined by the document, so any iteration can be computed again; this is what shows at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from gradviz.core.types import Array
from gradviz.train.history import History

MAX_POINTS = 200
"""The most points of a history that a document holds."""

MAX_NUMBERS = 10_000
"""Parameters of more numbers than this are not kept: they are computed again."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """iteration: how many were done. shown: the one that is looked at; parameters: as they were before its update."""

    iteration: int
    shown: int
    parameters: Mapping[str, Array] = field(default_factory=dict)
    history: History = field(default_factory=lambda: History(np.array([], dtype=np.int64), np.array([]), np.array([])))

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


def trained(iteration: int, shown: int, parameters: Mapping[str, Array], history: History) -> Trained | None:
    """What is worth keeping of a training; None when nothing was trained."""
    if iteration < 1:
        return None
    small = parameters if sum(value.size for value in parameters.values()) <= MAX_NUMBERS else {}
    return Trained(iteration, shown, small, _rounded(thinned(history)))


def _rounded(history: History) -> History:
    """Six digits are enough to be looked at."""
    columns = (history.loss, history.gradient_norm, history.validation, history.accuracy)
    return History(history.iteration, *(np.array([float(f"{x:.6g}") for x in column]) for column in columns))


def thinned(history: History) -> History:
    """At most MAX_POINTS points of a history, evenly spread, the first and the last among them."""
    count = len(history)
    if count <= MAX_POINTS:
        return history
    chosen = np.unique(np.linspace(0, count - 1, MAX_POINTS).round().astype(np.int64))
    columns = (history.loss, history.gradient_norm, history.validation, history.accuracy)
    return History(history.iteration[chosen], *(c[chosen] if len(c) == count else c for c in columns))
