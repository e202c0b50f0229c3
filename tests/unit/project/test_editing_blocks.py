"""Folding nodes into blocks, using functions, and editing inside, where all uses follow."""

import pytest

from gradviz.core.blocks import outer_blocks
from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.lang.lower import read_all
from gradviz.lang.unparse import formula
from gradviz.project import editing

NEURON = "neuron(w, x, b) = tanh(w x + b)\n"


def graph_of(text: str) -> Graph:
    return read_all(text).graph


def nodes_of(graph: Graph, *ops: str) -> list[NodeId]:
    return [i for i in graph.node_ids() if isinstance(n := graph.nodes[i], Apply) and n.op.name in ops]


def test_selected_nodes_become_a_function_and_a_call() -> None:
    graph = graph_of("(y - tanh(W x + b))^2")
    edit = editing.fold(graph, nodes_of(graph, "tanh", "add", "matmul"), "neuron")
    assert formula(edit.graph) == "neuron(W, x, b) = tanh(W x + b)\n(y - neuron(W, x, b))^2"
    assert edit.focus == (outer_blocks(edit.graph)[0].output,)
    assert len(edit.moved) == len(graph)


def test_a_name_inside_stays_inside() -> None:
    graph = graph_of("h = W x\ntanh(h) + h")
    edit = editing.fold(graph, nodes_of(graph, "tanh", "add", "matmul"), "block")
    assert formula(edit.graph) == "block(W, x) = tanh(h) + h with h = W x\nblock(W, x)"


@pytest.mark.parametrize(
    ("text", "ops", "message"),
    [
        ("tanh(x) + exp(x)", ("tanh", "exp"), "a block has one result, but tanh and exp are both used outside"),
        ("tanh(exp(sq(x)))", ("tanh", "sq"), "used outside|lies between"),
        ("x + y", (), "select the operations"),
    ],
)
def test_what_cannot_be_one_block_is_refused(text: str, ops: tuple[str, ...], message: str) -> None:
    graph = graph_of(text)
    with pytest.raises(GraphError, match=message):
        editing.fold(graph, nodes_of(graph, *ops), "block")


def test_a_block_is_dissolved_and_its_function_goes_with_its_last_use() -> None:
    graph = graph_of(NEURON + "neuron(a, neuron(c, x, d), e)")
    first = editing.dissolve(graph, outer_blocks(graph)[0])
    assert formula(first.graph) == NEURON + "neuron(a, tanh(c x + d), e)"
    second = editing.dissolve(first.graph, outer_blocks(first.graph)[0])
    assert formula(second.graph) == "tanh(a @ tanh(c x + d) + e)"


def test_an_edit_inside_changes_all_uses() -> None:
    graph = graph_of(NEURON + "neuron(a, x, c) + neuron(d, x, e)")
    inner = nodes_of(graph, "tanh")[0]
    edit = editing.replace_op(
        graph, inner, OPS["sigmoid"], unfolded=[block.use for block in graph.blocks if block.output == inner]
    )
    assert formula(edit.graph) == "neuron(w, x, b) = sigmoid(w x + b)\nneuron(a, x, c) + neuron(d, x, e)"
    assert edit.focus == (nodes_of(edit.graph, "sigmoid")[0],)
    assert len(edit.moved) == len(graph)


def test_a_folded_block_is_edited_as_one_node() -> None:
    graph = graph_of(NEURON + "y - neuron(a, x, c)")
    block = outer_blocks(graph)[0]
    assert formula(editing.swap(graph, block.output, 0, 1).graph) == NEURON + "y - neuron(x, a, c)"
    detached = editing.detach(graph, Edge(block.operands[2], block.output, 2))
    assert formula(detached.graph) == NEURON + "c\ny - neuron(a, x, ?)"
    removed = editing.remove(graph, [block.output])
    assert formula(removed.graph).splitlines()[-1] == "y - ?"


def test_an_operation_put_into_a_wire_inside_is_in_the_body() -> None:
    graph = graph_of(NEURON + "neuron(a, x, c)^2")
    add = nodes_of(graph, "add")[0]
    node = graph.nodes[add]
    assert isinstance(node, Apply)
    edit = editing.insert_on(graph, Edge(node.operands[0], add, 0), OPS["exp"])
    assert formula(edit.graph) == "neuron(w, x, b) = tanh(exp(w x) + b)\nneuron(a, x, c)^2"


def test_an_operand_that_the_body_no_longer_uses_goes_from_head_and_calls() -> None:
    graph = graph_of(NEURON + "neuron(a, x, c)^2")
    add = nodes_of(graph, "add")[0]
    edit = editing.replace_op(graph, add, OPS["exp"])
    assert formula(edit.graph) == "neuron(w, x) = tanh(exp(w x))\nc\nneuron(a, x)^2"


