"""What is measured beside the loss of an iteration: the loss on samples kept out, and how many are classified rightly.

Both are measured at every 2ʲ-th iteration only, some five hundred times a run: those are the iterations that a
history keeps however long it gets, and a long run costs hardly more.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Graph
from gradviz.core.op import Op
from gradviz.core.ops.activation import sigmoid
from gradviz.core.ops.arithmetic import sub
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.train.objective import Element, Objective
from gradviz.train.prediction import Prediction, Predictor, find_prediction

_MEASUREMENTS = 512
_MOST_JUDGED = 5_000
"""The accuracy is taken over the first so many samples."""

UNJUDGED = (math.nan, math.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """The part of some samples that is classified rightly: by the highest score, or by a number above one half."""

    prediction: Prediction
    predictor: Predictor
    values: Mapping[str, Array]
    target: Array

    def __call__(self, parameters: Mapping[str, Element]) -> float:
        """The part, from 0 to 1."""
        with np.errstate(all="ignore"):
            scores = self.predictor({**self.values, **parameters})
        taken = np.argmax(scores, axis=-1) if self.prediction.is_class else scores > 0.5
        return float(np.mean(taken == self.target))


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Measures at some iterations. validation: the loss over the samples kept out, None when there are none."""

    every: int
    validation: Objective | None = None
    accuracy: Accuracy | None = None

    def __call__(self, iteration: int, parameters: Mapping[str, Element]) -> tuple[float, float]:
        """Validation loss and accuracy, NaN where they aren't measured."""
        if iteration % self.every:
            return UNJUDGED
        loss = self.validation.loss(parameters) if self.validation is not None else math.nan
        return loss, self.accuracy(parameters) if self.accuracy is not None else math.nan


def measured_every(steps: int) -> int:
    """Of how many iterations one is judged: a power of 2."""
    every = 1
    while steps > every * _MEASUREMENTS:
        every *= 2
    return every


def make_judge(objective: Objective, kept_out: Mapping[str, Array] | None, every: int) -> Judge | None:
    """What measures beside this loss; None where nothing is to be measured.

    kept_out: the validation samples. The accuracy is theirs where there are some, else of the training samples.
    """
    shapes = {name: objective.leaf_shapes[name] for name in objective.parameters}
    validation = None
    if kept_out is not None:
        validation = Objective(objective.graph, shapes, objective.constants, kept_out, objective.reduce)
    accuracy = make_accuracy(validation if validation is not None else objective)
    return Judge(every, validation, accuracy) if validation is not None or accuracy is not None else None


def make_accuracy(objective: Objective) -> Accuracy | None:
    """How to tell which samples of a loss are classified rightly; None for a loss that doesn't classify."""
    graph, data = objective.graph, objective.data
    prediction = find_prediction(graph, data, objective.parameters)
    if prediction is None or not (prediction.is_class or is_yes_or_no(graph, prediction, data[prediction.target])):
        return None
    judged = {name: values[:_MOST_JUDGED] for name, values in data.items()}
    count = min(objective.samples, _MOST_JUDGED)
    try:
        predictor = Predictor(graph, prediction.node, objective.leaf_shapes, tuple(data), count)
    except GradvizError:  # what is wrong with the formula, its loss says
        return None
    return Accuracy(prediction, predictor, {**objective.constants, **judged}, judged[prediction.target])


def is_yes_or_no(graph: Graph, prediction: Prediction, target: Array) -> bool:
    """True for a number that is compared with 0 or 1: a probability, or by a difference."""
    if target.ndim != 1 or not np.all((target == 0) | (target == 1)) or np.ptp(target) == 0:
        return False
    return _op(graph, prediction.node) is sigmoid or any(
        isinstance(node, Apply) and node.op is sub and prediction.node in node.operands for node in graph.nodes
    )


def _op(graph: Graph, node_id: int) -> Op | None:
    node = graph.nodes[node_id]
    return node.op if isinstance(node, Apply) else None
