"""The parts of a document that are about its canvas and its past training, written and read."""

from dataclasses import replace
from typing import Any

from gradviz.core.graph import Use
from gradviz.core.types import NodeId
from gradviz.errors import DocumentError
from gradviz.project import schema
from gradviz.project.format_numbers import plain, value_of
from gradviz.project.format_training import history, read_history
from gradviz.project.placing import COLOURS, Comment, Direction, Point
from gradviz.project.project import Project
from gradviz.project.trained import Trained


def canvas(project: Project) -> dict[str, Any]:
    """The canvas as it is written: one line for each node or comment; what is as usual is left out."""
    found: dict[str, Any] = {}
    if project.direction is not Direction.LR:
        found["direction"] = project.direction.name
    if project.pins:
        found["pins"] = [{"node": node, "x": at.x, "y": at.y} for node, at in sorted(project.pins.items())]
    if project.colours:
        found["colours"] = [{"node": node, "colour": colour} for node, colour in sorted(project.colours.items())]
    if project.unfolded:
        found["unfolded"] = [{"node": use.output, "function": use.function} for use in sorted(project.unfolded)]
    if project.comments:
        found["comments"] = [_comment(comment) for comment in project.comments]
    return found


def with_canvas(project: Project, found: schema.Canvas | None) -> Project:
    """The project with the canvas of a document; raises DocumentError for nodes that it doesn't have."""
    if found is None:
        return project
    graph = project.graph
    uses = [block.use for block in graph.blocks] if graph is not None else []
    unfolded: set[Use] = set()
    for pin in found.pins:
        _check_node(project, "canvas.pins", pin.node)
    for painted in found.colours:
        _check_node(project, "canvas.colours", painted.node)
        _check_colour("canvas.colours", painted.colour)
    for remark in found.comments:
        if remark.node is not None:
            _check_node(project, "canvas.comments", remark.node)
        if remark.colour is not None:
            _check_colour("canvas.comments", remark.colour)
    for one in found.unfolded:
        meant = _meant(one, uses)
        if not meant:
            node = one if isinstance(one, int) else one.node
            raise DocumentError(f"the file is damaged: canvas.unfolded: node {node} is no block")
        unfolded |= meant
    return replace(
        project,
        direction=Direction[found.direction],
        pins={NodeId(pin.node): Point(pin.x, pin.y) for pin in found.pins},
        colours={NodeId(painted.node): painted.colour for painted in found.colours},
        unfolded=frozenset(unfolded),
        comments=tuple(_read_comment(remark) for remark in found.comments),
    )


def trained(run: Trained) -> dict[str, Any]:
    """A past training as it is written."""
    found: dict[str, Any] = {"iteration": run.iteration, "shown": run.shown}
    if run.parameters:
        found["parameters"] = {name: plain(value) for name, value in run.parameters.items()}
    return found | {"history": history(run.history)}


def read_trained(project: Project, found: schema.Trained | None) -> Trained | None:
    """A past training; raises DocumentError for one that can't have been."""
    if found is None:
        return None
    if found.shown > found.iteration + 1:
        raise DocumentError("the file is damaged: trained.shown lies after trained.iteration")
    parameters = {}
    for name, tree in found.parameters.items():
        value = value_of(f"trained.parameters.{name}", tree)
        leaf = project.leaves.get(name)
        if leaf is None or leaf.value.shape != value.shape:
            raise DocumentError(f"the file is damaged: trained.parameters.{name} fits no leaf of the formula")
        parameters[name] = value
    past = read_history("trained.history", found.history, found.iteration)
    return Trained(found.iteration, found.shown, parameters, past)


def _comment(comment: Comment) -> dict[str, Any]:
    found: dict[str, Any] = {"text": comment.text.split("\n") if "\n" in comment.text else comment.text}
    found |= {"x": comment.x, "y": comment.y}
    if comment.width is not None:
        found["width"] = comment.width
    if comment.target is not None:
        found["node"] = comment.target
    if comment.colour is not None:
        found["colour"] = comment.colour
    return found


def _read_comment(remark: schema.Remark) -> Comment:
    text = remark.text if isinstance(remark.text, str) else "\n".join(remark.text)
    node = None if remark.node is None else NodeId(remark.node)
    return Comment(text, remark.x, remark.y, remark.width, node, remark.colour)


def _check_colour(key: str, colour: str) -> None:
    if colour not in COLOURS:
        raise DocumentError(f"the file is damaged: {key}: there is no colour {colour[:30]}")


def _meant(one: int | schema.Unfolded, uses: list[Use]) -> set[Use]:
    """The uses of functions that an entry of a file is about."""
    if isinstance(one, int):
        return {use for use in uses if use.output == one}
    return {use for use in uses if use == (one.node, one.function)}


def _check_node(project: Project, key: str, node: int) -> None:
    if project.graph is None or node >= len(project.graph):
        raise DocumentError(f"the file is damaged: {key}: the formula has no node {node}")
