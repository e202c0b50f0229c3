"""Random graphs with heavy sharing: all ways to a gradient agree, and agree with another program."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from gradviz.core.compile import compile
from gradviz.core.gradcheck import check
from gradviz.core.graph import Leaf, Literal
from gradviz.core.record import record
from gradviz.core.symbolic import gradient_graphs
from property.random_graphs import TWINS, Case, graphs

HUNDREDS = graphs(least=150, most=300, twins=TWINS)
"""Two or three nodes an op: 300 to 1,000 nodes."""


@given(graphs(twins=TWINS))
@settings(max_examples=60, deadline=None)
def test_compiled_and_symbolic_gradients_equal_the_recorded_ones(case: Case) -> None:
    trace = record(case.graph, case.values)
    value, gradients = compile(case.graph, **case.values)(case.values)
    np.testing.assert_allclose(value, trace.result, rtol=1e-12, atol=1e-14)
    symbolic = gradient_graphs(case.graph, {name: np.shape(value) for name, value in case.values.items()})
    for name, gradient in trace.gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-13)
        derivative = record(symbolic[name], {leaf: case.values[leaf] for leaf in symbolic[name].leaves()})
        np.testing.assert_allclose(derivative.result, gradient, rtol=1e-12, atol=1e-13)


@given(graphs(most=15))
@settings(max_examples=30, deadline=None)
def test_recorded_gradients_equal_differences(case: Case) -> None:
    for name, found in check(case.graph, case.values).items():
        assert found.has_passed, f"{name}: {found.verdict}, {found.relative_error}"


@given(HUNDREDS)
@settings(max_examples=8, deadline=None)
def test_both_executors_agree_on_graphs_of_hundreds_of_nodes(case: Case) -> None:
    assert len(case.graph) >= 300
    assert max(len(edges) for edges in case.graph.uses().values()) >= 3  # shared heavily
    trace = record(case.graph, case.values)
    value, gradients = compile(case.graph, **case.values)(case.values)
    np.testing.assert_allclose(value, trace.result, rtol=1e-12, atol=1e-13)
    for name, gradient in trace.gradients.items():
        scale = max(1.0, float(np.max(np.abs(gradient))))
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-13 * scale)


def _another_program() -> dict[str, Any]:
    import autograd.numpy as anp

    return {
        "add": anp.add, "sub": anp.subtract, "mul": anp.multiply, "div": anp.divide, "neg": anp.negative,
        "sq": anp.square, "pow": anp.power, "exp": anp.exp, "tanh": anp.tanh, "sin": anp.sin, "cos": anp.cos,
        "maximum": anp.maximum, "atan2": anp.arctan2,
        "sigmoid": lambda x: 1 / (1 + anp.exp(-x)), "softplus": lambda x: anp.log1p(anp.exp(x)),
    }  # fmt: skip


@pytest.mark.oracle
@given(HUNDREDS)
@settings(max_examples=150, deadline=None)
def test_gradients_equal_those_of_autograd(case: Case) -> None:
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    functions = _another_program()

    def total(given: dict[str, np.ndarray]) -> Any:
        made: list[Any] = []
        for node in case.graph.nodes:
            match node:
                case Leaf():
                    made.append(given[node.name])
                case Literal():
                    made.append(node.value)
                case _:
                    made.append(functions[node.op.name](*(made[operand] for operand in node.operands)))
        return anp.sum(made[-1])

    assert len(case.graph) >= 300
    expected = autograd.grad(total)(case.values)
    for name, gradient in record(case.graph, case.values).gradients.items():
        scale = max(1.0, float(np.max(np.abs(expected[name]))))
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-10, atol=1e-12 * scale)
