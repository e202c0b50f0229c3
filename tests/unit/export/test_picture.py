"""A picture shows the right numbers at the right time, and nothing moves from step to step."""

import numpy as np
import pytest

from gradviz.core.graph import Edge, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import StepKind
from gradviz.core.types import NodeId
from gradviz.export.picture import CardKind, Composer, Picture, PillKind, State, compose
from pictured import LINE_ROLES, LINE_VALUES, least_squares, own_placement, picture_of, quartic, random_graph


def _texts(picture: Picture, kind: PillKind) -> list[str | None]:
    return [pill.text for pill in picture.pills if pill.kind is kind]


def test_whole_run_of_x_to_the_fourth_at_two_shows_every_value_and_derivative():
    picture = picture_of(quartic(), {"x": 2.0})
    assert _texts(picture, PillKind.VALUE) == ["2", "4", "16"]
    assert _texts(picture, PillKind.DERIVATIVE) == ["32", "8", "1"]  # d/dx x⁴ = 4x³, d/dv v² = 2v, seed


def test_least_squares_sends_back_what_the_lecture_says():
    graph = least_squares()
    picture = picture_of(graph, LINE_VALUES, roles=LINE_ROLES)
    sent = {pill.edge: pill.text for pill in picture.pills if pill.kind is PillKind.DERIVATIVE and pill.edge}
    to_w = next(edge for edge in sent if edge.source == graph.find("W"))
    to_b = next(edge for edge in sent if edge.source == graph.find("b"))
    assert sent[to_w] == "36"  # 2((Wx + b) − y) x = 2 · 6 · 3
    assert sent[to_b] == "12"


def test_nothing_is_known_before_the_first_step():
    picture = picture_of(quartic(), {"x": 2.0}, position=0)
    assert {pill.text for pill in picture.pills} == {None}
    assert {pill.state for pill in picture.pills} == {State.NOT_YET}
    assert {card.state for card in picture.cards} == {State.NOT_YET}


def test_after_k_steps_exactly_the_first_k_have_left_their_number():
    graph = quartic()
    trace = record(graph, {"x": 2.0})
    for position in range(len(trace.steps) + 1):
        shown = [pill for pill in picture_of(graph, {"x": 2.0}, position).pills if pill.text is not None]
        assert len(shown) == position  # in a chain each step fills one pill


def test_current_step_is_marked_on_card_wire_and_pill():
    graph = quartic()
    trace = record(graph, {"x": 2.0})
    step = next(step for step in trace.steps if step.kind is StepKind.CONTRIBUTE)
    picture = picture_of(graph, {"x": 2.0}, step.index + 1)
    assert [card.node for card in picture.cards if card.state is State.CURRENT] == [step.node]
    edge = Edge(NodeId(1), NodeId(2), 0)
    assert [wire.edge for wire in picture.wires if wire.state is State.CURRENT] == [edge]
    assert [(pill.edge, pill.kind) for pill in picture.pills if pill.state is State.CURRENT] == [
        (edge, PillKind.DERIVATIVE)
    ]


def test_seed_is_marked_on_the_stub():
    graph = quartic()
    trace = record(graph, {"x": 2.0})
    seed = next(step for step in trace.steps if step.kind is StepKind.SEED)
    picture = picture_of(graph, {"x": 2.0}, seed.index + 1)
    assert [wire.edge for wire in picture.wires if wire.state is State.CURRENT] == [None]


def test_square_written_as_product_has_two_edges_with_a_derivative_each():
    build = GraphBuilder()
    x = build.leaf("x")
    picture = picture_of(build.graph(build.apply(OPS["mul"], x, x)), {"x": 3.0})
    assert _texts(picture, PillKind.DERIVATIVE) == ["3", "3", "1"]


def test_edge_of_a_literal_has_a_value_but_no_derivative():
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["mul"], build.literal(2.0), build.leaf("x")))
    picture = picture_of(graph, {"x": 3.0}, position=0)
    literal = next(card for card in picture.cards if card.kind is CardKind.LITERAL)
    pills = [pill for pill in picture.pills if pill.edge and pill.edge.source == literal.node]
    assert [(pill.kind, pill.text) for pill in pills] == [(PillKind.VALUE, "2")]


