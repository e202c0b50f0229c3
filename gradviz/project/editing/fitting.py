"""What fits where: the ports that can't take a wire, with the reason, and the operations that can take one."""

from collections.abc import Collection, Mapping

from gradviz.core.blocks import entering_edges, outer_blocks
from gradviz.core.graph import Apply, Edge, Graph, Use
from gradviz.core.op import Op, public_ops
from gradviz.core.types import SCALAR, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.text.symbols import display, symbols

Shapes = Mapping[NodeId, Shape]


def refusals(
    graph: Graph, source: NodeId, shapes: Shapes, *, unfolded: Collection[Use] = ()
) -> dict[tuple[NodeId, int], str]:
    """The ports (node, operand) that can't take a wire from a node, each with the reason in words.

    shapes: of the nodes that have a value; ports whose other operands have none are only refused for circles.
    unfolded: blocks that are seen from inside; the others have the ports of their call.
    """
    names = symbols(graph)
    before = _leading_to(graph, source)
    found: dict[tuple[NodeId, int], str] = {}
    folded = [block for block in outer_blocks(graph) if block.use not in unfolded]
    inside = {node for block in folded for node in block.members}
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        if not isinstance(node, Apply) or node_id in inside:
            continue
        for operand in range(len(node.operands)):
            reason = _circle(names, source, node_id) if node_id in before else _misfit(node, operand, source, shapes)
            if reason:
                found[node_id, operand] = reason
    for block in folded:
        for operand, edges in enumerate(entering_edges(graph, block)):
            reason = _circle(names, source, block.output) if block.output in before else ""
            for edge in edges:
                inner = graph.nodes[edge.target]
                if not reason and isinstance(inner, Apply):
                    reason = _misfit(inner, edge.operand, source, shapes)
            if reason:
                found[block.output, operand] = reason
    return found


def feed_refusals(
    graph: Graph, port: tuple[NodeId, int], shapes: Shapes, *, unfolded: Collection[Use] = ()
) -> dict[NodeId, str]:
    """The nodes that can't feed a port (node, operand), each with the reason in words."""
    target, operand = port
    names = symbols(graph)
    after = graph.reaching({target})
    block = next((one for one in outer_blocks(graph) if one.output == target and one.use not in unfolded), None)
    entered = [Edge(target, target, operand)] if block is None else entering_edges(graph, block)[operand]
    found: dict[NodeId, str] = {}
    for source in graph.node_ids():
        reason = _circle(names, source, target) if source in after else ""
        for edge in entered:
            inner = graph.nodes[edge.target]
            if not reason and isinstance(inner, Apply):
                reason = _misfit(inner, edge.operand, source, shapes)
        if reason:
            found[source] = reason
    return found


def fitting_ops(graph: Graph, source: NodeId, shapes: Shapes | None = None) -> tuple[Op, ...]:
    """The public operations that can take a wire from a node, as far as its shape tells; those of one operand first."""
    shape = (shapes or {}).get(source)
    fitting = [op for op in public_ops() if op.arity and (shape is None or _takes(op, shape))]
    return tuple(sorted(fitting, key=lambda op: op.arity != 1))


def _leading_to(graph: Graph, node: NodeId) -> set[NodeId]:
    found, waiting = {node}, [node]
    while waiting:
        known = graph.nodes[waiting.pop()]
        for operand in known.operands if isinstance(known, Apply) else ():
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return found


def _circle(names: tuple[str, ...], source: NodeId, target: NodeId) -> str:
    if source == target:
        return "a node can't feed itself"
    return f"{display(names[source])} depends on {display(names[target])}: the wire would close a circle"


def _misfit(node: Apply, operand: int, source: NodeId, shapes: Shapes) -> str:
    given = shapes.get(source)
    others = [given if i == operand else shapes.get(o) for i, o in enumerate(node.operands)]
    known = [shape for shape in others if shape is not None]
    if len(known) < len(others):
        return ""
    try:
        node.op.shape(*known, **node.settings)
    except GradvizError as error:
        return error.message
    return ""


def _takes(op: Op, shape: Shape) -> bool:
    """True when the operation takes an operand of that shape beside scalars or operands of the same shape."""
    if op.arity == 1:
        return _fits(op, (shape,))
    beside = (SCALAR, shape, (*shape[-1:], *shape[-1:]))
    places = range(op.arity)
    return any(_fits(op, tuple(shape if i == place else other for i in places)) for place in places for other in beside)


def _fits(op: Op, shapes: tuple[Shape, ...]) -> bool:
    try:
        op.shape(*shapes)
    except (GradvizError, TypeError, IndexError, ValueError):
        return False
    return True
