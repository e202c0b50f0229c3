"""The few types that the whole core shares."""

from enum import Enum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""A float64 array of any rank; a scalar is an `np.float64` or a 0-d array."""

Shape = tuple[int, ...]

NodeId = NewType("NodeId", int)
"""A node's place in its graph: an index into `Graph.nodes`."""

SCALAR: Shape = ()


class Role(Enum):
    """What a leaf is to a run."""

    PARAMETER = "parameter"
    """θ: updated by descent."""
    DATA = "data"
    """One value per sample."""
    CONSTANT = "constant"
    """Kept as it is."""
