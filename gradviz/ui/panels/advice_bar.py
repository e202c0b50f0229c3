"""A line of honest advice with buttons for what would do; hidden while there is none."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from gradviz.errors import GradvizError
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import Command, set_training
from gradviz.project.data_commands import count_from_zero, reduce_loss, standardise
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.session.training import TrainingState
from gradviz.train.advice import Advice, Remedy, advise_on_data, advise_on_failure, advise_on_run
from gradviz.ui.panels.widgets import clear, note

_DATA = ChangeFlags.STRUCTURE | ChangeFlags.DATA | ChangeFlags.ROLES | ChangeFlags.REPLACED
_ENDED = (TrainingState.FINISHED, TrainingState.DIVERGED)


class AdviceBar(QFrame):
    """Advice about the data and about the last run; the most urgent is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs: dict[str, Job] = {}
        self._on_data: list[Advice] = []
        self._on_run: list[Advice] = []
        self._dismissed: set[str] = set()
        self._run_state: tuple[TrainingState, int] | None = None
        self.setObjectName("adviceBar")
        self.setProperty("look", "row")
        self.text = note("", "small")
        self.text.setObjectName("advice")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        close = QToolButton()
        close.setText("×")
        close.setFixedSize(26, 24)
        close.setStyleSheet("padding: 0")
        close.setAccessibleName("Dismiss the advice")
        close.setToolTip("Don't say this again")
        close.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addLayout(self._buttons)
        row.addWidget(close)
        session.document.changed.connect(self._on_changed)
        session.training.progressed.connect(self._on_progressed)
        self._look_at_data()
        self._show()

    @property
    def advice(self) -> Advice | None:
        """What is shown."""
        return next((a for a in (*self._on_run, *self._on_data) if a.text not in self._dismissed), None)

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REPLACED:
            self._dismissed.clear()
        if flags & (_DATA | ChangeFlags.TRAINING | ChangeFlags.VALUES):
            self._on_run, self._run_state = [], None
        if flags & _DATA:
            self._look_at_data()
        self._show()

    def _look_at_data(self) -> None:
        graph, data = self._session.graph, self._session.data()
        self._on_data = []
        if graph is not None and data:
            self._work("data", lambda: advise_on_data(graph, data))

    def _on_progressed(self) -> None:
        training = self._session.training
        state = (training.state, training.iteration)
        if training.is_running or state == self._run_state:
            return
        self._run_state = state
        descent = training.descent
        if training.state is TrainingState.FAILED and training.failure is not None:
            self._on_run = advise_on_failure(training.failure)
        elif training.state in _ENDED and descent is not None:
            history = training.history
            self._work("run", lambda: advise_on_run(descent.plan, history, descent.verdict))
        else:
            self._on_run = []
        self._show()

    def _work(self, what: str, advise: Callable[[], Sequence[Advice]]) -> None:
        if what in self._jobs:
            self._jobs[what].cancel()

        def done(found: Sequence[Advice]) -> None:
            if what == "data":
                self._on_data = list(found)
            else:
                self._on_run = list(found)
            self._show()

        self._jobs[what] = self._session.runner.submit(lambda _token: advise(), done, lambda _error: None)

    def _show(self) -> None:
        found = self.advice
        self.setVisible(found is not None)
        clear(self._buttons)
        if found is None:
            return
        self.text.setText(found.text[0].upper() + found.text[1:] + ".")
        self.text.setToolTip(self.text.text())
        for remedy in found.remedies:
            button = QPushButton(_title(remedy, found))
            button.setProperty("look", "flat")
            button.setObjectName(f"remedy {remedy.name.lower()}")
            button.setToolTip("Do this; it can be undone")
            button.clicked.connect(partial(self._apply, remedy, found))
            self._buttons.addWidget(button)

    def _apply(self, remedy: Remedy, advice: Advice) -> None:
        try:
            self._session.document.apply(self._command(remedy, advice), remedy.value)
        except GradvizError as error:
            self.text.setText(error.message)

    def _command(self, remedy: Remedy, advice: Advice) -> Command:
        bindings = self._session.document.project.bindings
        match remedy:
            case Remedy.STANDARDISE:
                return standardise([column for leaf in advice.leaves for column in bindings.get(leaf, ())])
            case Remedy.RECODE:
                return count_from_zero(advice.leaves[0])
            case Remedy.RATE:
                return set_training(rate=advice.rate)
            case Remedy.SUM:
                return reduce_loss("sum")
            case Remedy.MEAN:
                return reduce_loss("mean")

    def _dismiss(self) -> None:
        if self.advice is not None:
            self._dismissed.add(self.advice.text)
        self._show()


def _title(remedy: Remedy, advice: Advice) -> str:
    return f"Use {advice.rate:g}" if remedy is Remedy.RATE and advice.rate is not None else remedy.value
