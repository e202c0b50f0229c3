"""A graph goes to another process, where its ops are the ones declared there."""

import pickle
import subprocess
import sys

from gradviz import parse
from gradviz.core.op import OPS

FORMULA = "h = tanh(W x + b)\nsum((y - h)^2, axis=0)\nb = [1, 2]"


def test_graph_comes_back_from_pickle_the_same() -> None:
    graph = parse(FORMULA)

    assert pickle.loads(pickle.dumps(graph)).same_as(graph)


def test_ops_of_a_graph_from_pickle_are_the_declared_ones() -> None:
    graph = pickle.loads(pickle.dumps(parse("tanh(x)")))

    assert graph.nodes[graph.output].op is OPS["tanh"]


def test_graph_can_be_read_by_a_process_that_has_imported_nothing() -> None:
    program = "import pickle, sys; print(len(pickle.load(sys.stdin.buffer)))"

    answer = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(parse("(x^2)^2")), capture_output=True, check=True
    )

    assert int(answer.stdout) == len(parse("(x^2)^2"))
