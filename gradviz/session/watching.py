"""What stops the runs of a session, and what is watched in them.

    document (breakpoints, watches, ready-made watches) ──▶ guard ──▶ the training's sentry, the debugger's stops
    training.stop ──▶ the iteration and the sample are opened, and the debugger lands on the exact step

Continue from the end of a run (and back from its start) looks through the other iterations when there are breakpoints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.errors import FormulaError
from gradviz.events import Signal
from gradviz.project.changes import ChangeFlags
from gradviz.project.stops import Breakpoint
from gradviz.session.breakpoints import ALONE, Context, asked
from gradviz.session.conditions import LOSS, Question
from gradviz.session.curves import Curve, curves
from gradviz.session.debugger import MOST_NODES_AT_ONCE
from gradviz.session.halt import Stop
from gradviz.session.monitors import Settings
from gradviz.session.runner import Job
from gradviz.session.scene import TraceScene, number
from gradviz.session.sentry import Guard, Memory, search, stops_in
from gradviz.session.tally import Tally
from gradviz.train.descent import Descent
from gradviz.train.explaining import UpdateExplanation, explain_update

if TYPE_CHECKING:
    from gradviz.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What a watch shows now. value: None where it isn't known yet, or `error` says why it never will be."""

    text: str
    value: Array | None = None
    error: FormulaError | None = None


