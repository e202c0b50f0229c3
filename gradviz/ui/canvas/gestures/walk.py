"""Walk: the arrow keys go from the selected node along its edges, or to its neighbour beside."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gradviz.core.graph import Apply, Block, Edge, Graph
from gradviz.core.types import NodeId
from gradviz.layout.types import Direction
from gradviz.ui.canvas.gestures.base import Canvas, Gesture

ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}

_BESIDE = {Qt.Key.Key_Left: Qt.Key.Key_Up, Qt.Key.Key_Right: Qt.Key.Key_Down}
_TURNED = {
    Direction.LR: {},
    Direction.TB: {Qt.Key.Key_Down: Qt.Key.Key_Right, Qt.Key.Key_Up: Qt.Key.Key_Left, **_BESIDE},
    Direction.BT: {Qt.Key.Key_Up: Qt.Key.Key_Right, Qt.Key.Key_Down: Qt.Key.Key_Left, **_BESIDE},
}
"""The key that would be pressed if values flowed from left to right."""


class Walk(Gesture):
    """Left to an operand, right to a user, up and down among the nodes beside."""

    def key_press(self, canvas: Canvas, event: QKeyEvent) -> bool:
        """Select the next node that way."""
        graph = canvas.session.graph
        if event.key() not in ARROWS or graph is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        selection = canvas.session.selection
        key = _TURNED[canvas.session.document.project.direction].get(Qt.Key(event.key()), Qt.Key(event.key()))
        cards = canvas.session.folds(graph)
        reached = _through_blocks(graph, canvas.session.folds.block_at(graph, selection.node), key)
        if reached is None:
            reached = next_node(graph, selection.node, selection.edge, key)
        if reached is not None:
            reached = cards.get(reached, reached)
            selection.select(reached)
            canvas.bring_into_view(reached)
        return True


def _through_blocks(graph: Graph, block: Block | None, key: Qt.Key) -> NodeId | None:
    """Left from a folded block is its first operand."""
    return _first(block.operands) if block is not None and key == Qt.Key.Key_Left else None


def next_node(graph: Graph, node: NodeId | None, edge: Edge | None, key: Qt.Key) -> NodeId | None:
    """The node that an arrow key leads to; the output when nothing is selected, None where the way ends."""
    if edge is not None:
        return edge.source if key in (Qt.Key.Key_Left, Qt.Key.Key_Up) else edge.target
    if node is None:
        return graph.output
    match key:
        case Qt.Key.Key_Left:
            return _first(_operands(graph, node))
        case Qt.Key.Key_Right:
            return _first(leaving.target for leaving in graph.uses()[node])
        case _:
            return _beside(graph, node, -1 if key == Qt.Key.Key_Up else 1)


def _operands(graph: Graph, node: NodeId) -> tuple[NodeId, ...]:
    found = graph.nodes[node]
    return found.operands if isinstance(found, Apply) else ()


def _first(nodes: Iterable[NodeId]) -> NodeId | None:
    return next(iter(nodes), None)


def _beside(graph: Graph, node: NodeId, by: int) -> NodeId | None:
    """The next operand of the same op, going round."""
    for leaving in graph.uses()[node]:
        siblings = list(dict.fromkeys(_operands(graph, leaving.target)))
        if len(siblings) > 1:
            return siblings[(siblings.index(node) + by) % len(siblings)]
    return None
