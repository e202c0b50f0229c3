"""The loss while training: a live curve, on which a click reopens an iteration."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.session.session import Session
from gradviz.session.training import TrainingState
from gradviz.text.numbers import number
from gradviz.ui.panels.plot import Plot, draw_live, finite, logarithms, thinned
from gradviz.ui.panels.widgets import ElidedLabel

_HINT = "Train to see the loss fall, iteration by iteration"


class LossPanel(QWidget):
    """Loss (and, if wanted, gradient norm) by iteration, with the shown iteration marked."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("lossPanel")
        self.setAccessibleName("Loss by iteration")
        self.plot = Plot("Loss by iteration; click to reopen an iteration")
        self.plot.setToolTip("Click on an iteration to reopen it; scroll to zoom, double-click to see all")
        self.curve = self.plot.add_curve(Token.VALUE)
        self.norms = self.plot.add_curve(Token.DERIVATIVE, width=1)
        self.marker = self.plot.add_line(Token.CURRENT, width=2)
        self.crosshair = self.plot.add_line(Token.MUTED, width=1)
        self.label = self.plot.add_label()
        self.logarithmic = _toggle("log", "Show the loss on a logarithmic axis", "logarithmic")
        self.with_norm = _toggle("◂ gradient norm", "Show the length of the gradient too", "withNorm")
        self.status = ElidedLabel(look="muted")
        self._lay_out()
        self.logarithmic.toggled.connect(self._redraw)
        self.with_norm.toggled.connect(self._redraw)
        self.plot.hovered.connect(self._point_at)
        self.plot.left.connect(self._point_nowhere)
        self.plot.clicked.connect(self._reopen)
        session.training.progressed.connect(self._redraw)
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setContentsMargins(8, 4, 8, 0)
        controls.setSpacing(12)
        controls.addWidget(self.logarithmic)
        controls.addWidget(self.with_norm)
        controls.addWidget(self.status, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls)
        column.addWidget(self.plot, 1)

    def _redraw(self) -> None:
        training = self._session.training
        iterations, losses = training.iterations, training.losses
        x = np.asarray(iterations, dtype=float)
        draw_live(self.curve, Token.VALUE, x, self._scaled(losses), is_moving=training.is_running)
        self.norms.setVisible(self.with_norm.isChecked())
        if self.with_norm.isChecked():
            self.norms.setData(*thinned(x, self._scaled(training.gradient_norms)))
        self.plot.set_logarithmic(self.logarithmic.isChecked())
        self.plot.show_message("" if len(x) else _HINT)
        self.marker.setVisible(len(x) > 0)
        self.marker.setPos(self._session.iteration)
        self.status.show_text(self._status())

    def _scaled(self, y: Array) -> Array:
        return logarithms(y) if self.logarithmic.isChecked() else finite(y)

    def _status(self) -> str:
        training = self._session.training
        if training.failure is not None:
            return training.failure.message
        if training.state is TrainingState.IDLE or training.loss is None:
            return ""
        text = f"iteration {training.iteration}, loss {number(training.loss)}"
        if training.shown_iteration != training.iteration:
            text += f" · iteration {training.shown_iteration} is shown"
        return text

    def _nearest(self, x: float) -> int | None:
        """The place in the history of the kept iteration that is nearest to x."""
        iterations = self._session.training.iterations
        return int(np.argmin(np.abs(iterations - x))) if len(iterations) else None

    def _point_at(self, x: float, _y: float) -> None:
        place = self._nearest(x)
        if place is None:
            return
        training = self._session.training
        iteration = int(training.iterations[place])
        self.crosshair.setPos(iteration)
        self.crosshair.show()
        self.label.setText(f"iteration {iteration}: loss {number(training.losses[place])}")
        view = self.plot.getPlotItem().getViewBox().viewRect()
        self.label.setAnchor((1.0, 0.0) if x > view.center().x() else (0.0, 0.0))
        self.label.setPos(iteration, view.bottom())  # y goes up, so the rectangle's bottom is the plot's top
        self.label.show()

    def _point_nowhere(self) -> None:
        self.crosshair.hide()
        self.label.hide()

    def _reopen(self, x: float, _y: float) -> None:
        if len(self._session.training.iterations):
            self._session.training.reopen(max(0, round(x)))


def _toggle(text: str, tip: str, name: str) -> QCheckBox:
    button = QCheckBox(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
