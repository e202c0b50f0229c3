"""Graphs as text that reads back; the law itself is in tests/property/test_language_roundtrip.py."""

import pytest

from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.lang.lower import read
from gradviz.lang.unparse import formula, functions


@pytest.mark.parametrize(
    "text",
    [
        "(y - (W x + b))^2",
        "2 x^2 y",
        "-log(softmax(z))[2]",
        "(-2)^2 - -x",
        "a - (b - c)",
        "x * y",
        "W.T @ (x + y)",
        "2 * (a + b)",
        "sum(x, axis=0)",
        "v[y]",
        "[a, b, 1]",
        "where(a > b, a, b)",
        "x^(a + b)",
        "h = tanh(x)\nh^2 + h",
        "x = 2\nx^2",
    ],
)
def test_formula_writes_what_a_person_would(text):
    assert formula(read(text).graph) == text


def test_functions_writes_function_notation():
    assert functions(read("(y - (W x + b))^2").graph) == "sq(sub(y, add(matmul(W, x), b)))"


def test_a_name_that_would_be_read_as_a_product_is_quoted():
    assert formula(read("rate x", ("rate",)).graph) == '"rate" x'


def test_a_defined_name_needs_no_quotes():
    text = "loss = (y - x)^2\nloss + 1"
    assert formula(read(text).graph) == text


def test_a_graph_deeper_than_brackets_may_nest_is_cut_by_names():
    builder = GraphBuilder()
    node = builder.leaf("x")
    for _ in range(500):
        node = builder.apply(OPS["tanh"], node)
    assert len(read(formula(builder.graph(node))).graph) == 501
    assert len(read(functions(builder.graph(node))).graph) == 501
