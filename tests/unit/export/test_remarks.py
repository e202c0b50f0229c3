"""Notes beside the graph: where they stand, how they are broken into lines, and what the exporters write."""

from xml.etree import ElementTree

import pytest

from gradviz.core.types import NodeId
from gradviz.export.cards import boxes_and_slots
from gradviz.export.choice import Choice, chosen
from gradviz.export.dot import dot
from gradviz.export.drawing import remark_labels, remark_paint
from gradviz.export.picture import Composer, Picture
from gradviz.export.remarks import MOST_WIDTH, remarks_of, size_of
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.export.theme import PICTURE_THEMES, Theme, Token
from gradviz.lang.lower import read
from gradviz.layout.dot import place
from gradviz.layout.types import Rect
from gradviz.project.placing import COLOURS, Comment

CARD = {NodeId(3): Rect(0.0, 0.0, 60.0, 40.0)}


def composed(*comments: Comment) -> Picture:
    graph = read("x^2 + x").graph
    placement = place(*boxes_and_slots(graph, {}), graph.output)
    return Composer(graph, placement, {}, comments=comments).at(None)


def test_a_note_at_a_card_stands_from_its_middle_and_its_arrow_ends_at_the_border() -> None:
    (remark,) = remarks_of([Comment("here", -20.0, 80.0, 40.0, NodeId(3))], CARD, {})
    assert (remark.rect.x, remark.rect.y) == (10.0, 100.0)
    assert remark.arrow is not None
    assert (remark.arrow[0].x, remark.arrow[0].y) == (30.0, 100.0)
    assert (remark.arrow[-1].x, remark.arrow[-1].y) == (30.0, 42.0)


def test_note_and_arrow_move_with_the_card() -> None:
    comments = [Comment("here", 100.0, 80.0, None, NodeId(3))]
    (before,) = remarks_of(comments, CARD, {})
    (after,) = remarks_of(comments, {NodeId(3): Rect(500.0, -70.0, 60.0, 40.0)}, {})
    assert before.arrow is not None
    assert after.arrow is not None
    assert after.arrow[-1].x - before.arrow[-1].x == pytest.approx(500.0)
    assert after.arrow[-1].y - before.arrow[-1].y == pytest.approx(-70.0)


def test_a_note_on_a_node_inside_a_folded_block_points_at_the_blocks_card() -> None:
    (remark,) = remarks_of([Comment("here", 100.0, 80.0, None, NodeId(1))], CARD, {NodeId(1): NodeId(3)})
    assert remark.target == 3


def test_a_note_that_a_card_has_come_to_stand_below_is_shown_beside_it_and_goes_back() -> None:
    comment = Comment("here", 70.0, 10.0)
    others = {NodeId(4): Rect(60.0, 0.0, 50.0, 40.0)}
    (pushed,) = remarks_of([comment], CARD | others, {})
    assert not any(pushed.rect.overlaps(card) for card in (CARD | others).values())
    assert pushed.rect.center.x < 150.0
    (back,) = remarks_of([comment], CARD, {})
    assert (back.rect.x, back.rect.y) == (70.0, 10.0)


def test_a_note_over_its_own_card_is_shown_beside_it_with_its_arrow() -> None:
    (remark,) = remarks_of([Comment("here", 0.0, 0.0, None, NodeId(3))], CARD, {})
    assert not remark.rect.overlaps(CARD[NodeId(3)])
    assert remark.arrow is not None


def test_notes_that_are_pushed_aside_stand_on_no_other_note_and_on_no_number() -> None:
    pill = Rect(0.0, 45.0, 60.0, 30.0)
    comments = [Comment("one", 5.0, 5.0), Comment("two", 5.0, 5.0), Comment("three", 5.0, 80.0)]
    rects = [remark.rect for remark in remarks_of(comments, CARD, {}, [pill])]
    assert not any(a.overlaps(b) for a in rects for b in [*CARD.values(), pill, *rects] if a is not b)


@pytest.mark.parametrize("theme", PICTURE_THEMES.values(), ids=lambda theme: theme.name)
def test_a_colour_of_a_note_is_in_every_export(theme: Theme) -> None:
    picture = composed(Comment("why", 0.0, 300.0, None, NodeId(0), "blue"))
    ground, line = theme[Token.BLUE_CARD], theme[Token.BLUE]
    assert f'fill="{ground}"' in svg(picture, theme)
    assert f'stroke="{line}"' in svg(picture, theme)
    assert ground in dot(picture, theme)
    assert "fill=gvbluecard,draw=gvblue" in tikz(picture, theme)


def test_long_texts_are_broken_between_words_and_long_words_anywhere() -> None:
    text = "the derivative of a sum is the sum of the derivatives " + "x" * 100
    lines, width, _ = size_of(text)
    assert width <= MOST_WIDTH + 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines[0].endswith(("derivative", "of", "a", "sum", "is", "the"))


def test_the_lines_of_a_note_are_kept_and_empty_ones_take_room() -> None:
    assert size_of("one\n\nthree")[0] == ("one", "", "three")


def test_bounds_hold_a_note_far_away() -> None:
    picture = composed(Comment("far", 3000.0, -2000.0))
    assert picture.bounds.right > 3000.0
    assert picture.bounds.y < -2000.0


def test_without_notes_the_picture_has_its_own_size_again() -> None:
    plain = composed()
    bare = chosen(composed(Comment("far", 3000.0, -2000.0)), Choice(notes=False))
    assert bare.remarks == ()
    assert bare.bounds.width <= plain.bounds.width


def test_a_note_is_text_in_svg_whatever_it_says() -> None:
    said = '<b>&amp; "W" ∂L/∂x 梯度'
    root = ElementTree.fromstring(svg(composed(Comment(said, 0.0, 200.0))))
    assert said in [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_note_is_a_node_of_shape_note_in_dot() -> None:
    text = dot(composed(Comment('<b>\\n"quoted"', 0.0, 80.0, None, NodeId(0))))
    assert "shape=note" in text
    assert r"\"quoted\"" in text
    assert r"\\n" in text
    assert "note0 -> n0" in text


def test_a_note_is_escaped_in_tikz() -> None:
    text = tikz(composed(Comment(r"50 % of \input{x}", 0.0, 80.0)))
    assert r"50 \% of \textbackslash{}input\{x\}" in text


@pytest.mark.parametrize("colour", [None, *COLOURS])
@pytest.mark.parametrize("theme", PICTURE_THEMES.values(), ids=lambda theme: theme.name)
def test_notes_are_readable_in_every_theme(theme: Theme, colour: str | None) -> None:
    (remark,) = remarks_of([Comment("here", 0.0, 0.0, colour=colour)], {}, {})
    ground = remark_paint(remark).fill
    assert ground is not None
    (label,) = remark_labels(remark)
    light, dark = sorted((_luminance(theme[ground]), _luminance(theme[label.colour])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
