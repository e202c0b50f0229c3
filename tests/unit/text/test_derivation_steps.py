"""Derivations line by line: tied to edges, with shapes in words, ending at the numbers of the run, checked in LaTeX."""

import re
import sys
from functools import cache

import numpy as np
import pytest

from gradviz import parse
from gradviz.core.graph import Apply, Edge, Graph, Literal
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.project.examples import examples, load_example
from gradviz.session.session import Session
from gradviz.text import numbers, sympy_child
from gradviz.text.derivation import Derivation, derive, derive_by_node
from gradviz.text.derivation_line import Stage
from gradviz.text.sympy_child import Child, simplest

W = [[1.0, 2.0, -1.0], [0.5, -2.0, 3.0]]
LINEAR = {"W": W, "x": [1.0, -1.0, 2.0], "b": [0.1, -0.2], "y": [1.0, 2.0]}


@cache
def example_run(key: str) -> Trace:
    session = Session(project=load_example(key))
    graph = session.graph
    assert graph is not None
    return record(graph, session.values())


def parameters(key: str) -> list[str]:
    trace = example_run(key)
    return [name for name, node in trace.graph.leaves().items() if trace.adjoints[node] is not None][:3]


def values_of(trace: Trace) -> dict[str, np.ndarray]:
    return {name: trace.value(name) for name in trace.graph.leaves()}


EXAMPLES = [example.key for example in examples() if example_run(example.key).failure is None]


def well_formed(latex: str) -> bool:
    depth = 0
    for brace in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    brackets = len(re.findall(r"\\left(?![a-z])", latex)) == len(re.findall(r"\\right(?![a-z])", latex))
    begun = re.findall(r"\\(begin|end)\{(\w+\*?)\}", latex)
    return depth == 0 and brackets and [kind for kind, _ in begun].count("begin") * 2 == len(begun)


@pytest.mark.parametrize("key", EXAMPLES)
def test_the_derivation_of_an_example_ends_at_the_numbers_of_its_run(key: str) -> None:
    trace = example_run(key)
    for name in parameters(key)[:2]:
        found = derive(trace.graph, name, values_of(trace), compares=True)
        adjoint = trace.adjoint(name)
        assert found.value is not None
        np.testing.assert_array_equal(found.value, adjoint)
        last = [line for line in found.steps if line.stage is Stage.NUMBERS][-1:]
        assert all(line.equation.plain.endswith(numbers.typeset_value(adjoint)) for line in last)
        assert last or found.lines[-1] in ("= 1", "= 0")
        if np.all(np.isfinite(adjoint)):  # where a run saturates, the closed form may know more than it
            assert all(answer.relative < 1e-6 for answer in found.answers)
        assert len(found.answers) >= 2


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_line_of_an_example_is_well_formed_latex(key: str) -> None:
    trace = example_run(key)
    for name in parameters(key)[:1]:
        found = derive(trace.graph, name, values_of(trace))
        assert all(well_formed(line.equation.latex) for line in (*found.steps, *found.closing))
        align = found.as_align()
        assert well_formed(align)
        assert align.startswith("\\begin{align*}\n")
        rows = align.split("\n")[1:-1]
        assert all(row.count("&=") == 1 for row in rows if r"\ldots" not in row and "&" in row)


def edges_on_lines(found: Derivation) -> list[tuple[Edge, ...]]:
    return [line.edges for line in found.steps if line.stage is Stage.CHAIN]


def test_a_setting_in_brackets_is_no_equals_sign_of_the_align_environment() -> None:
    found = derive(parse("sum(sum(W x, axis=0)^2)"), "W", {"W": np.ones((2, 3)), "x": np.ones((3, 2))})
    first, *rest = found.as_align().splitlines()[1:-1]
    assert first.count("&") == 1
    assert re.search(r"\\right\) &= \\mathrm\{sum\}'", first)  # the & stands before the sign, outside of all brackets
    assert all(re.match(r"  (\\frac\{.*?\}\{.*?\} )?&= ", row) for row in rest)


def test_each_line_of_the_chain_rule_is_tied_to_its_edge() -> None:
    graph = parse("(y - (W x + b))^2")
    found = derive(graph, "W", {"W": 2, "x": 3, "b": 1, "y": 1})
    ops = [[getattr(graph.nodes[edge.target], "op").name for edge in edges] for edges in edges_on_lines(found)]  # noqa: B009
    assert ops == [[], ["sq"], ["sub"], ["add"], ["matmul"], ["sq", "sub", "add", "matmul"]]


def test_a_product_of_a_leaf_with_itself_has_two_edges() -> None:
    graph = parse("x * x")
    first = edges_on_lines(derive(graph, "x", {"x": 3.0}))[1]
    assert [edge.operand for edge in first] == [0, 1]


def test_the_words_of_a_fan_out_say_that_paths_are_added() -> None:
    found = derive(parse("h = a b\nh^2 + 3 h"), "a", {"a": 2.0, "b": 3.0})
    assert any("2 ways lead on" in line.words for line in found.steps)
    assert any("sum over the paths" in line.words for line in found.steps)
    assert found.lines[-1].endswith("= 36 + 9 = 45")


