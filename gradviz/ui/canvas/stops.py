"""Which items wear the dot of a breakpoint: the card of a node, the wire of an edge."""

from gradviz.errors import GraphError
from gradviz.session.scene import edge_of
from gradviz.session.session import Session
from gradviz.ui.canvas.items import Key


def stop_keys(session: Session) -> set[Key]:
    """The items at which breakpoints stand that are on; one inside a folded block is on the block's card."""
    graph, found = session.graph, set[Key]()
    for point in session.document.project.breakpoints:
        if graph is None or point.node is None or not point.is_enabled or point.node >= len(graph):
            continue
        card = session.folds(graph).get(point.node, point.node)
        if point.operand is None or card != point.node:
            found.add(("card", card))
            continue
        try:
            found.add(("wire", edge_of(graph, point.node, point.operand)))
        except GraphError:
            continue
    return found
