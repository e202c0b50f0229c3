"""A wire in the hand: which end is fixed, where the other one may go, and the change that it makes there.

from an output      ●───◌  leads into operand ports        ("Connect W to add")
from an operand     ◌───●  is fed by outputs               ("Connect W to add")
an edge taken up    either end moves, the other is fixed   ("Re-plug W"; off into the blue: "Detach W")
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Hole
from gradviz.core.types import NodeId, Shape
from gradviz.errors import GraphError
from gradviz.project import editing
from gradviz.project.editing import Change, Edit
from gradviz.project.placing_commands import pin
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.ports import Port, Socket


@dataclass(frozen=True, slots=True)
class Drawn:
    """A wire in the hand, over a graph. fixed: the end that stays. edge: the one that was taken up, None if it is new.

    refused: the ports that can't take the other end, each with the reason.
    """

    graph: Graph
    fixed: Socket
    edge: Edge | None
    refused: Mapping[Socket, str]

    @property
    def is_forward(self) -> bool:
        """True when the end in the hand looks for an operand port."""
        return self.fixed[1] is None

    def may_land(self, port: Port) -> bool:
        """True when the port is of the kind that is looked for, whether it accepts or not."""
        return port.is_output is not self.is_forward

    def accepts(self, port: Port) -> bool:
        """True when the end in the hand can go there."""
        return self.may_land(port) and port.socket not in self.refused

    def reason(self, socket: Socket) -> str:
        """Why the end in the hand can't go there; empty where it can."""
        if self.is_forward and socket[1] is None:
            return "nothing can lead into this card: it has no operands"
        return self.refused.get(socket, "")

    def is_back(self, socket: Socket) -> bool:
        """True when the end would go where it was taken up."""
        if self.edge is None:
            return socket[0] == self.fixed[0]
        return socket == ((self.edge.target, self.edge.operand) if self.is_forward else (self.edge.source, None))


def draw_from(session: Session, socket: Socket, edge: Edge | None = None) -> Drawn | None:
    """Take up a wire whose end at this socket stays; None without a graph."""
    graph = session.graph
    if graph is None:
        return None
    node, operand = socket
    shapes, unfolded = shapes_of(session), session.document.project.unfolded
    refused: dict[Socket, str]
    if operand is None:
        by_port = editing.refusals(graph, node, shapes, unfolded=unfolded)
        refused = {(target, place): reason for (target, place), reason in by_port.items()}
    else:
        by_node = editing.feed_refusals(graph, (node, operand), shapes, unfolded=unfolded)
        refused = {(source, None): reason for source, reason in by_node.items()}
    return Drawn(graph, socket, edge, refused)


def shapes_of(session: Session) -> dict[NodeId, Shape]:
    """The shapes of all nodes that have a value."""
    trace = session.debugger.trace
    if trace is None or trace.graph is not session.graph:
        return {}
    return {NodeId(node): np.shape(value) for node, value in enumerate(trace.values) if value is not None}


def connect(session: Session, drawn: Drawn, socket: Socket) -> None:
    """Let the wire end there, as one entry of the history; raises GraphError with the reason where it can't."""
    graph = drawn.graph
    if drawn.is_back(socket):
        return
    _see_to_it(session, drawn)
    reason = drawn.reason(socket)
    if reason:
        raise GraphError(reason, node=socket[0])
    unfolded = session.document.project.unfolded
    source, (target, operand) = (drawn.fixed[0], socket) if drawn.is_forward else (socket[0], drawn.fixed)
    assert operand is not None
    edge, port = drawn.edge, operand
    what = f"{called(graph, source)} to {called(graph, target)}"
    if edge is not None and drawn.is_forward:
        _edit(session, lambda now: editing.replug(now, edge, target, port, unfolded=unfolded), f"Re-plug {what}")
    else:
        name = f"Connect {what}" if edge is None else f"Re-plug {what}"
        _edit(session, lambda now: editing.connect(now, source, target, port, unfolded=unfolded), name)


def detach(session: Session, drawn: Drawn, edge: Edge) -> None:
    """Take the wire away: its port is open then."""
    _see_to_it(session, drawn)
    unfolded = session.document.project.unfolded
    name = f"Detach {called(drawn.graph, edge.source)} from {called(drawn.graph, edge.target)}"
    _edit(session, lambda now: editing.detach(now, edge, unfolded=unfolded), name)


def _see_to_it(session: Session, drawn: Drawn) -> None:
    if session.graph is not drawn.graph:
        raise GraphError("the graph has changed meanwhile; draw the wire again")


def is_insertable(graph: Graph, node: NodeId) -> bool:
    """True for a loose operation with an open port: one that can be put into a wire."""
    found = graph.nodes[node]
    is_loose = isinstance(found, Apply) and not graph.uses()[node] and node != graph.output
    return is_loose and isinstance(found, Apply) and any(isinstance(graph.nodes[o], Hole) for o in found.operands)


def put_on(session: Session, edge: Edge, node: NodeId) -> None:
    """Put a loose operation into a wire; the layout finds its place, also where it was pinned."""
    graph = session.graph
    if graph is None:
        return
    unfolded, one_change = session.document.project.unfolded, object()
    name = f"Insert {called(graph, node)}"
    _edit(session, lambda now: editing.put_on(now, edge, node, unfolded=unfolded), name, one_change)
    put = session.selection.node
    if put in session.document.project.pins and put is not None:
        session.document.apply(pin(put, None), name, one_change)
    session.document.seal()


def called(graph: Graph, node: NodeId) -> str:
    """What a node is called in the history: its name, or that of its operation."""
    found = graph.nodes[node]
    is_plain = isinstance(found, Apply) and node not in graph.names
    return found.op.name if is_plain and isinstance(found, Apply) else display(symbol(graph, node))


def _edit(session: Session, change: Callable[[Graph], Edit], name: str, merge_key: object | None = None) -> None:
    session.document.seal()
    session.edit(_unsure(change), name, merge_key)
    if merge_key is None:
        session.document.seal()


def _unsure(change: Callable[[Graph], Edit]) -> Change:
    def changed(graph: Graph | None) -> Edit:
        if graph is None:
            raise GraphError("there is no graph yet; add something first")
        return change(graph)

    return changed
