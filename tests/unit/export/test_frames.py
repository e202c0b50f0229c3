"""Frames around unfolded blocks: which there are, what they hold, and that nothing foreign stands in them."""

import pytest

from gradviz.core.graph import Graph, Use
from gradviz.core.record import record
from gradviz.export.accents import Accents, flow_accents
from gradviz.export.cards import boxes_and_slots
from gradviz.export.dot import dot
from gradviz.export.folding import folding
from gradviz.export.picture import Composer, Picture, PillKind
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.layout.dot import place
from gradviz.layout.types import Direction, Rect
from gradviz.project.leaves import default_roles
from gradviz.project.project import project_from_formula

NESTED = """sig(z) = 1/(1+exp(-z))
neuron(w, x, b) = sig(w x + b)
layer(x, p, q) = neuron(p, x, 1) + neuron(q, x, 2)
(layer(x, a, c) - y)^2"""


def nested() -> Graph:
    reading = project_from_formula(NESTED).reading
    assert reading is not None
    return reading.graph


def drawn(graph: Graph, unfolded: frozenset[Use], direction: Direction = Direction.LR) -> Picture:
    roles = default_roles(graph)
    groups = folding(graph, unfolded).groups
    placement = place(*boxes_and_slots(graph, roles, unfolded), graph.output, direction=direction, groups=groups)
    trace = record(graph, dict.fromkeys(graph.leaves(), 0.5))
    return Composer(graph, placement, roles, trace, unfolded=unfolded).at(None)


def everything(graph: Graph) -> frozenset[Use]:
    return frozenset(block.use for block in graph.blocks)


def holds(outer: Rect, inner: Rect) -> bool:
    return outer.covering(inner) == outer


def test_folded_blocks_have_no_frame() -> None:
    assert drawn(nested(), frozenset()).frames == ()


def test_an_outer_frame_stands_before_those_inside_it_and_knows_its_depth() -> None:
    frames = drawn(nested(), everything(nested())).frames
    assert (frames[0].name, frames[0].depth) == ("layer", 0)
    assert sorted((frame.name, frame.depth) for frame in frames) == [
        ("layer", 0), ("neuron", 1), ("neuron", 1), ("sig", 2), ("sig", 2),
    ]  # fmt: skip


def test_a_block_inside_a_folded_one_has_no_frame_even_when_it_is_unfolded() -> None:
    graph = nested()
    inner = next(block for block in graph.blocks if block.name == "sig")
    assert drawn(graph, frozenset({inner.use})).frames == ()


@pytest.mark.parametrize("direction", list(Direction))
def test_a_frame_holds_its_own_cards_and_no_other_one(direction: Direction) -> None:
    graph = nested()
    picture = drawn(graph, everything(graph), direction)
    for frame in picture.frames:
        for card in picture.cards:
            if card.node in frame.cards:
                assert holds(frame.rect, card.rect)
            else:
                assert not frame.rect.overlaps(card.rect)


@pytest.mark.parametrize("direction", list(Direction))
def test_frames_lie_inside_each_other_or_apart(direction: Direction) -> None:
    graph = nested()
    frames = drawn(graph, everything(graph), direction).frames
    for i, outer in enumerate(frames):
        for inner in frames[i + 1 :]:
            is_inside = inner.cards <= outer.cards
            assert holds(outer.rect, inner.rect) if is_inside else not outer.rect.overlaps(inner.rect)


def test_every_text_format_writes_the_name_of_a_frame() -> None:
    graph = nested()
    outer = next(block for block in graph.blocks if block.name == "layer")
    picture = drawn(graph, frozenset({outer.use}))
    assert ">layer</text>" in svg(picture)
    assert "{layer}" in tikz(picture)
    assert "subgraph cluster0" in dot(picture)
    assert "label=layer" in dot(picture)


def test_an_inner_cluster_stands_inside_the_outer_one_in_dot() -> None:
    graph = nested()
    text = dot(drawn(graph, everything(graph)))
    assert text.count("subgraph") == 5
    first = text[: text.index("label=layer")]
    assert first.count("}") == 0


def test_the_wire_into_a_folded_block_is_as_thick_as_all_that_comes_back_through_it() -> None:
    reading = project_from_formula("f(u) = u * u + u\nf(x) * k").reading
    assert reading is not None
    graph = reading.graph
    trace = record(graph, {"x": 3.0, "k": 2.0})  # ∂L/∂x = 2·(2·3 + 1) = 14, in three parts
    roles = default_roles(graph)
    placement = place(*boxes_and_slots(graph, roles, frozenset()), graph.output)
    accents = flow_accents(trace)
    picture = Composer(graph, placement, roles, trace, unfolded=frozenset()).at(None, accents)
    wire = next(wire for wire in picture.wires if wire.edge is not None and wire.edge.source == graph.leaves()["x"])
    pill = next(pill for pill in picture.pills if pill.edge == wire.edge and pill.kind is PillKind.DERIVATIVE)
    assert pill.text == "14"
    assert wire.accent == accents.strength_of(14.0)


def test_a_nan_that_goes_through_a_folded_block_goes_through_its_card() -> None:
    graph = nested()
    block = next(block for block in graph.blocks if block.name == "layer")
    roles = default_roles(graph)
    placement = place(*boxes_and_slots(graph, roles, frozenset()), graph.output)
    composer = Composer(graph, placement, roles, record(graph, dict.fromkeys(graph.leaves(), 0.5)), unfolded=())
    picture = composer.at(None, Accents().with_poison([block.members[0]], []))
    assert [card.node for card in picture.cards if card.accent and card.accent.is_poisoned] == [block.output]
