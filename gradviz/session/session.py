"""The session: what is going on in one window. Widgets take it, connect to its signals and read it.

    document.changed(flags) → the session records a new trace → debugger.retraced()
    training.progressed()   → the shown parameters change     → debugger.retraced()

What is shown is one run: of the document's graph, with the parameters of the shown iteration and the data of the
shown sample. Past its updates lies the run of the next iteration, before its start that of the previous one.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId, Role
from gradviz.errors import DataError, EvaluationError, GradvizError
from gradviz.events import Signal
from gradviz.project import commands, editing
from gradviz.project.changes import ChangeFlags
from gradviz.project.document import Document
from gradviz.project.examples import load_example
from gradviz.project.graph_commands import edit_graph
from gradviz.project.matching import same_nodes
from gradviz.project.project import Project, project_from_formula
from gradviz.project.recovery import LostWork, Recovery
from gradviz.session.advance import Guard
from gradviz.session.comparing import Comparing
from gradviz.session.crossing import Crossing
from gradviz.session.debugger import Debugger
from gradviz.session.folds import Folds
from gradviz.session.halt import Stop
from gradviz.session.kept import KeptRuns
from gradviz.session.lens import Lens
from gradviz.session.pins import Pins
from gradviz.session.pointing import Pointing
from gradviz.session.recipe import recipe_of
from gradviz.session.runner import InlineRunner, Job, Runner
from gradviz.session.samples import Batch, Samples
from gradviz.session.saving import save
from gradviz.session.selection import Selection
from gradviz.session.trainer import Trainer
from gradviz.session.training import Training
from gradviz.session.veil import Veil
from gradviz.session.watching import Watching
from gradviz.session.what_if import WhatIf
from gradviz.session.worker import Recipe
from gradviz.text.numbers import number
from gradviz.text.symbols import display
from gradviz.train.descent import as_arrays, first_update

_RETRACING = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING
_MOST_NODES_AT_ONCE = 300
_MOST_NUMBERS_AT_ONCE = 100_000
"""Larger runs are recorded in a worker, for the window must answer within 16 ms."""


class Session:
    """Document, debugger, training and selection of one window.

    sampled(): another sample is shown. reported(error): something went wrong beside the window; show it, don't stop.
    """

    def __init__(
        self,
        runner: Runner | None = None,
        project: Project | None = None,
        recovery_directory: Path | None = None,
        trainer: Trainer | None = None,
    ) -> None:
        self.runner: Runner = runner if runner is not None else InlineRunner()
        self.document = Document(project)
        self.recovery = Recovery(self.document, recovery_directory)
        self.folds = Folds(self.document)
        self.debugger = Debugger()
        self.debugger.cards = self.folds
        self._trainer = trainer
        self.training = Training(
            self.runner,
            self.recipe,
            lambda: self.document.project.training.steps,
            guard=self._guard,
            trainer=trainer,
        )
        self.selection = Selection()
        self.pins = Pins(self.document)
        self.kept = KeptRuns(self.document)
        self.pointing = Pointing(self.document)
        self.veil = Veil()
        samples = Samples(self.runner, self.batch, self.show_sample)
        self.lens = Lens(self.debugger, WhatIf(self.debugger, self.values, self.document), samples, Comparing())
        self.sampled: Signal[[]] = Signal()
        self.reported: Signal[[GradvizError]] = Signal()
        self._sample = 0
        self._data: dict[str, Array] = {}
        self._shown: tuple[int, Mapping[str, Array]] = (0, {})
        self._crossing = Crossing(self.debugger, self.training)
        self._reported_failure: GradvizError | None = None
        self._graph: Graph | None = None
        self._recording: Job | None = None
        self.debugger.announce = self._announce
        self.document.changed.connect(self._on_changed)
        self.training.progressed.connect(self._on_progressed)
        self.training.progressed.connect(samples.follow)
        self.watching = Watching(self)
        self._begin()

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown, None while there is no formula."""
        return self.document.project.graph

    @property
    def sample(self) -> int:
        """The sample whose run is shown; 0 when there are no data."""
        return self._sample

    @property
    def sample_count(self) -> int:
        """The number of samples that the bound data have; 0 when there are none."""
        return len(next(iter(self._data.values()), ()))

    @property
    def iteration(self) -> int:
        """The iteration whose parameters are shown."""
        return self.training.shown_iteration

    def values(self) -> dict[str, Array]:
        """The value of each leaf as it is shown: the document's, the sample's data, the iteration's parameters."""
        sample = {name: as_value(values[self._sample]) for name, values in self._data.items()}
        known = {**self.document.project.values, **sample, **self.training.shown_parameters}
        return {name: known[name] for name in self.document.project.leaves}

    def roles(self) -> dict[str, Role]:
        """The role of each leaf."""
        return self.document.project.roles

    def data(self) -> dict[str, Array]:
        """The values of all samples for each bound data leaf, with the samples along the first axis."""
        return dict(self._data)

    def batch(self) -> Batch | None:
        """All samples with the shown parameters, over which a sum is taken; None without data and while training."""
        graph, count = self.graph, self.sample_count
        if graph is None or not count or self.training.is_running:
            return None
        parameters = tuple(name for name, role in self.roles().items() if role is Role.PARAMETER)
        return Batch(graph, self.values(), self._data, tuple(range(count)), parameters)

    def show_sample(self, sample: int) -> None:
        """Show the run of another sample; a number outside is moved to the nearest inside."""
        self.lens.samples.show_sum(False)
        wanted = max(0, min(sample, self.sample_count - 1))
        if wanted != self._sample:
            self._sample = wanted
            self.sampled.emit()
            self._retrace()

    def was_stepped_into(self, iteration: int) -> bool:
        """True for the iteration into which a step has led last."""
        return self._crossing.stepped_into == iteration

    def open_iteration(self, iteration: int, then: Callable[[], None]) -> None:
        """Show the run of an iteration that was trained, then do what is to be done there."""
        self._shown = (-1, {})  # so that it is recorded anew even where its number is shown already
        self._crossing.open(iteration, then)

    def open_stop(self, stop: Stop) -> None:
        """Show the iteration and the sample at which something stopped, with the debugger at the exact step."""
        if self.training.iteration == 0 and not self.training.shown_parameters:  # nothing was trained: it is this run
            self.debugger.land(stop)
            return
        if stop.sample is not None and stop.sample != self._sample:
            self._sample = stop.sample
            self.sampled.emit()
        self.open_iteration(stop.iteration, lambda: self.debugger.land(stop))

    def set_formula(self, text: str) -> None:
        """Change the formula; what is typed in one go is undone in one go."""
        self.document.apply(commands.set_formula(text), "Edit formula", merge_key="formula")

    def edit(self, change: editing.Change, name: str, merge_key: object | None = None) -> None:
        """Edit the graph and select what the edit says; raises a GradvizError and changes nothing when it can't be."""
        focus: list[NodeId] = []

        def remembered(graph: Graph | None) -> editing.Edit:
            edit = change(graph)
            focus[:] = edit.focus
            return edit

        self.document.apply(edit_graph(remembered), name, merge_key)
        if self.graph is not None:
            self.selection.select(*focus)

    def set_value(self, name: str, value: Any, merge_key: object | None = None) -> None:
        """Give a leaf a value, and keep what the other parameters have learnt by the shown iteration."""
        learnt = {other: kept for other, kept in self.training.shown_parameters.items() if other != name}
        changed = commands.set_values({**learnt, name: value})
        self.document.apply(changed, _set_to(name, value), merge_key if merge_key is not None else ("value", name))

    def adopt_parameters(self) -> None:
        """Write the shown parameters to the document as the leaves' values: training then begins from there."""
        learnt = dict(self.training.shown_parameters)
        if learnt:
            self.document.apply(commands.set_values(learnt), "Keep trained parameters")

    def open(self, path: Path) -> None:
        """Open a document; raises DocumentError and changes nothing when it isn't sound."""
        self.document.open(path)

    def open_example(self, key: str) -> None:
        """Open an example as a new, unnamed document."""
        self.show(load_example(key))

    def new(self, formula: str = "") -> None:
        """Start a new, unnamed document."""
        self.show(project_from_formula(formula))

    def show(self, project: Project, path: Path | None = None, *, is_saved: bool = True) -> None:
        """Start anew with a project; a recovered one is not saved yet."""
        self.document.replace(project, path, is_saved=is_saved)

    def save(self, path: Path | None = None) -> None:
        """Save the document together with the debugger's position; raises DocumentError."""
        save(self, path)

    def protect(self) -> None:
        """Keep unsaved work for after a crash; the window calls it every `recovery.INTERVAL_SECONDS`."""
        task = self.recovery.task()
        if task is not None:
            self.runner.submit(lambda token: task(), lambda done: None, self._on_error)

    def restore(self, work: LostWork) -> None:
        """Take up lost work as unsaved work of this window; raises DocumentError when it can't be read."""
        self.show(self.recovery.restore(work), work.path, is_saved=False)
        self.recovery.keep()
        self.recovery.discard(work)

    def close(self) -> None:
        """End training and all jobs, and forget recovery files; call when the window has closed in good order."""
        self._crossing.forget()
        self.watching.cancel()
        self.training.reset()
        self._drop_recording()
        if self._trainer is not None:
            self._trainer.close()
        self.lens.samples.close()
        self.recovery.close()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REPLACED:
            self._begin()
            return
        if flags & ChangeFlags.STRUCTURE:
            self._carry_selection()
        if flags & _RETRACING:
            self._read_data()
            self._forget_training()
            self._retrace()

    def _begin(self) -> None:
        """Show a document that was just opened: where its debugger stood, or all of it."""
        project = self.document.project
        self._graph = project.graph
        self.selection.clear()
        self.lens.reset()
        self._sample = project.sample
        self._read_data()
        self._forget_training()
        self._recall(project)
        self._retrace(position=project.position, is_new=True)
        self.sampled.emit()

    def _recall(self, project: Project) -> None:
        """Take up the training that the document remembers, at the iteration that was shown."""
        if project.trained is None or project.graph is None:
            return

        def again() -> None:
            if self.document.project is project:
                self._shown = (self.training.shown_iteration, self.training.shown_parameters)
                self._retrace(position=project.position, is_new=True)

        self.training.recall(project.trained, again)
        self._shown = (self.training.shown_iteration, self.training.shown_parameters)

    def _forget_training(self) -> None:
        self._crossing.forget()
        self._shown = (0, {})
        self.training.reset()

    def _on_progressed(self) -> None:
        self._crossing.see_to_it()
        shown = (self.training.shown_iteration, self.training.shown_parameters)
        if shown[0] != self._shown[0] or (shown[1] is not self._shown[1] and (shown[1] or self._shown[1])):
            self._shown = shown
            self._retrace()
        self._report_failure()

    def _report_failure(self) -> None:
        failure = self.training.failure
        if failure is not self._reported_failure:
            self._reported_failure = failure
            if failure is not None:
                self.reported.emit(failure)

    def _read_data(self) -> None:
        try:
            self._data = commands.bound_samples(self.document.project)
        except DataError as error:
            self._data = {}
            self.reported.emit(error)
        sample = max(0, min(self._sample, self.sample_count - 1))
        if sample != self._sample:
            self._sample = sample
            self.sampled.emit()

    def _guard(self) -> Guard | None:
        return self.watching.guard()

    def _carry_selection(self) -> None:
        before, self._graph = self._graph, self.graph
        moved = same_nodes(before, self._graph) if before is not None and self._graph is not None else {}
        self.selection.select(*(moved[node] for node in self.selection.nodes if node in moved))

    def _retrace(self, position: int | None = None, *, is_new: bool = False) -> None:
        """Record what is to be shown: at once when that is quick, else in a worker."""
        self._drop_recording()
        graph = self.graph
        shown = self.debugger.trace
        if graph is None or (shown is not None and is_new):
            self.debugger.retrace(None)
        if graph is None:
            return
        values = self.values()
        if _is_quick(graph, values):
            self._take(record(graph, values), position)
            return
        if shown is not None and shown.graph is not graph:  # no widget may look up nodes in a graph that has gone
            self.debugger.retrace(None)
        self._recording = self.runner.submit(
            lambda token: record(graph, values), lambda trace: self._take(trace, position), self._on_error
        )

    def _take(self, trace: Trace, position: int | None) -> None:
        """Show a trace with its updates; those that need all data are computed beside the window."""
        updates = self._known_updates(trace)
        if updates is not None:
            self._crossing.arrive(trace.with_updates(updates), position)
            return
        if not self._crossing.is_arriving:
            self.debugger.retrace(trace, position)
        self.training.following(
            self.training.shown_iteration,
            lambda computed: self._crossing.arrive(trace.with_updates(computed), position),
        )

    def _announce(self, signal: Signal[[]]) -> None:
        """Tell that there is another trace; while training shows one after the other, listeners take turns."""
        if self.training.is_running:
            signal.emit_in_turns(self.runner.post)
        else:
            signal.emit()

    def _known_updates(self, trace: Trace) -> dict[str, Array] | None:
        """The parameters after the update where the trace itself says them; None where they have to be computed."""
        names = [name for name in self.document.project.parameters if name in trace.wanted]
        if not names or not trace.is_complete:
            return {}
        if self._data or self.training.shown_parameters:
            following = self.training.following_parameters
            return dict(following) if following is not None else None
        training = self.document.project.training
        updated = first_update(training, {name: trace.value(name) for name in names}, trace.gradients)
        return None if updated is None else as_arrays(updated)

    def recipe(self) -> Recipe:
        """What makes the plan of a descent from the document as it is now; to be called in a worker."""
        return recipe_of(self.document.project, self._data)

    def _drop_recording(self) -> None:
        if self._recording is not None:
            self._recording.cancel()
            self._recording = None

    def _on_error(self, error: Exception) -> None:
        self.reported.emit(error if isinstance(error, GradvizError) else EvaluationError(f"the run failed: {error}"))


def _set_to(name: str, value: Any) -> str:
    """The name of a change of a value, with the value where it is a number."""
    is_number = as_value(value).ndim == 0
    return f"Set {display(name)} to {number(float(value))}" if is_number else f"Set {display(name)}"


def _is_quick(graph: Graph, values: Mapping[str, Array]) -> bool:
    return len(graph) <= _MOST_NODES_AT_ONCE and sum(value.size for value in values.values()) <= _MOST_NUMBERS_AT_ONCE
