"""Training as it goes: the loss, the gradient, the parameters and the accuracy by iteration.

A click reopens an iteration. However long a run is, a view draws some hundred points a curve.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.session.session import Session
from gradviz.session.training import TrainingState
from gradviz.text.numbers import number
from gradviz.train.divergence import growth_of
from gradviz.train.history import smoothed
from gradviz.train.planning import State
from gradviz.ui.panels.advice_bar import AdviceBar
from gradviz.ui.panels.plot import Plot, draw_live, finite, logarithms, thinned
from gradviz.ui.panels.run_keeper import RunKeeper
from gradviz.ui.panels.widgets import ElidedLabel

_HINT = "Train to see the loss fall, iteration by iteration"
_VIEWS = ("Loss", "Gradient norm", "Parameters", "Accuracy")
_MOST_PARAMETERS = 6
_STRETCHES = 60  # dashes want whole curves, and those are slow to draw when they have many points
_KEPT = (
    Token.PARAMETER,
    Token.DERIVATIVE,
    Token.CURRENT,
    Token.ERROR,
    Token.MUTED,
    Token.CONSTANT,
    Token.EDGE,
    Token.TEXT,
)
_COLOURS = (
    Token.PARAMETER,
    Token.VALUE,
    Token.DERIVATIVE,
    Token.DATA,
    Token.CURRENT,
    Token.ERROR,
    Token.MUTED,
    Token.CONSTANT,
)


class LossPanel(QWidget):
    """One of four views by iteration, with the shown iteration marked, and how far training has got."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._began: tuple[float, int] | None = None
        self.setObjectName("lossPanel")
        self.setAccessibleName("Loss by iteration")
        self.plot = Plot("Loss by iteration; click to reopen an iteration")
        self.plot.setToolTip("Click on an iteration to reopen it; scroll to zoom, double-click to see all")
        self.plot.set_columns(self._columns)
        self.raw = self.plot.add_curve(Token.EDGE, width=1)
        self.curve = self.plot.add_curve(Token.VALUE)
        self.validation = self.plot.add_curve(Token.DATA)
        self.norms = self.plot.add_curve(Token.DERIVATIVE, width=1)
        self.parameters: list[Any] = []
        self.marker = self.plot.add_line(Token.CURRENT, width=2)
        self.crosshair = self.plot.add_line(Token.MUTED, width=1)
        self.label = self.plot.add_label()
        self.view = QComboBox()
        self.view.setObjectName("lossView")
        self.view.setAccessibleName("What is drawn by iteration")
        self.view.addItems(_VIEWS)
        self.logarithmic = _toggle("log", "Show the loss on a logarithmic axis", "logarithmic")
        self.with_norm = _toggle("◂ |∇L|", "Show the length of the gradient too", "withNorm")
        self.smooth = _toggle("smooth", "Show the mean over the last iterations, and the loss itself thin", "smooth")
        self.status = ElidedLabel(look="muted")
        self.keeper = RunKeeper(session, self._redraw, self.status.show_text)
        self.kept_curves: list[Any] = []  # made when they are wanted: a window opens the quicker
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("How far training has got")
        self.advice = AdviceBar(session)
        self._lay_out()
        self._connect()
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setContentsMargins(8, 4, 8, 0)
        controls.setSpacing(10)
        self.view.setFixedWidth(112)
        controls.addWidget(self.view)
        for box in (self.logarithmic, self.smooth, self.with_norm):
            controls.addWidget(box)
        controls.addStretch(1)
        controls.addWidget(self.keeper)
        below = QHBoxLayout()
        below.setContentsMargins(10, 0, 10, 0)
        below.setSpacing(10)
        below.addWidget(self.status, 3)
        below.addWidget(self.progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls)
        column.addLayout(below)
        column.addWidget(self.plot, 1)
        column.addWidget(self.advice)

    def _connect(self) -> None:
        for box in (self.logarithmic, self.with_norm, self.smooth):
            box.toggled.connect(self._redraw)
        self.view.currentIndexChanged.connect(lambda _index: self._change_view())
        self.plot.hovered.connect(self._point_at)
        self.plot.left.connect(self._point_nowhere)
        self.plot.clicked.connect(self._reopen)
        self._session.training.progressed.connect(self._redraw)

    def _change_view(self) -> None:
        self.plot.getPlotItem().enableAutoRange()
        self._redraw()

    def _redraw(self) -> None:
        training = self._session.training
        view = self.view.currentText()
        x = np.asarray(training.iterations, dtype=float)
        self.with_norm.setVisible(view == "Loss")
        self.smooth.setVisible(view in ("Loss", "Gradient norm"))
        self.logarithmic.setVisible(view in ("Loss", "Gradient norm"))
        self.plot.set_logarithmic(self._is_logarithmic)
        for curve in (self.raw, self.curve, self.validation, *self.parameters, *self.kept_curves):
            curve.setData([], [])
        self.norms.setVisible(view == "Loss" and self.with_norm.isChecked())
        message = "" if len(x) or (view == "Loss" and self.keeper.kept) else _HINT
        match view:
            case "Loss":
                self._draw_loss(x)
            case "Gradient norm":
                self._draw_main(x, training.gradient_norms, Token.DERIVATIVE)
                self.plot.set_legend([])
            case "Parameters":
                self._draw_parameters()
            case _:
                message = message or self._draw_accuracy(x)
        self.plot.set_names("iteration" if len(x) else "", view.lower() if len(x) else "")
        self.plot.show_message(message)
        self.marker.setVisible(len(x) > 0)
        self.marker.setPos(self._session.iteration)
        self._show_progress()
        self.status.show_text(self._status())

    def _draw_loss(self, x: Array) -> None:
        history = self._session.training.history
        self._draw_main(x, history.loss, Token.VALUE)
        legend = [(Token.VALUE, "training" if _has(history.validation) else "loss")]
        if _has(history.validation):
            is_measured = np.isfinite(history.validation)
            self.validation.setData(*thinned(x[is_measured], self._scaled(history.validation[is_measured])))
            legend.append((Token.DATA, "validation"))
        if self.with_norm.isChecked():
            self.norms.setData(*thinned(x, self._scaled(history.gradient_norm)))
            legend.append((Token.DERIVATIVE, "gradient norm"))
        if self.keeper.kept and not self.kept_curves:
            dashes = Qt.PenStyle.DashLine
            self.kept_curves = [self.plot.add_curve(token, width=1.5, style=dashes) for token in _KEPT]
        for curve, token, run in zip(self.kept_curves, _KEPT, self.keeper.kept, strict=False):
            curve.setData(*thinned(run.history.iteration.astype(float), self._scaled(run.history.loss), _STRETCHES))
            legend.append((token, run.name))
        self.plot.set_legend(legend if len(legend) > 1 else [])

    def _draw_main(self, x: Array, y: Array, token: Token) -> None:
        is_moving = self._session.training.is_running
        if self.smooth.isChecked() and len(y):
            self.raw.setData(*thinned(x, self._scaled(y)))
            y = smoothed(y)
        draw_live(self.curve, token, x, self._scaled(y), is_moving=is_moving)

    def _draw_parameters(self) -> None:
        descent = self._session.training.descent
        if descent is None:
            return
        if not self.parameters:
            self.parameters = [self.plot.add_curve(token, width=1.5) for token in _COLOURS]
        x, found = parameter_curves(descent.kept_states())
        for curve, values in zip(self.parameters, found.values(), strict=False):
            curve.setData(*thinned(x, finite(values)))
        self.plot.set_legend(list(zip(_COLOURS, found, strict=False)))

    def _draw_accuracy(self, x: Array) -> str:
        """Draw it where it is measured; what to say where it is not."""
        history = self._session.training.history
        self.plot.set_legend([])
        if not _has(history.accuracy):
            return "The accuracy is of losses that classify, such as −log(softmax(Wx + b))[y]"
        is_measured = np.isfinite(history.accuracy)
        self.curve.setPen(self.plot.pen(Token.PARAMETER))
        self.curve.setData(*thinned(x[is_measured], history.accuracy[is_measured]))
        return ""

    @property
    def _is_logarithmic(self) -> bool:
        return self.logarithmic.isChecked() and self.view.currentIndex() < 2

    def _scaled(self, y: Array) -> Array:
        return logarithms(y) if self._is_logarithmic else finite(y)

    def _columns(self) -> Mapping[str, Array]:
        history = self._session.training.history
        found = {
            "iteration": history.iteration.astype(float),
            "loss": history.loss,
            "gradient_norm": history.gradient_norm,
        }
        if self.view.currentText() == "Parameters" and self._session.training.descent is not None:
            x, curves = parameter_curves(self._session.training.descent.kept_states())
            return {"iteration": x, **curves}
        more = {"validation": history.validation, "accuracy": history.accuracy}
        return found | {name: values for name, values in more.items() if _has(values)}

    def _show_progress(self) -> None:
        training = self._session.training
        self.progress.setVisible(training.is_running)
        if not training.is_running:
            self._began = None
            return
        if self._began is None:
            self._began = (time.monotonic(), training.iteration)
        self.progress.setRange(0, 1000)
        self.progress.setValue(int(1000 * training.iteration / max(1, training.goal)))

    def _time_left(self) -> str:
        training = self._session.training
        if self._began is None:
            return ""
        took, done = time.monotonic() - self._began[0], training.iteration - self._began[1]
        if took < 0.5 or not done:
            return ""
        return f" · {duration(took / done * (training.goal - training.iteration))} left"

    def _status(self) -> str:
        training = self._session.training
        if training.failure is not None:
            return training.failure.message
        if training.state is TrainingState.IDLE or training.loss is None:
            return ""
        text = f"iteration {training.iteration:,}, loss {number(training.loss)}"
        if training.is_running:
            return f"{text}{self._time_left()}"
        growth = growth_of(training.history)
        if growth is not None:
            return f"{text} · diverged: {growth.told}"
        if training.ending is not None:
            return f"{text} · {training.ending.message}"
        if training.shown_iteration != training.iteration:
            text += f" · iteration {training.shown_iteration:,} is shown"
        return text

    def _nearest(self, x: float) -> int | None:
        """The place in the history of the kept iteration that is nearest to x."""
        iterations = self._session.training.iterations
        return int(np.argmin(np.abs(iterations - x))) if len(iterations) else None

    def _point_at(self, x: float, _y: float) -> None:
        place = self._nearest(x)
        if place is None:
            return
        history = self._session.training.history
        iteration = int(history.iteration[place])
        self.crosshair.setPos(iteration)
        self.crosshair.show()
        self.label.setText(f"iteration {iteration:,}: {self._told(place)}")
        view = self.plot.getPlotItem().getViewBox().viewRect()
        self.label.setAnchor((1.0, 0.0) if x > view.center().x() else (0.0, 0.0))
        self.label.setPos(iteration, view.bottom())  # y goes up, so the rectangle's bottom is the plot's top
        self.label.show()

    def _told(self, place: int) -> str:
        """The values of one kept iteration in words."""
        history = self._session.training.history
        if self.view.currentText() == "Gradient norm":
            return f"gradient norm {number(history.gradient_norm[place])}"
        told = f"loss {number(history.loss[place])}"
        for name, values in (("validation", history.validation), ("accuracy", history.accuracy)):
            if len(values) and np.isfinite(values[place]):
                told += f", {name} {number(values[place])}"
        return told

    def _point_nowhere(self) -> None:
        self.crosshair.hide()
        self.label.hide()

    def _reopen(self, x: float, _y: float) -> None:
        if len(self._session.training.iterations):
            self._session.training.reopen(max(0, round(x)))


def parameter_curves(states: Sequence[State]) -> tuple[Array, dict[str, Array]]:
    """The iterations of some states, and the first elements of the parameters there, by their labels."""
    iterations = np.array([state.iteration for state in states], dtype=float)
    found: dict[str, Array] = {}
    for name, value in states[-1].parameters.items():
        for index in np.ndindex(np.shape(value)):
            if len(found) == _MOST_PARAMETERS:
                return iterations, found
            label = f"{name}[{','.join(map(str, index))}]" if index else name
            found[label] = np.array([float(np.asarray(state.parameters[name])[index]) for state in states])
    return iterations, found


def duration(seconds: float) -> str:
    """A time in words: 4 s, 2 min 5 s, 3 h 10 min."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _has(values: Array) -> bool:
    return bool(len(values) and np.any(np.isfinite(values)))


def _toggle(text: str, tip: str, name: str) -> QCheckBox:
    button = QCheckBox(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
