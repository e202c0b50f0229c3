"""Data and fit: what the formula predicts, beside what was measured, while it learns.

one number as input     the points and the curve of the prediction
several inputs          the prediction against the measured value, with the line on which both are equal
classes                 how many samples of each class are taken for which
"""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.objective import Samples
from gradviz.train.prediction import Prediction, Predictor, find_prediction
from gradviz.ui.panels.class_table import ClassTable
from gradviz.ui.panels.plot import Plot, finite
from gradviz.ui.panels.sample_table import SampleTable

_NO_DATA = "Load data to see how well the formula fits"
_NO_PREDICTION = "This formula compares no prediction with the data"
_CURVE_POINTS = 200
_MOST_POINTS = 2_000
"""More samples are shown as an even choice of them."""
_BINS = 24
_LIVE_MS = 150
"""How long the fit rests while the formula learns."""

_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A prediction with the functions that compute it.

    shown: the samples that are drawn. along: computes the curve over one input, None where there is no curve.
    """

    prediction: Prediction
    at_samples: Predictor
    shown: Samples
    along: Predictor | None


class FitPanel(QWidget):
    """Three tabs: the fit, the data as a table, and the residuals. A click on a point shows that sample."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._fit: Fit | None = None
        self._found_for: tuple[object, int] = (None, 0)
        self.setObjectName("fitPanel")
        self.setAccessibleName("Data and fit")
        self.plot = Plot("Data and fit; click on a point to show its sample")
        self.points = self.plot.add_points(Token.DATA)
        self.curve = self.plot.add_curve(Token.PARAMETER)
        self.ring = self.plot.add_points(Token.CURRENT, size=14, is_ring=True)
        self.classes = ClassTable()
        self.residual_plot = Plot("How often each residual occurs")
        self.bars = self.residual_plot.add_curve(Token.DATA)
        self.zero = self.residual_plot.add_line(Token.MUTED, width=1)
        self.table = SampleTable(session)
        self._fit_page = _stacked(self.plot, self.classes)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for widget, name in ((self._fit_page, "Fit"), (self.table, "Data"), (self.residual_plot, "Residuals")):
            self.tabs.addTab(widget, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.plot.clicked.connect(self._choose)
        session.document.changed.connect(self._on_changed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_LIVE_MS)
        self._rest.timeout.connect(self._redraw)
        session.training.progressed.connect(self._on_progressed)
        session.sampled.connect(self._redraw)
        self.tabs.currentChanged.connect(lambda _index: self._redraw())
        self._find()

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & _CHANGES:
            self._find()

    def _on_progressed(self) -> None:
        if not self._session.training.is_running:
            self._redraw()
        elif not self._rest.isActive():  # the curve is drawn at each snapshot, the fit now and then
            self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._redraw()

    def _find(self) -> None:
        self._fit = self._found()
        self._found_for = (self._session.graph, self._session.sample_count)
        self._redraw()

    def _found(self) -> Fit | None:
        graph, data = self._session.graph, self._session.data()
        if graph is None or not data:
            return None
        parameters = [name for name, role in self._session.roles().items() if role is Role.PARAMETER]
        prediction = find_prediction(graph, data, parameters)
        if prediction is None:
            return None
        shapes = {name: value.shape for name, value in self._session.values().items()}
        shown = _even_choice(self._session.sample_count)
        try:
            at_samples = Predictor(graph, prediction.node, shapes, tuple(data), len(shown))
            along = None
            if len(prediction.inputs) == 1 and shapes[prediction.inputs[0]] == () and not prediction.is_class:
                along = Predictor(graph, prediction.node, shapes, tuple(data), _CURVE_POINTS)
        except GradvizError:  # a formula that has an error in a shape has no fit, and says so elsewhere
            return None
        return Fit(prediction, at_samples, shown, along)

    def _redraw(self) -> None:
        if not self.isVisible():  # what is hidden is drawn when it is shown
            return
        self._rest.stop()
        if self._found_for != (self._session.graph, self._session.sample_count):
            return  # the sample is told before the document: another formula's fit is about to be found
        fit = self._fit
        message = "" if fit is not None else _NO_DATA if not self._session.data() else _NO_PREDICTION
        self.plot.show_message(message)
        self.residual_plot.show_message(message)
        is_class = fit is not None and fit.prediction.is_class
        self.plot.setVisible(not is_class)
        self.classes.setVisible(is_class)
        if fit is None:
            for item in (self.points, self.curve, self.ring, self.bars):
                item.setData([], [])
            return
        try:
            predicted = fit.at_samples({**self._session.values(), **self._chosen(fit.shown)})
        except GradvizError:  # such as a class that no score has: the loss says it already
            return
        measured = self._session.data()[fit.prediction.target][fit.shown]
        if is_class:
            self._show_classes(measured, predicted)
        else:
            self._show_fit(fit, measured, predicted)

    def _chosen(self, samples: Samples) -> dict[str, Array]:
        return {name: values[samples] for name, values in self._session.data().items()}

    def _show_classes(self, measured: Array, scores: Array) -> None:
        labels = self._labels()
        taken = np.argmax(scores, axis=-1)
        self.classes.show_counts(confusion(measured, taken, scores.shape[-1]), labels)
        self.residual_plot.show_message("Classes have no residuals; see the table of classes")
        self.bars.setData([], [])
        self.zero.hide()

    def _labels(self) -> tuple[str, ...]:
        fit, project = self._fit, self._session.document.project
        assert fit is not None
        columns = project.bound.get(fit.prediction.target, ())
        return project.table.labels.get(columns[0], ()) if project.table is not None and columns else ()

    def _show_fit(self, fit: Fit, measured: Array, predicted: Array) -> None:
        if measured.shape != predicted.shape or measured.ndim != 1:
            self.plot.show_message("A prediction of several numbers has no picture here; see the data")
            return
        x = self._across(fit, predicted)
        self.points.setData(x, finite(measured))
        self._show_curve(fit, x)
        place = int(np.argmin(np.abs(fit.shown - self._session.sample)))
        self.ring.setData([x[place]], [measured[place]])
        self._show_residuals(measured - predicted)

    def _across(self, fit: Fit, predicted: Array) -> Array:
        """What lies along the horizontal axis: the one input, or the prediction."""
        target = fit.prediction.target
        if fit.along is None:
            self.plot.set_names("predicted", target)
            return finite(predicted)
        (name,) = fit.prediction.inputs
        self.plot.set_names(name, target)
        seen: Array = self._session.data()[name][fit.shown]
        return seen

    def _show_curve(self, fit: Fit, x: Array) -> None:
        seen = x[np.isfinite(x)]
        if not seen.size:
            self.curve.setData([], [])
            return
        along = np.linspace(seen.min(), seen.max(), _CURVE_POINTS)
        if fit.along is None:
            self.curve.setData(along, along)
            return
        (name,) = fit.prediction.inputs
        self.curve.setData(along, finite(fit.along({**self._session.values(), name: along})))

    def _show_residuals(self, residuals: Array) -> None:
        seen = residuals[np.isfinite(residuals)]
        self.zero.setVisible(seen.size > 0)
        if not seen.size:
            self.bars.setData([], [])
            return
        counts, edges = np.histogram(seen, bins=_BINS)
        # a staircase: each count from edge to edge, down to nothing at both ends
        self.bars.setData(np.repeat(edges, 2), np.concatenate([[0], np.repeat(counts, 2), [0]]).astype(float))
        self.residual_plot.set_names(f"measured − predicted, typically ±{number(float(np.std(seen)), 3)}", "samples")

    def _choose(self, x: float, y: float) -> None:
        if self._fit is None or self._fit.prediction.is_class or not len(self.points.data):
            return
        across, up = self.points.getData()
        box = self.plot.getPlotItem().getViewBox()
        width, height = box.viewPixelSize()
        distance = ((across - x) / width) ** 2 + ((up - y) / height) ** 2
        if np.any(np.isfinite(distance)):
            self._session.show_sample(int(self._fit.shown[np.nanargmin(distance)]))


def confusion(measured: Array, taken: Samples, count: int) -> Array:
    """counts[i, j]: how many samples of class i were taken for class j."""
    counts = np.zeros((count, count))
    is_class = (measured >= 0) & (measured < count)
    np.add.at(counts, (measured[is_class].astype(int), taken[is_class]), 1)
    return counts


def _even_choice(samples: int) -> Samples:
    if samples <= _MOST_POINTS:
        return np.arange(samples)
    return np.linspace(0, samples - 1, _MOST_POINTS).astype(np.intp)


def _stacked(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    return page
