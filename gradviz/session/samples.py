"""Which sample is shown, and the batch as the sum of all: found by walking through the samples beside the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradviz.core.graph import Graph
from gradviz.core.survey import Survey, survey
from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.events import Signal
from gradviz.session.politeness import polite
from gradviz.session.runner import CancelToken, Job, Runner


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a survey depends on."""

    graph: Graph
    values: Mapping[str, Array]
    data: Mapping[str, Array]
    samples: tuple[int, ...]
    parameters: tuple[str, ...]

    def same_as(self, other: "Batch") -> bool:
        """True when a survey of one is a survey of the other; the data leaves' own values don't matter."""
        names = self.values.keys() - self.data.keys()
        return (
            self.graph is other.graph
            and self.samples == other.samples
            and self.parameters == other.parameters
            and self.data.keys() == other.data.keys()
            and all(self.data[name] is other.data[name] for name in self.data)
            and all(_same(self.values[name], other.values.get(name)) for name in names)
        )


class Samples:
    """The survey of the shown batch. changed(): another survey, or the sum is shown or no longer shown.

    batch: what is to be surveyed now, None when there are no data. show: shows the run of a sample.
    """

    def __init__(self, runner: Runner, batch: Callable[[], Batch | None], show: Callable[[int], None]) -> None:
        self.changed: Signal[[]] = Signal()
        self.failure: Exception | None = None
        self._runner = runner
        self._batch = batch
        self._show = show
        self._known: tuple[Batch, Survey] | None = None
        self._job: Job | None = None
        self._asked: Batch | None = None
        self._then: list[Callable[[Survey], None]] = []
        self._is_summed = False

    @property
    def is_summed(self) -> bool:
        """True while the sum of the samples is to be shown."""
        return self._is_summed

    @property
    def is_busy(self) -> bool:
        """True while a worker walks through the samples."""
        return self._job is not None

    @property
    def survey(self) -> Survey | None:
        """The survey of the present batch, None while there is none."""
        batch = self._batch()
        if self._known is None or batch is None or not self._known[0].same_as(batch):
            return None
        return self._known[1]

    @property
    def total(self) -> Trace | None:
        """The sum of all samples, while it is to be shown and is known."""
        found = self.survey if self._is_summed else None
        return found.total if found is not None else None

    def show_sum(self, is_shown: bool) -> None:
        """Show the sum of the samples instead of one of them, or one again."""
        if is_shown != self._is_summed:
            self._is_summed = is_shown
            if is_shown:
                self.take()
            self.changed.emit()

    def show_worst(self) -> None:
        """Show the sample with the largest loss."""
        self._with_survey(lambda found: self._show_one(found.worst))

    def show_steepest(self) -> None:
        """Show the sample with the longest gradient."""
        self._with_survey(lambda found: self._show_one(found.steepest))

    def take(self) -> None:
        """Survey the present batch, unless that is known or under way."""
        self._with_survey(lambda _found: None)

    def follow(self) -> None:
        """Something may be another: survey anew while the sum is shown."""
        if self._is_summed and self.survey is None:
            self.take()

    def close(self) -> None:
        """Want no answer any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show_one(self, sample: int | None) -> None:
        if sample is not None:
            self.show_sum(False)
            self._show(sample)

    def _with_survey(self, then: Callable[[Survey], None]) -> None:
        known, batch = self.survey, self._batch()
        if known is not None:
            then(known)
            return
        if batch is None:
            return
        if self._job is not None and self._asked is not None and self._asked.same_as(batch):
            self._then.append(then)
            return
        self.close()
        self._asked, self._then = batch, [then]
        job = self._runner.submit(
            lambda token: _survey(batch, token), lambda found: self._take(batch, found), self._fail
        )
        self._job = None if job.is_finished else job

    def _take(self, batch: Batch, found: Survey | None) -> None:
        self._job = None
        if found is None:
            return
        self._known = batch, found
        waiting, self._then = self._then, []
        self.changed.emit()
        for then in waiting:
            then(found)

    def _fail(self, error: Exception) -> None:
        self._job, self._then = None, []
        self.failure = error
        self._is_summed = False
        self.changed.emit()


def _survey(batch: Batch, token: CancelToken) -> Survey | None:
    with polite():
        return survey(batch.graph, batch.values, batch.data, batch.samples, batch.parameters, token)


def _same(a: Array, b: Array | None) -> bool:
    return a is b or (b is not None and a.shape == b.shape and bool((a == b).all()))
