"""Laws of editing: any edited graph reads back from its formula, and all that is kept by node stays with its node."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.core.blocks import outer_blocks
from gradviz.core.graph import Apply, Edge, Graph, Hole, Leaf, Literal
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.lang.lower import read_all
from gradviz.lang.unparse import formula, functions
from gradviz.layout.types import Point
from gradviz.project import editing
from gradviz.project.document import Document
from gradviz.project.editing import Edit
from gradviz.project.format import decode, encode
from gradviz.project.graph_commands import edit_graph
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import add_comment, paint, pin_all, set_unfolded
from gradviz.project.project import project_from_formula

FORMULAS = (
    "(y - (W x + b))^2",
    "h = tanh(x)\nsq(y)\nh^2 + h",
    "neuron(w, x, b) = tanh(w x + b)\nh = neuron(a, x, c)\n(neuron(d, h, h) - y)^2",
    "g(x) = v * v with v = tanh(x)\nf(x, k) = g(x) + k g(2 x)\nf(p, q) - f(q, ?)",
    "x = 2\n? - 3",
    "max(a, b, 2)\nwhere(a, b, [1, 2])",
)
TEXTS = (
    "tanh(z)",
    "h = x + 1\nh h",
    "k(u) = exp(u)\nk(x)",
    "?",
    "3",
    "neuron(w, x, b) = tanh(w x + b)\nneuron(1, 2, x)",
)
SHAPELESS = ("sq", "tanh", "add", "sub", "mul", "matmul", "neg", "sum", "maximum", "where", "stack")
Change = Callable[[Graph | None], Edit]


class Any:
    """A random edit of whatever graph there is; the choices are drawn from a seed."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self.seed = seed

    def __repr__(self) -> str:
        return f"{self.kind}({self.seed})"

    def __call__(self, graph: Graph | None) -> Edit:
        random = np.random.default_rng(self.seed)
        op = OPS[SHAPELESS[random.integers(len(SHAPELESS))]]
        match self.kind:
            case "add_op":
                return editing.add_op(graph, op)
            case "add_leaf":
                return editing.add_leaf(graph, "xyzwh"[random.integers(5)])
            case "add_number":
                return editing.add_number(graph, float(random.integers(-3, 4)))
            case "paste":
                return editing.paste(graph, TEXTS[random.integers(len(TEXTS))])
        if graph is None:
            raise GradvizError("no graph")
        node, other = (NodeId(int(i)) for i in random.integers(0, len(graph), 2))
        some = [NodeId(int(i)) for i in set(random.integers(0, len(graph), random.integers(1, 5)))]
        unfolded = [block.use for block in graph.blocks if random.integers(2)]
        edges = list(graph.edges())
        edge = edges[random.integers(len(edges))] if edges else Edge(node, node, 0)
        changes: dict[str, Callable[[], Edit]] = {
            "apply_op": lambda: editing.apply_op(graph, node, op, unfolded=unfolded),
            "connect": lambda: editing.connect(graph, node, other, int(random.integers(3)), unfolded=unfolded),
            "detach": lambda: editing.detach(graph, edge, unfolded=unfolded),
            "replug": lambda: editing.replug(graph, edge, node, int(random.integers(2)), unfolded=unfolded),
            "swap": lambda: editing.swap(graph, node, 0, 1, unfolded=unfolded),
            "insert_on": lambda: editing.insert_on(graph, edge, op, unfolded=unfolded),
            "set_output": lambda: editing.set_output(graph, node, unfolded=unfolded),
            "remove": lambda: editing.remove(graph, some, unfolded=unfolded),
            "replace_op": lambda: editing.replace_op(graph, node, op, unfolded=unfolded),
            "rename": lambda: editing.rename(graph, node, "kqh"[random.integers(3)], unfolded=unfolded),
            "set_number": lambda: editing.set_number(graph, node, float(random.integers(5)), unfolded=unfolded),
            "duplicate": lambda: editing.duplicate(graph, some, unfolded=unfolded),
            "fold": lambda: editing.fold(graph, [n for n in graph.node_ids() if random.integers(2)], "block"),
            "dissolve": lambda: (
                editing.dissolve(graph, graph.blocks[random.integers(len(graph.blocks))])
                if graph.blocks
                else editing.set_output(graph, node)
            ),
            "use_function": lambda: editing.use_function(graph, "cube(x) = x x x"),
        }
        return changes[self.kind]()


KINDS = (
    *("add_op", "add_leaf", "add_number", "paste", "apply_op", "connect", "connect", "detach", "replug", "swap"),
    *("insert_on", "set_output", "remove", "replace_op", "rename", "set_number", "duplicate", "fold", "dissolve"),
    "use_function",
)
edits = st.builds(Any, st.sampled_from(KINDS), st.integers(0, 2**16))


def kind_of(graph: Graph, node: NodeId) -> str:
    found = graph.nodes[node]
    match found:
        case Leaf():
            return "leaf"
        case Literal():
            return "number"
        case Hole():
            return "open port"
        case Apply():
            return found.op.name


