"""Data and fit: what the formula predicts, beside what was measured, while it learns.

one number as input     the points and the curve of the prediction
two numbers, classes    the plane in the colours of the classes that it is taken for, and the points
several inputs          the prediction against the measured value, with the line on which both are equal
classes                 how many samples of each class are taken for which
pictures                the rows of the weights as pictures

With the pencil, points are drawn by hand: a click adds one, a click with the right button takes the nearest away.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QTabWidget, QToolButton, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.errors import DataError, GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.data_commands import add_row, remove_row
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.objective import Samples
from gradviz.train.prediction import Prediction
from gradviz.ui.panels.class_colours import CLASS_TOKENS, region_colours
from gradviz.ui.panels.class_table import ClassTable
from gradviz.ui.panels.fitting import (
    CURVE_POINTS,
    Fit,
    around,
    confusion,
    decisions,
    draw_target,
    find_fit,
    parameters_of,
    plane_columns,
    row_of_sample,
)
from gradviz.ui.panels.on_paper import OnPaperPanel
from gradviz.ui.panels.per_sample import PerSample
from gradviz.ui.panels.plot import Plot, finite
from gradviz.ui.panels.sample_table import SampleTable
from gradviz.ui.panels.weight_images import WeightImages, picture_rows
from gradviz.ui.panels.widgets import spaced

_NO_DATA = "Load data to see how well the formula fits, or draw points with the pencil"
_NO_PREDICTION = "This formula compares no prediction with the data"
_BINS = 24
_LIVE_MS = 150
"""How long the fit rests while the formula learns."""

_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA


class FitPanel(QWidget):
    """Tabs: fit, classes, weights, data, residuals, the lecture's paper. A click on a point shows its sample."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._fit: Fit | None = None
        self._found_for: tuple[object, int] = (None, 0)
        self.setObjectName("fitPanel")
        self.setAccessibleName("Data and fit")
        self.plot = Plot("Data and fit; click on a point to show its sample")
        self.image = pg.ImageItem(axisOrder="col-major")
        self.image.setZValue(-10)
        self.plot.addItem(self.image, ignoreBounds=True)
        self.points = self.plot.add_points(Token.DATA)
        self.class_points: list[Any] = []  # made when there are classes to draw: a window opens the quicker
        self.curve = self.plot.add_curve(Token.PARAMETER)
        self.ring = self.plot.add_points(Token.CURRENT, size=14, is_ring=True)
        self.plot.show_crosshair()
        self.classes = ClassTable()
        self.weights = WeightImages()
        self.residual_plot = Plot("How often each residual occurs")
        self.residual_plot.show_crosshair()
        self.bars = self.residual_plot.add_curve(Token.DATA)
        self.zero = self.residual_plot.add_line(Token.MUTED, width=1)
        self.table = SampleTable(session)
        self.paper = OnPaperPanel(session)
        self._lay_out()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_LIVE_MS)
        self._rest.timeout.connect(self._redraw)
        self._connect()
        self._find()

    def sizeHint(self) -> QSize:
        return QSize(480, 210)

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for widget, name in (
            (self.plot, "Fit"),
            (self.classes, "Classes"),
            (self.weights, "Weights"),
            (self.table, "Data"),
            (self.residual_plot, "Residuals"),
            (PerSample(self._session), "Gradients"),
            (self.paper, "Paper"),
        ):
            self.tabs.addTab(widget, name)
        self.pencil = QToolButton()
        self.pencil.setObjectName("pencil")
        self.pencil.setText("✎")
        self.pencil.setCheckable(True)
        self.pencil.setAccessibleName("Draw points by hand")
        self.pencil.setToolTip("Draw points: click adds one, right click takes the nearest away")
        self.drawn_class = spaced(QSpinBox())
        self.drawn_class.setObjectName("drawnClass")
        self.drawn_class.setRange(0, 9)
        self.drawn_class.setPrefix("class ")
        self.drawn_class.setAccessibleName("The class of the points that are drawn")
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(4)
        row.addWidget(self.drawn_class)
        row.addWidget(self.pencil)
        self.tabs.setCornerWidget(corner)
        self.advice = QLabel()
        self.advice.setProperty("look", "error")
        self.advice.setWordWrap(True)
        self.advice.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.advice)

    def _connect(self) -> None:
        session = self._session
        self.plot.clicked.connect(self._clicked)
        self.plot.right_clicked.connect(self._right_clicked)
        self.pencil.toggled.connect(self._choose_pencil)
        session.document.changed.connect(self._on_changed)
        session.training.progressed.connect(self._on_progressed)
        session.sampled.connect(self._redraw)
        session.veil.changed.connect(self._show_tabs)
        self.tabs.currentChanged.connect(lambda _index: self._redraw())
        self.plot.dressed(self._redraw)

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
        self._fit = find_fit(self._session)
        self._found_for = (self._session.graph, self._session.sample_count)
        self._show_tabs()
        self._redraw()

    def _show_tabs(self) -> None:
        fit = self._fit
        decides = fit is not None and fit.decides
        has_plot = fit is None or fit.over is not None or not fit.prediction.is_class
        shown = {"Fit": has_plot, "Classes": decides, "Weights": self._pictures() is not None, "Residuals": not decides}
        is_told = not self._session.veil.is_on
        shown |= {"Paper": self.paper.has_model and is_told, "Gradients": is_told}
        for place in range(self.tabs.count()):
            self.tabs.setTabVisible(place, shown.get(self.tabs.tabText(place), True))
        target = draw_target(self._session)
        self.pencil.setVisible(target is not None)
        self.drawn_class.setVisible(target is not None and len(target[1]) == 2 and self.pencil.isChecked())

    def _redraw(self) -> None:
        if not self.isVisible():  # what is hidden is drawn when it is shown
            return
        self._rest.stop()
        if self._found_for != (self._session.graph, self._session.sample_count):
            return  # the sample is told before the document: another formula's fit is about to be found
        fit = self._fit
        self._show_weights()
        message = "" if fit is not None else _NO_DATA if not self._session.data() else _NO_PREDICTION
        if self.pencil.isChecked() and draw_target(self._session) is not None:
            message = ""
        self.plot.show_message(message)
        self.residual_plot.show_message(message)
        self._clear()
        if fit is None:
            return
        try:
            predicted = fit.at_samples({**self._session.values(), **self._chosen(fit.shown)})
        except GradvizError:  # such as a class that no score has: the loss says it already
            return
        if not fit.is_one_a_sample(predicted):
            return
        measured = self._session.data()[fit.prediction.target][fit.shown]
        if fit.decides:
            self._show_decisions(fit, measured, predicted)
        else:
            self._show_fit(fit, measured, predicted)

    def _clear(self) -> None:
        for item in (self.points, *self.class_points, self.curve, self.ring, self.bars):
            item.setData([], [])
        self.image.hide()
        self.zero.hide()
        self.plot.set_legend([])

    def _chosen(self, samples: Samples) -> dict[str, Array]:
        return {name: values[samples] for name, values in self._session.data().items()}

    def _show_decisions(self, fit: Fit, measured: Array, predicted: Array) -> None:
        count = fit.count(predicted)
        self.classes.show_counts(confusion(measured, fit.taken(predicted).astype(np.intp), count), self._labels())
        self.residual_plot.show_message("Classes have no residuals; see the table of classes")
        if fit.over is not None:
            self._show_regions(fit, measured, count)
        elif not fit.prediction.is_class:
            self._show_fit(fit, measured, predicted)

    def _show_regions(self, fit: Fit, measured: Array, count: int) -> None:
        x, y = (values[fit.shown] for values in plane_columns(fit, self._session.data()))
        across, up = (around(values) for values in (x, y))
        try:
            taken, surely = decisions(fit, self._session.values(), across, up)
        except GradvizError:
            return
        self.image.setImage(region_colours(taken, surely))
        self.image.setRect(QRectF(across[0], up[0], across[-1] - across[0], up[-1] - up[0]))
        self.image.show()
        if not self.class_points:
            self.class_points = [self.plot.add_points(token, size=7) for token in CLASS_TOKENS]
        labels, legend = self._labels(), []
        for kind, points in enumerate(self.class_points[:count]):
            is_kind = (measured == kind) & np.isfinite(x) & np.isfinite(y)
            points.setData(x[is_kind], y[is_kind])
            legend.append((CLASS_TOKENS[kind], labels[kind] if kind < len(labels) else str(kind)))
        self.plot.set_legend(legend if count <= 4 else [])
        self.plot.set_names(*self._plane_names(fit.prediction))
        place = int(np.argmin(np.abs(fit.shown - self._session.sample)))
        self.ring.setData([x[place]], [y[place]])

    def _plane_names(self, prediction: Prediction) -> tuple[str, str]:
        inputs, bound = prediction.inputs, self._session.document.project.bound
        columns = [column for name in inputs for column in bound.get(name, ())]
        return (columns[0], columns[1]) if len(columns) == 2 else (f"{inputs[0]}[0]", f"{inputs[0]}[1]")

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
            return
        along = np.linspace(seen.min(), seen.max(), CURVE_POINTS)
        if fit.along is None:
            self.curve.setData(along, along)
            return
        (name,) = fit.prediction.inputs
        self.curve.setData(along, finite(fit.along({**self._session.values(), name: along})))

    def _show_residuals(self, residuals: Array) -> None:
        seen = residuals[np.isfinite(residuals)]
        self.zero.setVisible(seen.size > 0)
        if not seen.size:
            return
        counts, edges = np.histogram(seen, bins=_BINS)
        # a staircase: each count from edge to edge, down to nothing at both ends
        self.bars.setData(np.repeat(edges, 2), np.concatenate([[0], np.repeat(counts, 2), [0]]).astype(float))
        self.residual_plot.set_names(f"measured − predicted, typically ±{number(float(np.std(seen)), 3)}", "samples")

    def _pictures(self) -> tuple[str, Array, Array | None] | None:
        values = self._session.values()
        parameters = {name: values[name] for name in parameters_of(self._session)}
        return picture_rows(parameters, {name: values[name] for name in self._session.data()})

    def _show_weights(self) -> None:
        found = self._pictures()
        self.weights.show_weights(*(found if found is not None else ("", None, None)))

    def _clicked(self, x: float, y: float) -> None:
        if self.pencil.isChecked():
            self._draw_point(x, y)
            return
        sample = self._nearest(x, y)
        if sample is not None:
            self._session.show_sample(sample)

    def _right_clicked(self, x: float, y: float) -> None:
        sample = self._nearest(x, y) if self.pencil.isChecked() else None
        if sample is not None:
            self._change(
                lambda: self._session.document.apply(
                    remove_row(row_of_sample(self._session, sample)), "Take a point away"
                )
            )

    def _nearest(self, x: float, y: float) -> int | None:
        fit = self._fit
        if fit is None:
            return None
        data = self._session.data()
        if fit.over is not None:
            across, up = (values[fit.shown] for values in plane_columns(fit, data))
        elif len(self.points.data):
            across, up = self.points.getData()
        else:
            return None
        width, height = self.plot.getPlotItem().getViewBox().viewPixelSize()
        distance = ((across - x) / width) ** 2 + ((up - y) / height) ** 2
        return int(fit.shown[np.nanargmin(distance)]) if np.any(np.isfinite(distance)) else None

    def _choose_pencil(self) -> None:
        policy = Qt.ContextMenuPolicy  # a right click takes a point away
        self.plot.setContextMenuPolicy(policy.NoContextMenu if self.pencil.isChecked() else policy.CustomContextMenu)
        self.tabs.setCurrentWidget(self.plot)
        self._show_tabs()
        self._redraw()

    def _draw_point(self, x: float, y: float) -> None:
        target = draw_target(self._session)
        if target is None:
            return
        name, inputs = target
        values = {inputs[0]: x, name: y}
        if len(inputs) == 2:
            values = {inputs[0]: x, inputs[1]: y, name: float(self.drawn_class.value())}
        self._change(lambda: self._session.document.apply(add_row(values), "Draw a point"))

    def _change(self, change: Callable[[], object]) -> None:
        self.advice.hide()
        try:
            change()
        except DataError as error:
            self.advice.setText(error.message)
            self.advice.show()