@pytest.mark.parametrize(
    ("formula", "leaf", "values", "shapes", "why"),
    [
        ("sum((y - (W x + b))^2)", "W", LINEAR, "(2,)·(3,)ᵀ → (2, 3)", "gᵢ·xⱼ"),
        ("sum((y - (W x + b))^2)", "x", LINEAR, "(2, 3)ᵀ·(2,) → (3,)", "Wᵀ·g"),
        ("sum(A @ B)", "A", {"A": W, "B": np.ones((3, 4))}, "(2, 4)·(3, 4)ᵀ → (2, 3)", "g·Bᵀ"),
        ("sum(A @ B)", "B", {"A": W, "B": np.ones((3, 4))}, "(2, 3)ᵀ·(2, 4) → (3, 4)", "Aᵀ·g"),
    ],
)
def test_matrices_say_their_shapes_and_why_there_is_a_transpose(
    formula: str, leaf: str, values: dict[str, object], shapes: str, why: str
) -> None:
    words = derive(parse(formula), leaf, values).steps
    (about,) = [line.words for line in words if line.stage is Stage.LOCAL and f"shape of {leaf}" in line.words]
    assert shapes in about
    assert why in about


def test_a_broadcast_operand_says_over_which_axis_its_contributions_are_summed() -> None:
    found = derive(parse("sum(X + b)"), "b", {"X": np.ones((4, 2)), "b": [1.0, 2.0]})
    assert any("summed over axis 0" in line.words for line in found.steps)


@pytest.mark.parametrize(
    ("leaf", "text"), [("b", "softmax(W·x + b)ⱼ − [y = j]"), ("W", "(softmax(W·x + b)ⱼ − [y = j])·x")]
)
def test_the_likelihood_of_a_class_comes_down_to_softmax_minus_one_for_the_class(leaf: str, text: str) -> None:
    values = {"W": W, "x": [0.1, -0.2, 0.3], "b": [0.1, -0.2], "y": 1}
    found = derive(parse("-log(softmax(W x + b)[y])"), leaf, values)
    assert f"(∂L/∂{leaf})ⱼ = {text}" in [line.equation.plain for line in found.closing]


def test_a_fixed_class_stays_a_bracket() -> None:
    found = derive(parse("-log(softmax(z)[2])"), "z", {"z": [0.1, 0.2, 0.3]})
    assert "softmax(z)ⱼ − [2 = j]" in found.closing[-1].equation.plain


def test_the_closed_form_at_the_point_is_the_same_number() -> None:
    found = derive(parse("(x^2)^2"), "x", {"x": 2.0})
    assert [line.equation.plain for line in found.closing] == ["∂L/∂x = 4x³", "= 4·2³ = 32"]


def test_all_ways_agree_on_the_fourth_power() -> None:
    found = derive(parse("(x^2)^2"), "x", {"x": 2.0}, compares=True)
    ways = {answer.way: float(answer.value) for answer in found.answers}
    assert ways["back-propagation"] == ways["closed form"] == ways["derivative as a graph"] == 32.0
    assert ways["differences"] == pytest.approx(32.0, rel=1e-10)


def by_op(graph: Graph, name: str) -> NodeId:
    return next(i for i in graph.node_ids() if isinstance(n := graph.nodes[i], Apply) and n.op.name == name)


def test_a_derivative_by_an_inner_node_is_its_adjoint() -> None:
    graph = parse("(y - (W x + b))^2")
    values = {"W": 2.0, "x": 3.0, "b": 1.0, "y": 1.0}
    trace = record(graph, values)
    for node_id in graph.node_ids():
        if isinstance(graph.nodes[node_id], Apply):
            assert derive_by_node(graph, node_id, values).value == trace.adjoints[node_id]


def test_a_derivative_by_an_inner_node_keeps_the_edges_of_the_graph() -> None:
    graph = parse("(y - (W x + b))^2")
    found = derive_by_node(graph, by_op(graph, "add"), {"W": 2.0, "x": 3.0, "b": 1.0, "y": 1.0})
    assert found.title.text == "∂L/∂v₂"
    assert set(edges_on_lines(found)[-1]) <= set(graph.edges())
    assert found.closed_form == "2(v₂ − y)"


def test_by_a_number_nothing_is_differentiated() -> None:
    graph = parse("3 x")
    number = next(i for i in graph.node_ids() if isinstance(graph.nodes[i], Literal))
    with pytest.raises(GraphError, match="number"):
        derive_by_node(graph, number, {"x": 1.0})


def test_a_long_formula_is_derived_in_a_moment_with_its_limits_in_words() -> None:
    graph = parse("\n".join(["h0 = x", *(f"h{i} = tanh(h{i - 1}) h{i - 1}" for i in range(1, 150)), "h149"]))
    found = derive(graph, "x", {"x": 0.9}, compares=True)
    assert any("paths" in note for note in found.notes)
    assert max(map(len, found.lines)) < 2000
    assert found.answers[1].relative < 1e-6


MUTE = "import time; print('ready', flush=True); time.sleep(600)"


def test_sympy_is_stopped_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child([sys.executable, "-c", MUTE])
    monkeypatch.setattr(sympy_child, "_CHILD", child)
    found = simplest(parse("(x^2)^2"), "x", seconds=0.05)
    assert found.form is None
    assert "stopped" in found.note
    child.close()


def test_a_child_that_has_ended_is_started_anew() -> None:
    child = Child([sys.executable, "-c", "print('ready', flush=True)"])
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011  # which one depends on whether it was still writing
            child.ask("{}", 5.0)
    child.close()


def test_sympy_answers_one_question_after_the_other() -> None:
    for power in ("x^2", "(x^2)^2"):
        found = simplest(parse(power), "x").form
        assert found is not None
        assert float(record(found, {"x": 2.0}).result) == {"x^2": 4.0, "(x^2)^2": 32.0}[power]
