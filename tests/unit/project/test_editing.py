"""Editing a graph node by node: what the formula says afterwards, and where the nodes of before went."""

import pytest

from gradviz.core.graph import Apply, Edge, Graph, Hole
from gradviz.core.op import OPS, public_ops
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError, GraphError
from gradviz.lang.lower import read, read_all
from gradviz.lang.unparse import formula
from gradviz.project import editing


def graph_of(text: str) -> Graph:
    return read_all(text).graph


def node_of(graph: Graph, op: str) -> NodeId:
    return next(i for i in graph.node_ids() if isinstance(n := graph.nodes[i], Apply) and n.op.name == op)


def edge_into(graph: Graph, op: str, operand: int) -> Edge:
    target = node_of(graph, op)
    node = graph.nodes[target]
    assert isinstance(node, Apply)
    return Edge(node.operands[operand], target, operand)


def test_an_operation_in_an_empty_document_is_the_output_with_open_ports() -> None:
    edit = editing.add_op(None, OPS["sub"])
    assert formula(edit.graph) == "? - ?"
    assert edit.focus == (edit.graph.output,)


def test_what_is_added_is_a_loose_part() -> None:
    graph = graph_of("x^2")
    assert formula(editing.add_op(graph, OPS["tanh"]).graph) == "tanh(?)\nx^2"
    assert formula(editing.add_leaf(graph, "W").graph) == "W\nx^2"
    assert formula(editing.add_number(graph, 3).graph) == "3\nx^2"


def test_a_leaf_that_is_there_is_found() -> None:
    graph = graph_of("x^2")
    edit = editing.add_leaf(graph, "x")
    assert edit.graph.same_as(graph)
    assert edit.focus == (graph.find("x"),)


@pytest.mark.parametrize("name", ["", "2x", "log", "for", "nan", "a b"])
def test_a_leaf_needs_a_name(name: str) -> None:
    with pytest.raises(GraphError):
        editing.add_leaf(None, name)


def test_the_example_of_the_lecture_is_built_by_wires() -> None:
    edit = editing.add_op(None, OPS["sq"])
    for op in ("sub", "add", "matmul"):
        edit = editing.add_op(edit.graph, OPS[op])
    for name in ("y", "W", "x", "b"):
        edit = editing.add_leaf(edit.graph, name)
    wires = [("y", "sub", 0), ("W", "matmul", 0), ("x", "matmul", 1), ("b", "add", 1)]
    for name, op, operand in wires:
        edit = editing.connect(edit.graph, edit.graph.find(name), node_of(edit.graph, op), operand)
    for source, op, operand in [("matmul", "add", 0), ("add", "sub", 1), ("sub", "sq", 0)]:
        edit = editing.connect(edit.graph, node_of(edit.graph, source), node_of(edit.graph, op), operand)
    assert formula(edit.graph) == "(y - (W x + b))^2"


def test_an_op_is_applied_to_a_node_wherever_it_is_used() -> None:
    graph = graph_of("x^2 + x")
    assert formula(editing.apply_op(graph, graph.find("x"), OPS["tanh"]).graph) == "v1 = tanh(x)\nv1^2 + v1"
    assert formula(editing.apply_op(graph, graph.output, OPS["exp"]).graph) == "exp(x^2 + x)"
    assert formula(editing.apply_op(graph, graph.output, OPS["matmul"]).graph) == "W @ (x^2 + x)"


def test_a_wire_into_a_port_in_use_leaves_its_former_source_loose() -> None:
    graph = graph_of("z\nx - y")
    edit = editing.connect(graph, graph.find("z"), graph.output, 1)
    assert formula(edit.graph) == "y\nx - z"


def test_the_output_moves_on_when_something_is_built_on_it() -> None:
    graph = graph_of("sq(?)\nx + y")
    edit = editing.connect(graph, graph.output, node_of(graph, "sq"), 0)
    assert formula(edit.graph) == "(x + y)^2"


def test_a_wire_that_would_close_a_circle_is_refused() -> None:
    graph = graph_of("tanh(x + 1)")
    with pytest.raises(GraphError, match="circle"):
        editing.connect(graph, graph.output, node_of(graph, "add"), 0)


