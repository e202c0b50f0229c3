"""Commands on breakpoints, watches and ready-made watches."""

import pytest

from gradviz.core.graph import Apply, Leaf
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.project.commands import set_formula
from gradviz.project.project import Project, project_from_formula
from gradviz.project.stop_commands import (
    add_breakpoint,
    add_watch,
    remove_breakpoint,
    remove_watch,
    replace_breakpoint,
    replace_watch,
    set_advice,
)
from gradviz.project.stops import MAX_WATCHES, Advice, BreakPhase, Breakpoint, moved_breakpoints


@pytest.fixture
def square() -> Project:
    return project_from_formula("(x^2)^2")


def test_same_breakpoint_twice_is_one(square: Project) -> None:
    point = Breakpoint(NodeId(1))
    once = add_breakpoint(point)(square)
    assert add_breakpoint(point)(once) is once


def test_breakpoint_is_replaced_at_its_place_in_the_list(square: Project) -> None:
    a, b, c = Breakpoint(NodeId(1)), Breakpoint(NodeId(2)), Breakpoint(NodeId(1), BreakPhase.BACKWARD)
    project = add_breakpoint(b)(add_breakpoint(a)(square))
    assert replace_breakpoint(a, c)(project).breakpoints == (c, b)


def test_breakpoint_that_is_not_there_changes_nothing(square: Project) -> None:
    assert remove_breakpoint(Breakpoint(NodeId(1)))(square) is square
    assert replace_breakpoint(Breakpoint(NodeId(1)), Breakpoint(NodeId(2)))(square) is square


@pytest.mark.parametrize(
    "point", [Breakpoint(NodeId(9)), Breakpoint(NodeId(0), operand=0), Breakpoint(NodeId(1), operand=4)]
)
def test_place_that_the_graph_does_not_have_is_refused(square: Project, point: Breakpoint) -> None:
    with pytest.raises(GradvizError):
        add_breakpoint(point)(square)


def test_breakpoints_follow_their_nodes_when_the_formula_changes(square: Project) -> None:
    project = add_breakpoint(Breakpoint(NodeId(1), operand=0, condition="value > 3"))(square)
    project = add_breakpoint(Breakpoint(None, condition="isnan(loss)"))(project)
    edited = set_formula("3 + (x^2)^2")(project)
    assert edited.graph is not None
    moved, anywhere = edited.breakpoints
    assert (moved.operand, moved.condition) == (0, "value > 3")
    node = edited.graph.nodes[moved.node]  # type: ignore[index]
    assert isinstance(node, Apply)
    assert [edited.graph.nodes[i] for i in node.operands] == [Leaf("x")]
    assert anywhere.node is None


def test_node_that_has_gone_takes_its_breakpoint_along() -> None:
    points = (Breakpoint(NodeId(1)), Breakpoint(NodeId(2)), Breakpoint(None, condition="nan"))
    assert moved_breakpoints(points, {NodeId(2): NodeId(0)}) == (Breakpoint(NodeId(0)), points[2])


def test_watch_is_changed_in_place_and_taken_away(square: Project) -> None:
    project = add_watch("loss")(add_watch(" x ")(square))
    assert project.watches == ("x", "loss")
    assert replace_watch("x", "2x")(project).watches == ("2x", "loss")
    assert remove_watch("x")(project).watches == ("loss",)
    assert add_watch("loss")(project) is project


def test_watches_have_a_limit(square: Project) -> None:
    project = square
    for number in range(MAX_WATCHES):
        project = add_watch(f"x + {number}")(project)
    with pytest.raises(GradvizError, match="take one away"):
        add_watch("loss")(project)


def test_advice_as_usual_is_not_stored(square: Project) -> None:
    off = set_advice("vanishing", is_enabled=False)(square)
    assert off.advice["vanishing"] == Advice(is_enabled=False)
    assert dict(set_advice("vanishing", is_enabled=True)(off).advice) == {}


def test_advice_keeps_what_is_not_said(square: Project) -> None:
    project = set_advice("vanishing", thresholds={"ratio": 0.1})(square)
    assert set_advice("vanishing", stops=True)(project).advice["vanishing"].thresholds == {"ratio": 0.1}
