"""How value and adjoint of the inspected node went over the iterations: worked out only while it is looked at."""

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradviz.export.theme import Token
from gradviz.session.course import Course, Subject, course
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.panels.array_section import Choice
from gradviz.ui.panels.plot import Plot, finite
from gradviz.ui.panels.widgets import note

REST_MS = 200
HEIGHT = 130


class CourseView(QWidget):
    """A curve of the value or of the adjoint, with a line at the shown iteration."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("course")
        self._session = session
        self._job: Job | None = None
        self._subject: Subject | None = None
        self._asked: object = None
        self.course: Course | None = None
        self.choice = Choice()
        self.choice.offer(("value", "adjoint"))
        self.choice.chosen.connect(lambda _name: self._draw())
        self._words = note("", "small")
        self._plot: Plot | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 4)
        self._column.setSpacing(4)
        row = QHBoxLayout()
        row.addWidget(self.choice)
        self._column.addLayout(row)
        self._column.addWidget(self._words)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)
        session.training.progressed.connect(self._follow)

    @property
    def is_waiting(self) -> bool:
        """True while a course is wished for and its work has not begun."""
        return self._rest.isActive()

    def show_subject(self, subject: Subject | None) -> None:
        """Show the course of this node or edge."""
        self._subject = subject
        self._follow()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands a QShowEvent
        self._follow()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]  # Qt hands a QHideEvent
        self._drop()

    def _follow(self) -> None:
        """Work the course out anew when something that it depends on is another, once that rests."""
        if not self.isVisible():
            return
        training = self._session.training
        if training.last_iteration == 0 or self._subject is None:
            self._drop()
            self.course, self._asked = None, None
            self._say("Train, and the curve over the iterations appears here.")
            return
        self._mark()
        wanted = (self._subject, self._session.sample, training.last_iteration, self._session.graph)
        if wanted != self._asked and not training.is_running:
            self._asked = wanted
            self._rest.start()
        elif self.course is None:
            self._say("The curve is drawn when the training rests." if training.is_running else "working it out …")

    def _start(self) -> None:
        self._drop()
        graph, subject = self._session.graph, self._subject
        last = self._session.training.last_iteration
        if graph is None or subject is None:
            return
        recipe, values, post = self._session.recipe(), self._session.values(), self._session.runner.post

        def work(token: CancelToken) -> Course | None:
            def report(so_far: Course) -> None:
                post(lambda: None if token.is_cancelled else self._take(so_far))

            return course(graph, subject, recipe, values, last, cancelled=token, report=report)

        self._job = self._session.runner.submit(work, self._take, self._fail)

    def _take(self, found: Course | None) -> None:
        self.course = found
        self._draw()

    def _fail(self, error: Exception) -> None:
        self._say(str(error))

    def _drop(self) -> None:
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _draw(self) -> None:
        found = self.course
        if found is None or not len(found.iterations):
            return
        if self._plot is None:
            self._make_plot()
        assert self._plot is not None
        is_value = self.choice.name == "value"
        y = finite(found.values if is_value else found.derivatives)
        if not np.any(np.isfinite(y)):
            self._say("Nothing flows back here." if not is_value else "There are no finite numbers here.")
            return
        self._value.setVisible(is_value)
        self._adjoint.setVisible(not is_value)
        (self._value if is_value else self._adjoint).setData(found.iterations, y)
        self._plot.set_names("iteration", "length" if found.is_length else "")
        self._plot.show()
        first, last = numbers.number(float(y[0]), 4), numbers.number(float(y[-1]), 4)
        what = "length of the array" if found.is_length else "number"
        self._words.setText(
            f"{what}, sample {self._session.sample}: from {first} to {last}"
            if self._session.sample_count
            else f"{what}: from {first} to {last}"
        )
        self._words.show()
        self._mark()

    def _make_plot(self) -> None:
        self._plot = Plot("Course over the iterations")
        self._plot.setFixedHeight(HEIGHT)
        self._value = self._plot.add_curve(Token.VALUE)
        self._adjoint = self._plot.add_curve(Token.DERIVATIVE)
        self._line = self._plot.add_line(Token.CURRENT)
        self._plot.clicked.connect(self._choose)
        self._column.insertWidget(1, self._plot)

    def _choose(self, x: float, _y: float) -> None:
        self._session.training.reopen(max(0, round(x)))

    def _mark(self) -> None:
        if self._plot is not None:
            self._line.setPos(self._session.iteration)
            self._line.show()

    def _say(self, text: str) -> None:
        if self._plot is not None:
            self._plot.hide()
        self._words.setText(text)
        self._words.show()
