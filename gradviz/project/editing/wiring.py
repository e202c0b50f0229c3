"""Edits of wires: connect, detach, move to another port, swap, put an operation into one, mark the output.

A wire is an operand slot of the node that it leads to. What a wire no longer leads from stays as a loose part; an
open port takes its place. When the output gets used, the output becomes what is built on it.
"""

from collections.abc import Collection, Iterable

from gradviz.core.graph import Edge, Graph, Hole, Literal, Use
from gradviz.core.op import OPS, Op
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.project.editing.draft import Draft
from gradviz.project.editing.edit import Edit
from gradviz.project.editing.inside import At, edited


def connect(graph: Graph, source: NodeId, target: NodeId, operand: int, *, unfolded: Collection[Use] = ()) -> Edit:
    """Lead a wire from a node into a port; raises GraphError when that would close a circle."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        _feed(draft, at(source), at(target), operand)
        return (at(target),)

    return edited(graph, (source, target), steps, unfolded)


def detach(graph: Graph, edge: Edge, *, unfolded: Collection[Use] = ()) -> Edit:
    """Take a wire away: its port is open then."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        hole = draft.hole()
        draft.set_operand(at(edge.target), edge.operand, hole)
        return (hole,)

    return edited(graph, (edge.source, edge.target), steps, unfolded)


def replug(graph: Graph, edge: Edge, target: NodeId, operand: int, *, unfolded: Collection[Use] = ()) -> Edit:
    """Move the end of a wire to another port; the port that it leaves is open then."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        if (target, operand) != (edge.target, edge.operand):
            draft.set_operand(at(edge.target), edge.operand, draft.hole())
            _feed(draft, at(edge.source), at(target), operand)
        return (at(target),)

    return edited(graph, (edge.source, edge.target, target), steps, unfolded)


def swap(graph: Graph, node: NodeId, first: int, second: int, *, unfolded: Collection[Use] = ()) -> Edit:
    """Exchange two operands of a node."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        operands = draft.apply_at(at(node)).operands
        if not (0 <= first < len(operands) and 0 <= second < len(operands)):
            raise GraphError(f"{draft.apply_at(at(node)).op.name} has {len(operands)} operands", node=node)
        draft.set_operand(at(node), first, operands[second])
        draft.set_operand(at(node), second, operands[first])
        return (at(node),)

    return edited(graph, (node,), steps, unfolded)


def insert_on(graph: Graph, edge: Edge, op: Op, *, unfolded: Collection[Use] = ()) -> Edit:
    """Put an operation into a wire: it takes the wire's source, its other ports are open."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        place = main_operand(op)
        operands = tuple(at(edge.source) if i == place else draft.hole() for i in range(op.arity))
        made = draft.apply(op, operands)
        draft.set_operand(at(edge.target), edge.operand, made)
        return (made,)

    return edited(graph, (edge.source, edge.target), steps, unfolded)


def put_on(graph: Graph, edge: Edge, node: NodeId, *, unfolded: Collection[Use] = ()) -> Edit:
    """Put an operation that is there already into a wire: its first open port takes the wire's source."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        operands = draft.apply_at(at(node)).operands
        ports = [place for place, operand in enumerate(operands) if isinstance(draft.nodes[operand], Hole)]
        if not ports:
            raise GraphError(f"{draft.apply_at(at(node)).op.name} has no open port that could take the wire", node=node)
        _feed(draft, at(edge.source), at(node), ports[0])
        _feed(draft, at(node), at(edge.target), edge.operand)
        return (at(node),)

    return edited(graph, (edge.source, edge.target, node), steps, unfolded)


def set_output(graph: Graph, node: NodeId, *, unfolded: Collection[Use] = ()) -> Edit:
    """Make a node the output: what is recorded and differentiated. The former output stays as a loose part."""

    def steps(draft: Draft, at: At) -> Iterable[NodeId]:
        if draft.is_body:
            raise GraphError("this node is inside a block: dissolve the block to make it the output", node=node)
        draft.output = at(node)
        return (at(node),)

    return edited(graph, (node,), steps, unfolded)


def main_operand(op: Op) -> int:
    """The operand that an operation is applied to: the last one of matmul (W x, not x W), else the first."""
    return 1 if op is OPS["matmul"] else 0


def _feed(draft: Draft, source: NodeId, target: NodeId, operand: int) -> None:
    if draft.leads_to(target, source):
        raise GraphError("this wire would close a circle: the node would depend on itself", node=target)
    displaced = draft.apply_at(target).operands[operand : operand + 1]
    was_output = source == draft.output
    draft.set_operand(target, operand, source)
    for old in displaced:
        if isinstance(draft.nodes[old], Hole | Literal) and old != source and not draft.users(old):
            if old == draft.output:
                draft.output = None
            draft.drop(old)
    if was_output:
        draft.output = _end_of(draft, target)


def _end_of(draft: Draft, node: NodeId) -> NodeId:
    """What a node leads to in the end, along its first uses."""
    while users := draft.users(node):
        node = users[0][0]
    return node
