"""What a formula means: precedence, names, several lines, ops by their notation."""

import numpy as np
import pytest

from gradviz.core.graph import Apply, Leaf, Literal
from gradviz.core.record import record
from gradviz.errors import Span
from gradviz.lang.lower import read
from gradviz.lang.unparse import functions


def meaning(text, declared=()):
    return functions(read(text, declared).graph)


def value(text, **values):
    return record(read(text).graph, values).value(read(text).graph.output)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("(x^2)^2", "sq(sq(x))"),
        ("(y - (W x + b))^2", "sq(sub(y, add(matmul(W, x), b)))"),
        ("Wx + b", "add(matmul(W, x), b)"),
        ("2x", "mul(2, x)"),
        ("x*y", "mul(x, y)"),
        ("x × y", "mul(x, y)"),
        ("x·y", "matmul(x, y)"),
        ("x @ y", "matmul(x, y)"),
        ("3(a+b)", "mul(3, add(a, b))"),
        ("(x+y)z", "matmul(add(x, y), z)"),
        ("1/2 (a-b)^2", "mul(div(1, 2), sq(sub(a, b)))"),
        ("a/b c", "matmul(div(a, b), c)"),
        ("a - b - c", "sub(sub(a, b), c)"),
        ("a/b/c", "div(div(a, b), c)"),
        ("2x^2 y", "matmul(mul(2, sq(x)), y)"),
    ],
)
def test_products_are_read_left_to_right_with_the_rank_of_times(text, means):
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("-x^2", "neg(sq(x))"),
        ("2^-x", "pow(2, neg(x))"),
        ("2^3^x", "pow(2, pow(3, x))"),
        ("x**3", "pow(x, 3)"),
        ("-2", "-2"),
        ("-2^2", "neg(sq(2))"),
        ("-(2)", "neg(2)"),
        ("a - -b", "sub(a, neg(b))"),
        ("-a b", "matmul(neg(a), b)"),
        ("x^2 y^2", "matmul(sq(x), sq(y))"),
        ("x^0.5", "pow(x, 0.5)"),
    ],
)
def test_power_binds_tighter_than_minus_and_to_the_right(text, means):
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("-log(softmax(z))[2]", "neg(log(softmax(z))[2])"),
        ("x[1:]", "x[1:]"),
        ("x[-1, ::2]", "x[-1, ::2]"),
        ("v[y]", "take(v, y)"),
        ("v[y + 1]", "take(v, add(y, 1))"),
        ("W.T x", "matmul(transpose(W), x)"),
        ("W^T x", "matmul(transpose(W), x)"),
        ("softmax(z)_2", "softmax(z)[2]"),
        ("softmax(z)₂", "softmax(z)[2]"),
        ("2 [1, 2]", "mul(2, [1, 2])"),
    ],
)
def test_calls_and_indices_bind_tightest(text, means):
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("x²", "sq(x)"),
        ("x⁻¹", "pow(x, -1)"),
        ("θ x", "matmul(theta, x)"),
        ("x − 1", "sub(x, 1)"),
        ("σ(x)", "sigmoid(x)"),
        ("σ x", "matmul(sigma, x)"),
        ("√(x+1) y", "matmul(sqrt(add(x, 1)), y)"),
        ("√x²", "sqrt(sq(x))"),
        ("x₁ + x_1", "add(x_1, x_1)"),
        ("|x − 1|", "abs(sub(x, 1))"),
        ("a ≤ b", "less_equal(a, b)"),
        ("𝑥 + x", "add(x, x)"),
        ("Σ (y-x)^2 + 1", "add(sum(sq(sub(y, x))), 1)"),
    ],
)
def test_unicode_is_read_as_people_type_it(text, means):
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("max(a)", "max(a)"),
        ("max(a, b)", "maximum(a, b)"),
        ("min(a, b)", "minimum(a, b)"),
        ("square(x)", "sq(x)"),
        ("ln(x)", "log(x)"),
        ("where(x > 0, a, b)", "where(greater(x, 0), a, b)"),
        ("sum(x, axis=0)", "sum(x, axis=0)"),
        ("sum(x, axis=-1, keepdims=true)", "sum(x, axis=-1, keepdims=true)"),
        ("reshape(x, (2, 3))", "reshape(x, shape=(2, 3))"),
        ("reshape(x, shape=[6])", "reshape(x, shape=[6])"),
        ("[a, b]", "stack(a, b)"),
        ("[[1,2],[3,4]] x", "matmul([[1, 2], [3, 4]], x)"),
        ("log 2x + 1", "add(log(mul(2, x)), 1)"),
        ("sin² x", "sq(sin(x))"),
        ("sin x cos y", "matmul(sin(x), cos(y))"),
    ],
)
def test_functions_lists_and_settings(text, means):
    assert meaning(text) == means