@settings(max_examples=300, deadline=None)
@given(start=st.sampled_from(FORMULAS), chosen=st.lists(edits, min_size=1, max_size=8))
def test_any_sequence_of_edits_keeps_a_document_that_reads_back(start: str, chosen: list[Any]) -> None:
    graph: Graph | None = read_all(start).graph
    for change in chosen:
        try:
            edit = change(graph)
        except GradvizError:
            continue
        if edit.is_empty:
            graph = None
            continue
        for notation in (formula, functions):
            text = notation(edit.graph)
            again = read_all(text, edit.graph.leaves()).graph
            if notation is formula:
                assert again.same_as(edit.graph), f"{change!r}: {text}"
        assert set(edit.moved.values()) <= set(edit.graph.node_ids()), f"{change!r}"
        assert set(edit.focus) <= set(edit.graph.node_ids())
        assert len(set(edit.moved.values())) == len(edit.moved), f"{change!r}: two nodes became one"
        if graph is not None and change.kind in ("add_op", "add_leaf", "add_number", "paste", "duplicate"):
            assert_untouched(graph, edit)
        graph = edit.graph


def assert_untouched(graph: Graph, edit: Edit) -> None:
    """Every node and every wire of before is there as it was; a dissolved block's open port is one for each use."""
    kept = [node for node in graph.node_ids() if node in edit.moved]
    lone = [node for node in graph.node_ids() if isinstance(graph.nodes[node], Hole)]
    assert set(graph.node_ids()) - set(kept) <= set(lone)
    for node in kept:
        assert kind_of(graph, node) == kind_of(edit.graph, edit.moved[node])
    wires = {(edge.target, edge.operand): edge.source for edge in edit.graph.edges()}
    for edge in graph.edges():
        source = wires[edit.moved[edge.target], edge.operand]
        is_open = isinstance(graph.nodes[edge.source], Hole) and isinstance(edit.graph.nodes[source], Hole)
        assert is_open or source == edit.moved[edge.source]


@settings(max_examples=200, deadline=None)
@given(start=st.sampled_from(FORMULAS[:4]), chosen=st.lists(edits, min_size=1, max_size=6))
def test_everything_kept_by_node_follows_its_node_and_undo_gives_the_very_same_project(
    start: str, chosen: list[Any]
) -> None:
    document = Document(project_from_formula(start))
    assert document.project.graph is not None
    document.apply(pin_all({n: Point(float(n), 1.0) for n in document.project.graph.node_ids()}), "Pin")
    document.apply(paint(list(document.project.graph.node_ids()), "red"), "Paint")
    for block in document.project.graph.blocks:
        document.apply(set_unfolded(block.use, True), "Unfold")
    document.apply(add_comment(Comment("here", 1, 2, None, document.project.graph.output)), "Comment")
    for change in chosen:
        before = document.project
        seen: list[Edit] = []

        def remembered(graph: Graph | None, change: Any = change, seen: list[Edit] = seen) -> Edit:
            seen.append(change(graph))
            return seen[-1]

        try:
            document.apply(edit_graph(remembered), repr(change))
        except GradvizError:
            assert document.project is before
            continue
        after = document.project
        if after is before:
            continue
        assert encode(decode(encode(after))) == encode(after)
        if after.graph is not None:
            assert after.graph.same_as(seen[-1].graph)
            moved = seen[-1].moved
            assert dict(after.pins) == {moved[n]: place for n, place in before.pins.items() if n in moved}
            assert dict(after.colours) == {moved[n]: colour for n, colour in before.colours.items() if n in moved}
            record(after.graph, after.values)
        document.undo()
        assert document.project is before
        document.redo()
        assert document.project is after


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(FORMULAS[:4]), seed=st.integers(0, 2**16))
def test_folding_and_dissolving_change_no_value_and_lose_no_node(start: str, seed: int) -> None:
    graph = read_all(start).graph
    try:
        folded = Any("fold", seed)(graph)
    except GradvizError:
        return
    assert_same_run(graph, folded)
    block = next(b for b in outer_blocks(folded.graph) if b.name == "block")
    assert_same_run(folded.graph, editing.dissolve(folded.graph, block))


def assert_same_run(graph: Graph, edit: Edit) -> None:
    assert set(edit.moved) == set(graph.node_ids())
    values = {name: 0.3 + 0.1 * i for i, name in enumerate(graph.leaves())}
    before, after = record(graph, values), record(edit.graph, values)
    for node in graph.node_ids():
        assert kind_of(graph, node) == kind_of(edit.graph, edit.moved[node])
        for x, y in ((before.values, after.values), (before.adjoints, after.adjoints)):
            a, b = x[node], y[edit.moved[node]]
            assert (a is None) == (b is None)
            assert a is None or b is None or np.allclose(a, b, rtol=1e-12, atol=0)
