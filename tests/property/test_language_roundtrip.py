"""Laws of the formula language: what is printed reads back as the same graph, and no text breaks the reader."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradviz.core.ops  # fills OPS
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import Op, public_ops
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError
from gradviz.lang.lower import read, read_all
from gradviz.lang.order import in_reading_order
from gradviz.lang.reading import Reading, caret
from gradviz.lang.unparse import formula, functions
from gradviz.text.latex import latex
from gradviz.text.plain import plain

LEAVES = ["x", "y", "W", "b", "x1", "w_0", "theta", "sigma", "rate", "e", "T", "pi", "xi", "max", "nan", "y_hat", "é"]
VALUES = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=3),
)
INDEX = st.lists(
    st.one_of(
        st.integers(-3, 3),
        st.tuples(*[st.none() | st.integers(-3, 3)] * 2, st.none() | st.sampled_from([1, 2, -1])),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
SETTINGS = {
    "axis": st.none() | st.integers(-2, 2),
    "flag": st.booleans(),
    "shape": st.lists(st.integers(0, 4), max_size=3).map(tuple),
    "index": INDEX,
    "count": st.integers(1, 5),
}


class _Drawing:
    """Draws a tree of ops in the order in which reading makes nodes; named nodes may be used again."""

    def __init__(self, data: st.DataObject, ops: list[Op]) -> None:
        self.data = data
        self.ops = ops
        self.builder = GraphBuilder()
        self.names: dict[NodeId, str] = {}

    def node(self, depth: int) -> NodeId:
        kind = self.data.draw(st.integers(-1, 5 if depth else 2))
        if kind == -1:
            return self.builder.hole()
        if kind == 0:
            return self.builder.literal(self.data.draw(VALUES))
        if kind == 1 or (kind == 2 and not self.names):
            return self.builder.leaf(self.data.draw(st.sampled_from(LEAVES)))
        if kind == 2:
            return self.data.draw(st.sampled_from(list(self.names)))
        return self.apply(depth)

    def apply(self, depth: int) -> NodeId:
        op = self.data.draw(st.sampled_from(self.ops))
        count = self.data.draw(st.integers(1, 3)) if op.is_variadic else op.arity
        operands = [self.node(depth - 1) for _ in range(count)]
        drawn = {p.name: self.data.draw(st.just(p.default) | SETTINGS[p.kind]) for p in op.params}
        return self.builder.apply(op, *operands, **drawn)

    def graph(self) -> Graph:
        for name in self.data.draw(st.sampled_from([[], ["h"], ["h", "loss"]])):
            self.names[self.apply(2)] = name
        output = self.apply(4)
        leaves = {n.name for n in self.builder.nodes if hasattr(n, "name")}
        values = st.dictionaries(st.sampled_from(sorted(leaves) or ["x"]), VALUES, max_size=2)
        defaults = {name: np.array(value) for name, value in self.data.draw(values).items()}
        return in_reading_order(self.builder.graph(output, self.names, defaults))


@pytest.mark.parametrize("notation", [formula, functions])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_printed_graph_reads_back_as_itself(notation, data):
    graph = _Drawing(data, list(public_ops())).graph()
    text = notation(graph)
    assert read(text).graph.same_as(graph), text


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_both_printers_take_any_graph(data):
    graph = _Drawing(data, list(gradviz.core.op.OPS.values())).graph()
    assert plain(graph)
    assert latex(graph).count("{") == latex(graph).count("}")


@pytest.mark.parametrize("notation", [formula, functions])
def test_a_shared_node_without_a_name_is_printed_once(notation):
    builder = GraphBuilder()
    node = builder.leaf("x")
    for _ in range(40):  # printed as a tree this would be 2⁴⁰ leaves
        node = builder.apply(gradviz.core.op.OPS["mul"], node, node)
    text = notation(builder.graph(node))
    again = read(text).graph
    assert len(again) == 41
    assert notation(again) == text


SNIPPETS = st.sampled_from(
    [
        *"xyzWbTe0123456789.,;:()[]{}|+-*/^@=<>_ \n²ᵀ√θσπ·×−≤'\"\\#$&!?%~",
        *["sin", "log", "softmax(", "max(", "sum(", "axis=0", "\\frac", "\\sqrt", "\\left(", "\\right)"],
        *["\\theta", "\\sum"],
        *["\\begin{pmatrix}", "\\end{pmatrix}", "\\\\", "\\mathbf{", "\\hat{y}", "**", "==", ".T", "^{", "_{"],
        *["[1, 2]", "1e9", "?", "f(x) = ", "f(a, b) = ", "f(", " with v = ", "g(x) = f(x) + 1\n", "f(x, 2)\n"],
    ]
)


def _reads_or_says_why(text):
    try:
        reading = read(text)
        whole = read_all(text)
    except FormulaError as error:
        _check_error(text, error)
    else:
        _check_reading(text, reading)
        _check_reading(text, whole)


def _check_error(text, error):
    assert error.message
    assert "\n" not in error.message
    if error.span is not None:
        assert caret(text, error.span).count("\n") == 1
        assert "^" in caret(text, error.span)


def _check_reading(text, reading):
    assert isinstance(reading, Reading)
    assert all(0 <= s.start <= s.stop <= len(text) for spans in reading.spans.values() for s in spans)
    for printed in (formula(reading.graph), functions(reading.graph)):
        assert read_all(printed).graph.same_as(reading.graph), printed


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_reading_or_an_error(text):
    _reads_or_says_why(text)


@settings(max_examples=1500, deadline=None)
@given(st.lists(SNIPPETS, max_size=25).map("".join))
def test_any_mixture_of_formula_pieces_is_a_reading_or_an_error(text):
    _reads_or_says_why(text)
