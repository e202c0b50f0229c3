"""Formulas as Unicode text for reading."""

import pytest

from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.lang.lower import read
from gradviz.text.plain import plain, plain_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(y-(Wx+b))^2", "(y − (W·x + b))²"),
        ("2x^3", "2x³"),
        ("x^-1", "x⁻¹"),
        ("2(a+b)", "2(a + b)"),
        ("a(-b)", "a·(−b)"),
        ("-x^2", "−x²"),
        ("(-2)^2", "(−2)²"),
        ("a - (b - c)", "a − (b − c)"),
        ("a + -2", "a + (−2)"),
        ("1/2 (a-b)^2", "1/2·(a − b)²"),
        ("-log(softmax(Wx+b))[y]", "−log(softmax(W·x + b))[y]"),
        ("sigmoid(theta_1 x)", "σ(θ₁·x)"),
        ("sqrt(x+1)", "√(x + 1)"),
        ("sqrt(x) y", "√x·y"),
        ("|x-1|", "|x − 1|"),
        ("where(a<=b, a, b)", "where(a ≤ b, a, b)"),
        ("W.T x", "Wᵀ·x"),
        ("x[1:, 0]", "x[1:, 0]"),
        ("sum(x, axis=0)", "sum(x, axis=0)"),
        ("max(a, b)", "max(a, b)"),
        ("2*3", "2·3"),
        ("(x^2)^2", "(x²)²"),
        ("[a, b]", "[a, b]"),
    ],
)
def test_a_formula_looks_as_in_a_book(text, shown):
    assert plain(read(text).graph) == shown


def test_named_nodes_have_lines_of_their_own():
    assert plain_lines(read("h = tanh(x); h^2").graph) == ("h = tanh(x)", "h²")


def test_a_node_that_is_not_expanded_is_shown_by_its_name():
    graph = read("(x^2)^2").graph
    assert plain(graph, stop_at={graph.nodes[graph.output].operands[0]: "v1"}) == "v₁²"


def test_a_graph_of_any_size_is_shown_shortened():
    builder = GraphBuilder()
    node = builder.leaf("x")
    for _ in range(100_000):
        node = builder.apply(OPS["add"], node, node)
    shown = plain(builder.graph(node))
    assert "…" in shown
    assert len(shown) < 10_000
