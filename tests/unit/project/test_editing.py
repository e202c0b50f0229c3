"""Editing a formula node by node: graphs in, graphs out."""

import numpy as np
import pytest

from gradviz.core.op import OPS, public_ops
from gradviz.core.record import evaluate
from gradviz.errors import GraphError
from gradviz.lang.lower import read
from gradviz.lang.unparse import formula
from gradviz.project.editing import apply_op, duplicate, new_graph, part_of, remove, replace


def test_an_op_is_applied_to_the_output() -> None:
    graph = read("x^2").graph
    assert formula(apply_op(graph, graph.output, OPS["exp"])) == "exp(x^2)"


def test_an_op_is_applied_to_an_inner_node_wherever_it_is_used() -> None:
    graph = read("x^2 + x").graph
    changed = apply_op(graph, graph.find("x"), OPS["tanh"])
    assert float(evaluate(changed, {"x": 0.5})) == pytest.approx(np.tanh(0.5) ** 2 + np.tanh(0.5))


def test_a_second_operand_is_a_new_leaf() -> None:
    graph = read("b x").graph
    changed = apply_op(graph, graph.output, OPS["add"])
    assert set(changed.leaves()) > {"b", "x"}
    assert len(changed.leaves()) == 3


def test_a_matrix_is_put_on_the_left() -> None:
    graph = read("x").graph
    assert formula(apply_op(graph, graph.output, OPS["matmul"])) in ("W x", "W @ x", "Wx")


def test_removing_an_operation_leaves_its_first_operand() -> None:
    graph = read("exp(x^2)").graph
    assert formula(remove(graph, graph.output)) == "x^2"


def test_removing_a_leaf_leaves_the_other_operand() -> None:
    graph = read("x + y").graph
    assert formula(remove(graph, graph.find("y"))) == "x"


def test_a_leaf_that_an_operation_needs_stays() -> None:
    graph = read("exp(x)").graph
    with pytest.raises(GraphError, match="exp needs"):
        remove(graph, graph.find("x"))


def test_a_part_pasted_over_its_own_node_changes_nothing() -> None:
    graph = read("h = tanh(a x)\nh^2 + h").graph
    node = graph.find("h")
    pasted = replace(graph, node, part_of(graph, node))
    values = {"a": 0.3, "x": 2.0}
    assert float(evaluate(pasted, values)) == pytest.approx(float(evaluate(graph, values)))


def test_a_duplicate_doubles_the_value() -> None:
    graph = read("x^2").graph
    assert float(evaluate(duplicate(graph, graph.output), {"x": 3.0})) == 18.0


def test_every_op_of_the_palette_can_begin_a_formula_and_be_applied() -> None:
    graph = read("x").graph
    for op in public_ops():
        for made in (new_graph(op), apply_op(graph, graph.output, op)):
            again = read(formula(made), tuple(made.leaves())).graph
            assert formula(again) == formula(made), op.name
