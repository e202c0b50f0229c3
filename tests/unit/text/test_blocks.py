"""Blocks in mathematics: definition, combined local derivative, how often they are used."""

import math

import pytest

from gradviz.core.graph import Graph
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.project.project import project_from_formula
from gradviz.text.blocks import block_lines, definition_line, used

SIGMOID = "sig(z) = 1/(1+exp(-z))\n(sig(w x) - sig(v))^2"


def run(formula: str, **values: object) -> tuple[Graph, Trace]:
    reading = project_from_formula(formula).reading
    assert reading is not None
    return reading.graph, record(reading.graph, values)


def test_a_definition_is_written_as_on_paper() -> None:
    graph, _ = run(SIGMOID, w=1, x=0, v=2)
    assert definition_line(graph.functions["sig"]).plain == "sig(z) = 1/(1 + exp(−z))"


def test_a_sigmoid_of_four_operations_has_its_whole_derivative_in_symbols_and_numbers() -> None:
    graph, trace = run(SIGMOID, w=1, x=0, v=2)
    block = next(block for block in graph.blocks if block.name == "sig")
    (line,) = block_lines(trace, block)
    left, form, number = line.plain.split(" = ")
    assert left == "∂sig/∂z"
    assert float(number) == 0.25  # σ'(0)
    assert "z" in form
    assert "exp" in form


def test_a_derivative_by_an_array_is_given_in_numbers() -> None:
    graph, trace = run("f(u) = sum(u * u)\nf(v)", v=[1, 2, 3])
    (line,) = block_lines(trace, graph.blocks[0])
    assert line.plain.endswith("[2, 4, 6]")


def test_uses_are_counted() -> None:
    graph, _ = run(SIGMOID, w=1, x=0, v=2)
    assert used(graph, "sig") == "used 2 times"


def test_leaves_of_the_formula_inside_a_function_count_with_their_values() -> None:
    graph, trace = run("f(u) = k tanh(u)\nf(x) + k", x=0.5, k=3)
    line = next(line for line in block_lines(trace, graph.blocks[0]) if line.plain.startswith("∂f/∂u"))
    assert float(line.plain.split(" = ")[-1]) == pytest.approx(3 * (1 - math.tanh(0.5) ** 2), rel=1e-4)
