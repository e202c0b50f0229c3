"""The list of ready-made watches: on or off, whether they stop a run, their thresholds, and what they found.

☑ Dead relu            share 0.5   samples 4   ☐ stop
  Units of a relu are 0 for every sample, so nothing flows back through them.
  ▸ iteration 12: relu at h is dead: 3 of its 4 units give 0 …  Try leaky_relu …        [Open]
"""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import stop_at_non_finite
from gradviz.project.stop_commands import set_advice
from gradviz.project.stops import Advice
from gradviz.session.halt import Stop
from gradviz.session.monitors import MONITORS, NON_FINITE, Monitor, Threshold
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.ui.panels.widgets import ElidedLabel, note, show_look


class AdviceList(QScrollArea):
    """All ready-made watches."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen: set[str] = set()
        self.setObjectName("adviceList")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("columnBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 0, 8, 4)
        column.setSpacing(0)
        self.rows = {monitor.key: AdviceRow(session, monitor) for monitor in MONITORS}
        for row in self.rows.values():
            column.addWidget(row)
        column.addStretch(1)
        self.setWidget(body)
        session.document.changed.connect(self._changed)
        session.debugger.marked.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.watching.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show settings and findings as they are now."""
        if not self.isVisible():
            return
        found = {stop.key: stop for stop in self._session.debugger.stops if stop.key}
        found |= {stop.key: stop for stop in self._session.watching.remarks}
        for key, row in self.rows.items():
            row.show_state(found.get(key))
        if found.keys() - self._seen:  # something new was found: let it be seen
            newest = next(row for key, row in self.rows.items() if key in found.keys() - self._seen)
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(newest, 0, 4))
        self._seen = set(found)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # a QShowEvent
        self.refresh()

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.BREAKPOINTS | ChangeFlags.REPLACED):
            self.refresh()


class AdviceRow(QFrame):
    """One ready-made watch."""

    def __init__(self, session: Session, monitor: Monitor) -> None:
        super().__init__()
        self._session = session
        self._monitor = monitor
        self._found: Stop | None = None
        self.setProperty("look", "row")
        self.setObjectName(f"advice-{monitor.key}")
        self.box = QCheckBox(monitor.title)
        self.box.setToolTip(monitor.sentence)
        self.box.clicked.connect(self._switch)
        self.stop = QCheckBox("stop")
        self.stop.setToolTip("Stop the run there, and not only mark it")
        self.stop.setAccessibleName(f"Stop at: {monitor.title}")
        self.stop.clicked.connect(self._let_stop)
        self.sentence = ElidedLabel(monitor.sentence)
        self.fields = {threshold.name: self._field(threshold) for threshold in monitor.thresholds}
        self.finding = note("", "small")
        self.open = QPushButton("Open")
        self.open.setProperty("look", "choice")
        self.open.setToolTip("Open the iteration and the step where it was found")
        self.open.clicked.connect(self._open)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.box)
        head.addWidget(self.sentence, 1)
        head.addWidget(self.stop)
        settings = QHBoxLayout()
        settings.setContentsMargins(20, 0, 0, 0)
        settings.setSpacing(6)
        for threshold in self._monitor.thresholds:
            label = QLabel(threshold.name)
            label.setProperty("look", "small")
            label.setToolTip(threshold.words)
            settings.addWidget(label)
            settings.addWidget(self.fields[threshold.name])
            settings.addSpacing(6)
        settings.addStretch(1)
        found = QHBoxLayout()
        found.setContentsMargins(20, 0, 0, 0)
        found.addWidget(self.finding, 1)
        found.addWidget(self.open, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(found)
        if self._monitor.thresholds:
            column.addLayout(settings)

    def show_state(self, found: Stop | None) -> None:
        """Show the document's settings of this watch, and what it found."""
        project = self._session.document.project
        told = project.advice.get(self._monitor.key, Advice())
        is_non_finite = self._monitor.key == NON_FINITE
        self.box.setChecked(project.stops_at_non_finite if is_non_finite else told.is_enabled)
        self.stop.setChecked(is_non_finite or told.stops)
        self.stop.setEnabled(not is_non_finite and told.is_enabled)
        for threshold in self._monitor.thresholds:
            field = self.fields[threshold.name]
            if not (field.hasFocus() and field.isModified()):
                field.setText(number(told.thresholds.get(threshold.name, threshold.value)).replace("−", "-"))
                show_look(field, "number")
        self._found = found
        self.finding.setVisible(found is not None)
        self.open.setVisible(found is not None)
        if found is not None:
            where = f"iteration {found.iteration}: " if self._session.training.iteration else ""
            advice = f"  What would help: {found.advice}." if found.advice else ""
            self.finding.setText(f"{where}{found.cause}.{advice}")

    def _field(self, threshold: Threshold) -> QLineEdit:
        field = QLineEdit()
        field.setProperty("look", "number")
        field.setObjectName(f"threshold-{threshold.name}")
        field.setAccessibleName(f"{self._monitor.title}: {threshold.name}")
        field.setToolTip(f"{threshold.name}: {threshold.words} (usually {number(threshold.value)})")
        field.setFixedWidth(60)
        field.editingFinished.connect(partial(self._take, threshold.name))
        return field

    def _take(self, name: str) -> None:
        field = self.fields[name]
        if not field.isModified():
            return
        try:
            value = float(field.text().strip())
        except ValueError:
            show_look(field, "bad")
            return
        field.setModified(False)
        if not value >= 0:
            show_look(field, "bad")
            return
        known = self._session.document.project.advice.get(self._monitor.key, Advice())
        usual = next(t.value for t in self._monitor.thresholds if t.name == name)
        rest = {key: kept for key, kept in known.thresholds.items() if key != name}
        thresholds = rest if value == usual else {**rest, name: value}
        self._apply(set_advice(self._monitor.key, thresholds=thresholds), "Change a threshold")

    def _switch(self, is_on: bool) -> None:
        if self._monitor.key == NON_FINITE:
            self._apply(stop_at_non_finite(is_on), "Stop at NaN or ∞")
        else:
            self._apply(set_advice(self._monitor.key, is_enabled=is_on), f"Watch: {self._monitor.title}")

    def _let_stop(self, is_on: bool) -> None:
        self._apply(set_advice(self._monitor.key, stops=is_on), f"Stop at: {self._monitor.title}")

    def _apply(self, command: object, name: str) -> None:
        self._session.document.apply(command, name)  # type: ignore[arg-type]  # a Command

    def _open(self) -> None:
        if self._found is not None:
            self._session.open_stop(self._found)