def test_condition_takes_no_derivative():
    build = GraphBuilder()
    x = build.leaf("x")
    condition = build.apply(OPS["greater"], x, build.literal(0.0))
    graph = build.graph(build.apply(OPS["where"], condition, x, build.literal(0.0)))
    picture = picture_of(graph, {"x": 3.0})
    edges = [pill.edge for pill in picture.pills if pill.kind is PillKind.DERIVATIVE and pill.edge]
    assert [(edge.target, edge.operand) for edge in edges] == [(graph.output, 1)]


def test_every_derivative_pill_is_filled_at_the_end():
    for seed in range(5):
        graph = random_graph(30, seed)
        picture = picture_of(graph, dict.fromkeys(graph.leaves(), 0.5))
        assert None not in _texts(picture, PillKind.DERIVATIVE)


def test_leaf_that_is_not_differentiated_by_has_no_derivative():
    graph = least_squares()
    trace = record(graph, LINE_VALUES, wrt=["W"])
    picture = compose(graph, own_placement(graph), LINE_ROLES, trace)
    sources = {pill.edge.source for pill in picture.pills if pill.kind is PillKind.DERIVATIVE and pill.edge}
    assert graph.find("W") in sources
    assert graph.find("b") not in sources


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_number_that_is_not_finite_stands_out(bad: float):
    picture = picture_of(quartic(), {"x": bad})
    assert all(pill.state is State.FAILED for pill in picture.pills if pill.text in ("NaN", "∞", "−∞"))
    assert any(pill.state is State.FAILED for pill in picture.pills)


def test_op_that_fails_is_marked_and_what_came_before_stays():
    graph = least_squares()
    picture = picture_of(graph, {**LINE_VALUES, "W": np.ones((2, 3)), "x": [1.0, 2.0]})
    failed = [card for card in picture.cards if card.state is State.FAILED]
    assert [card.title for card in failed] == ["W · x"]
    assert "[1, 2]" in _texts(picture, PillKind.VALUE)


def test_without_a_run_all_pills_are_empty():
    graph = quartic()
    picture = compose(graph, own_placement(graph), {})
    assert {pill.text for pill in picture.pills} == {None}
    assert {card.state for card in picture.cards} == {State.DONE}


def test_derivatives_can_be_left_out():
    graph = quartic()
    picture = compose(graph, own_placement(graph), {}, record(graph, {"x": 2.0}), derivatives=False)
    assert {pill.kind for pill in picture.pills} == {PillKind.VALUE}


def test_nothing_but_the_width_of_pills_moves_while_stepping():
    graph = least_squares()
    composer = Composer(graph, own_placement(graph), LINE_ROLES, record(graph, LINE_VALUES))
    first = composer.at(0)
    for position in range(1, len(record(graph, LINE_VALUES).steps) + 1):
        picture = composer.at(position)
        assert [card.rect for card in picture.cards] == [card.rect for card in first.cards]
        assert [wire.path for wire in picture.wires] == [wire.path for wire in first.wires]
        middles = [(pill.rect.center.x, pill.rect.center.y) for pill in picture.pills]
        before = [(pill.rect.center.x, pill.rect.center.y) for pill in first.pills]
        assert np.allclose(middles, before)


def test_parts_that_a_step_leaves_alone_are_the_same_objects():
    graph = random_graph(60, 3)
    values = dict.fromkeys(graph.leaves(), 0.5)
    composer = Composer(graph, own_placement(graph), {}, record(graph, values))
    before, after = composer.at(70), composer.at(71)
    assert sum(a is not b for a, b in zip(before.cards, after.cards, strict=True)) <= 2
    assert sum(a is not b for a, b in zip(before.wires, after.wires, strict=True)) <= 2


def test_pills_lie_in_the_room_of_their_edge_and_apart():
    graph = quartic()
    placement = own_placement(graph)
    picture = compose(graph, placement, {}, record(graph, {"x": -1.23456789e-5}))
    for pill in picture.pills:
        route = placement.exit if pill.edge is None else placement.routes[pill.edge]
        room = route.pill.grown(1e-6)
        assert room.covering(pill.rect) == room
    pairs = zip(picture.pills[::2], picture.pills[1::2], strict=True)
    assert not any(value.rect.overlaps(derivative.rect) for value, derivative in pairs)
