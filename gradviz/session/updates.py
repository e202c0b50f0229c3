"""Ready-made watches over losses, parameters and updates: cheap enough for every iteration."""

import math

import numpy as np

from gradviz.session.look import Alarm, Look, Past, Thresholds, length
from gradviz.text import numbers

_MEAN_WEIGHT = 0.1


def unchanged(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A parameter that stays the same, to the last bit, while another one moves."""
    still = {name: bool(np.all(look.following[name] == value)) for name, value in look.parameters.items()}
    found = None
    for name, is_still in still.items():
        lasting = past.lasts("unchanged", name, is_still and not all(still.values()))
        if lasting >= limits["iterations"] and found is None:
            g = look.gradients.get(name)
            is_flat = g is None or not np.any(g)
            why = "its gradient is exactly 0" if is_flat else "its update is lost in rounding"
            advice = (
                "look where its path to the loss is cut: a dead relu, a saturated unit, or a start where all is 0"
                if is_flat
                else "raise the learning rate, or scale the parameter down"
            )
            found = Alarm(
                "unchanged",
                look.graph.find(name),
                f"{_shown(look, name)} has not changed in {lasting} iterations, for {why}",
                advice,
                "update",
            )
    return found


def too_large(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A parameter that moves by more than its own size."""
    found = None
    for name, value in look.parameters.items():
        size = max(past.sizes.get(name, 0.0), length(value))
        moved = length(_difference(look.following[name], value))
        is_so = size > 0 and moved > limits["ratio"] * size
        if past.lasts("update_large", name, is_so) >= limits["iterations"] and found is None:
            ratio = numbers.typeset(float(f"{moved / size:.2g}"))
            found = Alarm(
                "update_large",
                look.graph.find(name),
                f"the update of {_shown(look, name)} is {ratio} times as long as {_shown(look, name)} ever was",
                "try a smaller learning rate, or clip the gradient",
                "update",
            )
    return found


def too_small(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A parameter that hardly moves though a step of its own size would change the loss."""
    found = None
    for name, value in look.parameters.items():
        size, g = length(value), look.gradients.get(name)
        moved = length(_difference(look.following[name], value))
        matters = g is not None and length(g) * size > limits["effect"] * abs(look.loss) > 0
        is_so = size > 0 and matters and not past.has_converged(look) and moved < limits["ratio"] * size
        if past.lasts("update_small", name, is_so) >= limits["iterations"] and found is None:
            ratio = numbers.typeset(float(f"{moved / size:.2g}"))
            found = Alarm(
                "update_small",
                look.graph.find(name),
                f"{_shown(look, name)} moves by {ratio} of its size in an iteration, though its gradient matters",
                "try a larger learning rate",
                "update",
            )
    return found


def loss_rising(look: Look, past: Past, limits: Thresholds) -> Alarm | None:
    """A loss that goes up and up; over batches, whose losses differ anyway, a mean that stays high."""
    if past.best_loss is None or past.last_loss is None or not math.isfinite(look.loss):
        past.mean_loss = look.loss
        return None
    if look.is_batch:
        mean = past.mean_loss if past.mean_loss is not None else look.loss
        past.mean_loss = mean + _MEAN_WEIGHT * (look.loss - mean)
        first = past.first_loss if past.first_loss is not None else look.loss
        rises = past.mean_loss > limits["factor"] * max(first, mean * (1 - _MEAN_WEIGHT)) and look.loss > first
    else:
        rises = look.loss > past.last_loss
    lasting = past.lasts("loss_rising", "", rises)
    margin = (limits["factor"] - 1) * max(abs(past.best_loss), 1e-12)
    if lasting < limits["iterations"] or look.loss < past.best_loss + margin:
        return None
    best, now = (numbers.typeset(float(f"{loss:.4g}")) for loss in (past.best_loss, look.loss))
    return Alarm(
        "loss_rising",
        look.graph.output,
        f"the loss has risen {lasting} times on end, from {best} at its best to {now}",
        "try a smaller learning rate: each update goes beyond the valley",
    )


def _difference(after: object, before: object) -> object:
    with np.errstate(all="ignore"):
        return after - before  # type: ignore[operator]  # numbers or arrays of one shape


def _shown(look: Look, name: str) -> str:
    return look.name(look.graph.find(name))
