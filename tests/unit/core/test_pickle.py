"""A graph goes to another process, where its ops are the ones declared there."""

import pickle
import subprocess
import sys

import pytest

from gradviz import parse
from gradviz.core.op import OPS
from gradviz.core.record import record

FORMULA = "h = tanh(W x + b)\nsum((y - h)^2, axis=0)\nb = [1, 2]"


def test_graph_comes_back_from_pickle_the_same() -> None:
    graph = parse(FORMULA)

    assert pickle.loads(pickle.dumps(graph)).same_as(graph)


def test_trace_comes_back_with_all_its_numbers_and_nothing_in_it_can_be_written() -> None:
    trace = record(parse("h = W x\nsum(h^2)", W=None, x=None), {"W": [[1.0, 2.0]], "x": [3.0, 4.0]})

    found = pickle.loads(pickle.dumps(trace))

    assert found.graph.same_as(trace.graph)
    assert found.gradients["W"].tolist() == [[66.0, 88.0]]
    assert [step.kind for step in found.steps] == [step.kind for step in trace.steps]
    assert found.contributions.keys() == trace.contributions.keys()
    with pytest.raises(ValueError, match="read-only"):
        found.value("W")[0, 0] = 7.0
    with pytest.raises(TypeError):
        found.contributions[(0, 0)] = 1.0


def test_failed_trace_keeps_its_reason() -> None:
    found = pickle.loads(pickle.dumps(record(parse("inverse(A)"), {"A": [[1.0, 1.0], [1.0, 1.0]]})))

    assert found.failure.message == "the matrix is singular: it has no inverse"
    assert found.failure.node == 1


def test_ops_of_a_graph_from_pickle_are_the_declared_ones() -> None:
    graph = pickle.loads(pickle.dumps(parse("tanh(x)")))

    assert graph.nodes[graph.output].op is OPS["tanh"]


def test_graph_can_be_read_by_a_process_that_has_imported_nothing() -> None:
    program = "import pickle, sys; print(len(pickle.load(sys.stdin.buffer)))"

    answer = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(parse("(x^2)^2")), capture_output=True, check=True
    )

    assert int(answer.stdout) == len(parse("(x^2)^2"))
