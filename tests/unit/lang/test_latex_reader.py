"""LaTeX as it is pasted from slides."""

import pytest

from gradviz.errors import FormulaError
from gradviz.lang.lower import read
from gradviz.lang.unparse import functions


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (r"\frac{a}{b}", "div(a, b)"),
        (r"\frac12 x", "mul(div(1, 2), x)"),
        (r"\frac{1}{1+e^{-x}}", "div(1, add(1, exp(neg(x))))"),
        (r"\left(y - (\mathbf{W} x + b)\right)^{2}", "sq(sub(y, add(matmul(W, x), b)))"),
        (r"\log \sigma(x)", "log(sigmoid(x))"),
        (r"\theta^2 \cdot x", "matmul(sq(theta), x)"),
        (r"x \times y", "mul(x, y)"),
        (r"\sqrt{x+1}", "sqrt(add(x, 1))"),
        (r"\sqrt[3]{x}", "pow(x, div(1, 3))"),
        (r"\exp(-\theta x)", "exp(matmul(neg(theta), x))"),
        (r"-\log \operatorname{softmax}(W x + b)_{y}", "neg(log(take(softmax(add(matmul(W, x), b)), y)))"),
        (r"\mathrm{rate} \, x", 'matmul("rate", x)'),
        (r"\hat{y} - y_{1}", "sub(y_hat, y_1)"),
        (r"\mathbf{w}^\top \mathbf{x}", "matmul(transpose(w), x)"),
        (r"W^{\top} x", "matmul(transpose(W), x)"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} x", "matmul([[1, 2], [3, 4]], x)"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "[1, 2]"),
        (r"\sin^{2} x", "sq(sin(x))"),
        (r"\left| x \right|", "abs(x)"),
        (r"\sum (y - x)^2", "sum(sq(sub(y, x)))"),
        (r"$x^2$", "sq(x)"),
        (r"\max(a, b)", "maximum(a, b)"),
        (r"\tfrac{1}{2} \lVert x \rVert", "mul(div(1, 2), norm(x))"),
    ],
)
def test_latex_means_what_it_shows(text, means):
    assert functions(read(text).graph) == means


def test_an_aligned_environment_is_several_lines():
    text = r"\begin{aligned} h &= \tanh(x) \\ L &= h^2 \end{aligned}"
    assert functions(read(text).graph) == "h = tanh(x)\nL = sq(h)"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (r"\sum_{i=1}^{n} x_i", "sum with an index"),
        (r"\int x", "integral"),
        (r"\partial x", "derives by itself"),
        (r"\frac{a}", "lacks its denominator"),
        (r"\frac", "lacks an argument"),
        (r"\frac{a}{b", "never closed"),
        ("a}", "closes nothing"),
        (r"\log_2 x", "log(x)/log(2)"),
        (r"\foo", r"unknown command \foo"),
        (r"\begin{cases} x \end{cases}", "can't be read"),
        (r"\left( x", "never closed"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text, what):
    with pytest.raises(FormulaError) as caught:
        read(text)
    assert what in caught.value.message
    assert caught.value.span is not None
