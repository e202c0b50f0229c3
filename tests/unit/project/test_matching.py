"""Typing in the formula: which node is which of those before."""

import pytest

from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.types import NodeId
from gradviz.lang.lower import read_all
from gradviz.layout.types import Point
from gradviz.project.commands import set_formula
from gradviz.project.matching import same_nodes
from gradviz.project.placing_commands import paint, pin_all
from gradviz.project.project import project_from_formula


def label(graph: Graph, node: NodeId) -> str:
    found = graph.nodes[node]
    match found:
        case Leaf():
            return found.name
        case Literal():
            return str(float(found.value))
        case Apply():
            return found.op.name
        case _:
            return "?"


def matched(before: str, after: str) -> set[tuple[str, str]]:
    old, new = read_all(before).graph, read_all(after).graph
    found = same_nodes(old, new)
    assert len(set(found.values())) == len(found)
    return {(label(old, a), label(new, b)) for a, b in found.items()}


def test_an_operation_put_in_between_moves_nothing_else() -> None:
    found = matched("(y - (W x + b))^2", "(y - tanh(W x + b))^2")
    assert found == {(n, n) for n in ("y", "W", "x", "b", "matmul", "add", "sub", "sq")}


def test_a_replaced_operation_stays_in_its_place() -> None:
    assert ("tanh", "sigmoid") in matched("(y - tanh(W x))^2", "(y - sigmoid(W x))^2")
    assert ("sub", "add") in matched("tanh(x - y)", "tanh(x + y)")
    assert ("sub", "add") in matched("x - y", "x + y")


def test_a_renamed_leaf_stays_in_its_place() -> None:
    assert ("x", "z") in matched("(y - W x)^2", "(y - W z)^2")


def test_numbers_stay_where_they_stand() -> None:
    assert {("2.0", "3.0"), ("2.0", "2.0")} <= matched("2 x + 2 y", "3 x + 2 y")
    assert ("2.0", "2.0") in matched("2 x + 2 y", "3 x + 2 y")
    assert ("3.0", "3.0") in matched("2 x + 3 y", "3 y")


def test_a_term_added_in_front_moves_the_sum_to_its_new_place() -> None:
    old, new = read_all("a + b").graph, read_all("c + a + b").graph
    assert same_nodes(old, new)[old.output] == new.output


def test_an_open_port_becomes_what_is_put_there() -> None:
    assert ("?", "tanh") in matched("y - ?", "y - tanh(x)")


@pytest.mark.parametrize("text", ["x^2", "h = tanh(x)\nh + h", "W x + ?", "sq(y)\n2 x"])
def test_a_graph_is_itself(text: str) -> None:
    graph = read_all(text).graph
    assert same_nodes(graph, read_all(text).graph) == {node: node for node in graph.node_ids()}


def test_typing_keeps_pins_and_colours_at_their_nodes() -> None:
    project = project_from_formula("(y - (W x + b))^2")
    assert project.graph is not None
    for command in (
        pin_all({node: Point(float(node), 0.0) for node in project.graph.node_ids()}),
        paint([project.graph.output], "red"),
        set_formula("(y - (W x + b)"),  # half typed
        set_formula("(y - tanh(W x + b))^2 + 1"),
    ):
        project = command(project)
    graph = project.graph
    assert graph is not None
    assert {label(graph, node) for node in project.pins} == {"y", "W", "x", "b", "matmul", "add", "sub", "sq"}
    assert [label(graph, node) for node in project.colours] == ["sq"]
