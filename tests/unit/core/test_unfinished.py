"""Unfinished graphs: what can be computed is computed, the rest is blank, and what needs a finished graph says so."""

import pytest

from gradviz.core.compile import compile
from gradviz.core.graph import Hole
from gradviz.core.record import evaluate, record
from gradviz.core.symbolic import gradient_graphs
from gradviz.core.trace import StepKind
from gradviz.errors import GraphError
from gradviz.lang.lower import read, read_all


def test_what_depends_on_an_open_port_is_blank_and_the_rest_is_computed():
    graph = read("sq(x) - ?").graph
    trace = record(graph, {"x": 3})
    assert trace.values == (3, 9, None, None)
    assert [step.kind for step in trace.steps] == [StepKind.EVALUATE, StepKind.EVALUATE]
    assert not trace.is_complete


def test_a_blank_output_gives_no_gradient_and_says_which_operand_is_missing():
    trace = record(read("(y - ?)^2").graph, {"y": 1})
    assert trace.adjoints == (None,) * 4
    with pytest.raises(GraphError, match=r"sub has an open port: give it a second operand"):
        _ = trace.gradients
    with pytest.raises(GraphError, match=r"sub has an open port"):
        _ = trace.result


@pytest.mark.parametrize(
    "use",
    [
        lambda graph: compile(graph, x=1.0),
        lambda graph: gradient_graphs(graph, {"x": ()}),
        lambda graph: evaluate(graph, {"x": 1.0}),
    ],
)
def test_an_unfinished_graph_is_refused_in_words(use):
    with pytest.raises(GraphError, match="tanh has an open port: give it an operand") as raised:
        use(read("x + tanh(?)").graph)
    assert isinstance(raised.value.node, int)


def test_a_loose_part_is_evaluated_and_not_differentiated():
    graph = read_all("sq(x)\n3 x").graph
    trace = record(graph, {"x": 2})
    loose = next(i for i, value in enumerate(trace.values) if value == 4)
    assert trace.result == 6
    assert trace.gradients == {"x": 3}
    assert trace.adjoints[loose] is None


def test_a_failing_loose_part_does_not_end_the_run():
    graph = read_all("W @ [1, 2, 3]\nx^2").graph
    trace = record(graph, {"W": [[1, 2], [3, 4]], "x": 3})
    assert trace.failure is None
    assert trace.gradients == {"x": 6}
    assert [type(error).__name__ for error in trace.loose_failures.values()] == ["ShapeError"]


def test_each_open_port_is_a_node_of_its_own():
    graph = read("? + ?").graph
    assert [type(node) for node in graph.nodes[:2]] == [Hole, Hole]
