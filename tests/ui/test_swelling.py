"""Pills and letters on a small picture: larger than the zoom says, and never upon each other."""

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest

pytest.importorskip("PySide6")

from gradviz.core.graph import Edge
from gradviz.export.drawing import card_labels
from gradviz.export.picture import Pill
from gradviz.layout.types import Rect
from gradviz.ui.canvas import GraphView
from gradviz.ui.canvas.items import PillItem
from gradviz.ui.canvas.swelling import MOST, anchor, letters, swelling
from ui.canvas_session import session_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Show = Callable[[str], GraphView]
FORMULAS = ("(x^2)^2", "(y-(Wx+b))^2", "a b + a c + b c + exp(a b c)", "h = a b\nh^2 + 3 h + h c")


@pytest.fixture
def show(qtbot) -> Iterator[Show]:
    def shown(formula: str) -> GraphView:
        view = GraphView(session_of(formula))
        view.set_animated(False)
        qtbot.addWidget(view)
        view.resize(560, 280)
        view.show()
        return view

    return shown


def swollen(view: GraphView, pill: Pill, scale: float) -> Rect:
    """Where a pill is drawn at a zoom."""
    factor = swelling(pill, scale, view.graph_scene.look.room.get(pill.edge, 1.0))
    fixed, rect = anchor(pill), pill.rect
    left, top = fixed.x - factor * (fixed.x - rect.x), fixed.y - factor * (fixed.y - rect.y)
    return Rect(left, top, factor * rect.width, factor * rect.height)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("scale", [1.0, 0.75, 0.5])
def test_what_has_swollen_touches_neither_pills_nor_cards(show: Show, formula: str, scale: float) -> None:
    view = show(formula)
    picture = view.picture
    assert picture is not None
    drawn = [(pill, swollen(view, pill, scale)) for pill in picture.pills]
    larger = [(pill, rect) for pill, rect in drawn if rect.width > pill.rect.width]
    assert bool(larger) == (scale < 0.95)
    for (one, here), (other, there) in combinations(drawn, 2):
        assert not here.overlaps(there) or one.rect.overlaps(other.rect)
    for _, rect in larger:
        assert not any(rect.overlaps(card.rect) for card in picture.cards)


def test_a_number_is_readable_at_half_the_size(show: Show) -> None:
    view = show("(y-(Wx+b))^2")
    picture = view.picture
    assert picture is not None
    heights = [swollen(view, pill, 0.55).height * 0.55 for pill in picture.pills]
    assert min(heights) > 12  # of 17 pixels at full size; 9.35 without


def test_a_longer_number_takes_no_more_room(show: Show) -> None:
    view = show("(x^2)^2")
    picture = view.picture
    assert picture is not None
    pill = picture.pills[0]
    limit = view.graph_scene.look.room[pill.edge]
    long = Pill(pill.edge, pill.kind, Rect(0, 0, 2 * pill.rect.width + 60, pill.rect.height), "−1.2346e−10", pill.state)
    assert swelling(long, 0.5, limit) < swelling(pill, 0.5, limit)


def test_letters_of_a_card_stay_within_it(show: Show) -> None:
    view = show("(y-(Wx+b))^2")
    picture = view.picture
    assert picture is not None
    for card in picture.cards:
        usual, larger = card_labels(card), letters(card, 0.55)
        assert letters(card, 1.0) == usual
        assert all(one.size <= other.size <= MOST * one.size for one, other in zip(usual, larger, strict=True))
        assert all(card.rect.y < label.baseline < card.rect.bottom - 1 for label in larger)
    assert any(label.size > 1.3 * 9 for card in picture.cards for label in letters(card, 0.55))


def test_a_click_beside_a_swollen_pill_is_no_click_on_its_edge(show: Show) -> None:
    view = show("(x^2)^2")
    item = next(item for item in view.graph_scene.items() if isinstance(item, PillItem))
    assert isinstance(item.part.edge, Edge | None)
    assert item.boundingRect().height() > item.shape().boundingRect().height()
