"""Uses of functions as blocks: what flows through them as a whole."""

import numpy as np
import pytest

from gradviz.core.blocks import block_contribution, block_partial, collapsed, entering_edges, is_call, outer_blocks
from gradviz.core.record import record
from gradviz.lang.lower import read
from gradviz.lang.unparse import functions

NEURON = "neuron(w, x, b) = tanh(w x + b)\n"


def test_the_combined_derivative_of_a_neuron_is_that_of_mathematics() -> None:
    trace = record(read(NEURON + "neuron(w, x, b)^2").graph, {"w": 0.5, "x": 0.8, "b": -0.1})
    (block,) = outer_blocks(trace.graph)
    slope = 1 - np.tanh(0.3) ** 2
    found = [float(block_partial(trace, block, i)) for i in range(3)]
    assert found == pytest.approx([slope * 0.8, slope * 0.5, slope], rel=1e-12)


def test_all_paths_inside_are_summed() -> None:
    # f(x) = v·v + x with v = eˣ:  f′ = 2 e²ˣ + 1
    trace = record(read("f(x) = v * v + x with v = exp(x)\n3 f(z)").graph, {"z": 0.25})
    (block,) = outer_blocks(trace.graph)
    assert float(block_partial(trace, block, 0)) == pytest.approx(2 * np.exp(0.5) + 1, rel=1e-12)
    assert float(block_contribution(trace, block, 0)) == pytest.approx(3 * (2 * np.exp(0.5) + 1), rel=1e-12)


def test_one_node_on_two_operands_has_two_derivatives() -> None:
    trace = record(read("f(a, b) = a * sq(b)\nf(x, x)").graph, {"x": 3})
    (block,) = outer_blocks(trace.graph)
    assert [float(block_partial(trace, block, i)) for i in (0, 1)] == [9, 18]
    assert [len(edges) for edges in entering_edges(trace.graph, block)] == [1, 1]


def test_elementwise_blocks_have_elementwise_derivatives() -> None:
    x = np.array([0.1, -0.4])
    trace = record(read("f(x) = sq(sin(x))\nsum(f(x))").graph, {"x": x})
    (block,) = outer_blocks(trace.graph)
    assert block_partial(trace, block, 0) == pytest.approx(2 * np.sin(x) * np.cos(x), rel=1e-12)


def test_other_blocks_have_a_jacobian() -> None:
    W, x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0.1, -0.2])
    trace = record(read("f(W, x) = 2 * (W @ x)\nsum(f(W, x))").graph, {"W": W, "x": x})
    (block,) = outer_blocks(trace.graph)
    assert block_partial(trace, block, 1) == pytest.approx(2 * W, rel=1e-12)
    jacobian = block_partial(trace, block, 0)
    assert jacobian.shape == (3, 3, 2)
    assert jacobian[1, 1] == pytest.approx(2 * x, rel=1e-12)


def test_a_block_behind_an_open_port_has_no_derivative() -> None:
    trace = record(read(NEURON + "neuron(?, x, b)").graph, {"x": 1, "b": 2})
    (block,) = outer_blocks(trace.graph)
    assert block_partial(trace, block, 1) is None
    assert block_contribution(trace, block, 1) is None


def test_only_the_outermost_blocks_are_collapsed() -> None:
    graph = read(NEURON + "layer(x) = neuron(1, x, b) + neuron(2, x, b)\nlayer(layer(y))").graph
    assert [block.name for block in outer_blocks(graph)] == ["layer", "layer"]
    assert len(graph.blocks) == 6
    small = collapsed(graph).graph
    assert sum(is_call(node) for node in small.nodes) == 2


def test_blocks_that_leave_the_graph_leave_no_trace() -> None:
    graph = read(NEURON + "neuron(1, x, b)\ny^2").graph
    assert graph.blocks == ()
    assert functions(graph).splitlines()[-1] == "sq(y)"
