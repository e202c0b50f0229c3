"""Aligned cards share a line, and distributed ones have equal gaps."""

import pytest

from gradviz.core.types import NodeId
from gradviz.layout.aligning import Line, aligned, distributed
from gradviz.layout.types import Point, Rect

CARDS = {NodeId(0): Rect(0, 10, 40, 20), NodeId(1): Rect(50, 0, 20, 30), NodeId(2): Rect(160, 70, 40, 20)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line.LEFT, [Point(20, 20), Point(10, 15), Point(20, 80)]),
        (Line.RIGHT, [Point(180, 20), Point(190, 15), Point(180, 80)]),
        (Line.CENTRE, [Point(260 / 3, 20), Point(260 / 3, 15), Point(260 / 3, 80)]),
        (Line.TOP, [Point(20, 10), Point(60, 15), Point(180, 10)]),
        (Line.BOTTOM, [Point(20, 80), Point(60, 75), Point(180, 80)]),
        (Line.MIDDLE, [Point(20, 115 / 3), Point(60, 115 / 3), Point(180, 115 / 3)]),
    ],
)
def test_cards_come_in_line(line, expected):
    for node, at in aligned(CARDS, line).items():
        assert (at.x, at.y) == pytest.approx((expected[node].x, expected[node].y))


def test_distributed_cards_have_equal_gaps_and_the_outer_ones_stay():
    assert distributed(CARDS, is_across=True) == {0: Point(20, 20), 1: Point(100, 15), 2: Point(180, 80)}


def test_cards_are_distributed_downwards_too():
    turned = {node: Rect(r.y, r.x, r.height, r.width) for node, r in CARDS.items()}
    assert distributed(turned, is_across=False) == {0: Point(20, 20), 1: Point(15, 100), 2: Point(80, 180)}
