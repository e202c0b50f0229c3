"""Training settings and histories, written and read: those of the document, and those of runs that were kept."""

from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from gradviz.core.op import as_value
from gradviz.core.types import Array
from gradviz.errors import DocumentError
from gradviz.project import schema
from gradviz.project.format_numbers import plain, value_of
from gradviz.project.trained import MAX_POINTS
from gradviz.train.history import History
from gradviz.train.settings import TrainingSettings, unusual

_ALWAYS = ("rate", "steps", "optimizer", "batch", "reduce", "seed")
_COLUMNS = ("loss", "gradient_norm", "validation", "accuracy")


def training(settings: TrainingSettings) -> dict[str, Any]:
    """The six settings that a run always has, and of the others those that differ from the usual."""
    found = {name: getattr(settings, name) for name in _ALWAYS} | unusual(settings)
    found["rate"] = plain(as_value(settings.rate))
    return found | ({"options": dict(settings.options)} if settings.options else {})


def read_training(found: schema.Training | None) -> dict[str, Any]:
    """The settings as keywords."""
    if found is None:
        return {}
    settings = msgspec.structs.asdict(found)
    return settings | {"rate": float(found.rate), "options": tuple(found.options.items())}


def history(log: History) -> dict[str, Any]:
    """A history as it is written; columns that were not measured are left out."""
    found: dict[str, Any] = {"iteration": log.iteration.tolist()}
    for name in _COLUMNS:
        column: Array = getattr(log, name)
        if len(column) and not np.all(np.isnan(column)):
            found[name] = plain(column)
    return found


def read_history(key: str, found: schema.History, last: int | None = None) -> History:
    """A history that ends at iteration `last` at the latest; raises DocumentError for one that can't have been."""
    iterations = found.iteration
    columns = [_column(f"{key}.{name}", getattr(found, name), len(iterations)) for name in _COLUMNS]
    is_ascending = all(a < b for a, b in pairwise(iterations))
    is_late = last is not None and bool(iterations) and iterations[-1] > last
    if len(iterations) > MAX_POINTS or not is_ascending or is_late:
        raise DocumentError(f"the file is damaged: {key}.iteration is no ascending list of iterations")
    return History(np.array(iterations, dtype=np.int64), *columns)


def _column(key: str, tree: list[Any], count: int) -> Array:
    if not tree:
        return np.full(count, np.nan)
    column = value_of(key, tree)
    if column.shape != (count,):
        raise DocumentError(f"the file is damaged: {key} is not as long as its iterations")
    return column
