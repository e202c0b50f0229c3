"""Commands on what stops a run and what is watched: each function returns a command, `Project -> Project`.

Breakpoints are named by themselves (they are plain values); one that isn't there any more changes nothing.
Conditions are stored as they were typed, sound or not: where one can't be read, the list of breakpoints says why.
"""

from collections.abc import Mapping
from dataclasses import replace

from gradviz.core.graph import Apply
from gradviz.errors import GraphError, LimitError
from gradviz.project.commands import Command
from gradviz.project.project import Project
from gradviz.project.stops import MAX_BREAKPOINTS, MAX_WATCHES, Advice, Breakpoint


def add_breakpoint(point: Breakpoint) -> Command:
    """Put a breakpoint; the same one twice is one. Raises GraphError for a place that the graph doesn't have."""

    def command(project: Project) -> Project:
        _check_place(project, point)
        if point in project.breakpoints:
            return project
        if len(project.breakpoints) >= MAX_BREAKPOINTS:
            raise LimitError(f"there are {MAX_BREAKPOINTS} breakpoints already; take one away first")
        return replace(project, breakpoints=(*project.breakpoints, point))

    return command


def replace_breakpoint(point: Breakpoint, other: Breakpoint) -> Command:
    """Put another breakpoint in the place of one: with another condition, switched off, and so on."""

    def command(project: Project) -> Project:
        _check_place(project, other)
        if point == other or point not in project.breakpoints:
            return project
        points = [other if known == point else known for known in project.breakpoints]
        return replace(project, breakpoints=tuple(dict.fromkeys(points)))

    return command


def remove_breakpoint(point: Breakpoint) -> Command:
    """Take a breakpoint away."""

    def command(project: Project) -> Project:
        rest = tuple(known for known in project.breakpoints if known != point)
        return project if len(rest) == len(project.breakpoints) else replace(project, breakpoints=rest)

    return command


def add_watch(text: str) -> Command:
    """Watch one more expression; one that is watched already stays one."""

    def command(project: Project) -> Project:
        wanted = text.strip()
        if not wanted or wanted in project.watches:
            return project
        if len(project.watches) >= MAX_WATCHES:
            raise LimitError(f"there are {MAX_WATCHES} watches already; take one away first")
        return replace(project, watches=(*project.watches, wanted))

    return command


def replace_watch(text: str, other: str) -> Command:
    """Watch another expression in the place of one; an empty one takes it away."""

    def command(project: Project) -> Project:
        if other.strip() == text or text not in project.watches:
            return project
        changed = [other.strip() if known == text else known for known in project.watches]
        return replace(project, watches=tuple(dict.fromkeys(known for known in changed if known)))

    return command


def remove_watch(text: str) -> Command:
    """Watch an expression no longer."""
    return replace_watch(text, "")


def set_advice(
    key: str,
    *,
    is_enabled: bool | None = None,
    stops: bool | None = None,
    thresholds: Mapping[str, float] | None = None,
) -> Command:
    """Change a ready-made watch: on or off, whether it stops a run, its thresholds; None keeps what it has."""

    def command(project: Project) -> Project:
        known = project.advice.get(key, Advice())
        wanted = Advice(
            known.is_enabled if is_enabled is None else is_enabled,
            known.stops if stops is None else stops,
            known.thresholds if thresholds is None else thresholds,
        )
        rest = {name: told for name, told in project.advice.items() if name != key}
        advice = rest if wanted == Advice() else {**rest, key: wanted}
        return project if advice == dict(project.advice) else replace(project, advice=advice)

    return command


def _check_place(project: Project, point: Breakpoint) -> None:
    graph = project.graph
    if point.node is None:
        return
    if graph is None or not 0 <= point.node < len(graph):
        raise GraphError(f"there is no node {point.node} to stop at", node=point.node)
    node = graph.nodes[point.node]
    if point.operand is not None and not (isinstance(node, Apply) and point.operand < len(node.operands)):
        raise GraphError(f"node {point.node} has no operand {point.operand} to stop at", node=point.node)
