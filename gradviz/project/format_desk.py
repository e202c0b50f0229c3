"""What lies beside a document, written and read: pinned nodes, kept runs, and numbers changed to see what if."""

from typing import Any

from gradviz.core.graph import Apply, Edge
from gradviz.core.types import Array, NodeId
from gradviz.core.what_if import Change
from gradviz.errors import DocumentError, GradvizError
from gradviz.project import schema
from gradviz.project.desk import EMPTY, Desk
from gradviz.project.format_numbers import plain, value_of
from gradviz.project.format_training import history, read_history, read_training, training
from gradviz.project.project import Project
from gradviz.project.trained import thinned
from gradviz.train.kept import KeptRun
from gradviz.train.settings import TrainingSettings


def desk(found: Desk) -> dict[str, Any]:
    """The desk as it is written; what is empty is left out."""
    written: dict[str, Any] = {}
    if found.pinned:
        written["pinned"] = [
            {"node": one.target, "operand": one.operand} if isinstance(one, Edge) else {"node": one}
            for one in found.pinned
        ]
    if found.runs:
        written["runs"] = [
            {"name": run.name, "training": training(run.settings), "history": history(thinned(run.history))}
            for run in found.runs
        ]
    if found.changes:
        written["what_if"] = [
            {"node": node} | {key: plain(number) for key, number in _numbers(change) if number is not None}
            for node, change in found.changes
        ]
    return written


def _numbers(change: Change) -> tuple[tuple[str, Array | None], ...]:
    return ("value", change.value), ("adjoint", change.adjoint)


def read_desk(project: Project, found: schema.Desk | None) -> Desk:
    """The desk of a document; raises DocumentError for nodes that it doesn't have."""
    if found is None:
        return EMPTY
    pinned = tuple(_subject(project, pin) for pin in found.pinned)
    runs = tuple(_run(place, run) for place, run in enumerate(found.runs))
    return Desk(pinned, runs, tuple(_change(project, one) for one in found.what_if))


def _change(project: Project, one: schema.WhatIf) -> tuple[NodeId, Change]:
    if project.graph is None or one.node >= len(project.graph):
        raise DocumentError(f"the file is damaged: desk.what_if: the formula has no node {one.node}")
    what = f"desk.what_if: node {one.node}"
    value = None if one.value is None else value_of(what, one.value)
    return NodeId(one.node), Change(value, None if one.adjoint is None else value_of(what, one.adjoint))


def _subject(project: Project, pin: schema.Pinned) -> NodeId | Edge:
    graph = project.graph
    if graph is None or pin.node >= len(graph):
        raise DocumentError(f"the file is damaged: desk.pinned: the formula has no node {pin.node}")
    if pin.operand is None:
        return NodeId(pin.node)
    node = graph.nodes[pin.node]
    if not isinstance(node, Apply) or pin.operand >= len(node.operands):
        raise DocumentError(f"the file is damaged: desk.pinned: node {pin.node} has no operand {pin.operand}")
    return Edge(node.operands[pin.operand], NodeId(pin.node), pin.operand)


def _run(place: int, run: schema.KeptRun) -> KeptRun:
    key = f"desk.runs[{place}]"
    past = read_history(f"{key}.history", run.history)
    if not len(past):
        raise DocumentError(f"the file is damaged: {key} has no history")
    try:
        return KeptRun(run.name, TrainingSettings(**read_training(run.training)), past)
    except (GradvizError, ValueError, TypeError) as error:
        raise DocumentError(f"the file is damaged: {key}.training: {error}") from None
