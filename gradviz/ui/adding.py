"""From what somebody found to a change of the graph: where it goes, and what is selected afterwards.

    an open port is selected     it is filled
    a node is selected           an operation is applied to it; a leaf or a number stands beside it
    a wire was dropped           the wire leads into the first open port of what is added
    an edge was dropped upon     an operation is inserted into it
    nothing                      a loose part with open ports

Afterwards the next open port is selected, so that a formula can be built without the mouse: add, fill, fill, fill.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from gradviz.core.graph import Apply, Edge, Graph, Hole, Use
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.project import editing
from gradviz.project.editing import Edit
from gradviz.ui.search import Found, Kind

Change = Callable[[Graph | None], Edit]
Port = tuple[NodeId, int]
"""A node and the number of one of its operands."""

_NAMES = "xywbacdefghkmnpqrsuv"


@dataclass(frozen=True, slots=True)
class Target:
    """Where something is added; nothing set means a loose part."""

    port: Port | None = None
    node: NodeId | None = None
    source: NodeId | None = None
    edge: Edge | None = None
    is_wire: bool = False
    """True when a wire from the port was dropped where what is added shall stand."""


def adding(found: Found, target: Target, unfolded: Collection[Use] = ()) -> Change:
    """The change that adds what was found at its target; its focus is the node that was made.

    unfolded: the blocks that are shown unfolded, in which edits change the function.
    """
    if target.edge is not None and found.kind is Kind.OP:
        edge = target.edge
        return lambda graph: editing.insert_on(_there(graph), edge, OPS[found.key], unfolded=unfolded)
    if target.port is not None:
        port = target.port
        return lambda graph: _filling(_there(graph), found, port, unfolded)
    if target.source is not None:
        source = target.source
        return lambda graph: _leading(_there(graph), found, source, unfolded)
    if target.node is not None and found.kind in (Kind.OP, Kind.PART, Kind.FUNCTION):
        node = target.node
        return lambda graph: _applied(_there(graph), found, node, unfolded)
    return lambda graph: _loose(graph, found)


def open_ports(graph: Graph) -> Iterator[Port]:
    """The open ports of a graph, those of the first nodes first."""
    for index, node in enumerate(graph.nodes):
        if isinstance(node, Apply):
            for place, operand in enumerate(node.operands):
                if isinstance(graph.nodes[operand], Hole):
                    yield NodeId(index), place


def port_of(graph: Graph, hole: NodeId) -> Port | None:
    """The port that an open place stands for; None for a node that is no open place, or a lone one."""
    if not isinstance(graph.nodes[hole], Hole):
        return None
    return next(((node, place) for node, place in open_ports(graph) if operand_of(graph, (node, place)) == hole), None)


def operand_of(graph: Graph, port: Port) -> NodeId:
    """What a port is fed by."""
    node = graph.nodes[port[0]]
    assert isinstance(node, Apply)
    return node.operands[port[1]]


def next_open(graph: Graph, made: NodeId) -> NodeId | None:
    """The open place to fill next: one below what was made, else the first one that there is."""
    below = _below(graph, made)
    ports = list(open_ports(graph))
    chosen = next((port for port in ports if port[0] in below), ports[0] if ports else None)
    return operand_of(graph, chosen) if chosen is not None else None


def free_name(graph: Graph | None) -> str:
    """A name for a new leaf that nobody has yet."""
    taken = {*graph.leaves(), *graph.names.values()} if graph is not None else set()
    free = (name for name in _NAMES if name not in taken)
    numbered = (f"x_{number}" for number in range(1, len(taken) + 2) if f"x_{number}" not in taken)
    return next(free, None) or next(numbered)


def _loose(graph: Graph | None, found: Found) -> Edit:
    match found.kind:
        case Kind.OP:
            return editing.add_op(graph, OPS[found.key])
        case Kind.PART:
            return editing.paste(graph, found.key)
        case Kind.FUNCTION:
            return editing.use_function(graph, found.key)
        case Kind.NUMBER:
            return editing.add_number(graph, float(found.key))
        case Kind.LEAF:
            return editing.add_leaf(graph, found.key or free_name(graph))
        case Kind.NODE:
            there = _there(graph)
            return Edit(there, {node: node for node in there.node_ids()}, (NodeId(int(found.key)),))


def _filling(graph: Graph, found: Found, port: Port, unfolded: Collection[Use]) -> Edit:
    made = _loose(graph, found)
    return _connected(made, made.focus[-1], (made.moved[port[0]], port[1]), unfolded)


def _leading(graph: Graph, found: Found, source: NodeId, unfolded: Collection[Use]) -> Edit:
    made = _loose(graph, found)
    port = _first_port(made.graph, made.focus[-1])
    if port is None:
        raise GraphError(f"{found.title} has no port that a wire could lead to")
    return _connected(made, made.moved[source], port, unfolded)


def _applied(graph: Graph, found: Found, node: NodeId, unfolded: Collection[Use]) -> Edit:
    """What uses the node uses what is made on it instead."""
    if found.kind is Kind.OP:
        return editing.apply_op(graph, node, OPS[found.key], unfolded=unfolded)
    done = _loose(graph, found)
    port = _first_port(done.graph, done.focus[-1])
    if port is None:
        return done
    uses = [(edge.target, edge.operand) for edge in graph.uses()[node]]
    done = _connected(done, done.moved[node], port, unfolded)
    for target, operand in uses:
        done = _connected(done, done.focus[-1], (done.moved[target], operand), unfolded)
    if node == graph.output:
        made = done.focus[-1]
        done = _then(done, lambda now: editing.set_output(now, made))
    return done


def _connected(first: Edit, source: NodeId, port: Port, unfolded: Collection[Use]) -> Edit:
    """An edit, and then a wire from a node of its graph into a port."""
    inside = editing.moved_uses(unfolded, first.moved)
    return _then(first, lambda graph: editing.connect(graph, source, *port, unfolded=inside))


def _then(first: Edit, change: Callable[[Graph], Edit]) -> Edit:
    """Both edits as one; what the first one made stays in focus."""
    second = change(first.graph)
    moved = {node: second.moved[place] for node, place in first.moved.items() if place in second.moved}
    return Edit(second.graph, moved, tuple(second.moved[node] for node in first.focus if node in second.moved))


def _first_port(graph: Graph, made: NodeId) -> Port | None:
    below = _below(graph, made)
    return next((port for port in open_ports(graph) if port[0] in below), None)


def _below(graph: Graph, made: NodeId) -> set[NodeId]:
    """A node and all that it is made of."""
    found, waiting = {made}, [made]
    while waiting:
        node = graph.nodes[waiting.pop()]
        for operand in node.operands if isinstance(node, Apply) else ():
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return found


def _there(graph: Graph | None) -> Graph:
    if graph is None:
        raise GraphError("there is no graph yet; add something first")
    return graph
