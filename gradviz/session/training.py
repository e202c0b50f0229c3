"""Training: gradient descent beside the window, of which every iteration can be reopened.

    owner's thread    start ──assignment──▶ worker (a thread, for long runs a process): plan, advance, advance, …
                      progressed ◀──────── snapshots, no more than thirty a second ────────┘

The descent keeps states at checkpoints and computes any iteration from there again, bit for bit; losses and gradient
norms are thinned evenly. So memory is bounded however long a run is.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from gradviz.core.types import Array
from gradviz.errors import GradvizError, TrainingError
from gradviz.events import Signal
from gradviz.project.trained import Trained
from gradviz.session.advance import Guard
from gradviz.session.runner import CancelToken, InlineRunner, Job, Runner
from gradviz.session.trainer import Trainer
from gradviz.session.worker import Assignment, Recipe, Reporter, Snapshot
from gradviz.train.descent import Descent, Plan, as_arrays
from gradviz.train.history import History
from gradviz.train.stopping import Ending

_NOTHING = History(np.array([], dtype=np.int64), np.array([]), np.array([]))


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


@dataclass(slots=True, eq=False)
class _Course:
    """One descent from its first iteration on: all that reset forgets, and by which late answers are known."""

    state: TrainingState = TrainingState.IDLE
    newest: Snapshot | None = None
    recipe: Recipe | None = None
    waiting: Descent | None = None
    """A descent that was planned to say the first update, before any iteration was done."""
    failure: GradvizError | None = None
    stop: object | None = None
    """What the sentry said that stopped the present run."""
    memory: object | None = None
    """What the sentries of this descent have seen."""
    shown: int = 0
    shown_parameters: Mapping[str, Array] = field(default_factory=dict)
    follows: bool = True
    """Whether the newest iteration is the one to be shown."""
    recalled: Trained | None = None
    """What a document remembered; counts until its iterations have been computed again."""
    goal: int = 0
    next_count: int = 0
    """Iterations to do when the worker that still ends has ended."""
    halt: threading.Event = field(default_factory=threading.Event)
    job: Job | None = None
    question: Job | None = None
    following: Job | None = None

    @property
    def descent(self) -> Descent | None:
        """The descent as far as it has got."""
        return self.newest.descent if self.newest is not None else self.waiting

    def take(self, snapshot: Snapshot) -> None:
        """Move on to what a worker has reached."""
        self.newest, self.waiting = snapshot, None
        if self.follows:
            self.shown, self.shown_parameters = snapshot.iteration, snapshot.parameters

    def cancel(self) -> None:
        """Want no answer any more."""
        self.halt.set()
        for job in (self.job, self.question, self.following):
            if job is not None:
                job.cancel()


class Training:
    """The descent of one session. progressed(): new iterations, another state, or another shown iteration.

    prepare: called in the owner's thread when a descent begins; gives the recipe that a worker follows.
    steps: how many iterations one start is to do. guard: posts a sentry that may stop a run, where one is wanted.
    trainer: the process in which long runs go on; without one they stay in a thread.
    """

    def __init__(
        self,
        runner: Runner | None = None,
        prepare: Callable[[], Recipe] = lambda: _nothing_to_train,
        steps: Callable[[], int] = lambda: 100,
        guard: Callable[[], Guard | None] = lambda: None,
        trainer: Trainer | None = None,
    ) -> None:
        self.progressed: Signal[[]] = Signal()
        self._runner: Runner = runner if runner is not None else InlineRunner()
        self._prepare = prepare
        self._steps = steps
        self._guard = guard
        self._trainer = trainer
        self._course = _Course()
        self.is_single = False
        """Whether the last run was asked to do one iteration, which a guard need not stop where it begins."""

    @property
    def state(self) -> TrainingState:
        """What training does at the moment."""
        return self._course.state

    @property
    def is_running(self) -> bool:
        """True while a worker computes iterations."""
        return self.state is TrainingState.RUNNING

    @property
    def iteration(self) -> int:
        """The number of iterations done."""
        return known.iteration if (known := self._course.newest or self._course.recalled) is not None else 0

    @property
    def last_iteration(self) -> int:
        """The last iteration that can be reopened: one more than were done when the descent has diverged there."""
        newest = self._course.newest
        divergence = newest.descent.divergence if newest is not None and newest.failure is not None else None
        return max(self.iteration, divergence.iteration if divergence is not None else 0)

    @property
    def goal(self) -> int:
        """The iteration at which the present run, or the one that start would begin, ends."""
        return self._course.goal if self.iteration < self._course.goal else self.iteration + self._steps()

    @property
    def shown_iteration(self) -> int:
        """The iteration whose parameters the session shows; 0 before anything was trained."""
        return self._course.shown

    @property
    def shown_parameters(self) -> Mapping[str, Array]:
        """The parameters before the update of the shown iteration; empty shows the document's own."""
        return self._course.shown_parameters

    @property
    def following_parameters(self) -> Mapping[str, Array] | None:
        """The parameters after the update of the shown iteration where they are known already; see `following`."""
        newest = self._course.newest
        return newest.following if newest is not None and newest.iteration == self.shown_iteration else None

    @property
    def history(self) -> History:
        """Loss and gradient norm by iteration, thinned evenly when long."""
        known = self._course.newest or self._course.recalled
        return known.history if known is not None else _NOTHING

    @property
    def iterations(self) -> NDArray[np.int64]:
        """The iterations of which a loss is kept, ascending; as long as `losses` and `gradient_norms`."""
        return self.history.iteration

    @property
    def losses(self) -> Array:
        """The loss before the update of each kept iteration."""
        return self.history.loss

    @property
    def gradient_norms(self) -> Array:
        """The length of the whole gradient at each kept iteration."""
        return self.history.gradient_norm

    @property
    def loss(self) -> float | None:
        """The newest loss."""
        return float(self.losses[-1]) if len(self.losses) else None

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The parameters after the newest iteration; empty before the first."""
        return self._course.newest.parameters if self._course.newest is not None else {}

    @property
    def failure(self) -> GradvizError | None:
        """Why training could not start or had to stop."""
        return self._course.failure

    @property
    def stop(self) -> object | None:
        """What the sentry said that stopped the last run; None when nothing did."""
        return self._course.stop

    @property
    def report(self) -> object | None:
        """What the sentry has seen so far, for the one that follows it."""
        return self._course.memory

    @property
    def descent(self) -> Descent | None:
        """The descent as far as it has got; a worker may read its past."""
        return self._course.descent

    def start(self) -> None:
        """Train on, in a worker; `failure` says why when that can't be done."""
        course = self._course
        if course.state in (TrainingState.RUNNING, TrainingState.DIVERGED):
            return
        if self.iteration >= course.goal:
            course.goal = self.iteration + self._steps()
        self.is_single = False
        self._run(course.goal - self.iteration)

    def pause(self) -> None:
        """Stop after the present iteration; start goes on from there."""
        if self.is_running:
            self._course.halt.set()
            self._course.next_count = 0
            self._become(TrainingState.PAUSED)

    def single(self) -> None:
        """Do one iteration and show the parameters that it gave; while training runs, pause it."""
        if self.is_running:
            self.pause()
        elif self.state is not TrainingState.DIVERGED:
            self.is_single = True
            self._run(1)

    def reset(self) -> None:
        """Forget all iterations: the parameters are the document's again."""
        forgotten, self._course = self._course, _Course()
        forgotten.cancel()
        if forgotten.state is not TrainingState.IDLE:
            self.progressed.emit()

    def recall(self, kept: Trained, done: Callable[[], None]) -> None:
        """Show a past training as a document remembers it, and compute its iterations again, then call done."""
        course = self._course
        course.recalled, course.follows, course.state = kept, False, TrainingState.PAUSED
        course.shown, course.shown_parameters = kept.shown, kept.parameters
        assignment = Assignment(None, self._recipe(course), None, kept.iteration, self._trainer)

        def work(token: CancelToken) -> tuple[Snapshot, Mapping[str, Array]]:
            unseen = Reporter(self._runner.post, lambda snapshot: None)
            snapshot = assignment.carry_out(lambda: course.halt.is_set() or token.is_cancelled, unseen)
            return snapshot, snapshot.descent.parameters_at(min(kept.shown, snapshot.iteration))

        def answered(answer: tuple[Snapshot, Mapping[str, Array]]) -> None:
            if course is self._course:
                course.shown, course.shown_parameters = min(kept.shown, answer[0].iteration), answer[1]
                self._ended(course, answer[0])
                done()

        job = self._runner.submit(work, answered, lambda error: self._failed(course, error))
        course.job = None if job.is_finished else job

    def reopen(self, iteration: int) -> None:
        """Show the parameters as they were before the update of an iteration, and trace the run with them.

        An iteration that wasn't done yet is moved to the nearest that was.
        """
        course = self._course
        if course.newest is None:
            return
        descent = course.newest.descent
        wanted = max(0, min(iteration, self.last_iteration))
        course.follows = False
        if course.question is not None:
            course.question.cancel()

        def answered(parameters: Mapping[str, Array]) -> None:
            if course is self._course and not course.follows:
                course.shown, course.shown_parameters = wanted, parameters
                self.progressed.emit()

        course.question = self._runner.submit(
            lambda token: descent.parameters_at(wanted), answered, lambda error: self._not_reopened(course, error)
        )

    def following(self, iteration: int, done: Callable[[Mapping[str, Array]], None]) -> None:
        """Compute the parameters after the update of an iteration without showing them, then call done.

        Used for the UPDATE steps of a trace. A formula that can't be trained has no updates, which is no failure.
        """
        course = self._course
        known, recipe = course.descent, self._recipe(course)
        if course.following is not None:
            course.following.cancel()

        def work(token: CancelToken) -> tuple[Descent, Mapping[str, Array]]:
            descent = known if known is not None else Descent(recipe())
            state = descent.state_at(iteration)
            return descent, as_arrays(descent.plan.following(state, descent.plan.measure(state)).parameters)

        def answered(answer: tuple[Descent, Mapping[str, Array]]) -> None:
            if course is self._course:
                course.waiting = answer[0] if course.newest is None else None
                done(answer[1])

        course.following = self._runner.submit(work, answered, lambda error: done({}))

    def samples_at(self, iteration: int) -> NDArray[np.intp] | None:
        """The samples of an iteration's batch, as rows of the data; None for all of them."""
        descent = self._course.descent
        return descent.plan.rows_at(iteration) if descent is not None else None

    @property
    def ending(self) -> Ending | None:
        """Which stopping rule ended the descent early, None when none did."""
        descent = self._course.descent
        return descent.ending if descent is not None else None

    def _run(self, count: int) -> None:
        """Let a worker do so many iterations; when one still ends, after that."""
        course = self._course
        if course.job is not None:
            course.next_count = count
            self._become(TrainingState.RUNNING)
            return
        recipe = self._recipe(course)
        course.halt, course.follows, course.failure, course.stop = threading.Event(), True, None, None
        halt = course.halt
        report = Reporter(self._runner.post, lambda snapshot: self._progressed(course, snapshot))
        assignment = Assignment(course.descent, recipe, self._guard(), count, self._trainer)

        def work(token: CancelToken) -> Snapshot:
            return assignment.carry_out(lambda: halt.is_set() or token.is_cancelled, report)

        self._become(TrainingState.RUNNING)
        job = self._runner.submit(
            work, lambda snapshot: self._ended(course, snapshot), lambda error: self._failed(course, error)
        )
        course.job = None if job.is_finished else job

    def _recipe(self, course: _Course) -> Recipe:
        """What makes the plan of a course: the same from its beginning to its end."""
        course.recipe = course.recipe or self._prepare()
        return course.recipe

    def _progressed(self, course: _Course, snapshot: Snapshot) -> None:
        if course is self._course:
            course.take(snapshot)
            self.progressed.emit_in_turns(self._runner.post)

    def _ended(self, course: _Course, snapshot: Snapshot) -> None:
        if course is not self._course:
            return
        course.job = None
        course.take(snapshot)
        count, course.next_count = course.next_count, 0
        course.stop = snapshot.reason
        course.memory = snapshot.memory if snapshot.memory is not None else course.memory
        if snapshot.failure is not None:
            course.failure = snapshot.failure
            self._become(TrainingState.DIVERGED)
        elif snapshot.reason is not None:
            self._become(TrainingState.PAUSED)
        elif count:
            self._run(count)
        else:
            is_done = 0 < course.goal <= snapshot.iteration or self.ending is not None
            self._become(TrainingState.FINISHED if is_done else TrainingState.PAUSED)

    def _failed(self, course: _Course, error: Exception) -> None:
        if course is not self._course:
            return
        course.job = None
        course.next_count = 0
        course.failure = _named(error, "training failed")
        self._become(TrainingState.FAILED)

    def _not_reopened(self, course: _Course, error: Exception) -> None:
        """Say why an iteration can't be seen again; what is running runs on."""
        if course is self._course:
            course.failure = _named(error, "that iteration can't be computed again")
            self.progressed.emit()

    def _become(self, state: TrainingState) -> None:
        self._course.state = state
        self.progressed.emit()


def _nothing_to_train() -> Plan:
    raise TrainingError("there is nothing to train; type a formula first")


def _named(error: Exception, what: str) -> GradvizError:
    return error if isinstance(error, GradvizError) else TrainingError(f"{what}: {error}")
