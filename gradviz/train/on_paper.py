"""A run beside what the lecture computes on paper: the gradient at its end, and the minimum of least squares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.types import Array
from gradviz.train.closed_form import (
    Model,
    Solution,
    closed_form_gradient,
    find_model,
    gradient_sizes,
    normal_equations,
)
from gradviz.train.descent import Run
from gradviz.train.objective import Objective


@dataclass(frozen=True, slots=True, eq=False)
class OnPaper:
    """A model of the lecture at some parameters.

    backward: the back-propagated gradient over all samples. paper: the lecture's. differences: between
    them, as a part of what is summed.
    solution: the minimum of least squares. distance: of the parameters to it; NaN where there is none.
    """

    model: Model
    backward: Mapping[str, Array]
    paper: Mapping[str, Array]
    differences: Mapping[str, float]
    solution: Solution | None
    distance: float

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        found: dict[str, Any] = {
            "model": self.model.kind.value,
            "gradient": dict(self.paper),
            "backward": dict(self.backward),
            "relative_difference": dict(self.differences),
        }
        if self.solution is not None:
            found["normal_equations"] = dict(self.solution.parameters)
            found["condition"] = self.solution.condition
            found["distance"] = self.distance
        return found


def on_paper(run: Run) -> OnPaper | None:
    """The comparison at the end of a run; None for another model."""
    return compare_on_paper(run.descent.plan.objective, run.parameters)


def compare_on_paper(objective: Objective, parameters: Mapping[str, Array]) -> OnPaper | None:
    """The comparison at some parameters, over all samples of the objective; None for another model."""
    model = find_model(objective.graph, objective.data)
    known = {**objective.constants, **parameters}
    if model is None or not {model.weights, model.offset or model.weights} <= set(known):
        return None
    backward = {
        name: np.asarray(value)
        for name, value in objective.loss_and_gradient(objective.elements(parameters))[1].items()
    }
    paper = closed_form_gradient(model, known, objective.data, objective.reduce)
    shared = {name: value for name, value in paper.items() if name in backward}
    sizes = gradient_sizes(model, known, objective.data, objective.reduce)
    differences = {
        name: float(np.max(np.abs(value - backward[name]), initial=0.0)) / (sizes[name] or 1.0)
        for name, value in shared.items()
    }
    solution = normal_equations(model, known, objective.data)
    distance = float("nan")
    if solution is not None:
        moved = [np.ravel(known[name] - value) for name, value in solution.parameters.items()]
        distance = float(np.linalg.norm(np.concatenate(moved)))
    return OnPaper(model, backward, shared, differences, solution, distance)
