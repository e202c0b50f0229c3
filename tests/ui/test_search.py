"""What is found by what is typed: the first hit of queries as people type them."""

import pytest

from gradviz.core.op import OPS
from gradviz.lang.lower import read
from gradviz.ui.search import Found, Kind, Own, find

FIRST_HITS = {
    "+": "add", "plus": "add", "-": "sub", "−": "sub", "minus": "sub", "subtract": "sub", "*": "mul", "×": "mul",
    "times": "mul", "/": "div", "divide": "div", "square": "sq", "^2": "sq", "²": "sq", "**2": "sq", "squared": "sq",
    "^": "pow", "**": "pow", "power": "pow", "root": "sqrt", "√": "sqrt", "square root": "sqrt", "softmax": "softmax",
    "sofmax": "softmax", "sfmx": "softmax", "soft": "softmax", "probabilities": "softmax", "@": "matmul",
    "matrix product": "matmul", "·": "matmul", "dot": "dot", "ln": "log", "logarithm": "log", "e^x": "exp",
    "Σ": "sum", "total": "sum", "add up": "sum", "average": "mean", "σ": "sigmoid", "logistic": "sigmoid",
    "activation": "tanh", "hyperbolic tangent": "tanh", "rectifier": "relu", "max(0, x)": "relu", "relu": "relu",
    "absolute value": "abs", "variance": "var", "nll": "cross_entropy", "cross entropy": "cross_entropy",
    "mean squared error": "mse", "negative": "neg", "<=": "less_equal", "transpose": "transpose", "largest": "max",
    "determinent": "det", "tan": "tan", "if": "where", "slice": "index", "element": "index", "v[i]": "take",
    "convolution": "conv1d",
}  # fmt: skip


@pytest.mark.parametrize(("query", "op"), FIRST_HITS.items())
def test_the_first_hit_is_what_was_meant(query: str, op: str) -> None:
    first = find(query)[0]
    assert (first.kind, first.key) == (Kind.OP, op)


@pytest.mark.parametrize(
    ("query", "kind", "key"),
    [
        ("2.5", Kind.NUMBER, "2.5"),
        ("-3", Kind.NUMBER, "-3"),
        ("1e-3", Kind.NUMBER, "1e-3"),
        ("W", Kind.LEAF, "W"),
        ("x_1", Kind.LEAF, "x_1"),
        ("x₁", Kind.LEAF, "x_1"),
        ("θ", Kind.LEAF, "theta"),
        ("b", Kind.LEAF, "b"),
        ("squared error", Kind.PART, "(y - ?)^2"),
        ("neuron", Kind.PART, "tanh(w x + b)"),
        ("(a+b)^2", Kind.PART, "(a+b)^2"),
        ("Wx + b", Kind.PART, "Wx + b"),
    ],
)
def test_numbers_names_and_parts_are_told_apart(query: str, kind: Kind, key: str) -> None:
    first = find(query)[0]
    assert (first.kind, first.key) == (kind, key)


def test_a_name_that_is_there_offers_its_node() -> None:
    graph = read("h = w x\nh^2").graph
    assert [find(name, graph)[0].kind for name in ("x", "h", "v")] == [Kind.NODE, Kind.NODE, Kind.LEAF]
    assert find("h", graph)[0].key == str(graph.find("h"))


def test_a_word_that_is_no_op_may_still_be_a_name() -> None:
    assert Found(Kind.LEAF, "gain", "gain", "", "a new leaf") in find("gain")


def test_words_of_programming_and_functions_are_no_names() -> None:
    assert all(found.kind is not Kind.LEAF for query in ("lambda", "sin", "pi") for found in find(query))


def test_an_own_op_comes_first_when_it_is_called() -> None:
    own = [Own("swing", "swing(x) = sin(x)^2")]
    assert find("swing", own=own)[0] == Found(Kind.FUNCTION, own[0].definition, "swing", "", own[0].definition)
    assert find("swi", own=own)[0].key == own[0].definition


def test_for_a_wire_only_what_fits_is_found() -> None:
    found = find("", fits={OPS["sum"], OPS["tanh"]})
    assert {each.key for each in found} == {"sum", "tanh"}
    assert find("W", fits={OPS["sum"]}) == []


def test_nothing_typed_offers_the_usual_operations_first() -> None:
    assert [found.key for found in find("")[:4]] == ["add", "sub", "mul", "div"]


@pytest.mark.parametrize("query", ["????", "\0", "(" * 500, "a" * 5000, "9" * 400, "🙂", "\\frac", "‮abc"])
def test_no_text_ends_in_an_error(query: str) -> None:
    assert isinstance(find(query), list)
