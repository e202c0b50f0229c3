"""What the command line sees of a document: only what leads to the output."""

from gradviz.core.types import NodeId
from gradviz.project.commands import set_value, toggle_breakpoint
from gradviz.project.leading import leading
from gradviz.project.project import project_from_formula


def test_loose_parts_go_and_breakpoints_stay_at_their_nodes() -> None:
    project = project_from_formula("b\nsq(z)\nh = tanh(a + b)\nh^2")
    assert project.graph is not None
    project = toggle_breakpoint(project.graph.find("h"))(set_value("a", 7)(project))
    small = leading(project)
    assert small.graph is not None
    assert list(small.graph.leaves()) == ["a", "b"]
    assert list(small.leaves) == ["a", "b"]
    assert small.values["a"] == 7
    assert [point.node for point in small.breakpoints] == [small.graph.find("h")]


def test_a_project_without_loose_parts_is_left_as_it_is() -> None:
    project = toggle_breakpoint(NodeId(1))(project_from_formula("x^2"))
    assert leading(project) is project