class Watching:
    """The guard of one session. changed(): hit counts, stops or what conditions know of the past are others.

    said(text): something to tell the person, such as that no breakpoint was hit. remarked(stop): a ready-made watch
    found something while training and didn't stop. curved(): `curves` are others.
    """

    def __init__(self, session: "Session") -> None:
        self.changed: Signal[[]] = Signal()
        self.said: Signal[[str]] = Signal()
        self.remarked: Signal[[Stop]] = Signal()
        self.curved: Signal[[]] = Signal()
        self.curves: tuple[Curve, ...] = ()
        """The watches by iteration, as far as `draw_curves` has asked for them."""
        self._session = session
        self._memory: Memory | None = None
        self._handled: object | None = None
        self._jobs: dict[str, Job] = {}
        session.debugger.search_on = self._search_on
        session.debugger.search_back = self._search_back
        session.debugger.retraced.connect(self._on_retraced)
        session.document.changed.connect(self._on_changed)
        session.training.progressed.connect(self._on_progressed)
        self._set_guard()

    def guard(self) -> Guard:
        """What the next training is to be stopped by."""
        project = self._session.document.project
        settings = Settings(project.stops_at_non_finite, dict(project.advice))
        training = self._session.training
        after = training.iteration if training.is_single else -1
        graph = self._session.graph
        values = self._session.values() if graph is not None else {}
        return Guard(project.breakpoints, settings, self._session.sample, self._memory, after, graph, values)

    @property
    def is_searching(self) -> bool:
        """True while other iterations are looked through for a breakpoint."""
        job = self._jobs.get("search")
        return job is not None and not job.is_finished

    def cancel(self) -> None:
        """Look no further."""
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()
        self.changed.emit()

    def hits(self, point: Breakpoint) -> int:
        """How often a breakpoint was hit: in how many iterations, or in the run that is shown when none was trained."""
        tally = self.tallies.get(point)
        here = sum(stop.breakpoint == point for stop in self._session.debugger.stops)
        return max(tally.count, min(here, 1)) if tally is not None else here

    @property
    def remarks(self) -> tuple[Stop, ...]:
        """What ready-made watches found while training and didn't stop at, the newest last."""
        return self._memory.remarks if self._memory is not None else ()

    def watched(self) -> tuple[Watched, ...]:
        """Each watch of the document with its value at this moment of the run."""
        trace = self._session.debugger.trace
        if trace is None:
            return tuple(Watched(text) for text in self._session.document.project.watches)
        scene = self._session.debugger.context.scene(trace)
        return tuple(self._watched(text, trace, scene) for text in self._session.document.project.watches)

    def _watched(self, text: str, trace: Trace, scene: TraceScene) -> Watched:
        question = asked(text, trace.graph)
        if isinstance(question, FormulaError):
            return Watched(text, error=question)
        position = self._session.debugger.position
        moment = scene.at_step(position - 1) if position else None
        found = number(question, scene, moment)
        if found is None or found.since >= position:
            return Watched(text)
        return Watched(text, np.asarray(found.value, dtype=np.float64))

    def explain_update(self, name: str, done: Callable[[UpdateExplanation], None]) -> None:
        """Work out the update of a parameter in the shown iteration, line by line of its rule; then call done."""
        session = self._session
        descent, recipe, iteration = session.training.descent, session.recipe(), session.iteration

        def work() -> UpdateExplanation:
            asked_for = descent if descent is not None else Descent(recipe())
            state = asked_for.state_at(iteration)
            return explain_update(asked_for.plan, state, asked_for.plan.measure(state), name)

        self._submit("update", work, done)

    def draw_curves(self) -> None:
        """Compute the curves of all watches beside the window; `curved` tells when they are there."""
        training, texts = self._session.training, self._session.document.project.watches
        descent, sample, guard = training.descent, self._session.sample, self.guard()
        if descent is None or not texts or not training.iteration:
            self._take_curves(())
            return
        last = training.iteration
        self._submit(
            "curves",
            lambda token: curves(guard.replay(descent), texts, sample, last, token),
            self._take_curves,
            takes_token=True,
        )

    def _take_curves(self, found: tuple[Curve, ...]) -> None:
        self.curves = found
        self.curved.emit()

    # -- following the session ------------------------------------------------------------------------------

    @property
    def tallies(self) -> Mapping[Breakpoint, Tally]:
        """In which iterations each breakpoint was hit."""
        return self._memory.tallies if self._memory is not None else {}

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.BREAKPOINTS | ChangeFlags.STRUCTURE | ChangeFlags.REPLACED):
            self._set_guard()
            self._prepare_context()
            self.changed.emit()

    def _set_guard(self) -> None:
        self._session.debugger.guard = self.guard()
        self._find_stops()

    def _on_retraced(self) -> None:
        self._session.debugger.context = self._plain_context()
        self._prepare_context()
        self._find_stops()

    def _on_progressed(self) -> None:
        training = self._session.training
        report = training.report
        if not training.iteration and not training.is_running and training.stop is None:
            self._memory = self._handled = None
            self.curves = ()
        elif isinstance(report, Memory) and report is not self._memory:
            known, self._memory = self.remarks, report
            self.changed.emit()
            for remark in self.remarks[len(known) :]:
                self.remarked.emit(remark)
        stop = training.stop
        if isinstance(stop, Stop) and stop is not self._handled and not training.is_running:
            self._handled = stop
            if not self._session.was_stepped_into(stop.iteration):  # a step goes where it was asked to go
                self._session.open_stop(stop)

    # -- stops of a large run, and what conditions know of the past: found in a worker -------------------------

    def _find_stops(self) -> None:
        debugger = self._session.debugger
        trace, guard, context = debugger.trace, debugger.guard, debugger.context
        if trace is None or len(trace.graph) <= MOST_NODES_AT_ONCE:
            return
        self._submit(
            "stops", lambda: tuple(stops_in(trace, guard, context)), lambda found: debugger.take_stops(trace, found)
        )

    def _plain_context(self) -> Context:
        session = self._session
        if not session.sample_count and session.iteration == 0:
            return Context(tallies=self.tallies) if self.tallies else ALONE
        return Context(session.iteration, None, None, self.tallies, session.sample_count > 0)

    def _prepare_context(self) -> None:
        """Give conditions the loss over all samples and the iterations before, where they ask for them."""
        session, depth, asks_loss = self._session, *self._needs()
        trace = session.debugger.trace
        if trace is None or (not (depth and session.iteration) and not (asks_loss and session.sample_count)):
            return
        descent, recipe, guard = session.training.descent, session.recipe(), self.guard()
        iteration, sample, tallies = session.iteration, session.sample, self.tallies

        def prepare() -> Context:
            replay = guard.replay(descent if descent is not None else Descent(recipe()))
            row = replay.row_of(iteration, sample)
            found = replay.context(iteration, row)
            return Context(
                iteration, found.loss, replay.recorded_before(iteration, row, depth), tallies, found.is_sample
            )

        def take(context: Context) -> None:
            if session.debugger.trace is trace:
                session.debugger.context = context
                self._find_stops()
                self.changed.emit()

        self._submit("context", prepare, take)

    def _needs(self) -> tuple[int, bool]:
        """How many iterations back breakpoints and watches look, and whether they ask for the loss."""
        project, graph = self._session.document.project, self._session.graph
        texts = [*project.watches, *(point.condition for point in project.breakpoints if point.is_enabled)]
        questions = [asked(text, graph) for text in texts if text.strip()] if graph is not None else []
        sound = [question for question in questions if isinstance(question, Question)]
        return max((q.depth for q in sound), default=0), any(LOSS in q.names for q in sound)

    # -- looking through other iterations -----------------------------------------------------------------------

    def _search_on(self) -> bool:
        training = self._session.training
        if not self._session.debugger.guard.has_breakpoints or not self._session.document.project.parameters:
            return False
        ahead = range(self._session.iteration + 1, training.last_iteration + 1)
        if not ahead:
            return self._train_on()
        return self._search(ahead, self._train_on)

    def _train_on(self) -> bool:
        """Train until something stops it; False where training can't go on."""
        training = self._session.training
        if training.failure is not None or training.is_running:
            return False
        training.start()
        return True

    def _search_back(self) -> bool:
        if not self._session.debugger.guard.has_breakpoints or not self._session.iteration:
            return False
        return self._search(range(self._session.iteration - 1, -1, -1), self._to_start)

    def _to_start(self) -> bool:
        """Show the start of the first iteration: nothing was hit before."""
        self.said.emit("No breakpoint was hit before; this is the start of iteration 0.")
        self._session.open_iteration(0, self._session.debugger.restart)
        return True

    def _search(self, iterations: range, otherwise: Callable[[], bool]) -> bool:
        descent = self._session.training.descent
        if descent is None or self._session.training.is_running:
            return False
        guard = self.guard()

        def work(is_over: Callable[[], bool]) -> Stop | None:
            return search(guard.replay(descent), guard, iterations, is_over)

        def take(stop: Stop | None) -> None:
            if stop is not None:
                self._session.open_stop(stop)
            else:
                otherwise()
            self.changed.emit()

        self._submit("search", work, take, takes_token=True)
        self.changed.emit()
        return True

    def _submit(
        self, key: str, work: Callable[..., Any], done: Callable[[Any], None], *, takes_token: bool = False
    ) -> None:
        """Run work in a worker; a newer task of the same key makes an older one's answer unwanted."""
        earlier = self._jobs.pop(key, None)
        if earlier is not None:
            earlier.cancel()
        self._jobs[key] = self._session.runner.submit(
            (lambda token: work(token)) if takes_token else (lambda token: work()), done, lambda error: None
        )
