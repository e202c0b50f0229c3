"""Functions that a formula defines, and their calls."""

import time

import pytest

from gradviz.core.record import record
from gradviz.errors import FormulaError, LimitError
from gradviz.lang.lower import read, read_all, read_functions
from gradviz.lang.unparse import definition, formula, functions

NEURON = "neuron(w, x, b) = tanh(w x + b)\n"


def test_a_call_becomes_the_nodes_of_the_body() -> None:
    graph = read(NEURON + "neuron(2, x, c)^2").graph
    assert functions(graph).splitlines()[-1] == "sq(neuron(2, x, c))"
    assert [block.name for block in graph.blocks] == ["neuron"]
    assert len(graph.blocks[0].members) == 3
    assert graph.functions["neuron"].params == ("w", "x", "b")
    expanded = read("tanh(2 @ x + c)^2").graph
    values = {"x": 0.3, "c": 0.1}
    assert record(graph, values).gradients == record(expanded, values).gradients


@pytest.mark.parametrize(
    "text",
    [
        NEURON + "neuron(2, x, c)^2",
        NEURON + "h = neuron(a, x, c)\nneuron(d, h, h)",
        NEURON + "layer(x) = neuron(W, x, b) + neuron(V, x, b)\nlayer(layer(x))",
        NEURON + "neuron(?, x, ?)",
        NEURON + "x^2",
        "f(x) = v * v + v with v = tanh(x)\nf(f(2)) - f(y)",
        "f(x) = u - v with v = tanh(x), u = v + sq(v)\n2 f(x)",
        "f(x) = W x + b\nW = [[1, 2], [3, 4]]\n(y - f(x))^2",
        "f(a, b) = b - a\nf(p, q) * 3",
        "f(a) = -a\nx^f(2)",
        "f(a) = a^2\n-f(f(f(x)))[0]",
        "f(x) = x + 1\nf(x)\nsq(y)\ng = f(2)\ng + g",
        "g(x) = x + x\nf(x) = g(x)\nf(3)",
    ],
)
def test_definitions_and_calls_read_back_as_themselves(text: str) -> None:
    graph = read_all(text).graph
    for notation in (formula, functions):
        assert read_all(notation(graph)).graph.same_as(graph), notation(graph)


def test_a_part_that_a_body_has_twice_is_one_node() -> None:
    graph = read("f(x) = v * v with v = tanh(x)\nf(y)").graph
    assert len(graph) == 3
    assert formula(graph) == "f(x) = v * v with v = tanh(x)\nf(y)"


def test_a_name_with_arguments_on_the_last_line_is_just_a_name() -> None:
    graph = read("L(w, b) = (y - (w x + b))^2").graph
    assert graph.functions == {}
    assert graph.names[graph.output] == "L"


def test_a_name_with_arguments_that_is_used_without_brackets_is_just_a_name() -> None:
    graph = read("h(x) = tanh(x)\nh^2").graph
    assert graph.functions == {}
    assert set(graph.leaves()) == {"x"}


def test_a_function_that_nobody_calls_is_kept() -> None:
    graph = read_all(NEURON + "x^2").graph
    assert list(graph.functions) == ["neuron"]
    assert formula(graph) == "neuron(w, x, b) = tanh(w x + b)\nx^2"


def test_the_body_knows_the_leaves_of_the_formula() -> None:
    graph = read("f(x) = W x\nf(2) + W").graph
    assert list(graph.leaves()) == ["W"]


@pytest.mark.parametrize(
    ("text", "message", "shown"),
    [
        ("f(x) = x + f(x)\nf(2)", "f is defined by itself at line 1", "f"),
        ("f(x) = g(x) + 1\ng(x) = x^2\nf(2)", "g is used before its line at line 1, column 8: move line 2 up", "g"),
        (NEURON + "neuron(1, 2)", r"`neuron` takes 3 operands, but 2 are given", "neuron(1, 2)"),
        (NEURON + "neuron(1, 2, b=3)", "neuron has no settings", "b=3"),
        (NEURON + "neurn(1, 2, 3)", "unknown function `neurn`", "neurn"),
        ("f(x, y) = x^2\nf(1, 2)", "y is not used in f", "y"),
        ("f(x) = x\nf(2)", "f computes nothing", "x"),
        ("f(x, x) = x + x\nf(1, 2)", "x stands twice", "x"),
        ("f(2) = 3\nf(2)", "`2` can't be an operand's name", "2"),
        ("h = tanh(z)\nf(x) = x + h\nf(h)", "h is a line of its own, which f doesn't know", "h"),
        ("f(x) = x^2\nf(x) = x^3\nf(2)", "f is defined twice", "f"),
        ("f(x) = x^2\nf(2) + f", "f is a function", "f"),
        ("f(x) = x^2 with\nf(2)", "after `with` stand names with their meaning", None),
        ("f(x) = x^2 with v = 3 + x\nf(2)", "v is not used in f", "v"),
        ("f() = 2\nf()", "an operand of f is missing", "f"),
    ],
)
def test_what_is_wrong_with_a_function_is_said_and_shown(text: str, message: str, shown: str | None) -> None:
    with pytest.raises(FormulaError, match=message.replace("(", r"\(").replace(")", r"\)")) as raised:
        read(text)
    span = raised.value.span
    assert span is not None
    if shown is not None:
        assert text[span.start : span.stop] == shown


def test_functions_that_double_are_stopped_before_memory_is_full() -> None:
    lines = ["f0(x) = x + x"] + [f"f{n}(x) = f{n - 1}(x) + f{n - 1}(x)" for n in range(1, 40)] + ["f39(x)"]
    with pytest.raises(LimitError, match="more than 5,000 nodes"):
        read("\n".join(lines))


def test_a_definition_alone_is_read_and_printed() -> None:
    found = read_functions("neuron(w,x,b)=tanh(w*x+b)")
    assert list(found) == ["neuron"]
    graph = read_all(NEURON + "1").graph
    assert definition(graph, "neuron") == NEURON.strip()


def test_each_node_of_a_call_stands_where_its_definition_does() -> None:
    text = NEURON + "neuron(1, x, c)"
    reading = read(text)
    block = reading.graph.blocks[0]
    assert reading.node_at(text.index("tanh")) == block.output
    assert reading.node_at(len(text) - 1) == block.output
    assert reading.node_at(text.index("+")) == block.members[-2]


def test_hundreds_of_functions_are_read_in_a_moment() -> None:
    text = "\n".join(f"f{i}(x)=x+{i}" for i in range(600)) + "\nf3(2)"
    started = time.process_time()
    assert read(text).graph.functions["f3"].params == ("x",)
    assert time.process_time() - started < 10  # it took minutes when every line was compared with every other
