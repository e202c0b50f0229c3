"""The lecture's gradient beside the back-propagated one, and descent beside the normal equations.

Shown for the two models that the lecture derives on paper; computed in a worker when the parameters have come to rest.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.errors import GradvizError
from gradviz.project.changes import ChangeFlags
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.train.closed_form import find_model
from gradviz.train.on_paper import OnPaper, compare_on_paper
from gradviz.ui.panels.widgets import note

_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING

_ROUNDING = 1e-9


class OnPaperPanel(QWidget):
    """A row a parameter: its gradient by back-propagation and on paper, and where the minimum is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.found: OnPaper | None = None
        self.setObjectName("onPaper")
        self.setAccessibleName("The gradient on paper, beside the back-propagated one")
        self.summary = note("", "small")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        body = QWidget()
        body.setObjectName("columnBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(self._grid)
        column.addWidget(self.summary)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("column")
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        session.document.changed.connect(self._on_changed)
        session.training.progressed.connect(self._on_progressed)

    @property
    def has_model(self) -> bool:
        """True when the formula is one of the lecture's models, with data."""
        graph = self._session.graph
        return graph is not None and find_model(graph, self._session.data()) is not None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Compute anew beside the window."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if not self.isVisible() or not self.has_model:
            return
        recipe, values = self._session.recipe(), self._session.values()

        def work() -> OnPaper | None:
            objective = recipe().objective
            return compare_on_paper(objective, {name: values[name] for name in objective.parameters})

        job = self._session.runner.submit(lambda _token: work(), self._take, self._fail)
        self._job = None if job.is_finished else job

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & _CHANGES:
            self.refresh()

    def _on_progressed(self) -> None:
        if not self._session.training.is_running:
            self.refresh()

    def _fail(self, error: Exception) -> None:
        self._clear()
        self.summary.setText(error.message if isinstance(error, GradvizError) else str(error))

    def _take(self, found: OnPaper | None) -> None:
        self._job = None
        self.found = found
        self._clear()
        if found is None:
            return
        for column, (name, formula) in enumerate(found.model.formulas.items(), 1):
            cells = [("parameter", name), ("on paper, for one sample", formula)]
            if name in found.backward:
                cells += [("gradient on paper", _short(found.paper[name]))]
                cells += [("back-propagated", _short(found.backward[name]))]
                difference = found.differences[name]
                cells += [
                    ("they differ by", f"{numbers.number(difference, 2)} {'✓' if difference < _ROUNDING else '✗'}")
                ]
            if found.solution is not None:
                cells += [("value now", _short(self._session.values()[name]))]
                cells += [("at the minimum", _short(found.solution.parameters[name]))]
            for row, (title, text) in enumerate(cells):
                self._grid.addWidget(_cell(title, "muted"), row, 0)
                self._grid.addWidget(_cell(text, "number"), row, column)
        self._grid.setColumnStretch(len(found.model.formulas) + 1, 1)
        self.summary.setText(_summary(found))

    def _clear(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _summary(found: OnPaper) -> str:
    solution = found.solution
    told = f"{found.model.kind.value.capitalize()}; gradients over all training samples."
    if solution is None:
        return told
    condition = f"Minimum by the normal equations; condition number of [x 1]: {numbers.number(solution.condition, 3)}."
    if not solution.is_unique:
        return f"{told} {condition} The inputs don't determine it: one of many minima is shown."
    return f"{told} {condition} Distance of the parameters to it: {numbers.number(found.distance, 3)}."


def _short(value: Array) -> str:
    return numbers.value(value) if value.size <= 4 else f"{numbers.value(value)}, length {_norm(value)}"


def _norm(value: Array) -> str:
    return numbers.number(float((value**2).sum() ** 0.5), 5)


def _cell(text: str, look: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
