"""Which part of the scene is seen: zoom, pan and fit, kept apart from what is drawn.

A new graph is framed: all of it, or as much as can be read, from its inputs on. What is framed or fitted stays so
when the window or the graph changes size, until somebody zooms or pans, or another graph takes its place.
"""

from dataclasses import dataclass
from statistics import median

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from gradviz.export.picture import Picture
from gradviz.layout.types import Direction, Point, Rect

LEAST_SCALE, MOST_SCALE = 0.05, 4.0
FITTED_MOST = 1.25
"""A small graph is not blown up further than this by a fit."""
WHOLE_LEAST = 0.45
"""A new graph is shown whole down to this scale; only a fit that was asked for goes further."""
READABLE = 0.6
"""The scale of a new graph that can't be shown whole."""
STEP = 1.2
"""What one press of + multiplies."""
MARGIN = 0.0
"""Beside what the picture's bounds leave free."""
FOOT = 52.0
"""Room below a fitted graph for the zoom controls and the hint."""
ENDLESS = 50_000.0
"""How far beyond the graph one can pan, in pixels."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A zoom and the scene's point in the middle of the view."""

    scale: float
    centre: QPointF


class Camera(QObject):
    """Zoom and pan of one view."""

    zoomed = Signal()
    """The scale changed."""
    panned = Signal()
    """Another part is seen, at whatever scale."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._bounds = Rect(0.0, 0.0, 0.0, 0.0)
        self._cards: list[Point] = []
        self._direction = Direction.LR
        self._is_whole = False
        self.is_fitted = True
        self.fitted_most = FITTED_MOST

    @property
    def scale(self) -> float:
        """Screen pixels a scene unit: 1 is 100 %."""
        return float(self._view.transform().m11())

    @property
    def bounds(self) -> Rect:
        """What a fit shows."""
        return self._bounds

    def frame(self, picture: Picture | None, direction: Direction = Direction.LR) -> None:
        """Let this be what a fit shows; direction: which way values flow, from the inputs on."""
        bounds = self._bounds = picture.bounds if picture is not None else Rect(0.0, 0.0, 0.0, 0.0)
        self._cards = [card.rect.center for card in picture.cards] if picture is not None else []
        self._direction = direction
        area = QRectF(bounds.x, bounds.y, bounds.width, bounds.height)
        self._view.setSceneRect(area.adjusted(-ENDLESS, -ENDLESS, ENDLESS, ENDLESS))

    def sight(self) -> Sight:
        """What is seen now."""
        return Sight(self.scale, self._to_scene(self._middle()))

    def fitted_sight(self) -> Sight:
        """What would be seen with the graph fitted, or framed from its inputs on where it would get too small."""
        port, bounds = self._view.viewport().rect(), self._bounds
        width = max(port.width() - 2 * MARGIN, 1.0)
        height = max(port.height() - MARGIN - FOOT, 1.0)
        scale = min(width / max(bounds.width, 1.0), height / max(bounds.height, 1.0), self.fitted_most)
        centre = QPointF(bounds.center.x, bounds.center.y)
        if scale < WHOLE_LEAST and not self._is_whole:
            scale = READABLE
            centre = self._beginning(width / scale, height / scale)
        scale = max(scale, LEAST_SCALE)
        return Sight(scale, centre + QPointF(0.0, (FOOT - MARGIN) / 2 / scale))

    def _beginning(self, width: float, height: float) -> QPointF:
        """The middle of a window of that size in which the inputs stand, and what they lead to first."""
        bounds = self._bounds
        if self._direction is Direction.LR:
            x = min(bounds.center.x, bounds.x + width / 2)
            seen = [card.y for card in self._cards if -width / 2 <= card.x - x <= 0]
            return QPointF(x, _within(seen, bounds.y, bounds.bottom, height))
        ahead = height / 2 if self._direction is Direction.TB else -height / 2
        y = (bounds.y if ahead > 0 else bounds.bottom) + ahead if bounds.height > height else bounds.center.y
        seen = [card.x for card in self._cards if -height / 2 <= (card.y - y) * (1 if ahead > 0 else -1) <= 0]
        return QPointF(_within(seen, bounds.x, bounds.x + bounds.width, width), y)

    def look(self, sight: Sight) -> None:
        """See exactly this."""
        if sight.scale != self.scale:
            self._view.setTransform(QTransform.fromScale(sight.scale, sight.scale))
            self.zoomed.emit()
        self._view.centerOn(sight.centre)
        self.panned.emit()

    def look_between(self, start: Sight, end: Sight, done: float) -> None:
        """See what lies between two sights."""
        scale = start.scale + (end.scale - start.scale) * done
        self.look(Sight(scale, start.centre + (end.centre - start.centre) * done))

    def fit(self) -> None:
        """See the whole graph, however small."""
        self._is_whole = self.is_fitted = True
        self.refit()

    def start_framing(self) -> None:
        """From now on show a new graph framed: a fit was asked for another one, and this may be far larger."""
        self._is_whole = False
        self.is_fitted = True

    def reframe(self) -> None:
        """See the graph framed, whatever was zoomed or panned; a fit that was asked for stays one."""
        if not self.is_fitted:
            self.start_framing()
        self.refit()

    def refit(self) -> None:
        """See the graph fitted or framed again, unless somebody has zoomed or panned."""
        if self.is_fitted:
            self.look(self.fitted_sight())

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Multiply the scale, keeping the point under `at` (in the viewport) where it is; else the middle."""
        scale = min(max(self.scale * factor, LEAST_SCALE), MOST_SCALE)
        pointer = at if at is not None else self._middle()
        held = self._to_scene(pointer)
        self.is_fitted = False
        self.look(Sight(scale, held - (pointer - self._middle()) / scale))

    def reset_zoom(self) -> None:
        """Go to 100 %."""
        self.zoom(1.0 / self.scale)

    def pan(self, by: QPoint) -> None:
        """Move the picture by screen pixels."""
        self.is_fitted = False
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() - by.x())
        down.setValue(down.value() - by.y())
        self.panned.emit()

    def centre(self, point: QPointF) -> None:
        """Bring a point of the scene to the middle."""
        self.is_fitted = False
        self._view.centerOn(point)
        self.panned.emit()

    def bring_into_view(self, rect: Rect) -> None:
        """Pan as little as needed to see the rectangle; nothing when it is seen already."""
        area = QRectF(rect.x, rect.y, rect.width, rect.height)
        port = self._view.viewport().rect()
        seen = self._view.mapToScene(port.adjusted(4, 4, -4, -40)).boundingRect()
        if not seen.contains(area):
            self._view.ensureVisible(area, 48, 64)
            self.panned.emit()

    def _middle(self) -> QPointF:
        """The middle of the viewport, as Qt's centerOn sees it."""
        port = self._view.viewport()
        return QPointF(port.width() / 2, port.height() / 2)

    def _to_scene(self, pointer: QPointF) -> QPointF:
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(pointer)


def _within(seen: list[float], low: float, high: float, size: float) -> float:
    """The middle of a window of that size around what is seen; what fills it is not shown beyond the ends."""
    if high - low <= size or not seen:
        return (low + high) / 2
    if max(seen) - min(seen) < size / 2:
        return (min(seen) + max(seen)) / 2
    return min(max(median(seen), low + size / 2), high - size / 2)
