"""Runs that somebody keeps to compare others with; they are saved with the document."""

from dataclasses import replace

from gradviz.events import Signal
from gradviz.project.changes import ChangeFlags
from gradviz.project.document import Document
from gradviz.train.history import History
from gradviz.train.kept import KeptRun, with_run


class KeptRuns:
    """The kept runs, the newest last. changed(): there are others."""

    def __init__(self, document: Document) -> None:
        self.changed: Signal[[]] = Signal()
        self._document = document
        document.changed.connect(self._on_changed)

    @property
    def runs(self) -> tuple[KeptRun, ...]:
        """What is kept."""
        return self._document.desk.runs

    def keep(self, history: History) -> None:
        """Keep a run of the document's training with its settings; the oldest goes when there are too many."""
        if len(history):
            self._set(with_run(self.runs, self._document.project.training, history))

    def forget(self, name: str | None = None) -> None:
        """Forget one kept run, or all."""
        self._set(tuple(run for run in self.runs if name is not None and run.name != name))

    def _set(self, runs: tuple[KeptRun, ...]) -> None:
        self._document.set_desk(replace(self._document.desk, runs=runs))
        self.changed.emit()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REPLACED:
            self.changed.emit()
