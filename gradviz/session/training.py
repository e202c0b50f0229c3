"""Training: gradient descent beside the window, of which every iteration can be reopened.

A worker runs the descent and posts what is new at most thirty times a second. Losses and gradient norms are kept,
thinned evenly when there are many; parameters are kept at checkpoints, from which any iteration is computed again.
"""

from collections.abc import Mapping
from enum import Enum

from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.events import Signal


class TrainingState(Enum):
    """What training does at the moment."""

    IDLE = "idle"
    """Nothing has been trained yet."""
    RUNNING = "running"
    PAUSED = "paused"
    """Some iterations are done; start goes on."""
    FINISHED = "finished"
    """All iterations of the settings are done; start adds as many again."""
    DIVERGED = "diverged"
    """The loss or a parameter is no longer finite; `failure` says where."""
    FAILED = "failed"
    """It could not run; `failure` says why."""


class Training:
    """The descent of one session. progressed(): new iterations, another state, or another shown iteration."""

    def __init__(self) -> None:
        self.progressed: Signal[[]] = Signal()

    @property
    def state(self) -> TrainingState:
        """What training does at the moment."""
        raise NotImplementedError

    @property
    def is_running(self) -> bool:
        """True while a worker computes iterations."""
        return self.state is TrainingState.RUNNING

    @property
    def iteration(self) -> int:
        """The number of iterations done."""
        raise NotImplementedError

    @property
    def shown_iteration(self) -> int:
        """The iteration whose parameters the session shows; 0 shows the document's own."""
        raise NotImplementedError

    @property
    def iterations(self) -> Array:
        """The iterations of which a loss is kept, ascending; as long as `losses` and `gradient_norms`."""
        raise NotImplementedError

    @property
    def losses(self) -> Array:
        """The loss before the update of each kept iteration."""
        raise NotImplementedError

    @property
    def gradient_norms(self) -> Array:
        """The length of the whole gradient at each kept iteration."""
        raise NotImplementedError

    @property
    def loss(self) -> float | None:
        """The newest loss."""
        raise NotImplementedError

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The parameters after the newest iteration; empty before the first."""
        raise NotImplementedError

    @property
    def failure(self) -> GradvizError | None:
        """Why training could not start or had to stop."""
        raise NotImplementedError

    def start(self) -> None:
        """Train on, in a worker; `failure` says why when that can't be done."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop after the present iteration; start goes on from there."""
        raise NotImplementedError

    def single(self) -> None:
        """Do one iteration and show the parameters that it gave."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget all iterations: the parameters are the document's again."""
        raise NotImplementedError

    def reopen(self, iteration: int) -> None:
        """Show the parameters as they were before the update of an iteration, and trace the run with them."""
        raise NotImplementedError

    def adopt(self) -> None:
        """Write the shown parameters to the document as the leaves' values, as one undoable change."""
        raise NotImplementedError
