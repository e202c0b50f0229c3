"""Every op says everything that people read about it, and everything that follows from its declaration works."""

import re
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradviz
from conformance.cases import Case, cases_of, every_case, uneven
from gradviz.core.compile import compile
from gradviz.core.expr import Tape
from gradviz.core.gradcheck import Verdict, check
from gradviz.core.op import OPS, Op, public_ops
from gradviz.core.record import record
from gradviz.core.symbolic import backward, replay
from gradviz.lang.names import function_names
from gradviz.lang.unparse import formula, functions
from gradviz.text.explain import explain_all
from gradviz.text.latex import latex
from gradviz.text.plain import plain

ASKED = """
    add sub mul div neg pow sq sqrt cbrt exp expm1 log log1p log2 log10
    sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    abs sign floor clip maximum minimum max min where less less_equal greater greater_equal equal not_equal
    sigmoid relu leaky_relu elu gelu silu softplus
    matmul dot outer transpose reshape concat stack index take one_hot
    sum mean prod var std logsumexp norm softmax log_softmax cross_entropy mse huber hinge
    inverse solve det trace conv1d conv2d max_pool1d max_pool2d mean_pool1d mean_pool2d
"""

each_op = pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
each_public_op = pytest.mark.parametrize("op", list(public_ops()), ids=lambda op: op.name)
FIRST = [next(cases_of(op)) for op in OPS.values()]
each_first_case = pytest.mark.parametrize("case", FIRST, ids=[case.label for case in FIRST])


def test_every_op_that_was_asked_for_is_there() -> None:
    assert set(ASKED.split()) <= {op.name for op in public_ops()}


@each_op
def test_op_says_what_it_does_and_what_flows_back(op: Op) -> None:
    assert op.examples
    for words in (op.help.summary, op.help.derivative, op.help.source):
        assert words.endswith("."), words
    assert not op.help.kinks or op.help.kinks.endswith(".")
    assert op.group


@each_public_op
def test_public_op_has_a_card_and_a_name_in_formulas(op: Op) -> None:
    assert (
        op.notation.card or op.notation.plain or op.name in ("max_pool1d", "max_pool2d", "mean_pool1d", "mean_pool2d")
    )
    assert function_names()[op.name] == op.name


@pytest.mark.parametrize("alias", sorted(function_names()))
def test_every_name_of_a_function_is_read_as_its_op(alias: str) -> None:
    op = OPS[function_names()[alias]]
    case = next(cases_of(op))
    settings = "".join(f", {key}={_setting(value)}" for key, value in case.attrs)
    graph = gradviz.parse(f"{alias}({', '.join(case.names)}{settings})", **dict.fromkeys(case.names))
    np.testing.assert_array_equal(record(graph, case.values).result, record(case.graph(), case.values).result)


def _setting(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value).lower()


@pytest.mark.parametrize("case", [case for case in FIRST if case.op.is_public], ids=lambda case: case.label)
def test_both_notations_are_read_back_as_the_same_graph(case: Case) -> None:
    for text in (formula(case.graph()), functions(case.graph())):
        assert gradviz.parse(text, **dict.fromkeys(case.names)).same_as(case.graph()), text


@each_first_case
def test_op_is_written_in_plain_text_and_in_latex(case: Case) -> None:
    typeset = latex(case.graph())
    for i in range(len(case.operands)):
        assert f"x_{{{i}}}" in typeset
        assert f"x{chr(0x2080 + i)}" in plain(case.graph())
        typeset = typeset.replace(f"x_{{{i}}}", "")
    assert typeset.count("{") == typeset.count("}")
    assert not re.search(r"\{[01]\}", typeset), "a place of the pattern was not filled"


@each_first_case
def test_every_step_is_explained(case: Case) -> None:
    trace = record(case.graph(), case.values)
    assert trace.failure is None
    for explanation in explain_all(trace):
        assert explanation.title
        assert explanation.sentence.endswith((".", "!", "?")), explanation.sentence
        assert explanation.equations


TWICE = [
    case
    for op in OPS.values()
    for case in list(cases_of(op))[:3]
    if any(op.is_differentiable_by(i) for i in range(len(case.operands)))
    and case.label
    != "det-example1"  # a singular matrix: the slope of its cofactors is not computed, as their help says
]


@every_case(TWICE)
def test_second_derivative_agrees_with_differences_of_the_first(case: Case) -> None:
    """The gradient of Σ w · op is a graph again; its own gradient, weighed unevenly, is checked by differences."""
    tape = Tape()
    output = replay(tape, case.graph(), {name: value.shape for name, value in case.values.items()})[-1]
    leaves = [tape.leaf(name, case.values[name].shape) for name in case.differentiable()]
    total = tape.literal(0.0)
    for gradient in backward(output, leaves, tape.lift(uneven(output.shape))):
        total = total + OPS["sum"](gradient * uneven(gradient.shape))
    graph = tape.graph(total)
    present = {name: case.values[name] for name in graph.leaves()}
    wanted = [name for name in case.differentiable() if name in present]
    if case.op.kink is None or not np.any(
        case.op.kink(record(case.graph(), case.values).result, *case.operands, **dict(case.attrs))
    ):
        for name, found in check(graph, present, wrt=wanted).items():
            assert found.has_passed, f"{name}: {found.verdict}, relative error {found.relative_error}"
    trace = record(graph, present, wrt=wanted)
    for name, gradient in compile(graph, wanted, **present)(present)[1].items():
        np.testing.assert_allclose(gradient, trace.gradients[name], rtol=1e-11, atol=1e-13)


@each_first_case
def test_a_rule_that_is_off_by_a_ten_thousandth_is_called_wrong(case: Case) -> None:
    rules = tuple(None if rule is None else _off(rule) for rule in case.op.vjps)
    wrong = Case(replace(case.op, vjps=rules), case.operands, case.attrs, case.label)
    for name, found in check(wrong.weighted_loss(), wrong.values, wrt=wrong.differentiable()).items():
        assert found.kind is (Verdict.WRONG if np.any(found.backward) else Verdict.RIGHT), f"{name}: {found.verdict}"


def _off(rule: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *operands, **settings: rule(*operands, **settings) * 1.0001


def test_page_of_operations_says_what_the_declarations_say() -> None:
    docs = Path(__file__).parents[2] / "docs"
    written = runpy.run_path(str(docs / "make_operations.py"))["page"]()
    assert (docs / "operations.md").read_text("utf-8") == written, "run python docs/make_operations.py"
