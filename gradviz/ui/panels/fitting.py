"""What the fit panel computes: a prediction at the samples, along one input, or over the plane of two.

Made once for a formula and its data; called again whenever the parameters have moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.types import Array, Role, Shape
from gradviz.errors import GradvizError
from gradviz.session.session import Session
from gradviz.train.judging import is_yes_or_no
from gradviz.train.objective import Samples
from gradviz.train.prediction import Prediction, Predictor, find_prediction

CURVE_POINTS = 200
MOST_POINTS = 2_000
"""More samples are shown as an even choice of them."""
GRID = 72
"""Points across and up of a picture of decisions."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A prediction with the functions that compute it.

    shown: the samples that are drawn. along: computes the curve over one input, over: the picture over two; None
    where there is none. is_yes_or_no: a number near 0 or 1 is predicted.
    """

    prediction: Prediction
    at_samples: Predictor
    shown: Samples
    along: Predictor | None = None
    over: Predictor | None = None
    is_yes_or_no: bool = False

    @property
    def decides(self) -> bool:
        """True when samples are taken for classes."""
        return self.prediction.is_class or self.is_yes_or_no

    def is_one_a_sample(self, predicted: Array) -> bool:
        """True for one number a sample, or one score a class; a half-typed value gives each sample a matrix."""
        return predicted.ndim == (2 if self.prediction.is_class else 1)

    def taken(self, predicted: Array) -> Array:
        """The class for which each sample is taken."""
        taken = np.argmax(predicted, axis=-1) if self.prediction.is_class else predicted > 0.5
        return np.asarray(taken, dtype=np.float64)

    def count(self, predicted: Array) -> int:
        """How many classes there are."""
        return int(predicted.shape[-1]) if self.prediction.is_class else 2


def find_fit(session: Session) -> Fit | None:
    """The fit of a session's formula to its data; None when there is nothing to compare, or a shape is wrong."""
    graph, data = session.graph, session.data()
    if graph is None or not data:
        return None
    prediction = find_prediction(graph, data, parameters_of(session))
    if prediction is None:
        return None
    shapes = {name: value.shape for name, value in session.values().items()}
    shown = even_choice(session.sample_count)
    inputs = prediction.inputs
    try:
        at_samples = Predictor(graph, prediction.node, shapes, tuple(data), len(shown))
        has_curve = len(inputs) == 1 and shapes[inputs[0]] == () and not prediction.is_class
        along = Predictor(graph, prediction.node, shapes, tuple(data), CURVE_POINTS) if has_curve else None
        has_plane = is_plane(inputs, shapes)
        over = Predictor(graph, prediction.node, shapes, tuple(data), GRID * GRID) if has_plane else None
    except GradvizError:  # a formula that has an error in a shape has no fit, and says so elsewhere
        return None
    decides = not prediction.is_class and is_yes_or_no(graph, prediction, data[prediction.target])
    return Fit(prediction, at_samples, shown, along, over if prediction.is_class or decides else None, decides)


def parameters_of(session: Session) -> list[str]:
    """The names of the leaves that are trained."""
    return [name for name, role in session.roles().items() if role is Role.PARAMETER]


def is_plane(inputs: tuple[str, ...], shapes: Mapping[str, Shape]) -> bool:
    """True for inputs of two numbers: two scalars, or a vector of two."""
    return [shapes[name] for name in inputs] in ([(), ()], [(2,)])


def plane_columns(fit: Fit, data: Mapping[str, Array]) -> tuple[Array, Array]:
    """The two numbers of each sample that lie across and up."""
    inputs = fit.prediction.inputs
    if len(inputs) == 1:
        both = data[inputs[0]]
        return both[:, 0], both[:, 1]
    return data[inputs[0]], data[inputs[1]]


def decisions(fit: Fit, values: Mapping[str, Any], across: Array, up: Array) -> tuple[Array, Array]:
    """At each point of a grid, [i, j] at across[i], up[j]: the class for which it is taken, and how surely, 0 to 1.

    Raises GradvizError when the prediction can't be computed there.
    """
    assert fit.over is not None
    x, y = (grid.ravel() for grid in np.meshgrid(across, up, indexing="ij"))
    inputs = fit.prediction.inputs
    given = {inputs[0]: np.stack([x, y], axis=1)} if len(inputs) == 1 else dict(zip(inputs, (x, y), strict=True))
    predicted = fit.over({**values, **given})
    shape = (len(across), len(up))
    if not fit.prediction.is_class:
        return (predicted > 0.5).astype(float).reshape(shape), np.clip(2 * np.abs(predicted - 0.5), 0, 1).reshape(shape)
    best = np.sort(predicted, axis=-1)
    lead = best[:, -1] - best[:, -2] if predicted.shape[-1] > 1 else np.ones(len(best))
    return np.argmax(predicted, axis=-1).astype(float).reshape(shape), np.clip(lead, 0, 1).reshape(shape)


def confusion(measured: Array, taken: Samples, count: int) -> Array:
    """counts[i, j]: how many samples of class i were taken for class j."""
    counts = np.zeros((count, count))
    is_class = (measured >= 0) & (measured < count)
    np.add.at(counts, (measured[is_class].astype(int), taken[is_class]), 1)
    return counts


def even_choice(samples: int) -> Samples:
    """All samples, or an even choice of many."""
    if samples <= MOST_POINTS:
        return np.arange(samples)
    return np.linspace(0, samples - 1, MOST_POINTS).astype(np.intp)


def around(values: Array) -> Array:
    """An even grid over the values, with a little room on both sides."""
    seen = values[np.isfinite(values)]
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    margin = 0.12 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, GRID)


def row_of_sample(session: Session, sample: int) -> int:
    """Where a sample stands in the table, of which rows with gaps may be left out."""
    table = session.document.project.table
    assert table is not None
    columns = [column for names in session.document.project.bound.values() for column in names]
    is_whole = np.all([np.isfinite(table.columns[name]) for name in columns], axis=0)
    whole = np.flatnonzero(is_whole)
    return int(whole[sample]) if len(whole) == session.sample_count else sample


def draw_target(session: Session) -> tuple[str, tuple[str, ...]] | None:
    """The target and the inputs of points that can be drawn: one input and a number, or two and a class."""
    project = session.document.project
    graph = session.graph
    if graph is None or project.preparation.standardised:
        return None
    data = [name for name, role in session.roles().items() if role is Role.DATA]
    prediction = find_prediction(graph, data, parameters_of(session))
    if prediction is None or (project.table is not None and not set(prediction.inputs) <= set(project.bound)):
        return None
    shapes = {name: value.shape for name, value in session.values().items()}
    if shapes[prediction.target] != ():
        return None
    is_curve = len(prediction.inputs) == 1 and shapes[prediction.inputs[0]] == () and not prediction.is_class
    if is_curve or (len(prediction.inputs) == 2 and is_plane(prediction.inputs, shapes)):
        return prediction.target, prediction.inputs
    return None
