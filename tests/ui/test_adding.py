"""Where what is added goes: open ports, nodes, wires, edges; and which open port is next."""

from gradviz.core.graph import Apply, Edge, Graph, Hole
from gradviz.core.types import NodeId
from gradviz.lang.lower import read, read_all
from gradviz.ui.adding import Target, adding, free_name, next_open, open_ports, port_of
from gradviz.ui.search import Found, Kind, find


def build(*typed: str) -> Graph:
    """Add one after the other, each into the open port that is next."""
    graph: Graph | None = None
    target = Target()
    for text in typed:
        edit = adding(find(text, graph)[0], target)(graph)
        graph = edit.graph
        hole = next_open(graph, edit.focus[-1])
        target = Target(port=port_of(graph, hole)) if hole is not None else Target()
    assert graph is not None
    return graph


def called(graph: Graph, name: str) -> NodeId:
    names = {i: n.op.name for i, n in zip(graph.node_ids(), graph.nodes, strict=True) if isinstance(n, Apply)}
    return next((node for node, op in names.items() if op == name), None) or graph.find(name)


def test_operations_and_names_fill_the_open_ports_in_turn() -> None:
    assert build("^2", "-", "y", "+", "@", "W", "x", "b").same_as(read("(y-(Wx+b))^2").graph)


def test_ready_made_parts_fill_each_other() -> None:
    assert build("squared error", "linear").same_as(read("(y-(Wx+b))^2").graph)


def test_a_leaf_that_is_there_is_shared() -> None:
    graph = build("*", "x", "x")
    assert graph.same_as(read("x * x").graph)


def test_an_operation_is_applied_to_a_node_for_all_who_use_it() -> None:
    graph = read_all("h = x^2\nh + h").graph
    edit = adding(Found(Kind.OP, "tanh", "tanh"), Target(node=called(graph, "sq")))(graph)
    assert sum(isinstance(node, Apply) and node.op.name == "tanh" for node in edit.graph.nodes) == 1
    assert edit.graph.same_as(read("h = tanh(x^2)\nh + h").graph) or "tanh" in str(edit.graph.nodes)


def test_a_part_with_an_open_port_is_built_around_a_node() -> None:
    graph = read_all("(y - x)^2").graph
    edit = adding(Found(Kind.PART, "1 / ?", "reciprocal"), Target(node=called(graph, "sub")))(graph)
    assert edit.graph.same_as(read("(1 / (y - x))^2").graph)


def test_a_part_around_the_output_becomes_the_output() -> None:
    graph = read_all("y - x").graph
    edit = adding(Found(Kind.PART, "1 / ?", "reciprocal"), Target(node=graph.output))(graph)
    assert edit.graph.same_as(read("1 / (y - x)").graph)


def test_a_dropped_wire_leads_into_what_is_chosen() -> None:
    graph = read_all("y - x").graph
    edit = adding(Found(Kind.OP, "exp", "exp"), Target(source=called(graph, "sub")))(graph)
    assert edit.graph.same_as(read("exp(y - x)").graph)


def test_an_operation_dropped_on_an_edge_is_inserted() -> None:
    graph = read_all("(y - x)^2").graph
    edge = Edge(called(graph, "sub"), called(graph, "sq"), 0)
    edit = adding(Found(Kind.OP, "tanh", "tanh"), Target(edge=edge))(graph)
    assert edit.graph.same_as(read("tanh(y - x)^2").graph)


def test_a_loose_part_leaves_the_rest_as_it_is() -> None:
    graph = read_all("y - x").graph
    edit = adding(Found(Kind.OP, "exp", "exp"), Target())(graph)
    assert [isinstance(edit.graph.nodes[edit.moved[node]], Hole) for node in graph.node_ids()] == [False] * 3
    assert list(open_ports(edit.graph)) == [(edit.focus[-1], 0)]


def test_a_new_leaf_gets_a_name_that_nobody_has() -> None:
    assert free_name(None) == "x"
    assert free_name(read("x + y").graph) == "w"
