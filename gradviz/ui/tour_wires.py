"""The stations of the tour at which the canvas is worked on: wires by hand and by keys, values on their cards."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gradviz.core.graph import Apply, Graph
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.ui.driver import Driver

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def wires(driver: Driver) -> None:
    """A wire that can't go where it is led, one that is dropped on empty canvas, and one that keys lead."""
    canvas = driver.window.canvas
    driver.session.document.replace(driver.session.document.project)  # nobody asks whether to save it
    driver.session.new("tanh(?)\n(y - (W @ x + b))^2")
    driver.settle()
    start = _port(driver, "add", None)
    _take(driver, start)
    _lead(driver, start + QPoint(30, 70), _port(driver, "matmul", 0))
    driver.look("wire-refused")
    _lead(driver, _port(driver, "tanh", 0))
    driver.look("wire-fits")
    empty = canvas.viewport().rect().center() + QPoint(120, canvas.viewport().height() // 3)
    _lead(driver, empty)
    QTest.mouseRelease(canvas.viewport(), _LEFT, pos=empty)
    driver.settle()
    driver.look("wire-asks-what-fits")
    driver.press(Qt.Key.Key_Escape)
    driver.session.selection.select(_node(driver, "add"))
    canvas.setFocus()
    driver.press(Qt.Key.Key_C)
    driver.look("connect-by-keys")
    driver.press(Qt.Key.Key_Return)
    driver.look("connected")
    _type_on_card(driver)


def _type_on_card(driver: Driver) -> None:
    """A value typed on the card of a leaf: one that is none, then one that is."""
    canvas = driver.window.canvas
    driver.session.selection.select(_graph(driver).leaves()["W"])
    canvas.setFocus()
    driver.press(Qt.Key.Key_Return)
    driver.type("2,,5")
    driver.press(Qt.Key.Key_Return)
    driver.look("value-on-card-refused")
    driver.press(Qt.Key.Key_Escape)
    driver.press(Qt.Key.Key_Return)
    driver.type("2.5")
    driver.look("value-on-card")
    driver.press(Qt.Key.Key_Return)


def _graph(driver: Driver) -> Graph:
    graph = driver.session.graph
    assert graph is not None
    return graph


def _node(driver: Driver, name: str) -> NodeId:
    graph = _graph(driver)
    found = ((node, graph.nodes[node]) for node in graph.node_ids())
    return next(node for node, one in found if isinstance(one, Apply) and one.op is OPS[name])


def _port(driver: Driver, name: str, operand: int | None) -> QPoint:
    place = driver.window.canvas.ports.ports[_node(driver, name), operand].place
    return driver.window.canvas.mapFromScene(QPointF(place.x, place.y))


def _take(driver: Driver, place: QPoint) -> None:
    QTest.mousePress(driver.window.canvas.viewport(), _LEFT, pos=place)


def _lead(driver: Driver, *places: QPoint) -> None:
    port = driver.window.canvas.viewport()
    for place in places:
        there = QPointF(port.mapToGlobal(place))
        kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(port, QMouseEvent(kind, QPointF(place), there, _NONE, _LEFT, keys))
    QApplication.processEvents()
