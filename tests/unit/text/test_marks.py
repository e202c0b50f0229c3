"""Texts whose parts stand for nodes: every dress of a formula says what belongs to what."""

import numpy as np
import pytest

from gradviz import parse
from gradviz.core.graph import Apply, Graph, Leaf
from gradviz.core.types import NodeId
from gradviz.lang.unparse import functions, marked_functions
from gradviz.text.code import DIALECTS, code, marked_code
from gradviz.text.latex import latex_lines, marked_latex_lines
from gradviz.text.marks import Mark, Marked, Tree, fill, join
from gradviz.text.plain import marked_plain_lines, plain_lines

FORMULAS = (
    "(y - (W x + b))^2",
    "h = tanh(w x + b)\n(y - h)^2 + 3 h",
    "-log(softmax(z)[1])",
    "a / (b + 1) - -c^3",
    "f(u) = u^2 + 1\nf(x) * f(3)",
)
VALUES = {"z": np.array([0.5, 1.0, -1.0])}


def dresses(graph: Graph) -> dict[str, Marked]:
    values = {name: VALUES.get(name, np.float64(1.5)) for name in graph.leaves()}
    found = {dialect: marked_code(graph, values, dialect) for dialect in DIALECTS}
    found["functions"] = marked_functions(graph)
    found["plain"] = join("\n", marked_plain_lines(graph))
    found["latex"] = join("\n", marked_latex_lines(graph))
    return found


def parts(marked: Marked, node: NodeId) -> list[str]:
    return [marked.text[mark.start : mark.stop] for mark in marked.marks if mark.node == node]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_marked_text_is_the_text(formula: str) -> None:
    graph = parse(formula)
    values = {name: VALUES.get(name, np.float64(1.5)) for name in graph.leaves()}
    found = dresses(graph)
    assert found["plain"].text == "\n".join(plain_lines(graph))
    assert found["latex"].text == "\n".join(latex_lines(graph))
    assert found["functions"].text == functions(graph)
    assert all(found[dialect].text == code(graph, values, dialect) for dialect in DIALECTS)


@pytest.mark.parametrize("formula", FORMULAS)
def test_marks_lie_apart_or_inside_each_other_outer_ones_first(formula: str) -> None:
    for marked in dresses(parse(formula)).values():
        for i, outer in enumerate(marked.marks):
            for inner in marked.marks[i + 1 :]:
                is_inside = outer.start <= inner.start and inner.stop <= outer.stop
                assert is_inside or inner.start >= outer.stop


@pytest.mark.parametrize("formula", FORMULAS[:4])
def test_every_node_has_a_part_in_every_dress(formula: str) -> None:
    graph = parse(formula)
    for name, marked in dresses(graph).items():
        for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
            if isinstance(node, Apply | Leaf):
                assert parts(marked, node_id), (name, node_id)


@pytest.mark.parametrize("dress", ["plain", "latex", "functions", *DIALECTS])
def test_a_leaf_is_marked_where_its_name_stands(dress: str) -> None:
    graph = parse("(y - (W x + b))^2")
    marked = dresses(graph)[dress]
    assert {"W", "W=W"} & set(parts(marked, graph.leaves()["W"]))
    assert all("W" in part for part in parts(marked, graph.leaves()["W"]))


def test_the_parts_of_a_squared_error() -> None:
    graph = parse("(y - (W x + b))^2")
    plain = dresses(graph)["plain"]
    shown = {node: parts(plain, node) for node in graph.node_ids()}
    assert plain.text == "(y − (W·x + b))²"
    assert sorted(part for found in shown.values() for part in found) == sorted(
        ["(y − (W·x + b))²", "(y − (W·x + b))", "y", "(W·x + b)", "W·x", "W", "x", "b"]
    )


def test_function_notation_marks_a_call() -> None:
    graph = parse("(x^2)^2")
    assert parts(marked_functions(graph), graph.output) == ["sq(sq(x))"]


def test_a_name_that_is_used_stands_for_its_node() -> None:
    graph = parse("h = tanh(x)\nh^2 + h")
    assert parts(marked_functions(graph), graph.find("h")) == ["h = tanh(x)", "h", "h"]


def test_code_marks_the_adjoint_of_a_node_too() -> None:
    graph = parse("h = tanh(x)\nh^2 + 3 h")
    marked = marked_code(graph, {"x": np.float64(0.5)}, "numpy")
    assert any(part.startswith("d_h = ") for part in parts(marked, graph.find("h")))


def test_marks_of_code_are_those_of_the_whole_graph_also_beside_loose_parts() -> None:
    graph = parse("a b + c")
    small = Graph(graph.nodes, NodeId(2), {})  # a b alone; b and a stay where they were
    marked = marked_code(small, {"a": np.float64(1), "b": np.float64(2), "c": np.float64(3)}, "numpy")
    assert all("b" in part for part in parts(marked, graph.leaves()["b"]))


def test_indenting_moves_marks_along() -> None:
    text = Marked("ab\ncd", (Mark(0, 5, NodeId(0)), Mark(3, 5, NodeId(1)))).indented(2)
    assert text.text == "  ab\n  cd"
    assert [text.text[mark.start : mark.stop] for mark in text.marks] == ["ab\n  cd", "cd"]


def test_brackets_belong_to_what_they_hold() -> None:
    assert Marked("a+b").around(NodeId(3)).within("(", ")").marks == (Mark(0, 5, NodeId(3)),)


def test_a_pattern_is_filled_with_parts() -> None:
    found = fill("{1} - {0}{{}}", [Marked("a").around(NodeId(0)), Marked("bb").around(NodeId(1))])
    assert found == Marked("bb - a{}", (Mark(0, 2, NodeId(1)), Mark(5, 6, NodeId(0))))


def tree() -> tuple[Marked, Tree]:
    (line,) = marked_plain_lines(parse("(y - (W x + b))^2"))
    return line, Tree(line.marks)


def walked(line: Marked, found: Tree, number: int | None) -> str | None:
    return None if number is None else line.text[found.marks[number].start : found.marks[number].stop]


def test_at_a_place_stands_the_smallest_part() -> None:
    line, found = tree()  # (y − (W·x + b))²
    shown = [walked(line, found, found.at(place)) for place in (0, 1, 5, 6, 7, 10, 15)]
    assert shown == ["(y − (W·x + b))", "y", "(W·x + b)", "W", "W·x", "(W·x + b)", "(y − (W·x + b))²"]
    assert found.at(99) is None


def test_arrows_walk_out_in_and_along() -> None:
    line, found = tree()
    product = found.at(7)
    assert product is not None
    assert walked(line, found, found.parent(product)) == "(W·x + b)"
    assert walked(line, found, found.child(product)) == "W"
    assert walked(line, found, found.following(product)) == "b"
    bias = found.following(product)
    assert bias is not None
    assert walked(line, found, found.preceding(bias)) == "W·x"
    assert found.following(0) is None
    assert found.preceding(0) is None
