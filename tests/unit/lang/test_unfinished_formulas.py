"""Open ports and loose parts in formula text, read and printed."""

import pytest

from gradviz.core.graph import Apply, Hole, Leaf
from gradviz.lang.lower import read, read_all
from gradviz.lang.unparse import formula, functions
from gradviz.text.latex import latex
from gradviz.text.plain import plain


@pytest.mark.parametrize(
    ("text", "function_text"),
    [
        ("y - ?", "sub(y, ?)"),
        ("?^2", "sq(?)"),
        ("W ?", "matmul(W, ?)"),
        ("2 ?", "mul(2, ?)"),
        ("tanh(?)", "tanh(?)"),
        ("x^?", "pow(x, ?)"),
        ("v[?]", "take(v, ?)"),
        ("[1, ?]", "stack(1, ?)"),
        ("-?", "neg(?)"),
        ("?.T", "transpose(?)"),
        ("where(?, ?, ?)", "where(?, ?, ?)"),
        ("□ + □", "add(?, ?)"),
        ("?", "?"),
    ],
)
def test_a_question_mark_stands_for_an_operand_that_is_still_to_come(text, function_text):
    graph = read(text).graph
    assert functions(graph) == function_text
    assert read(formula(graph)).graph.same_as(graph)


def test_an_open_port_is_shown_as_a_box():
    graph = read("y - ?").graph
    assert plain(graph) == "y − □"
    assert latex(graph) == r"y - \square "


def test_an_open_port_with_a_name_is_one_node_in_all_its_places():
    graph = read("h = ?\nh + h").graph
    assert sum(isinstance(node, Hole) for node in graph.nodes) == 1
    assert read(formula(graph)).graph.same_as(graph)


@pytest.mark.parametrize(
    "text",
    ["sq(x)\ny + 1", "W\nsq(x)", "h = tanh(x)\nx^2", "a = 1\nb = 2\nb", "x = 2", "3\nx"],
)
def test_every_line_of_a_document_stays_in_its_graph(text):
    graph = read_all(text).graph
    again = read_all(formula(graph)).graph
    assert again.same_as(graph)
    assert read_all(functions(graph)).graph.same_as(graph)


def test_a_line_that_nobody_uses_is_a_loose_part_and_the_last_line_the_output():
    graph = read_all("sq(x)\nW\nh = tanh(y)\na + b").graph
    roots = {graph.nodes[node] for node in graph.node_ids() if not graph.uses()[node]}
    assert {node.op.name for node in roots if isinstance(node, Apply)} == {"sq", "tanh", "add"}
    assert Leaf("W") in roots
    assert graph.nodes[graph.output].op.name == "add"


def test_a_leaf_of_which_only_a_value_is_said_stays():
    graph = read_all("rate = 2\nx^2").graph
    assert set(graph.leaves()) == {"rate", "x"}
    assert formula(graph) == "rate = 2\nx^2"


def test_a_part_of_the_output_that_a_loose_part_uses_is_named():
    graph = read_all("h = sq(x)\ntanh(h)\nh").graph
    assert graph.names[graph.output] == "h"
    assert formula(graph) == "h = x^2\ntanh(h)\nh"


def test_only_the_last_line_is_read_for_the_command_line():
    assert set(read("sq(x)\ny + 1").graph.leaves()) == {"y"}
