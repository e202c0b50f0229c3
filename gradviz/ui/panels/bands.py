"""Losses as bands of colour: as many points in each, so that a valley shows however high its walls are."""

import numpy as np

from gradviz.core.types import Array

BANDS = 14


def bands(losses: Array) -> Array:
    """Losses as whole numbers from 0 (lowest) to 13, each band holding as many points; the highest where not finite."""
    found = np.full(losses.shape, float(BANDS - 1))
    is_finite = np.isfinite(losses)
    seen = losses[is_finite]
    if seen.size and seen.min() < seen.max():
        edges = band_edges(losses)
        found[is_finite] = np.searchsorted(edges, seen, side="left")
    elif seen.size:
        found[is_finite] = 0
    return found


def band_edges(losses: Array) -> Array:
    """The losses at which one band ends and the next begins."""
    seen = losses[np.isfinite(losses)]
    edges: Array = np.quantile(seen, np.linspace(0, 1, BANDS + 1)[1:-1]) if seen.size else np.array([])
    return edges