def test_an_edit_in_an_inner_function_reaches_the_functions_that_use_it() -> None:
    text = NEURON + "layer(x) = neuron(p, x, q) + neuron(r, x, q)\nlayer(y)"
    graph = graph_of(text)
    inner = nodes_of(graph, "tanh")[0]
    edit = editing.replace_op(graph, inner, OPS["relu"], unfolded=[block.use for block in graph.blocks])
    assert formula(edit.graph) == text.replace("tanh", "relu")
    assert len(nodes_of(edit.graph, "relu")) == 2


def test_a_wire_from_inside_to_outside_dissolves_the_block() -> None:
    graph = graph_of(NEURON + "? + neuron(a, x, c)")
    inner = nodes_of(graph, "matmul")[0]
    outer = graph.output
    edit = editing.connect(graph, inner, outer, 0)
    assert outer_blocks(edit.graph) == ()
    assert formula(edit.graph).splitlines()[-2:] == ["v1 = a x", "v1 + tanh(v1 + c)"]


def test_a_function_of_ones_own_is_used() -> None:
    edit = editing.use_function(graph_of("x^2"), "cube(u) = u u u")
    assert formula(edit.graph) == "cube(u) = u u u\ncube(?)\nx^2"
    again = editing.use_function(edit.graph, "cube")
    assert formula(again.graph) == "cube(u) = u u u\ncube(?)\ncube(?)\nx^2"
    with pytest.raises(GraphError, match="another function cube"):
        editing.use_function(edit.graph, "cube(u) = u^3")


def test_a_definition_to_keep_is_complete_in_itself() -> None:
    graph = graph_of(NEURON + "twice(x) = neuron(2, neuron(2, x, 1), 1)\ntwice(y)")
    line = editing.definition_of(graph, "twice")
    assert "\n" not in line
    assert "neuron" not in line
    assert formula(editing.use_function(None, line).graph).splitlines()[-1] == "twice(?)"


def test_calls_are_pasted_with_their_definition() -> None:
    edit = editing.paste(graph_of("x^2"), NEURON + "neuron(1, x, 2)")
    assert formula(edit.graph) == NEURON + "neuron(1, x, 2)\nx^2"


def test_a_copied_call_brings_its_definition() -> None:
    graph = graph_of(NEURON + "neuron(1, x, 2)^2")
    assert editing.text_of(graph, [outer_blocks(graph)[0].output]) == NEURON + "neuron(1, x, 2)"


def test_nodes_inside_an_unfolded_block_become_a_block_of_its_function() -> None:
    graph = graph_of("neuron(w, x, b) = 1/(1+exp(-(w x + b)))\n(neuron(w, x, b) - neuron(v, x, c))^2")
    block = graph.blocks[-1]
    inner = [node for node in nodes_of(graph, "neg", "exp") if node in block.members]
    edit = editing.fold(graph, inner, "decay", unfolded={block.use})
    first, second, last = formula(edit.graph).splitlines()
    assert first in ("decay(x) = exp(-x)", "decay(u) = exp(-u)")
    assert second == "neuron(w, x, b) = 1 / (1 + decay(w x + b))"
    assert last == "(neuron(w, x, b) - neuron(v, x, c))^2"
    assert [one.name for one in edit.graph.blocks].count("decay") == 2
    values = {"w": 0.5, "x": 2.0, "b": 0.1, "v": -1.0, "c": 0.3}
    before, after = record(graph, values), record(edit.graph, values)
    assert after.result == before.result
    assert after.gradients == before.gradients
    assert len(edit.moved) == len(graph)


def test_a_block_inside_a_block_needs_a_name_that_is_free_everywhere() -> None:
    graph = graph_of("f(u) = tanh(u) + exp(u)\nf(x) * k")
    block = graph.blocks[0]
    with pytest.raises(GraphError, match="there is a k already"):
        editing.fold(graph, nodes_of(graph, "tanh"), "k", unfolded={block.use})


def test_a_body_reads_back_after_a_wire_inside_a_dissolved_block_was_taken_off() -> None:
    graph = graph_of("g(x) = v v with v = tanh(x)\nf(x, k) = g(x) + k g(2 x)\nf(p, q)")
    inner = nodes_of(graph, "tanh")[1]
    edit = editing.detach(graph, Edge(graph.nodes[inner].operands[0], inner, 0))  # type: ignore[union-attr]
    assert graph_of(formula(edit.graph)).same_as(edit.graph)
