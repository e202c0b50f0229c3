"""The course of watches over the iterations: each watch's number in the runs of a few hundred of them.

The runs are recorded anew from the descent's past, so a watch that is added late has its whole curve too, and the
training is not slowed down while it goes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.session.breakpoints import asked
from gradviz.session.conditions import Question
from gradviz.session.replay import Replay
from gradviz.session.scene import Scene, number
from gradviz.train.descent import never

MOST_POINTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A watch by iteration: its number, or the length of an array; NaN where it is not known."""

    text: str
    iterations: NDArray[np.int64]
    values: Array


def curves(
    replay: Replay, texts: Sequence[str], sample: int | None, last: int, is_over: Callable[[], bool] = never
) -> tuple[Curve, ...]:
    """The curves of some watches up to an iteration; of what can't be read there is none."""
    questions = [found for text in texts if isinstance(found := asked(text, replay.graph), Question)]
    chosen = np.unique(np.linspace(0, last, min(last + 1, MOST_POINTS)).round().astype(np.int64))
    rows: list[list[float]] = [[] for _ in questions]
    for iteration in chosen.tolist():
        if is_over():
            return ()
        scene = _scene(replay, iteration, sample, any(question.needs_run for question in questions))
        for question, values in zip(questions, rows, strict=True):
            values.append(_length(question, scene))
    return tuple(Curve(q.text, chosen, np.array(v)) for q, v in zip(questions, rows, strict=True))


def _scene(replay: Replay, iteration: int, sample: int | None, needs_run: bool) -> Scene | None:
    try:
        if not needs_run:
            return replay.loss_scene(iteration)
        return replay.scene(iteration, replay.row_of(iteration, sample))
    except GradvizError:
        return None


def _length(question: Question, scene: Scene | None) -> float:
    found = number(question, scene) if scene is not None else None
    if found is None:
        return float("nan")
    with np.errstate(all="ignore"):
        value = np.asarray(found.value, dtype=np.float64)
        return float(value) if value.ndim == 0 else float(np.sqrt(np.sum(np.square(value))))
