"""The loss surface: the loss along one or two elements of the parameters, and the way that descent takes on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.session.worker import Recipe
from gradviz.text.numbers import number
from gradviz.train.descent import Descent
from gradviz.train.surface import Axis, LossCurve, LossSurface, axis_through, elements, loss_curve, loss_surface
from gradviz.ui.panels.plot import Plot, finite
from gradviz.ui.panels.widgets import ElidedLabel
from gradviz.ui.theme import theme

_HINT = "A formula with a parameter has a loss surface"
_REST_MS = 200
_GRID = 41
_CURVE = 121
_BANDS = 14
_STRENGTH = 0.6
_MOST_ELEMENTS = 200
_MOST_REPLAYED = 1_000
"""So many iterations of the way are computed again; the rest of a long run is not drawn."""
_PATH_POINTS = 120
_CHANGES = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.TRAINING

Element = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """What was computed: a curve or a surface, and the way: one row an iteration, one column an axis.

    losses: along the way, only for a curve.
    """

    shape: LossCurve | LossSurface
    way: Array
    losses: Array


class SurfacePanel(QWidget):
    """Two choices of elements, and the loss over them: a curve for one, bands of colour for two."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._is_stale = True
        self.landscape: Landscape | None = None
        self.setObjectName("surfacePanel")
        self.setAccessibleName("Loss surface")
        self.across, self.up = (
            _choice("across", "The element along the horizontal axis"),
            _choice("up", "The element up"),
        )
        self.status = ElidedLabel(look="muted")
        self.plot = Plot("Loss over one or two parameters")
        self.image = pg.ImageItem(axisOrder="col-major")
        self.plot.addItem(self.image)
        self.curve = self.plot.add_curve(Token.VALUE)
        self.way = self.plot.add_curve(Token.PARAMETER)
        self.steps = self.plot.add_points(Token.PARAMETER, size=5)
        self.ring = self.plot.add_points(Token.CURRENT, size=14, is_ring=True)
        self.plot.dressed(self._dress_image)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        self.across.activated.connect(lambda _index: self.refresh())
        self.up.activated.connect(lambda _index: self.refresh())
        session.document.changed.connect(self._on_changed)
        session.training.progressed.connect(self._on_progressed)
        self._fill_choices()
        self._draw()

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
        recipe, iterations = self._session.recipe(), min(self._session.training.last_iteration, _MOST_REPLAYED)
        self.status.show_text("computing …")
        job = self._session.runner.submit(
            lambda token: survey(recipe, chosen, iterations, token), self._take, self._fail
        )
        self._job = None if job.is_finished else job

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
        controls.addWidget(self.status, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls)
        column.addWidget(self.plot, 1)

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.STRUCTURE | ChangeFlags.ROLES | ChangeFlags.VALUES):
            self._fill_choices()
        if flags & _CHANGES:
            self._soon()

    def _on_progressed(self) -> None:
        self._show_ring()
        if not self._session.training.is_running:
            self._soon()

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
        for place, box in enumerate((self.across, self.up)):
            before = box.currentData()
            options: list[Element | None] = [*known] if place == 0 else [None, *known]
            box.clear()
            for option in options:
                box.addItem("nothing" if option is None else Axis(*option, 0, 1).label, option)
            first = 2 * place if len(options) > 2 * place else 0  # the second element up, where there is one
            wanted = options.index(before) if before is not None and before in options else first
            box.setCurrentIndex(wanted)

    def _chosen(self) -> list[Element]:
        first, second = self.across.currentData(), self.up.currentData()
        return (
            [first] if first is not None and second in (None, first) else [first, second] if first is not None else []
        )

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
        self.status.show_text("")
        self.image.setVisible(found is not None and isinstance(found.shape, LossSurface))
        self.plot.show_message(_HINT if not self._chosen() else "" if found is not None else "…")
        for item in (self.curve, self.way, self.steps):
            item.setData([], [])
        match found.shape if found is not None else None:
            case LossCurve() as curve:
                self._draw_curve(curve)
            case LossSurface() as surface:
                self._draw_surface(surface)
        self._show_ring()

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
        self.image.setImage(bands(surface.losses), levels=(0, _BANDS - 1))
        self.image.setRect(_area(surface))
        self.way.setData(self.landscape.way[:, 0], self.landscape.way[:, 1])
        self.steps.setData(self.landscape.way[:, 0], self.landscape.way[:, 1])
        seen = surface.losses[np.isfinite(surface.losses)]
        if seen.size:
            self.status.show_text(
                f"loss {number(float(seen.min()), 3)} (strong colour) to {number(float(seen.max()), 3)}"
            )

    def _show_ring(self) -> None:
        found = self.landscape
        if found is None:
            self.ring.setData([], [])
            return
        values = self._session.values()
        axes = [found.shape.axis] if isinstance(found.shape, LossCurve) else [found.shape.across, found.shape.up]
        if any(axis.name not in values or len(axis.index) != values[axis.name].ndim for axis in axes):
            self.ring.setData([], [])
            return
        place = [float(values[axis.name][axis.index]) for axis in axes]
        if isinstance(found.shape, LossCurve):
            place.append(float(np.interp(place[0], found.shape.axis.values, found.shape.losses)))
        is_known = bool(np.all(np.isfinite(place)))
        self.ring.setData([place[0]] if is_known else [], [place[1]] if is_known else [])

    def _dress_image(self) -> None:
        low, high = (np.array(theme()[token].getRgb()) for token in (Token.VALUE, Token.PANEL))
        low = (_STRENGTH * low + (1 - _STRENGTH) * high).round()  # the way stands out from it
        self.image.setColorMap(pg.ColorMap([0.0, 1.0], np.array([low, high], dtype=np.ubyte)))


