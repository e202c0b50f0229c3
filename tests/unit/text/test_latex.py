"""Formulas as LaTeX."""

import pytest

from gradviz.core.graph import GraphBuilder
from gradviz.core.op import public_ops
from gradviz.lang.lower import read
from gradviz.text.latex import latex, latex_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(y-Wx)^2", r"\left(y - W x\right)^{2}"),
        ("a/b", r"\frac{a}{b}"),
        ("(a+b)/(c-d)", r"\frac{a + b}{c - d}"),
        ("(a/b)^2", r"\left(\frac{a}{b}\right)^{2}"),
        ("2 x", "2 x"),
        ("2*3", r"2 \cdot 3"),
        ("a (b+c)", r"a \cdot \left(b + c\right)"),
        ("x^(a+b)", "x^{a + b}"),
        ("sqrt(x+1)", r"\sqrt{x + 1}"),
        ("sigmoid(theta_1)", r"\sigma\left(\theta_{1}\right)"),
        ("sum(x^2) + 1", r"\sum x^{2} + 1"),
        ("2 sum(x + y)", r"2 \left(\sum \left(x + y\right)\right)"),
        ("a - cross_entropy(z, y)", r"a - \left(-\log\mathrm{softmax}\left(z\right)_{y}\right)"),
        ("(a+b)[y]", r"{\left(a + b\right)}_{y}"),
    ],
)
def test_a_formula_is_typeset(text, shown):
    assert latex(read(text).graph) == shown


def test_named_nodes_have_lines_of_their_own():
    assert latex_lines(read("h = tanh(x); h^2").graph) == (r"h = \tanh\left(x\right)", "h^{2}")


@pytest.mark.parametrize("op", list(public_ops()), ids=lambda op: op.name)
def test_every_op_can_be_typeset(op):
    ziamath = pytest.importorskip("ziamath")
    builder = GraphBuilder()
    leaves = [builder.leaf(name) for name in ("a", "b", "c")[: op.arity]]
    graph = builder.graph(builder.apply(op, *leaves))
    assert "<svg" in ziamath.Latex(latex(graph)).svg()
