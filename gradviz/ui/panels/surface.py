"""The loss surface: the loss along one or two elements or directions, and the way that descent takes on it.

A click starts from there: the parameters take the values of the place.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradviz.core.types import Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_values
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.surface import Axis, LossCurve, LossSurface, elements
from gradviz.ui.panels.bands import BANDS, band_edges, bands, finer
from gradviz.ui.panels.plot import Plot, finite, pen
from gradviz.ui.panels.surface_3d import SurfaceView
from gradviz.ui.panels.surveying import Directions, Element, Landscape, Question, survey
from gradviz.ui.panels.widgets import ElidedLabel
from gradviz.ui.theme import theme

_HINT = "A formula with a parameter has a loss surface"
_REST_MS = 200
_STRENGTH = 0.6
_MOST_ELEMENTS = 200
_CONTOURS = 7
_FINER = 8
"""So many cells of the image from one point of the surface to the next."""
_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING


class SurfacePanel(QWidget):
    """Choices of elements, and the loss over them: a curve for one, contours or a relief for two."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._is_stale = True
        self.landscape: Landscape | None = None
        self.setObjectName("surfacePanel")
        self.setAccessibleName("Loss surface")
        self.across, self.up = (
            _choice("across", "The element along the horizontal axis, or directions of all parameters"),
            _choice("up", "The element up"),
        )
        self.view = _choice("surfaceView", "Contours from above, or a relief that can be turned")
        self.view.addItems(["Contours", "3-D"])
        self.view.setMinimumWidth(96)
        self.batch = QCheckBox("this batch")
        self.batch.setObjectName("surfaceBatch")
        self.batch.setToolTip("The loss over the shown iteration's batch, not over all samples")
        self.status = ElidedLabel(look="muted")
        self.plot = Plot("Loss over one or two parameters")
        self.plot.setToolTip("Click to start from there; scroll to zoom, double-click to see all")
        self.relief = SurfaceView()
        self.relief.hide()
        self._add_items()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        self._fill_choices()
        self._draw()

    def _add_items(self) -> None:
        self.image = pg.ImageItem(axisOrder="col-major")
        self.plot.addItem(self.image)
        self.contours = [pg.IsocurveItem() for _ in range(_CONTOURS)]
        for contour in self.contours:
            contour.setParentItem(self.image)
            contour.setScale(_FINER)  # contours know the points, the image also the cells between them
            contour.setPos(0.5 - _FINER / 2, 0.5 - _FINER / 2)
        self.curve = self.plot.add_curve(Token.VALUE)
        self.tangent = self.plot.add_curve(Token.DERIVATIVE, width=1.5)
        self.way = self.plot.add_curve(Token.PARAMETER)
        self.steps = self.plot.add_points(Token.PARAMETER, size=5)
        self.ring = self.plot.add_points(Token.CURRENT, size=14, is_ring=True)
        self.plot.show_crosshair()
        self.plot.dressed(self._dress_image)

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._rest.start()

    def refresh(self) -> None:
        """Compute the loss anew beside the window, over the chosen elements."""
        self._rest.stop()
        self._cancel()
        self._is_stale = False
        chosen = self._chosen()
        if not chosen:
            self.landscape = None
            self._draw()
            return
        training = self._session.training
        batch_of = training.shown_iteration if self.batch.isChecked() else None
        question = Question(chosen, training.last_iteration, batch_of, self._session.document.project.training.seed)
        recipe, known = self._session.recipe(), training.descent if training.iteration else None
        self.status.show_text("computing …")
        job = self._session.runner.submit(lambda token: survey(recipe, question, token, known), self._take, self._fail)
        self._job = None if job.is_finished else job

    def _connect(self) -> None:
        for box in (self.across, self.up):
            box.activated.connect(lambda _index: self.refresh())
        self.view.currentIndexChanged.connect(lambda _index: self._draw())
        self.batch.toggled.connect(lambda _on: self.refresh())
        self.plot.clicked.connect(self._start_from)
        self._session.document.changed.connect(self._on_changed)
        self._session.training.progressed.connect(self._on_progressed)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setContentsMargins(8, 4, 8, 0)
        controls.setSpacing(8)
        for text, box in (("across", self.across), ("up", self.up)):
            label = QLabel(text)
            label.setProperty("look", "muted")
            label.setBuddy(box)
            controls.addWidget(label)
            controls.addWidget(box)
        controls.addWidget(self.view)
        controls.addWidget(self.batch)
        controls.addWidget(self.status, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls)
        column.addWidget(self.plot, 1)
        column.addWidget(self.relief, 1)

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.STRUCTURE | ChangeFlags.ROLES | ChangeFlags.VALUES):
            self._fill_choices()
        if flags & _CHANGES:
            self._soon()

    def _on_progressed(self) -> None:
        self._show_place()
        if not self._session.training.is_running:
            self._soon()
        elif self.batch.isChecked() and self._job is None and not self._rest.isActive() and self.isVisible():
            self._rest.start()  # the surface of a batch follows it while it trains

    def _soon(self) -> None:
        self._is_stale = True
        self._cancel()
        if self.isVisible():
            self._rest.start()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _fill_choices(self) -> None:
        values, roles = self._session.values(), self._session.roles()
        parameters = {name: value for name, value in values.items() if roles[name] is Role.PARAMETER}
        known = elements(parameters)[:_MOST_ELEMENTS]
        planes = list(Directions) if len(known) > 1 else []
        for place, box in enumerate((self.across, self.up)):
            before = box.currentData()
            options: list[Element | Directions | None] = [*known, *planes] if place == 0 else [None, *known]
            box.clear()
            for option in options:
                box.addItem(_label(option), option)
            first = 2 * place if len(options) > 2 * place else 0  # the second element up, where there is one
            wanted = options.index(before) if before is not None and before in options else first
            box.setCurrentIndex(wanted)
        self.batch.setVisible(self._session.document.project.training.batch is not None)

    def _chosen(self) -> list[Element] | Directions:
        first, second = self.across.currentData(), self.up.currentData()
        self.up.setEnabled(not isinstance(first, Directions))
        if isinstance(first, Directions):
            return first
        if first is None:
            return []
        return [first] if second in (None, first) else [first, second]

    def _take(self, landscape: Landscape | None) -> None:
        self._job = None
        if landscape is not None:
            self.landscape = landscape
            self._draw()

    def _fail(self, error: Exception) -> None:
        self._job = None
        self.landscape = None
        self._draw()
        self.status.show_text(error.message if isinstance(error, GradvizError) else str(error))

    def _draw(self) -> None:
        found = self.landscape
        shape = found.shape if found is not None else None
        self.status.show_text("")
        self.batch.setVisible(self._session.document.project.training.batch is not None)
        self.view.setEnabled(not isinstance(shape, LossCurve))
        is_relief = isinstance(shape, LossSurface) and self.view.currentIndex() == 1
        self.plot.setVisible(not is_relief)
        self.relief.setVisible(is_relief)
        self.image.setVisible(isinstance(shape, LossSurface))
        self.plot.show_message(_HINT if not self._chosen() else "" if found is not None else "…")
        for item in (self.curve, self.tangent, self.way, self.steps):
            item.setData([], [])
        match shape:
            case LossCurve() as curve:
                self._draw_curve(curve)
            case LossSurface() as surface:
                self._draw_surface(surface)
        self._show_place()

    def _draw_curve(self, curve: LossCurve) -> None:
        assert self.landscape is not None
        self.plot.set_names(curve.axis.label, "loss")
        self.curve.setData(curve.axis.values, finite(curve.losses))
        self.way.setData(self.landscape.way[:, 0], finite(self.landscape.losses))
        is_known = np.isfinite(self.landscape.losses)  # pyqtgraph warns of points that are all NaN
        self.steps.setData(self.landscape.way[is_known, 0], self.landscape.losses[is_known])

    def _draw_surface(self, surface: LossSurface) -> None:
        assert self.landscape is not None
        self.plot.set_names(surface.across.label, surface.up.label)
        shades = bands(finer(surface.losses, _FINER), band_edges(surface.losses))
        self.image.setImage(shades, levels=(0, BANDS - 1))
        self.image.setRect(_area(surface))
        self._draw_contours(surface)
        self.way.setData(self.landscape.way[:, 0], self.landscape.way[:, 1])
        self.steps.setData(self.landscape.way[:, 0], self.landscape.way[:, 1])
        seen = surface.losses[np.isfinite(surface.losses)]
        if seen.size:
            self.status.show_text(
                f"loss {number(float(seen.min()), 3)} (strong colour) to {number(float(seen.max()), 3)}"
            )

    def _draw_contours(self, surface: LossSurface) -> None:
        """Every second border between two bands as a line."""
        losses = np.where(np.isfinite(surface.losses), surface.losses, np.nanmax(finite(surface.losses.ravel())))
        edges = band_edges(surface.losses)[::2]
        for place, contour in enumerate(self.contours):
            if place < len(edges) and np.ptp(losses) > 0:
                contour.setData(losses, float(edges[place]))
            else:
                contour.setData(None, None)

    def _place(self) -> list[float] | None:
        """Where the shown parameters lie on the axes; None when another formula's landscape is still drawn."""
        found, values = self.landscape, self._session.values()
        if found is None:
            return None
        if found.plane is not None:
            known = {name: values[name] for name in found.plane.centre if name in values}
            if any(name not in known or known[name].shape != v.shape for name, v in found.plane.centre.items()):
                return None
            return [float(part) for part in found.plane.places([known])[0]]
        axes = [found.shape.axis] if isinstance(found.shape, LossCurve) else [found.shape.across, found.shape.up]
        if any(axis.name not in values or len(axis.index) != values[axis.name].ndim for axis in axes):
            return None
        return [float(values[axis.name][axis.index]) for axis in axes]

    def _show_place(self) -> None:
        found, place = self.landscape, self._place()
        if found is None or place is None or not np.all(np.isfinite(place)):
            self.ring.setData([], [])
            self.tangent.setData([], [])
            self.relief.show_surface(None, np.empty((0, 2)), None)
            return
        if isinstance(found.shape, LossCurve):
            self._show_tangent(found.shape, place[0])
            return
        self.ring.setData([place[0]], [place[1]])
        if self.relief.isVisible():
            self.relief.show_surface(found.shape, found.way, (place[0], place[1]))

    def _show_tangent(self, curve: LossCurve, x: float) -> None:
        values, losses = curve.axis.values, curve.losses
        y = float(np.interp(x, values, losses))
        with np.errstate(all="ignore"):
            slope = float(np.interp(x, values, np.gradient(losses, values)))
        self.ring.setData([x] if np.isfinite(y) else [], [y] if np.isfinite(y) else [])
        if not np.isfinite(slope):
            self.tangent.setData([], [])
            return
        reach = 0.22 * (curve.axis.high - curve.axis.low)
        self.tangent.setData([x - reach, x + reach], [y - slope * reach, y + slope * reach])
        self.status.show_text(f"loss {number(y, 4)}, slope {number(slope, 3)}")

    def _start_from(self, x: float, y: float) -> None:
        found = self.landscape
        if found is None or self._session.training.is_running:
            return
        values = self._session.values()
        if found.plane is not None:
            chosen = found.plane.at(x, y)
        else:
            shape = found.shape
            axes = [(shape.axis, x)] if isinstance(shape, LossCurve) else [(shape.across, x), (shape.up, y)]
            chosen = {}
            for axis, value in axes:
                array = np.array(chosen.get(axis.name, values[axis.name]))
                array[axis.index] = value
                chosen[axis.name] = array
        learnt = dict(self._session.training.shown_parameters)
        try:
            self._session.document.apply(set_values({**learnt, **chosen}), "Start from a place of the loss surface")
        except GradvizError as error:
            self.status.show_text(error.message)

    def _dress_image(self) -> None:
        low, high = (np.array(theme()[token].getRgb()) for token in (Token.VALUE, Token.PANEL))
        low = (_STRENGTH * low + (1 - _STRENGTH) * high).round()  # the way stands out from it
        self.image.setColorMap(pg.ColorMap([0.0, 1.0], np.array([low, high], dtype=np.ubyte)))
        for contour in self.contours:
            contour.setPen(pen(Token.EDGE, 1))


def _label(option: Element | Directions | None) -> str:
    match option:
        case None:
            return "nothing"
        case Directions():
            return option.value
        case _:
            return Axis(*option, 0, 1).label


def _area(surface: LossSurface) -> QRectF:
    """The rectangle of the image: half a cell around the outer points."""
    a, b = surface.across, surface.up
    width, height = ((axis.high - axis.low) / (axis.points - 1) / _FINER for axis in (a, b))
    return QRectF(a.low - width / 2, b.low - height / 2, a.high - a.low + width, b.high - b.low + height)


def _choice(name: str, tip: str) -> Any:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(tip)
    box.setToolTip(tip)
    box.setMinimumWidth(72)
    box.view().setMinimumWidth(170)
    return box