def survey(recipe: Recipe, chosen: Sequence[Element], iterations: int, token: CancelToken) -> Landscape | None:
    """The loss over the chosen elements, around the way that descent takes; None when cancelled."""
    plan = recipe()
    descent = Descent(plan)
    stride = max(1, iterations // _PATH_POINTS)
    states = [descent.state]
    while descent.state.iteration < iterations and not token.is_cancelled and descent.advance():
        if descent.state.iteration % stride == 0:
            states.append(descent.state)
    way = np.array([[float(np.asarray(s.parameters[name])[index]) for name, index in chosen] for s in states])
    points = [state.parameters for state in states]
    count = _CURVE if len(chosen) == 1 else _GRID
    axes = [axis_through(points, name, index, count=count) for name, index in chosen]
    last = states[-1].parameters
    if len(axes) == 1:
        curve = loss_curve(plan.objective, last, axes[0], cancelled=token)
        losses = np.array([plan.objective.loss(state.parameters) for state in states])
        return None if curve is None else Landscape(curve, way, losses)
    surface = loss_surface(plan.objective, last, axes[0], axes[1], cancelled=token)
    return None if surface is None else Landscape(surface, way, np.array([]))


def bands(losses: Array) -> Array:
    """Losses as whole numbers from 0 (lowest) to 13, each band holding as many points; the highest where not finite."""
    found = np.full(losses.shape, float(_BANDS - 1))
    is_finite = np.isfinite(losses)
    seen = losses[is_finite]
    if seen.size and seen.min() < seen.max():
        edges = np.quantile(seen, np.linspace(0, 1, _BANDS + 1)[1:-1])
        found[is_finite] = np.searchsorted(edges, seen, side="left")
    elif seen.size:
        found[is_finite] = 0
    return found


def _area(surface: LossSurface) -> QRectF:
    """The rectangle of the image: half a cell around the outer points."""
    a, b = surface.across, surface.up
    width, height = (a.high - a.low) / (a.points - 1), (b.high - b.low) / (b.points - 1)
    return QRectF(a.low - width / 2, b.low - height / 2, a.high - a.low + width, b.high - b.low + height)


def _choice(name: str, tip: str) -> Any:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(tip)
    box.setToolTip(tip)
    box.setMinimumWidth(88)
    return box
