"""Pins, comments, colours, direction and unfolded blocks."""

import math

import pytest

from gradviz.core.graph import Use
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.project.changes import ChangeFlags, changes
from gradviz.project.commands import set_formula
from gradviz.project.format import decode, encode
from gradviz.project.placing import Comment, Direction, Point
from gradviz.project.placing_commands import (
    add_comment,
    attach_comment,
    colour_comment,
    move_comment,
    paint,
    pin,
    pin_all,
    remove_comment,
    set_comment,
    set_direction,
    set_unfolded,
    size_comment,
    unpin_all,
)
from gradviz.project.project import Command, Project, project_from_formula

BLOCK = "f(x) = tanh(2 x)\nf(x)^2"


@pytest.fixture
def project() -> Project:
    return project_from_formula(BLOCK)


def after(project: Project, *commands: Command) -> Project:
    for command in commands:
        project = command(project)
    return project


def test_a_pinned_node_stays_until_it_is_let_go(project: Project) -> None:
    pinned = after(project, pin(NodeId(1), Point(3, 4)), pin_all({NodeId(2): Point(0, 0)}))
    assert pinned.pins == {1: Point(3, 4), 2: Point(0, 0)}
    assert after(pinned, pin(NodeId(1), None)).pins == {2: Point(0, 0)}
    assert after(pinned, unpin_all()).pins == {}


def test_another_direction_lays_all_out_anew(project: Project) -> None:
    turned = after(project, pin(NodeId(1), Point(3, 4)), set_direction(Direction.TB))
    assert (turned.direction, dict(turned.pins)) == (Direction.TB, {})


def test_comments_are_written_moved_sized_attached_and_removed(project: Project) -> None:
    done = after(
        project,
        add_comment(Comment("a", 0, 0)),
        add_comment(Comment("b", 1, 1)),
        set_comment(0, "A"),
        move_comment(0, 5, 6),
        size_comment(0, 100.0),
        attach_comment(1, NodeId(2), 7, 8),
    )
    assert done.comments == (Comment("A", 5, 6, 100.0), Comment("b", 7, 8, None, NodeId(2)))
    assert after(done, remove_comment(0)).comments == done.comments[1:]


def test_nodes_are_painted_and_cleaned(project: Project) -> None:
    painted = after(project, paint([NodeId(0), NodeId(1)], "blue"), paint([NodeId(0)], None))
    assert painted.colours == {1: "blue"}


def test_a_block_is_unfolded_and_folded(project: Project) -> None:
    assert project.graph is not None
    use = project.graph.blocks[0].use
    unfolded = after(project, set_unfolded(use, True))
    assert unfolded.unfolded == {use}
    assert after(unfolded, set_unfolded(use, False)).unfolded == frozenset()


@pytest.mark.parametrize(
    "command",
    [
        pin(NodeId(99), Point(0, 0)),
        pin(NodeId(0), Point(math.nan, 0)),
        pin(NodeId(0), Point(0, 1e12)),
        paint([NodeId(0)], "#123456"),
        paint([NodeId(-1)], "red"),
        add_comment(Comment("x", math.inf, 0)),
        add_comment(Comment("x" * 20_000, 0, 0)),
        add_comment(Comment("x", 0, 0, -5)),
        add_comment(Comment("x", 0, 0, None, NodeId(50))),
        remove_comment(0),
        set_unfolded(Use(NodeId(3), "g"), True),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, command: Command) -> None:
    with pytest.raises(GradvizError):
        command(project)


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        (pin(NodeId(0), Point(1, 1)), ChangeFlags.PLACES),
        (set_direction(Direction.BT), ChangeFlags.PLACES),
        (set_unfolded(Use(NodeId(3), "f"), True), ChangeFlags.PLACES),
        (paint([NodeId(0)], "red"), ChangeFlags.REMARKS),
        (add_comment(Comment("x", 0, 0)), ChangeFlags.REMARKS),
    ],
)
def test_flags_say_what_is_to_be_drawn_again(project: Project, command: Command, flag: ChangeFlags) -> None:
    assert changes(project, command(project)) is flag


def test_doing_the_same_again_changes_nothing(project: Project) -> None:
    for command in (pin(NodeId(0), Point(1, 1)), paint([NodeId(0)], "red"), set_direction(Direction.BT)):
        once = command(project)
        assert command(once) is once


def test_a_comment_at_a_node_that_goes_stays_where_it_was(project: Project) -> None:
    noted = after(project, pin(NodeId(2), Point(100, 50)), add_comment(Comment("x", 1, 2, None, NodeId(2))))
    emptied = set_formula("")(noted)
    assert emptied.comments == (Comment("x", 101, 52),)
    assert (dict(emptied.pins), dict(emptied.colours)) == ({}, {})


def test_a_comment_has_a_colour_that_its_file_remembers(project: Project) -> None:
    done = after(project, add_comment(Comment("a", 1, 2)), colour_comment(0, "green"))
    assert done.comments[0].colour == "green"
    assert decode(encode(done)).comments == done.comments
    assert after(done, colour_comment(0, None)).comments[0].colour is None
    with pytest.raises(GradvizError):
        after(done, colour_comment(0, "#123456"))
