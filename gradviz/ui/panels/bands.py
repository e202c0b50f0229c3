"""Losses as bands of colour: as many points in each, so that a valley shows however high its walls are."""

import numpy as np

from gradviz.core.types import Array

BANDS = 14


def bands(losses: Array, edges: Array | None = None) -> Array:
    """Losses as whole numbers from 0 (lowest) to 13, each band holding as many points; the highest where not finite.

    The edges between the bands may come from other losses, such as those that these were made finer from.
    """
    found = np.full(losses.shape, float(BANDS - 1))
    is_finite = np.isfinite(losses)
    seen = losses[is_finite]
    if seen.size and seen.min() < seen.max():
        found[is_finite] = np.searchsorted(band_edges(losses) if edges is None else edges, seen, side="left")
    elif seen.size:
        found[is_finite] = 0
    return found


def band_edges(losses: Array) -> Array:
    """The losses at which one band ends and the next begins."""
    seen = losses[np.isfinite(losses)]
    edges: Array = np.quantile(seen, np.linspace(0, 1, BANDS + 1)[1:-1]) if seen.size else np.array([])
    return edges


def finer(losses: Array, times: int) -> Array:
    """A grid of losses with so many cells instead of each, the losses between two points on the straight line.

    A point beside one that is not finite is not finite either, so that nothing is made up there.
    """
    for axis in range(losses.ndim):
        places = np.arange((losses.shape[axis] - 1) * times + 1)
        start, part = places // times, (places % times) / times
        end = np.minimum(start + 1, losses.shape[axis] - 1)
        shares = part.reshape([-1 if a == axis else 1 for a in range(losses.ndim)])
        with np.errstate(invalid="ignore", over="ignore"):
            between = losses.take(start, axis) * (1 - shares) + losses.take(end, axis) * shares
        losses = np.where(shares == 0, losses.take(start, axis), between)
    return losses