@pytest.mark.parametrize(
    ("text", "declared", "means"),
    [
        ("Wx", (), "matmul(W, x)"),
        ("Wx", ("Wx",), '"Wx"'),
        ("W1x", (), "matmul(W1, x)"),
        ("w_1 x_1", (), "matmul(w_1, x_1)"),
        ("w_1x_1", (), "matmul(w_1, x_1)"),
        ("x_iy_i", (), "matmul(x_i, y_i)"),
        ("theta", (), "theta"),
        ("2theta1", (), "mul(2, theta1)"),
        ("ratex", ("rate",), 'matmul("rate", x)'),
        ("rate", ("rate", "r"), '"rate"'),
        ("xsin(y)", (), "matmul(x, sin(y))"),
        ("y_hat", (), "y_hat"),
        ("θx", ("theta",), "matmul(theta, x)"),
    ],
)
def test_a_run_of_letters_is_read_by_what_is_declared(text, declared, means):
    assert meaning(text, declared) == means


def test_a_split_run_is_told():
    assert "`Wx` is read as W·x" in read("Wx + b").notes


def test_a_cyrillic_letter_beside_its_latin_twin_is_told():
    reading = read("х + x")  # the first one is Cyrillic
    assert len(reading.graph.leaves()) == 2
    assert any("looks like the Latin x" in note for note in reading.notes)


def test_pi_is_a_number_unless_declared():
    assert value("π") == np.pi
    assert isinstance(read("pi", ("pi",)).graph.nodes[0], Leaf)


def test_e_to_a_variable_is_exp_and_said_so_unless_e_is_a_name():
    assert meaning("e^-x") == "exp(neg(x))"
    assert any("exp" in note for note in read("e^-x").notes)
    assert meaning("e^2") == "sq(e)"
    assert "exp" not in meaning("e = a + 1; e^x")


def test_a_name_used_twice_is_one_node():
    graph = read("h = tanh(x)\nh^2 + h").graph
    assert graph.names == {1: "h"}
    assert sum(isinstance(node, Apply) and node.op.name == "tanh" for node in graph.nodes) == 1


def test_a_literal_line_declares_a_leaf_with_a_default():
    graph = read("x = 2\nW = [[1, 2], [3, 4]]\n(W x)^2").graph
    assert float(graph.defaults["x"]) == 2
    assert graph.defaults["W"].tolist() == [[1, 2], [3, 4]]
    assert not any(isinstance(node, Literal) for node in graph.nodes)


def test_a_value_may_stand_below_the_formula():
    assert functions(read("x^2; x = 3").graph) == "x = 3\nsq(x)"


def test_an_unused_line_is_told():
    assert "k is not used" in read("k = a + 1; x^2").notes


def test_arguments_left_of_the_equals_sign_are_read_over():
    graph = read("L(θ) = (y - θ x)^2").graph
    assert graph.names == {graph.output: "L"}


def test_a_line_goes_on_after_an_operator_and_inside_brackets():
    assert meaning("a +\nb") == "add(a, b)"
    assert meaning("sum(\n  a\n)") == "sum(a)"


def test_a_comment_is_read_over():
    assert meaning("x^2  # the square") == "sq(x)"


def test_a_reused_name_means_the_new_node_from_there_on():
    text = (  # the README of micrograd
        "c=a+b; d=ab+b^3; c=c+c+1; c=c+1+c-a; d=d+2d+relu(b+a); d=d+3d+relu(b-a); e=c-d; f=e^2; g=f/2+10/f"
    )
    trace = record(read(text).graph, {"a": -4.0, "b": 2.0})
    assert float(trace.value("g")) == pytest.approx(24.7041, abs=5e-5)
    assert float(trace.gradients["a"]) == pytest.approx(138.8338, abs=5e-5)
    assert float(trace.gradients["b"]) == pytest.approx(645.5773, abs=5e-5)


def test_a_declared_leaf_may_be_redefined_by_itself():
    trace = record(read("x = x + 1; x^2", ("x",)).graph, {"x": 2.0})
    assert float(trace.value(trace.graph.output)) == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9^9^9^9", np.inf), ("1e400", np.inf), ("9" * 5000, np.inf), ("2^10", 1024.0), ("7/2", 3.5), ("0^0", 1.0)],
)
def test_numbers_are_floats(text, expected):
    assert value(text) == expected


def test_spans_say_where_each_node_stands():
    reading = read("(x + 1) x")
    leaf = reading.graph.leaves()["x"]
    assert reading.spans[leaf] == (Span(1, 2), Span(8, 9))
    assert reading.spans[reading.graph.output] == (Span(0, 9),)
    assert reading.node_at(8) == leaf
