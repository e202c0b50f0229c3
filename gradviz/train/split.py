"""Which samples are kept out of training, to see whether what is learnt holds beyond them."""

import numpy as np
from numpy.typing import NDArray

from gradviz.errors import TrainingError

Rows = NDArray[np.intp]

_SPLIT = 2
"""Sets the random numbers of the choice apart from those of the start and of the shuffling."""


def split_rows(samples: int, part: float, seed: int) -> tuple[Rows, Rows] | None:
    """The rows to train on and the rows kept out, each ascending; None when none are.

    part: of the samples that is kept out, chosen by the seed. Raises TrainingError when too few remain.
    """
    check_part(part)
    if not part:
        return None
    kept_out = max(1, round(part * samples))
    if samples - kept_out < 1:
        raise TrainingError(f"{samples} samples can't be split into training and validation; load more data")
    order = np.random.default_rng([_SPLIT, seed]).permutation(samples)
    return np.sort(order[kept_out:]), np.sort(order[:kept_out])


def check_part(part: float) -> None:
    """Raise TrainingError for a part that is none."""
    if not 0 <= part < 1:
        raise TrainingError(f"the part kept for validation lies between 0 and 1, such as 0.2; {part} does not")
