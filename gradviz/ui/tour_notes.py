"""The station of the tour at which notes are left on the graph."""

from PySide6.QtCore import Qt

from gradviz.core.graph import Apply, Graph
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.ui.driver import Driver

CTRL = Qt.KeyboardModifier.ControlModifier


def notes(driver: Driver) -> None:
    """A note with an arrow to a card, and one that stands by itself, while it is typed."""
    driver.session.document.replace(driver.session.document.project)  # nobody asks whether to save it
    driver.session.new("(y - (W x + b))^2")
    driver.settle()
    graph, canvas = driver.session.graph, driver.window.canvas
    assert graph is not None
    canvas.setFocus()
    driver.session.selection.select(_node(graph, "add"))
    driver.press(Qt.Key.Key_M, CTRL)
    driver.type("The prediction: it should come as close to y as possible.")
    driver.press(Qt.Key.Key_Return, CTRL)
    driver.look("note-with-arrow")
    driver.session.selection.select(_node(graph, "sq"))
    driver.press(Qt.Key.Key_M, CTRL)
    driver.type("Squared, so")
    driver.press(Qt.Key.Key_Return)
    driver.type("never negative.")
    driver.look("note-typed")
    driver.press(Qt.Key.Key_Return, CTRL)
    canvas.fit()
    driver.look("two-notes")


def _node(graph: Graph, name: str) -> NodeId:
    found = ((node, graph.nodes[node]) for node in graph.node_ids())
    return next(node for node, one in found if isinstance(one, Apply) and one.op is OPS[name])
