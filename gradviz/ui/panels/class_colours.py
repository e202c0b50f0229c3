"""A colour for each class, the same for its points and for where it is decided."""

import numpy as np

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.ui.panels.weight_images import rgb

CLASS_TOKENS = (
    Token.VALUE,
    Token.DERIVATIVE,
    Token.PARAMETER,
    Token.DATA,
    Token.CURRENT,
    Token.ERROR,
    Token.CONSTANT,
    Token.TEXT,
    Token.EDGE,
    Token.MUTED,
)


def region_colours(taken: Array, surely: Array) -> Array:
    """Each point in a pale colour of its class, paler where the next class is near."""
    colours = np.array([rgb(token) for token in CLASS_TOKENS])
    found = colours[taken.astype(int) % len(colours)]
    alpha = 255 * (0.10 + 0.28 * surely)
    return np.concatenate([found, alpha[..., None]], axis=-1).astype(np.uint8)
