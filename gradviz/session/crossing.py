"""Steps from one run into the next: past its updates into the following iteration, before its start into the previous.

The other run has to be computed first, maybe beside the window. So a step is an arrival on its way until the run that
it asked for is shown; then it goes on there.

    run of iteration 4 … update │ step ──▶ arrival(5) ··· training reaches 5 ··· trace of 5 ──▶ the step goes on
"""

from collections.abc import Callable
from dataclasses import dataclass

from gradviz.core.trace import Trace
from gradviz.session.debugger import Debugger
from gradviz.session.training import Training, TrainingState


@dataclass(frozen=True, slots=True, eq=False)
class _Arrival:
    """A step on its way into another iteration: where it enters, and how it goes on there."""

    iteration: int
    is_at_start: bool
    then: Callable[[], None]


class Crossing:
    """Leads a debugger from run to run of a training."""

    def __init__(self, debugger: Debugger, training: Training) -> None:
        self._debugger = debugger
        self._training = training
        self._arrival: _Arrival | None = None
        self.stepped_into = -1
        """The iteration into which a step has led last."""
        debugger.next_run = self._next_run
        debugger.previous_run = self._previous_run

    @property
    def is_arriving(self) -> bool:
        """True when the shown iteration is the one that a step is on its way to."""
        return self._arrival is not None and self._arrival.iteration == self._training.shown_iteration

    def open(self, iteration: int, then: Callable[[], None]) -> None:
        """Show the run of an iteration that was trained, then do what is to be done there."""
        self._arrival = _Arrival(iteration, True, then)
        self._training.reopen(iteration)

    def arrive(self, trace: Trace, position: int | None) -> None:
        """Show a finished trace; when a step is on its way to it, go on with that step."""
        arrival = self._arrival
        if arrival is None or not self.is_arriving:
            self._debugger.retrace(trace, position)
            return
        self._arrival = None
        self._debugger.retrace(trace, 0 if arrival.is_at_start else len(trace.steps))
        arrival.then()

    def see_to_it(self) -> None:
        """Let a step into an iteration that could not be done end somewhere; to be called when training has moved."""
        if self._arrival is None or self.is_arriving:
            return
        if self._training.state is TrainingState.FAILED:
            self._arrival = None
        elif self._training.state is TrainingState.DIVERGED:  # the run in which something is not finite can be seen
            self._training.reopen(self._arrival.iteration)

    def forget(self) -> None:
        """Let no step arrive any more."""
        self._arrival = None

    def _next_run(self, then: Callable[[], None]) -> bool:
        trace, training = self._debugger.trace, self._training
        if trace is None or not trace.updates or training.is_running:
            return False
        following = training.shown_iteration + 1
        if following > training.last_iteration and training.state is TrainingState.DIVERGED:
            return False
        self._arrival = _Arrival(following, True, then)
        self.stepped_into = following
        if following <= training.last_iteration:
            training.reopen(following)
        else:
            training.single()
        return True

    def _previous_run(self, then: Callable[[], None]) -> bool:
        if self._training.shown_iteration == 0 or self._training.is_running:
            return False
        self._arrival = _Arrival(self._training.shown_iteration - 1, False, then)
        self._training.reopen(self._arrival.iteration)
        return True
