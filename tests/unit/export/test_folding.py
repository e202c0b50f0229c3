"""Folded blocks and open ports in pictures: which cards and edges there are, and what flows along them."""

import pytest

from gradviz.core.graph import Edge, Graph, Use
from gradviz.core.record import record
from gradviz.export.cards import boxes_and_slots, card_texts
from gradviz.export.dot import dot
from gradviz.export.folding import folding
from gradviz.export.picture import CardKind, Composer, Picture, PillKind, State
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.lang.lower import read, read_all
from gradviz.layout.dot import place

NEURON = "neuron(w, x, b) = tanh(w x + b)\nneuron(w, x, b)^2"
VALUES = {"w": 2.0, "x": 0.0, "b": 0.5}
SLOPE = 2 * 0.46211715726000973 * (1 - 0.46211715726000973**2)
"""2 t (1 − t²) with t = tanh(0.5): the derivative by b."""


def seen(graph: Graph, position: int | None = None, unfolded: frozenset[Use] = frozenset()) -> Picture:
    placement = place(*boxes_and_slots(graph, {}, unfolded), graph.output)
    trace = record(graph, VALUES)
    return Composer(graph, placement, {}, trace, unfolded=unfolded).at(position)


def test_a_folded_block_is_one_card_that_says_its_name_and_size() -> None:
    picture = seen(read(NEURON).graph)
    assert [(card.title, card.subtitle) for card in picture.cards if card.kind is CardKind.BLOCK] == [
        ("neuron", "block · 3 ops")
    ]
    assert len(picture.cards) == 5


def test_what_a_block_sends_back_stands_on_the_edges_into_its_card() -> None:
    graph = read(NEURON).graph
    block = graph.blocks[0]
    sent = {pill.edge: pill.text for pill in seen(graph).pills if pill.kind is PillKind.DERIVATIVE}
    into_b = Edge(block.operands[2], block.output, 2)
    assert float((sent[into_b] or "").replace("−", "-")) == pytest.approx(SLOPE, abs=1e-5)


def test_an_operand_that_enters_twice_gets_the_sum_on_its_edge() -> None:
    graph = read("f(a) = a * a + a\nf(x)").graph
    (edge,) = folding(graph, ()).edges
    placement = place(*boxes_and_slots(graph, {}, ()), graph.output)
    picture = Composer(graph, placement, {}, record(graph, {"x": 3.0}), unfolded=()).at(None)
    assert [p.text for p in picture.pills if p.edge == edge and p.kind is PillKind.DERIVATIVE] == ["7"]


def test_a_step_inside_a_folded_block_lights_its_card() -> None:
    graph = read(NEURON).graph
    first = next(k for k, step in enumerate(record(graph, VALUES).steps, 1) if step.node in graph.blocks[0].members)
    (card,) = (card for card in seen(graph, first).cards if card.kind is CardKind.BLOCK)
    assert card.state is State.CURRENT


def test_an_unfolded_block_shows_its_members() -> None:
    graph = read(NEURON).graph
    picture = seen(graph, unfolded=frozenset({graph.blocks[0].use}))
    assert [card.node for card in picture.cards] == list(graph.node_ids())


def test_an_inner_block_stays_folded_when_its_outer_one_is_unfolded() -> None:
    graph = read("g(a) = exp(a) + 1\nf(a) = 2 g(a)\nf(x)^2").graph
    inner, outer = sorted(graph.blocks, key=lambda block: len(block.members))
    assert set(folding(graph, {outer.use}).blocks) == {inner.output}


def test_a_leaf_that_a_function_uses_beside_its_parameters_keeps_its_edge() -> None:
    graph = read("f(a) = a c\nf(x) + c").graph
    block, c = graph.blocks[0], graph.leaves()["c"]
    assert Edge(c, block.output, 1) in folding(graph, ()).edges


def test_without_a_word_about_folding_nothing_is_folded() -> None:
    graph = read(NEURON).graph
    assert folding(graph).nodes == tuple(graph.node_ids())
    assert folding(graph).edges == tuple(graph.edges())


def test_an_open_port_says_which_operand_is_missing() -> None:
    graph = read_all("sub(y, ?)").graph
    (text,) = (text for text in card_texts(graph, {}) if text.kind is CardKind.HOLE)
    assert text.title == graph.nodes[graph.output].op.operands[1]  # type: ignore[union-attr]


def test_open_ports_are_dashed_in_every_format_and_their_pills_stay_blank() -> None:
    graph = read_all("sub(y, ?)").graph
    placement = place(*boxes_and_slots(graph, {}), graph.output)
    picture = Composer(graph, placement, {}, record(graph, {"y": 3.0})).at(None)
    title = next(card.title for card in picture.cards if card.kind is CardKind.HOLE)
    assert all(title in text for text in (svg(picture), tikz(picture), dot(picture)))
    assert "dashed" in dot(picture)
    hole = next(card.node for card in picture.cards if card.kind is CardKind.HOLE)
    assert [p.text for p in picture.pills if p.edge is not None and p.edge.source == hole] == [None]
