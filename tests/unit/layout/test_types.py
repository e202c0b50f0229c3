"""Rectangles: the few laws that layouts lean on."""

from gradviz.layout.types import Point, Rect


def test_rectangle_around_a_point_has_it_as_its_middle():
    assert Rect.around(Point(3, 4), 10, 20).center == Point(3, 4)


def test_touching_rectangles_do_not_overlap():
    assert not Rect(0, 0, 10, 10).overlaps(Rect(10, 0, 10, 10))


def test_rectangles_that_share_area_overlap():
    assert Rect(0, 0, 10, 10).overlaps(Rect(9, 9, 10, 10))


def test_covering_rectangle_holds_both():
    assert Rect(0, 0, 1, 1).covering(Rect(5, 6, 1, 2)) == Rect(0, 0, 6, 8)


def test_grown_rectangle_has_the_margin_on_each_side():
    assert Rect(1, 1, 2, 2).grown(1) == Rect(0, 0, 4, 4)
