"""What all laboratories have in common: a few sentences, a formula to play with, and work done beside the window."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from gradviz.core.graph import Graph
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.project.project import project_from_formula
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.train.planning import Plan, plan
from gradviz.ui.panels.widgets import note, show_look

REST_MS = 250
THE_DOCUMENT = "the formula of the document"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a laboratory plays with: a recorded run, and a way to train it. is_document: its nodes are on the canvas."""

    trace: Trace
    values: Mapping[str, Array]
    make_plan: Callable[[], Plan]
    is_document: bool

    @property
    def graph(self) -> Graph:
        """The run's graph."""
        return self.trace.graph


def subject_of(session: Session, formula: str) -> Subject:
    """The document's run for an empty text, else the run of that formula; raises GradvizError."""
    if not formula.strip():
        trace = session.debugger.trace
        if trace is None:
            raise GradvizError("there is no formula yet: type one here")
        return Subject(trace, session.values(), session.recipe(), True)
    project = project_from_formula(formula)
    if project.error is not None or project.graph is None:
        raise project.error or GradvizError("the formula is empty")
    graph, values = project.graph, project.values
    fixed = [name for name in values if name not in project.parameters]
    make = partial(plan, graph, values, rate=project.training.rate, fixed=fixed)
    return Subject(record(graph, values), values, make, False)


class LabPage(QWidget, Generic[Answer]):
    """One laboratory. presets: formulas that show the matter well, by what they are called."""

    def __init__(self, session: Session, words: str, presets: Mapping[str, str]) -> None:
        super().__init__()
        self.session = session
        self.subject: Subject | None = None
        self.answer: Answer | None = None
        self._job: Job | None = None
        self._presets = dict(presets)
        self.intro = note(words, "")
        self.field = QLineEdit()
        self.field.setObjectName("labFormula")
        self.field.setAccessibleName("Formula to play with")
        self.field.setPlaceholderText("the document's formula; or type another one here")
        self.field.setToolTip("A formula to play with, several lines separated by ; – empty: the document's")
        self.field.textEdited.connect(self.wish)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Formulas that show it well")
        self.choice.addItem(THE_DOCUMENT)
        self.choice.addItems(list(presets))
        self.choice.activated.connect(self._choose)
        self.gist = note("", "")
        show_look(self.gist, "")
        self.gist.setStyleSheet("font-weight: 600;")
        row = QHBoxLayout()
        row.addWidget(QLabel("Formula"))
        row.addWidget(self.field, 1)
        row.addWidget(self.choice)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(8)
        self.column.addWidget(self.intro)
        self.column.addLayout(row)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.start)
        session.debugger.retraced.connect(self._follow)

    @property
    def is_waiting(self) -> bool:
        """True while an experiment is wished for or under way."""
        return self._rest.isActive() or self._job is not None

    @abstractmethod
    def experiment(self, subject: Subject) -> Callable[[CancelToken], Answer | None]:
        """The work that answers; called in the window's thread, what it gives in a worker."""

    @abstractmethod
    def show_answer(self, subject: Subject, answer: Answer) -> None:
        """Show what came out."""

    def show_formula(self, formula: str) -> None:
        """Play with this formula; "" is the document's."""
        with QSignalBlocker(self.field), QSignalBlocker(self.choice):
            self.field.setText(formula)
            names = [name for name, text in self._presets.items() if text == formula]
            self.choice.setCurrentText(names[0] if names else THE_DOCUMENT)
        self.start()

    def wish(self) -> None:
        """Do the experiment soon."""
        if self.isVisible():
            self._rest.start()

    def start(self) -> None:
        """Do the experiment now."""
        self._rest.stop()
        self.close_job()
        try:
            subject = self.subject = subject_of(self.session, self.field.text())
        except GradvizError as error:
            self.fail(error)
            return
        if not subject.trace.is_complete:
            self.fail(
                subject.trace.failure or GradvizError("the formula is not finished: give each open port (?) a value")
            )
            return
        show_look(self.field, "")
        work = self.experiment(subject)
        job = self.session.runner.submit(work, partial(self._take, subject), self.fail)
        self._job = None if job.is_finished else job

    def close_job(self) -> None:
        """Want no answer any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def fail(self, error: Exception) -> None:
        """Say what is wrong."""
        self._job = None
        show_look(self.field, "bad" if self.field.text().strip() else "")
        self.gist.setText(error.message if isinstance(error, GradvizError) else str(error))

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self.wish()

    def _take(self, subject: Subject, answer: Answer | None) -> None:
        self._job = None
        if answer is not None:
            self.answer = answer
            self.show_answer(subject, answer)

    def _follow(self) -> None:
        # WORKAROUND: a widget that Qt has deleted may still be known to Python
        if isValid(self) and not self.field.text().strip():
            self.wish()

    def _choose(self, _index: int) -> None:
        self.show_formula(self._presets.get(self.choice.currentText(), ""))