def test_detaching_leaves_an_open_port_and_a_loose_part() -> None:
    graph = graph_of("(y - tanh(x))^2")
    edit = editing.detach(graph, edge_into(graph, "sub", 1))
    assert formula(edit.graph) == "tanh(x)\n(y - ?)^2"
    assert isinstance(edit.graph.nodes[edit.focus[0]], Hole)


def test_replugging_moves_a_wire() -> None:
    graph = graph_of("x - ?")
    edit = editing.replug(graph, edge_into(graph, "sub", 0), graph.output, 1)
    assert formula(edit.graph) == "? - x"


def test_operands_are_swapped() -> None:
    graph = graph_of("x - y")
    assert formula(editing.swap(graph, graph.output, 0, 1).graph) == "y - x"


def test_an_operation_is_put_into_a_wire() -> None:
    graph = graph_of("(y - x)^2")
    edge = edge_into(graph, "sub", 1)
    assert formula(editing.insert_on(graph, edge, OPS["tanh"]).graph) == "(y - tanh(x))^2"
    assert formula(editing.insert_on(graph, edge, OPS["matmul"]).graph) == "(y - ? @ x)^2"


@pytest.mark.parametrize(
    ("text", "removed", "left"),
    [
        ("(y - tanh(x))^2", "tanh", "(y - x)^2"),
        ("(y - x)^2", "sub", "y\nx\n?^2"),
        ("(x + y)^2", "sq", "x + y"),
        ("x + 2", "add", "x"),
        ("h = x y\nh + h", "matmul", "x\ny\n? + ?"),
    ],
)
def test_what_is_left_when_an_operation_is_removed(text: str, removed: str, left: str) -> None:
    graph = graph_of(text)
    edit = editing.remove(graph, [node_of(graph, removed)])
    assert set(formula(edit.graph).split("\n")) == set(left.split("\n"))
    assert formula(edit.graph).split("\n")[-1] == left.split("\n")[-1]


def test_a_leaf_that_is_removed_leaves_open_ports() -> None:
    graph = graph_of("x + x^2")
    assert formula(editing.remove(graph, [graph.find("x")]).graph) == "? + ?^2"


def test_nothing_is_left_when_all_is_removed() -> None:
    graph = graph_of("x + y^2")
    assert editing.remove(graph, list(graph.node_ids())).is_empty


def test_an_operation_is_replaced_and_keeps_its_operands_and_name() -> None:
    graph = graph_of("h = x + y\nh^2 + h")
    edit = editing.replace_op(graph, graph.find("h"), OPS["sub"])
    assert formula(edit.graph) == "h = x - y\nh^2 + h"
    assert formula(editing.replace_op(graph_of("x + y"), NodeId(2), OPS["tanh"]).graph) == "y\ntanh(x)"
    assert formula(editing.replace_op(graph_of("tanh(x)"), NodeId(1), OPS["add"]).graph) == "x + ?"


def test_another_node_becomes_the_output() -> None:
    graph = graph_of("tanh(x + y)")
    edit = editing.set_output(graph, node_of(graph, "add"))
    assert formula(edit.graph) == "v1 = x + y\ntanh(v1)\nv1"


def test_leaves_and_nodes_are_renamed() -> None:
    graph = graph_of("x = 2\ntanh(x)")
    assert formula(editing.rename(graph, graph.find("x"), "z").graph) == "z = 2\ntanh(z)"
    assert formula(editing.rename(graph, graph.output, "h").graph) == "x = 2\nh = tanh(x)"
    with pytest.raises(GraphError, match="there is a y already"):
        editing.rename(graph_of("x + y"), NodeId(0), "y")


def test_a_number_is_changed() -> None:
    graph = graph_of("2 x")
    assert formula(editing.set_number(graph, NodeId(0), 5).graph) == "5 x"


def test_a_copy_shares_leaves_and_wires_from_outside() -> None:
    graph = graph_of("tanh(2 x) + b")
    nodes = [node_of(graph, "tanh"), node_of(graph, "mul"), NodeId(0)]
    edit = editing.duplicate(graph, nodes)
    assert formula(edit.graph) == "tanh(2 x)\ntanh(2 x) + b"


def test_text_is_pasted_as_a_loose_part_that_shares_leaves() -> None:
    graph = graph_of("h = x + b\nh^2 + h")
    edit = editing.paste(graph, "h = tanh(x)\nh + 1")
    assert formula(edit.graph) == "h = x + b\nh_1 = tanh(x)\nh_1 + 1\nh^2 + h"


