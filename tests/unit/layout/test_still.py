"""After an edit nodes move as little as possible, and loose parts stand beneath the rest."""

from itertools import combinations, pairwise
from math import hypot
from statistics import mean, median

from gradviz.core.graph import Graph
from gradviz.core.types import Role
from gradviz.export.cards import boxes_and_slots
from gradviz.lang.lower import read, read_all
from gradviz.layout.dot import place
from gradviz.layout.still import beneath, held, hints
from gradviz.layout.types import Direction, Placement
from gradviz.project.matching import same_nodes

EDITS = (
    "(y-(W x+b))^2",
    "(y-tanh(W x+b))^2",
    "(y-tanh(W x+b))^2 + l w^2",
    "(y-tanh(V tanh(W x+b)+c))^2 + l w^2",
    "s exp(y-tanh(V tanh(W x+b)+c))^2 + l w^2",
    "s exp(y-tanh(V tanh(W x+b)+c))^2 + l w^2 + log(1+exp(z))",
    "log(1+exp(z)) + s exp(y-tanh(V tanh(W x+b)+c))^2 + l w^2",
)


def laid(graph: Graph, order=None) -> Placement:
    boxes, slots = boxes_and_slots(graph, dict.fromkeys(graph.leaves(), Role.PARAMETER))
    return place(boxes, slots, graph.output, order=order or {})


def displacements(before: Placement, after: Placement, pairs) -> list[float]:
    both = [(before.boxes[old].center, after.boxes[new].center) for old, new in pairs.items()]
    return [hypot(a.x - b.x, a.y - b.y) for a, b in both]


def test_over_a_series_of_edits_nodes_move_less_than_without():
    graphs = [read(formula).graph for formula in EDITS]
    plain, still = laid(graphs[0]), laid(graphs[0])
    without: list[float] = []
    with_it: list[float] = []
    for old, new in pairwise(graphs):
        pairs = same_nodes(old, new)
        after = laid(new)
        without += displacements(plain, after, pairs)
        kept = held(still, laid(new, hints(still, pairs, Direction.LR)), pairs)
        with_it += displacements(still, kept, pairs)
        plain, still = after, kept
    assert mean(with_it) < 0.8 * mean(without)


def test_the_median_displacement_is_zero_on_both_axes():
    old, new = read(EDITS[0]).graph, read(EDITS[3]).graph
    before, pairs = laid(old), same_nodes(old, new)
    after = held(before, laid(new), pairs)
    assert abs(median(after.boxes[b].center.x - before.boxes[a].center.x for a, b in pairs.items())) < 1e-9
    assert abs(median(after.boxes[b].center.y - before.boxes[a].center.y for a, b in pairs.items())) < 1e-9


def test_loose_parts_stand_below_the_rest_and_overlap_nothing():
    graph = read_all("tanh(p q)\nr\n(y-(W x+b))^2").graph
    placement = beneath(laid(graph), graph.output)
    loose = {node for node in graph.node_ids() if not graph.reaching({node}) >= {graph.output}}
    lowest = max(placement.boxes[node].bottom for node in graph.node_ids() if node not in loose)
    assert len(loose) == 5
    assert all(placement.boxes[node].y > lowest for node in loose)
    assert not any(a.overlaps(b) for a, b in combinations(placement.boxes.values(), 2))
