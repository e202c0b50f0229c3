"""What of a picture is taken along: numbers, a part, a legend, the words of the step; and rows of pictures."""

from dataclasses import replace
from itertools import pairwise

import pytest

from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.errors import ExportError
from gradviz.export.cards import boxes_and_slots
from gradviz.export.choice import Choice, chosen
from gradviz.export.drawing import Paint, card_paint, dressed, pill_paint
from gradviz.export.film import Film, numbered, positions
from gradviz.export.label import Font, Label
from gradviz.export.picture import Composer, Picture, Pill, PillKind, State
from gradviz.export.svg import svg
from gradviz.export.theme import PRINT, Token
from gradviz.layout import measure
from gradviz.layout.dot import place
from pictured import LINE_ROLES, LINE_VALUES, least_squares, picture_of


@pytest.fixture
def picture() -> Picture:
    return picture_of(least_squares(), LINE_VALUES, None, LINE_ROLES)


@pytest.fixture
def film() -> Film:
    graph = least_squares()
    trace = record(graph, LINE_VALUES)
    placement = place(*boxes_and_slots(graph, LINE_ROLES), graph.output)
    return Film(Composer(graph, placement, LINE_ROLES, trace), trace)


def _right(label: Label) -> float:
    metrics = {Font.TEXT: measure.TEXT, Font.MATH: measure.MATH, Font.NUMBER: measure.NUMBER}[label.font]
    return label.x + measure.width(label.text, metrics, label.size)


def test_without_derivatives_only_values_are_left(picture: Picture):
    assert {pill.kind for pill in chosen(picture, Choice(derivatives=False)).pills} == {PillKind.VALUE}


def test_without_values_only_derivatives_are_left(picture: Picture):
    assert {pill.kind for pill in chosen(picture, Choice(values=False)).pills} == {PillKind.DERIVATIVE}


def test_a_part_has_no_edge_that_hangs_in_the_air(picture: Picture):
    part = frozenset({NodeId(0), NodeId(1), NodeId(2)})
    found = chosen(picture, Choice(part=part))
    kept = {card.node for card in found.cards}
    assert kept == part
    assert all(wire.edge is not None and {wire.edge.source, wire.edge.target} <= kept for wire in found.wires)
    assert {pill.edge for pill in found.pills} == {wire.edge for wire in found.wires}


def test_a_part_is_smaller_than_the_whole(picture: Picture):
    found = chosen(picture, Choice(part=frozenset({NodeId(0)})))
    assert found.bounds.width < picture.bounds.width / 2


def test_everything_below_the_graph_lies_within_the_bounds(film: Film):
    for position in range(film.last + 1):
        found = film.at(position, Choice(legend=True, explanation=True))
        for label in found.labels:
            assert found.bounds.x < label.x
            assert _right(label) < found.bounds.right
            assert label.baseline + label.size * 0.3 < found.bounds.bottom
        for pill in found.pills:
            assert pill.rect.bottom <= found.bounds.bottom


def test_words_below_a_narrow_graph_leave_the_graph_in_the_middle():
    narrow = picture_of(least_squares(), LINE_VALUES, 3, LINE_ROLES)
    narrow = chosen(narrow, Choice(part=frozenset({NodeId(0)})))
    found = chosen(narrow, Choice(legend=True))
    assert found.bounds.center.x == pytest.approx(narrow.cards[0].rect.center.x)


def test_all_pictures_of_a_film_are_of_one_size(film: Film):
    sizes = {p.bounds for p in film.pictures(range(film.last + 1), Choice(legend=True, explanation=True))}
    assert len(sizes) == 1


def test_the_explanation_is_that_of_the_step(film: Film):
    texts = [label.text for label in film.at(film.last, Choice(explanation=True)).labels]
    assert texts[0].startswith("Back from")


def test_legend_leaves_out_what_is_not_shown(picture: Picture):
    words = {label.text for label in chosen(picture, Choice(legend=True, derivatives=False)).labels}
    assert "value, forward" in words
    assert "derivative, backward" not in words


@pytest.mark.parametrize(
    ("given", "expected"),
    [((5,), [0, 1, 2, 3, 4, 5]), ((5, 2, 4), [2, 3, 4]), ((5, 5), [5]), ((0,), [0])],
)
def test_positions_of_a_range(given: tuple[int, ...], expected: list[int]):
    assert positions(*given) == expected


def test_many_positions_are_thinned_evenly_and_end_at_the_last():
    found = positions(1000, most=100)
    assert len(found) <= 101
    assert found[-1] == 1000
    assert len({b - a for a, b in pairwise(found[:-1])}) == 1


@pytest.mark.parametrize("given", [(5, 3, 2), (5, 0, 6), (5, -1), (5, 6)])
def test_a_range_outside_the_run_is_refused(given: tuple[int, ...]):
    with pytest.raises(ExportError, match="the run has steps 0 to 5"):
        positions(*given)


def test_frames_are_numbered_so_that_they_sort(tmp_path):
    names = [path.name for path in numbered(tmp_path / "run.png", 12)]
    assert names == sorted(names)
    assert names[0] == "run-01.png"
    assert names[-1] == "run-12.png"


def test_print_has_no_colour():
    for colour in PRINT.tokens.values():
        assert colour[1:3] == colour[3:5] == colour[5:7]


def test_print_tells_values_derivatives_and_trouble_apart_without_colour():
    def look(paint: Paint) -> tuple[object, ...]:
        paint = dressed(paint, PRINT)
        fill, line = (token and PRINT[token] for token in (paint.fill, paint.line))
        return fill, line, paint.line_width, paint.is_dashed

    pill = picture_of(least_squares(), LINE_VALUES, None, LINE_ROLES).pills[0]
    looks = {
        look(pill_paint(replace(pill, kind=kind, state=state)))
        for kind in PillKind
        for state in (State.DONE, State.CURRENT)
    }
    looks |= {look(pill_paint(replace(pill, state=state))) for state in (State.NOT_YET, State.FAILED)}
    assert len(looks) == 6


def test_print_gives_each_state_of_a_card_a_look_of_its_own(picture: Picture):
    card = picture.cards[2]
    looks = {
        dressed(card_paint(replace(card, state=state)), PRINT) for state in (State.DONE, State.CURRENT, State.FAILED)
    }
    assert len(looks) == 3


def test_a_pill_in_print_has_an_outline_and_elsewhere_none(picture: Picture):
    pill: Pill = picture.pills[0]
    assert dressed(pill_paint(pill), PRINT).line is Token.TEXT
    assert pill_paint(pill).line is None


def test_labels_of_the_words_begin_at_their_place(film: Film):
    text = svg(film.at(4, Choice(explanation=True)))
    assert 'text-anchor="start"' in text
