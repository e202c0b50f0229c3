"""What a training worker does: a descent in a thread at first, in a process of its own when it turns out long.

    thread    plan ─▶ advance, advance, … ─▶ (0.1 s later) start the process ─▶ advance … ─▶ follow the process
    process                                                 imports … ready ─▶ advance, advance, …

Wherever the descent runs, its iterations are the same, bit for bit.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.session.advance import ALONE, BESIDE_A_WINDOW, Guard, Outcome, advance
from gradviz.session.politeness import polite
from gradviz.session.trainer import Trainer, TrainerLostError
from gradviz.train.descent import Descent, Plan, as_arrays
from gradviz.train.history import History

SNAPSHOT_SECONDS = 1 / 30
"""The least time between two snapshots."""

_SHARE = 2.0
"""A snapshot that takes long to show is followed by a pause of so many times as long."""
_PATIENCE_SECONDS = 0.1
"""A descent that takes longer is worth a process."""
_MOST_WAIT_SECONDS = 0.25

Recipe = Callable[[], Plan]
"""Makes the plan of a descent from frozen values; called in a worker. To go to a process it must be picklable."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A descent as it was at one moment; following: the parameters after its next update."""

    descent: Descent
    iteration: int
    parameters: Mapping[str, Array]
    following: Mapping[str, Array]
    history: History
    failure: TrainingError | None
    reason: object | None = None
    """What the sentry said that stopped it."""
    memory: object | None = None
    """What the sentry has seen, where the run has ended."""

    @classmethod
    def of(cls, descent: Descent, outcome: Outcome | None = None) -> "Snapshot":
        """The newest state of a descent that nobody moves on meanwhile."""
        state, divergence = descent.state, descent.divergence
        failure = TrainingError(divergence.message) if divergence is not None else None
        following = as_arrays(descent.plan.following(state, descent.measured).parameters)
        ended = outcome if outcome is not None else Outcome()
        parameters = as_arrays(state.parameters)
        return cls(
            descent, state.iteration, parameters, following, descent.history, failure, ended.reason, ended.memory
        )


class Reporter:
    """Hands snapshots of a descent to the owner's thread, no faster than it shows them."""

    def __init__(self, post: Callable[[Callable[[], None]], None], take: Callable[[Snapshot], None]) -> None:
        self._post = post
        self._take = take
        self._is_shown = threading.Event()
        self._is_shown.set()
        self._due = time.monotonic() + SNAPSHOT_SECONDS

    @property
    def is_due(self) -> bool:
        """True when the last snapshot has been shown and some time has gone by."""
        return self._is_shown.is_set() and time.monotonic() >= self._due

    def __call__(self, descent: Descent, memory: object | None = None) -> None:
        """Hand over a snapshot, if it is due. memory: what the sentry has seen."""
        if not self.is_due:
            return
        self._is_shown.clear()
        snapshot = Snapshot.of(descent, Outcome(memory=memory))
        self._post(lambda: self._show(snapshot))

    def wait(self) -> None:
        """Wait until the last snapshot has been shown, but not for long."""
        self._is_shown.wait(_MOST_WAIT_SECONDS)

    def _show(self, snapshot: Snapshot) -> None:
        began = time.monotonic()
        self._take(snapshot)
        self._post(lambda: self._shown(began))  # after the events that this has caused

    def _shown(self, began: float) -> None:
        now = time.monotonic()
        self._due = now + max(SNAPSHOT_SECONDS - (now - began), _SHARE * (now - began))
        self._is_shown.set()


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """So many iterations more of a descent. known: the descent, where it has begun; else the recipe begins it."""

    known: Descent | None
    recipe: Recipe
    guard: Guard | None
    count: int
    trainer: Trainer | None

    def carry_out(self, is_over: Callable[[], bool], report: Reporter) -> Snapshot:
        """Do the iterations, here and then in the trainer's process; the last snapshot says how it ended."""
        descent = self.known if self.known is not None else Descent(self.recipe())
        goal = descent.state.iteration + self.count
        if threading.current_thread() is threading.main_thread():
            sentry = self.guard(descent.plan) if self.guard is not None else None
            return Snapshot.of(descent, advance(descent, goal, ALONE, is_over=is_over, report=report, sentry=sentry))
        leaves = _Leaving(self.trainer)
        outcome = self._here(descent, goal, lambda: is_over() or leaves(), report)
        if outcome.reason is None and leaves.has_left and not is_over() and descent.state.iteration < goal:
            guard = self.guard.with_memory(outcome.memory) if self.guard is not None else None
            outcome = replace(self, guard=guard)._elsewhere(descent, goal, is_over, report)
        return Snapshot.of(descent, outcome)

    def _here(self, descent: Descent, goal: int, is_over: Callable[[], bool], report: Reporter) -> Outcome:
        sentry = self.guard(descent.plan) if self.guard is not None else None

        def report_and_wait(descent: Descent) -> None:
            if report.is_due:
                report(descent, sentry.report() if sentry is not None else None)
            report.wait()  # two threads at once would both be slow

        with polite():
            return advance(descent, goal, BESIDE_A_WINDOW, is_over=is_over, report=report_and_wait, sentry=sentry)

    def _elsewhere(self, descent: Descent, goal: int, is_over: Callable[[], bool], report: Reporter) -> Outcome:
        assert self.trainer is not None
        try:
            return self.trainer.carry_on(
                descent, goal, self.recipe, self.guard,
                is_over=is_over, report=report, wants_report=lambda: report.is_due,
            )  # fmt: skip
        except TrainerLostError:
            return self._here(descent, goal, is_over, report)


class _Leaving:
    """Whether a descent is to leave its thread: after some patience, and once the trainer is ready."""

    def __init__(self, trainer: Trainer | None) -> None:
        self._trainer = trainer
        self._end = time.monotonic() + _PATIENCE_SECONDS
        self.has_left = False

    def __call__(self) -> bool:
        if self._trainer is not None and time.monotonic() >= self._end:
            self._trainer.prepare()
            self.has_left = self._trainer.is_ready
        return self.has_left
