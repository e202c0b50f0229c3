"""Random graphs with heavy sharing: all ways to a gradient agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.compile import compile
from gradviz.core.gradcheck import check
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.symbolic import gradient_graphs

SMOOTH = ["add", "sub", "mul", "neg", "sq", "tanh", "sigmoid", "sin", "cos", "softplus"]


@st.composite
def graphs(draw: st.DrawFn, size: int = 40) -> tuple[Graph, dict[str, np.ndarray]]:
    """A graph of smooth bounded ops whose operands are drawn from the last few nodes, so that nodes are shared."""
    shape = draw(st.sampled_from([(), (3,), (2, 3)]))
    builder = GraphBuilder()
    names = ["a", "b", "c"]
    nodes = [builder.leaf(name) for name in names]
    for _ in range(draw(st.integers(1, size))):
        op = OPS[draw(st.sampled_from(SMOOTH))]
        operands = [nodes[-1 - draw(st.integers(0, min(5, len(nodes) - 1)))] for _ in range(op.arity)]
        nodes.append(builder.apply(OPS["tanh"], builder.apply(op, *operands)))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    graph = builder.graph(nodes[-1])
    kinds = {"a": shape, "b": shape[-1:], "c": ()}
    return graph, {name: random.uniform(-1, 1, kinds[name]) for name in graph.leaves()}


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_compiled_and_symbolic_gradients_equal_the_recorded_ones(case: tuple[Graph, dict[str, np.ndarray]]) -> None:
    graph, values = case
    trace = record(graph, values)
    value, gradients = compile(graph, **values)(values)
    np.testing.assert_allclose(value, trace.result, rtol=1e-12, atol=1e-15)
    symbolic = gradient_graphs(graph, {name: np.shape(value) for name, value in values.items()})
    for name, gradient in trace.gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-15)
        derivative = record(symbolic[name], {leaf: values[leaf] for leaf in symbolic[name].leaves()})
        np.testing.assert_allclose(derivative.result, gradient, rtol=1e-12, atol=1e-15)


@given(graphs(size=15))
@settings(max_examples=30, deadline=None)
def test_recorded_gradients_equal_differences(case: tuple[Graph, dict[str, np.ndarray]]) -> None:
    graph, values = case
    for name, found in check(graph, values).items():
        assert found.has_passed, f"{name}: {found.verdict}, {found.relative_error}"


@pytest.mark.oracle
@given(graphs(size=150))
@settings(max_examples=200, deadline=None)
def test_gradients_equal_those_of_autograd(case: tuple[Graph, dict[str, np.ndarray]]) -> None:
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    graph, values = case
    functions = {
        "add": anp.add, "sub": anp.subtract, "mul": anp.multiply, "neg": anp.negative, "sq": anp.square,
        "tanh": anp.tanh, "sin": anp.sin, "cos": anp.cos,
        "sigmoid": lambda x: 1 / (1 + anp.exp(-x)), "softplus": lambda x: anp.log1p(anp.exp(x)),
    }  # fmt: skip

    def total(given: dict[str, np.ndarray]) -> float:
        made: list[object] = []
        for node in graph.nodes:
            made.append(
                given[node.name]
                if hasattr(node, "name")
                else functions[node.op.name](*(made[o] for o in node.operands))
            )
        return anp.sum(made[-1])

    expected = autograd.grad(total)(values)
    for name, gradient in record(graph, values).gradients.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-10, atol=1e-13)
