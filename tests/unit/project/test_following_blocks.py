"""What is unfolded is a use of a function: it stays so through every edit, in text and in the graph, and in a file."""

from collections.abc import Callable

import pytest

from gradviz.core.blocks import seen_blocks
from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.project import editing
from gradviz.project.commands import set_formula
from gradviz.project.format import decode, encode
from gradviz.project.graph_commands import edit_graph
from gradviz.project.placing_commands import set_unfolded
from gradviz.project.project import Project, project_from_formula

NEURON = "neuron(w, x, b) = tanh(w x + b)\n"
TWO = NEURON + "neuron(a, x, c) + neuron(d, x, e)"
SQUASH = "squash(z) = 1 / (1 + exp(-z))\n"
NESTED = SQUASH + "neuron(w, x, b) = squash(w x + b)\n(neuron(w, x, b) - y)^2"


def graph_of(project: Project) -> Graph:
    assert project.graph is not None
    return project.graph


def opened(project: Project, *names: str) -> Project:
    """The project with the first use of each function unfolded."""
    for name in names:
        block = next(one for one in graph_of(project).blocks if one.name == name)
        project = set_unfolded(block.use, True)(project)
    return project


def seen_inside(project: Project) -> list[str]:
    return [block.name for block in seen_blocks(graph_of(project), project.unfolded)[1]]


def op_node(graph: Graph, name: str) -> NodeId:
    return next(i for i in graph.node_ids() if isinstance(n := graph.nodes[i], Apply) and n.op.name == name)


def edited(project: Project, change: Callable[[Graph], editing.Edit]) -> Project:
    def apply(graph: Graph | None) -> editing.Edit:
        assert graph is not None
        return change(graph)

    return edit_graph(apply)(project)


INSIDE: dict[str, Callable[[Graph, Project], editing.Edit]] = {
    "an op on the result": lambda g, p: editing.apply_op(g, op_node(g, "tanh"), OPS["sq"], unfolded=p.unfolded),
    "the result's op replaced": lambda g, p: editing.replace_op(
        g, op_node(g, "tanh"), OPS["sigmoid"], unfolded=p.unfolded
    ),
    "the result's op removed": lambda g, p: editing.remove(g, [op_node(g, "tanh")], unfolded=p.unfolded),
    "an op inserted": lambda g, p: editing.insert_on(
        g, Edge(op_node(g, "add"), op_node(g, "tanh"), 0), OPS["exp"], unfolded=p.unfolded
    ),
    "an inner node removed": lambda g, p: editing.remove(g, [op_node(g, "matmul")], unfolded=p.unfolded),
    "another name": lambda g, p: editing.rename_function(g, "neuron", "cell"),
    "an op around": lambda g, p: editing.apply_op(g, g.output, OPS["sq"], unfolded=p.unfolded),
    "something beside": lambda g, p: editing.add_op(g, OPS["exp"]),
    "a copy": lambda g, p: editing.duplicate(g, [g.output], unfolded=p.unfolded),
}


@pytest.mark.parametrize("change", INSIDE.values(), ids=list(INSIDE))
def test_the_use_that_was_unfolded_stays_unfolded_alone(change: Callable[[Graph, Project], editing.Edit]) -> None:
    project = opened(project_from_formula(TWO), "neuron")
    after = edited(project, lambda graph: change(graph, project))
    assert len(after.unfolded) == 1
    assert len(seen_inside(after)) == 1
    block = seen_blocks(graph_of(after), after.unfolded)[1][0]
    names = [graph_of(after).nodes[operand] for operand in block.operands]
    assert {"a", "c"} & {getattr(node, "name", "") for node in names}


def test_a_use_stays_unfolded_while_the_text_of_its_function_is_changed() -> None:
    project = opened(project_from_formula(TWO), "neuron")
    after = set_formula(TWO.replace("tanh(w x + b)", "tanh(w x + b)^2"))(project)
    assert seen_inside(after) == ["neuron"]


def test_unfolding_a_block_leaves_the_one_folded_whose_result_is_its_own() -> None:
    project = opened(project_from_formula(NESTED), "neuron")
    folded, inside = seen_blocks(graph_of(project), project.unfolded)
    assert [block.name for block in inside] == ["neuron"]
    assert [block.name for block in folded.values()] == ["squash"]


def test_folding_the_inner_block_leaves_the_outer_one_unfolded() -> None:
    project = opened(project_from_formula(NESTED), "neuron", "squash")
    assert seen_inside(project) == ["neuron", "squash"]
    inner = next(block for block in graph_of(project).blocks if block.name == "squash")
    assert seen_inside(set_unfolded(inner.use, False)(project)) == ["neuron"]


def test_a_file_says_which_of_two_blocks_with_one_result_is_unfolded() -> None:
    project = opened(project_from_formula(NESTED), "neuron")
    assert seen_inside(decode(encode(project))) == ["neuron"]


def test_a_block_made_inside_an_unfolded_one_is_folded() -> None:
    project = opened(project_from_formula(TWO), "neuron")
    block = graph_of(project).blocks[0]
    inner = [member for member in block.members if member in (block.output, op_node(graph_of(project), "add"))]
    after = edited(project, lambda graph: editing.fold(graph, inner, "act", unfolded=project.unfolded))
    folded, inside = seen_blocks(graph_of(after), after.unfolded)
    assert [one.name for one in inside] == ["neuron"]
    assert "act" in {one.name for one in folded.values()}
