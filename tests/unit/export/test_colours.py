"""Colours that a person gives to cards: readable in both themes, and in every format."""

import pytest

from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.export.dot import dot
from gradviz.export.picture import Composer, Picture
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.export.theme import DARK, LIGHT, Theme, Token
from gradviz.lang.lower import read
from gradviz.project.placing import COLOURS
from pictured import own_placement


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def painted(colour: str) -> Picture:
    graph = read("sq(x)").graph
    run = record(graph, {"x": 2.0})
    return Composer(graph, own_placement(graph), {}, run, colours={NodeId(1): colour}).at(None)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("ink", [Token.TEXT, Token.MUTED])
def test_words_on_a_coloured_card_have_the_contrast_that_wcag_asks_for(theme: Theme, colour: str, ink: Token) -> None:
    pair = sorted((luminance(theme[ink]), luminance(theme[Token(f"{colour}_card")])))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


@pytest.mark.parametrize("colour", COLOURS)
def test_svg_and_dot_wear_the_colour(colour: str) -> None:
    fill = LIGHT[Token(f"{colour}_card")]
    assert fill in svg(painted(colour), LIGHT)
    assert fill in dot(painted(colour), LIGHT)


def test_tikz_wears_the_colour() -> None:
    assert tikz(painted("green")) != tikz(painted("red"))
