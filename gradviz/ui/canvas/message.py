"""The message of the current step, travelling along its edge: a value forward, a contribution back.

    x ──●──▶ v₁       forward: what the operands hand to the node, along all its edges
    x ◀──●── v₁       backward: the one contribution

It only shows what the step says anyway: it can be slowed or turned off, and is off where the system asks for less
motion. A step that comes before it has arrived starts the next one.
"""

import os

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget
from shiboken6 import isValid

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.trace import Step, StepKind
from gradviz.export.theme import Token
from gradviz.session.session import Session
from gradviz.ui.canvas.items import WireItem
from gradviz.ui.canvas.scene import GraphScene
from gradviz.ui.painting import colour

TRAVEL_MS = 420
"""How long a message travels at the usual speed."""
SPEEDS = {"off": 0.0, "slow": 3.0, "usual": 1.0}
"""The choices, each with what it multiplies the time by; 0 is no motion at all."""
MOST_EDGES = 12
RADIUS, TAIL = 5.0, 0.16
ABOVE_PILLS = 1.5


class Message(QGraphicsObject):
    """The dots on their way; at most one journey at a time."""

    def __init__(self, scene: GraphScene) -> None:
        super().__init__()
        self._scene = scene
        self._paths: list[QPainterPath] = []
        self._is_backward = False
        self._at = 0.0
        self.setZValue(ABOVE_PILLS)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def travel(self, paths: list[QPainterPath], *, is_backward: bool) -> None:
        """Start along these lines, back along them where the message is a derivative."""
        self.prepareGeometryChange()
        self._paths, self._is_backward, self._at = paths, is_backward, 0.0
        self.update()

    def move_to(self, done: float) -> None:
        """Show the dots when so much of the way is done."""
        self._at = done
        self.update()

    def places(self) -> list[QPointF]:
        """Where the dots are now."""
        return [path.pointAtPercent(self._along(self._at)) for path in self._paths]

    def boundingRect(self) -> QRectF:
        area = QRectF()
        for path in self._paths:
            area = area.united(path.boundingRect())
        return area.adjusted(-2 * RADIUS, -2 * RADIUS, 2 * RADIUS, 2 * RADIUS)

    def shape(self) -> QPainterPath:
        return QPainterPath()  # the pointer goes through it

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        theme = self._scene.look.theme
        token = Token.DERIVATIVE if self._is_backward else Token.VALUE
        for path in self._paths:
            for step in range(6):
                at = self._at - TAIL * step / 6
                if at < 0:
                    continue
                radius = RADIUS * (1.0 - step / 8)
                painter.setPen(QPen(colour(theme, Token.CURRENT, 1.0 - step / 6), 1.5))
                painter.setBrush(colour(theme, token, 1.0 - step / 6))
                painter.drawEllipse(path.pointAtPercent(self._along(at)), radius, radius)

    def _along(self, done: float) -> float:
        inside = min(max(done, 0.0), 1.0)
        return 1.0 - inside if self._is_backward else inside


class Messenger(QObject):
    """Sends the message of each step that is taken; jumps and training send none."""

    def __init__(self, session: Session, scene: GraphScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scene = scene
        self._speed = "off" if prefers_stillness() else "usual"
        self._last: tuple[object, int] = (None, 0)
        self.message = Message(scene)
        self._journey = QVariantAnimation(self)
        self._journey.setStartValue(0.0)
        self._journey.setEndValue(1.0)
        self._journey.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._journey.valueChanged.connect(self.message.move_to)
        self._journey.finished.connect(self.stop)
        session.debugger.moved.connect(self._moved)
        session.debugger.retraced.connect(self._retraced)

    @property
    def speed(self) -> str:
        """How fast messages travel: off, slow or usual."""
        return self._speed

    @property
    def is_travelling(self) -> bool:
        """True while a message is on its way."""
        return self._journey.state() is QAbstractAnimation.State.Running

    def set_speed(self, speed: str) -> None:
        """Choose how fast messages travel, or that none do."""
        self._speed = speed if speed in SPEEDS else "usual"
        if not SPEEDS[self._speed]:
            self.stop()

    def stop(self) -> None:
        """Take the message off the graph."""
        self._journey.stop()
        if isValid(self.message) and self.message.scene() is not None:
            self._scene.removeItem(self.message)

    def _retraced(self) -> None:
        if not isValid(self):  # WORKAROUND: an object that Qt has deleted may still be known to Python
            return
        self.stop()
        self._last = (self._session.debugger.trace, self._session.debugger.position)

    def _moved(self) -> None:
        if not isValid(self):
            return
        debugger = self._session.debugger
        before, self._last = self._last, (debugger.trace, debugger.position)
        step = debugger.current
        is_ahead = before[0] is debugger.trace and debugger.position > before[1]
        if step is None or not is_ahead or not SPEEDS[self._speed] or self._session.training.is_running:
            self.stop()
            return
        graph = self._session.graph
        paths = self._paths(step, graph) if graph is not None else []
        if not paths:
            self.stop()
            return
        self._journey.stop()
        if self.message.scene() is None:
            self._scene.addItem(self.message)
        self.message.travel(paths, is_backward=step.kind is not StepKind.EVALUATE)
        self._journey.setDuration(round(TRAVEL_MS * SPEEDS[self._speed]))
        self._journey.start()

    def _paths(self, step: Step, graph: Graph) -> list[QPainterPath]:
        """The lines along which a step's message goes."""
        edges = edges_of(step, graph)
        items = [self._scene.items_by_key.get(("wire", edge)) for edge in edges[:MOST_EDGES]]
        return [item.path() for item in items if isinstance(item, WireItem) and item.path().length() > 0]


def edges_of(step: Step, graph: Graph) -> list[Edge | None]:
    """The edges along which a step sends something; None is the stub of the output."""
    node = graph.nodes[step.node] if step.node < len(graph) else None
    if step.kind is StepKind.SEED:
        return [None]
    if not isinstance(node, Apply):
        return []
    edges: list[Edge | None] = [Edge(source, step.node, operand) for operand, source in enumerate(node.operands)]
    match step.kind:
        case StepKind.EVALUATE:
            return edges
        case StepKind.CONTRIBUTE if step.operand is not None:
            return [edges[step.operand]]
        case _:
            return []


def prefers_stillness() -> bool:
    """True where the system, or whoever started the program, asks for less motion."""
    if os.environ.get("GRADVIZ_REDUCED_MOTION"):
        return True
    hints = QGuiApplication.styleHints() if QGuiApplication.instance() is not None else None
    accessibility = getattr(hints, "accessibility", None)  # from Qt 6.10 on
    asked = getattr(accessibility(), "motionPreference", None) if accessibility is not None else None
    return asked is not None and "Reduce" in str(asked())
