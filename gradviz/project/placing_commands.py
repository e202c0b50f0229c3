"""Commands of the canvas: pins, direction, comments, colours, and which blocks are unfolded."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from gradviz.core.graph import Graph, Use
from gradviz.core.types import NodeId
from gradviz.errors import GraphError, ValueTextError
from gradviz.project.placing import COLOURS, MAX_COMMENT_TEXT, MAX_COMMENTS, MAX_PLACE, Comment, Direction, Point
from gradviz.project.project import Command, Project


def pin(node: NodeId, place: Point | None) -> Command:
    """Keep a node at a place, the middle of its card; None lets the layout place it again."""
    return pin_all({node: place})


def pin_all(places: Mapping[NodeId, Point | None]) -> Command:
    """Keep several nodes at their places."""

    def command(project: Project) -> Project:
        pins = dict(project.pins)
        for node, place in places.items():
            _checked(project, node)
            if place is None:
                pins.pop(node, None)
            else:
                pins[node] = _sound(place)
        return project if pins == dict(project.pins) else replace(project, pins=pins)

    return command


def unpin_all() -> Command:
    """Let the layout place all nodes: tidy up."""
    return lambda project: replace(project, pins={}) if project.pins else project


def set_direction(direction: Direction) -> Command:
    """Choose which way values flow; pins are of the old direction and go."""
    return lambda project: project if project.direction is direction else replace(project, direction=direction, pins={})


def add_comment(comment: Comment) -> Command:
    """Put a text on the canvas, as the last comment."""

    def command(project: Project) -> Project:
        if len(project.comments) >= MAX_COMMENTS:
            raise ValueTextError(f"there are {MAX_COMMENTS:,} comments already, which is the limit")
        return replace(project, comments=(*project.comments, _sound_comment(project, comment)))

    return command


def move_comment(number: int, x: float, y: float) -> Command:
    """Move a comment, given by its number among the comments."""
    return _changed(number, lambda comment: replace(comment, x=x, y=y))


def set_comment(number: int, text: str) -> Command:
    """Change a comment's text."""
    return _changed(number, lambda comment: replace(comment, text=text))


def size_comment(number: int, width: float | None, x: float | None = None) -> Command:
    """Make a comment wider or narrower; None fits it to its text. x: where its left edge is then, if elsewhere."""
    return _changed(number, lambda comment: replace(comment, width=width, x=comment.x if x is None else x))


def colour_comment(number: int, colour: str | None) -> Command:
    """Give a comment one of the COLOURS, or the usual one."""
    return _changed(number, lambda comment: replace(comment, colour=colour))


def attach_comment(number: int, target: NodeId | None, x: float, y: float) -> Command:
    """Let a comment move along with a node, or stand by itself, at a place of that new frame."""
    return _changed(number, lambda comment: replace(comment, target=target, x=x, y=y))


def remove_comment(number: int) -> Command:
    """Take a comment away."""

    def command(project: Project) -> Project:
        _comment(project, number)
        return replace(project, comments=(*project.comments[:number], *project.comments[number + 1 :]))

    return command


def paint(nodes: Iterable[NodeId], colour: str | None) -> Command:
    """Give nodes one of the COLOURS, or none."""
    painted = tuple(nodes)

    def command(project: Project) -> Project:
        _check_colour(colour)
        colours = dict(project.colours)
        for node in painted:
            _checked(project, node)
            colours.pop(node, None)
            if colour is not None:
                colours[node] = colour
        return project if colours == dict(project.colours) else replace(project, colours=colours)

    return command


def set_unfolded(use: Use, is_unfolded: bool) -> Command:
    """Show a block as its nodes or as one card."""

    def command(project: Project) -> Project:
        graph = _checked(project, use.output)
        if all(block.use != use for block in graph.blocks):
            raise GraphError(f"there is no block {use.function} here", node=use.output)
        unfolded = project.unfolded | {use} if is_unfolded else project.unfolded - {use}
        return project if unfolded == project.unfolded else replace(project, unfolded=unfolded)

    return command


def _changed(number: int, change: Callable[[Comment], Comment]) -> Command:
    def command(project: Project) -> Project:
        before = _comment(project, number)
        after = _sound_comment(project, change(before))
        if after == before:
            return project
        return replace(project, comments=(*project.comments[:number], after, *project.comments[number + 1 :]))

    return command


def _comment(project: Project, number: int) -> Comment:
    if not 0 <= number < len(project.comments):
        raise GraphError(f"there is no comment number {number}")
    return project.comments[number]


def _checked(project: Project, node: NodeId) -> Graph:
    graph = project.graph
    if graph is None or not 0 <= node < len(graph):
        raise GraphError(f"there is no node {node}", node=node)
    return graph


def _sound(place: Point) -> Point:
    if not (_is_near(place.x) and _is_near(place.y)):
        raise GraphError("this place is too far away")
    return Point(float(place.x), float(place.y))


def _sound_comment(project: Project, comment: Comment) -> Comment:
    if comment.target is not None:
        _checked(project, comment.target)
    if len(comment.text) > MAX_COMMENT_TEXT:
        raise ValueTextError(f"a comment has at most {MAX_COMMENT_TEXT:,} characters")
    _sound(Point(comment.x, comment.y))
    _check_colour(comment.colour)
    if comment.width is not None and not (_is_near(comment.width) and comment.width > 0):
        raise GraphError("this width is not possible")
    return comment


def _check_colour(colour: str | None) -> None:
    if colour is not None and colour not in COLOURS:
        raise ValueTextError(f"there is no colour {colour}; there are {', '.join(COLOURS)}")


def _is_near(length: float) -> bool:
    return math.isfinite(length) and abs(length) <= MAX_PLACE
