"""Where descent starts: given values, and random ones for the parameters that have none.

How they are drawn says `gradviz.train.initialisers`. Each parameter has random numbers of its own, made from the
seed and its name; so a further parameter in the formula doesn't move the others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.types import Array, Shape
from gradviz.errors import TrainingError
from gradviz.train.initialisers import LECUN, Initialiser
from gradviz.train.objective import check_leaves, checked_data
from gradviz.train.shapes import infer_shapes

_INITIAL = 0
"""Sets the random numbers of the start apart from those of the shuffling."""

MAX_CLASSES = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Values for the leaves that are no data: where the parameters start, and what stays.

    drawn: the parameters whose values are random.
    """

    parameters: Mapping[str, Array]
    constants: Mapping[str, Array]
    drawn: tuple[str, ...] = ()


def start(
    graph: Graph,
    values: Mapping[str, Any],
    *,
    data: Mapping[str, Any] | None = None,
    fixed: Collection[str] = (),
    seed: int = 0,
    initialiser: Initialiser = LECUN,
) -> Start:
    """Values for all leaves that are no data, from `values`, the formula's own, or the seed.

    fixed: leaves that are constants; they need a value. Raises TrainingError when one has none, when there is
    nothing to train, or when the shape of a parameter without a value can't be told.
    """
    check_leaves(graph, [*values, *fixed])
    arrays = checked_data(graph, data or {})
    given = {name: as_value(value) for name, value in {**graph.defaults, **values}.items() if name not in arrays}
    for name in fixed:
        if name not in given and name not in arrays:
            raise TrainingError(f"{name} is fixed and has no value; give it as {name}=2")
    free = [name for name in graph.leaves() if name not in arrays and name not in fixed]
    if not free:
        raise TrainingError("there is nothing to train: every leaf is data or fixed")
    drawn = _drawn(graph, given, arrays, seed, initialiser)
    return Start(
        {name: given[name] if name in given else drawn[name] for name in free},
        {name: value for name, value in given.items() if name in fixed},
        tuple(drawn),
    )


def draw(name: str, shape: Shape, seed: int, initialiser: Initialiser = LECUN) -> Array:
    """A random start for one parameter; the same seed, name, shape and initialiser give the same numbers."""
    rng = np.random.default_rng([_INITIAL, checked_seed(seed), *name.encode()])
    return as_value(initialiser.draw(rng, shape))


def checked_seed(seed: int) -> int:
    """The seed itself; raises TrainingError when it is no whole number from 0."""
    if seed < 0:
        raise TrainingError(f"a seed is a whole number from 0, such as 7; {seed} is not")
    return seed


def class_counts(data: Mapping[str, Array]) -> dict[str, int]:
    """For each data leaf that holds whole numbers from 0: one more than the highest."""
    counts = {}
    for name, values in data.items():
        is_count = np.isfinite(values) & (values == np.floor(values)) & (values >= 0) & (values < MAX_CLASSES)
        if values.ndim == 1 and np.all(is_count):
            counts[name] = int(values.max()) + 1
    return counts


def _drawn(
    graph: Graph, given: Mapping[str, Array], data: Mapping[str, Array], seed: int, initialiser: Initialiser
) -> dict[str, Array]:
    known = {name: value.shape for name, value in given.items()}
    known |= {name: values.shape[1:] for name, values in data.items()}
    shapes = infer_shapes(graph, known, class_counts(data))
    return {name: draw(name, shape, seed, initialiser) for name, shape in shapes.items()}