def test_what_is_copied_reads_as_its_nodes_with_open_ports() -> None:
    graph = graph_of("(y - tanh(2 x))^2")
    assert editing.text_of(graph, [node_of(graph, "sub")]) == "y - ?"
    assert editing.text_of(graph, [node_of(graph, "tanh"), node_of(graph, "mul")]) == "tanh(2 x)"


def test_nodes_of_before_are_found_again() -> None:
    graph = graph_of("(y - tanh(x))^2")
    edit = editing.insert_on(graph, edge_into(graph, "sub", 1), OPS["exp"])
    for old, new in edit.moved.items():
        assert type(graph.nodes[old]) is type(edit.graph.nodes[new])
    assert len(edit.moved) == len(graph)


def test_a_name_that_we_gave_goes_when_it_is_not_needed_any_more() -> None:
    graph = editing.apply_op(graph_of("x^2 + x"), NodeId(0), OPS["tanh"]).graph
    edit = editing.detach(graph, edge_into(graph, "add", 1))
    assert formula(edit.graph) == "tanh(x)^2 + ?"


def test_ports_that_cannot_take_a_wire_say_why() -> None:
    graph = graph_of("A\nW x + y")
    shapes = {graph.find("A"): (4, 4), graph.find("W"): (3, 2), graph.find("x"): (2,), graph.find("y"): (3,)}
    shapes |= {node_of(graph, "matmul"): (3,), node_of(graph, "add"): (3,)}
    refused = editing.refusals(graph, graph.find("A"), shapes)
    assert (node_of(graph, "matmul"), 0) in refused
    assert "(4, 4)" in refused[node_of(graph, "matmul"), 0]
    circles = editing.refusals(graph, node_of(graph, "add"), shapes)
    assert circles[node_of(graph, "matmul"), 0].endswith("the wire would close a circle")


def test_operations_that_fit_a_matrix_are_offered() -> None:
    graph = graph_of("W")
    fitting = editing.fitting_ops(graph, NodeId(0), {NodeId(0): (3, 2)})
    assert {OPS["transpose"], OPS["matmul"], OPS["tanh"]} <= set(fitting)
    assert OPS["inverse"] not in fitting


@pytest.mark.parametrize("op", list(public_ops()), ids=lambda op: op.name)
def test_every_public_op_can_be_added_applied_and_removed(op) -> None:
    added = editing.add_op(None, op)
    assert read(formula(added.graph)).graph.same_as(added.graph)
    graph = graph_of("tanh(x)")
    edit = editing.apply_op(graph, graph.output, op)
    again = editing.remove(edit.graph, [node_of(edit.graph, op.name)] if op.name != "tanh" else [edit.graph.output])
    assert set(formula(again.graph).split("\n")) >= {"tanh(x)"} or op.name == "tanh"


def test_an_edit_that_cannot_be_says_so() -> None:
    with pytest.raises(GradvizError):
        editing.swap(graph_of("x"), NodeId(0), 0, 1)


def test_values_that_cannot_feed_a_port_say_why() -> None:
    graph = graph_of("sq(exp(x))")
    refused = editing.feed_refusals(graph, (node_of(graph, "exp"), 0), {})
    assert set(refused) == {node_of(graph, "exp"), node_of(graph, "sq")}
    assert "circle" in refused[node_of(graph, "sq")]


def test_a_value_of_another_shape_cannot_feed_a_port() -> None:
    graph = graph_of("v\nw * w")
    v, w = graph.leaves()["v"], graph.leaves()["w"]
    shapes = {v: (3,), w: (2,), node_of(graph, "mul"): (2,)}
    assert "(3,)" in editing.feed_refusals(graph, (node_of(graph, "mul"), 0), shapes)[v]


def test_a_loose_operation_is_put_into_a_wire() -> None:
    graph = graph_of("tanh(?)\ny - x")
    edit = editing.put_on(graph, edge_into(graph, "sub", 1), node_of(graph, "tanh"))
    assert formula(edit.graph) == "y - tanh(x)"


def test_an_operation_without_an_open_port_is_not_put_into_a_wire() -> None:
    graph = graph_of("tanh(z)\ny - x")
    with pytest.raises(GraphError, match="no open port"):
        editing.put_on(graph, edge_into(graph, "sub", 1), node_of(graph, "tanh"))
