"""What a picture stresses, and that every format shows it."""

import re

import gradviz
from gradviz.core.comparison import compare
from gradviz.core.record import record
from gradviz.core.types import NodeId, Role
from gradviz.export.accents import change_accents, flow_accents, signed
from gradviz.export.drawing import card_labels, wire_paint
from gradviz.export.picture import Picture, compose
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.export.theme import Token
from pictured import own_placement

GRAPH = gradviz.parse("100*a + 0.01*b + floor(c)")
VALUES = {"a": 1.0, "b": 1.0, "c": 1.5}


def _picture() -> Picture:
    trace = record(GRAPH, VALUES)
    roles = dict.fromkeys(GRAPH.leaves(), Role.PARAMETER)
    return compose(GRAPH, own_placement(GRAPH), roles, trace, accents=flow_accents(trace))


def _wire_width(picture: Picture, leaf: str) -> float:
    wire = next(w for w in picture.wires if w.edge is not None and w.edge.source == GRAPH.find(leaf))
    return wire_paint(wire).line_width


def test_where_more_flows_back_the_wire_is_thicker() -> None:
    picture = _picture()
    assert _wire_width(picture, "a") > _wire_width(picture, "b")


def test_where_nothing_flows_the_wire_is_dashed() -> None:
    picture = _picture()
    wire = next(w for w in picture.wires if w.edge is not None and w.edge.source == GRAPH.find("c"))
    assert wire_paint(wire).is_dashed


def test_before_anything_has_flowed_nothing_is_stressed() -> None:
    accents = flow_accents(record(GRAPH, VALUES), 2)
    assert not accents.cards
    assert not accents.wires


def test_a_picture_of_the_flow_has_a_legend_in_every_format() -> None:
    picture = _picture()
    assert "|adjoint|" in svg(picture)
    assert re.search(r"stroke-opacity", svg(picture))
    assert "adjoint" in tikz(picture)
    assert "draw opacity" in tikz(picture)


def test_a_card_says_what_it_was_before() -> None:
    square = gradviz.parse("(x^2)^2")
    accents = change_accents(compare(record(square, {"x": 2.0}), record(square, {"x": 3.0})))
    assert accents.cards[NodeId(0)].below == "2 + 1"
    assert accents.cards[NodeId(0)].back == "32 + 76"
    roles = {"x": Role.PARAMETER}
    picture = compose(square, own_placement(square), roles, record(square, {"x": 3.0}), accents=accents)
    labels = [(label.text, label.colour) for label in card_labels(picture.cards[0])]
    assert ("2 + 1", Token.VALUE) in labels
    assert ("32 + 76", Token.DERIVATIVE) in labels


def test_nothing_is_said_where_nothing_changed() -> None:
    run = record(GRAPH, VALUES)
    assert not change_accents(compare(run, run)).cards


def test_signed_numbers_have_true_signs() -> None:
    assert [signed(x) for x in (9.0, -3.0, 0.0)] == ["+9", "−3", "0"]


def test_long_notes_keep_the_difference_alone() -> None:
    square = gradviz.parse("(x^2)^2")
    runs = [record(square, {"x": x}) for x in (-1.2345e-10, 2.3456e-10)]
    placement, accents = own_placement(square), change_accents(compare(*runs))
    picture = compose(square, placement, {"x": Role.PARAMETER}, runs[1], accents=accents)
    texts = [label.text for label in card_labels(picture.cards[0])]
    assert "+3.58e−10" in texts
