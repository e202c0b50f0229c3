"""Typeset formulas whose parts are known: where each lies, and that marking them changes nothing."""

import re

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from gradviz import parse
from gradviz.core.types import NodeId
from gradviz.text.latex import marked_latex_lines
from gradviz.text.marks import Marked
from gradviz.ui.mathregions import NEUTRAL, Drawn, drawn
from gradviz.ui.mathview import svg_of

FORMULAS = (
    "(y - (W x + b))^2",
    "a / (b + 1) - -c^3",
    "-log(softmax(W x + b)[1])",
    "sum((y - (W x + b))^2)",
    "sqrt(x / (1 + y))",
)


def line_of(formula: str) -> Marked:
    return marked_latex_lines(parse(formula))[-1]


def found(formula: str) -> Drawn:
    made = drawn(line_of(formula), 20.0)
    assert made is not None
    return made


def size(svg: bytes) -> list[float]:
    box = re.search(rb'viewBox="([^"]*)"', svg)
    assert box is not None
    return [float(part) for part in box[1].split()]


def areas(formula: str) -> dict[str, QRectF]:
    line = line_of(formula)
    regions = zip(line.marks, found(formula).regions, strict=True)
    return {line.text[mark.start : mark.stop]: region.area for mark, region in regions if region is not None}


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_drawing_is_that_of_the_plain_latex(formula: str, qapp: QGuiApplication) -> None:
    plain = svg_of(line_of(formula).text, 20.0, NEUTRAL)
    assert plain is not None
    assert size(found(formula).svg) == size(plain)


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_part_has_its_place_inside_that_of_the_part_around_it(formula: str, qapp: QGuiApplication) -> None:
    line, made = line_of(formula), found(formula)
    assert all(region is not None for region in made.regions)
    for i, outer in enumerate(line.marks):
        for j, inner in enumerate(line.marks[i + 1 :], i + 1):
            around, inside = made.regions[i], made.regions[j]
            if inner.stop <= outer.stop and around is not None and inside is not None:
                assert around.area.contains(inside.area)


def test_parts_stand_in_the_order_of_reading(qapp: QGuiApplication) -> None:
    place = areas("(y - (W x + b))^2")
    lefts = [place[name].left() for name in ("y", "W", "x", "b")]
    assert lefts == sorted(lefts)
    assert place["W x"].right() < place["b"].left()


def test_a_fraction_has_its_parts_above_and_below_each_other(qapp: QGuiApplication) -> None:
    place = areas("a / (b + 1)")
    assert place["a"].bottom() < place["b"].top()


def test_the_ink_is_chosen_afterwards(qapp: QGuiApplication) -> None:
    svg = found("x^2").inked("#ff8800")
    assert b"#ff8800" in svg
    assert NEUTRAL.encode() not in svg


def test_what_is_nested_too_deep_is_not_drawn(qapp: QGuiApplication) -> None:
    assert drawn(Marked("{" * 9 + "x" + "}" * 9).around(NodeId(0)), 20.0) is None
