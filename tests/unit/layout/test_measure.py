"""Text measures, and that the fonts which we ship have the signs which we draw."""

import pytest
from PIL import ImageFont

import gradviz.core.ops  # noqa: F401
from gradviz import resources
from gradviz.core.op import OPS
from gradviz.layout import measure

MARKS = "−∞²³√Σσθ·∂′₀₁₂₃₄₅₆₇₈₉×÷αβγδεζηικλμνξπρτυφχψω…"


def test_width_grows_with_the_size_of_the_font():
    assert measure.width("loss", measure.TEXT, 20) == pytest.approx(2 * measure.width("loss", measure.TEXT, 10))


def test_letters_of_the_number_font_are_equally_wide():
    assert measure.width("−1.2346e−10", measure.NUMBER, 10) == pytest.approx(
        measure.width("1" * 11, measure.NUMBER, 10)
    )


def test_shortened_text_fits_and_ends_in_an_ellipsis():
    short = measure.shortened("a very long name" * 1000, measure.TEXT, 10, 80)
    assert short.endswith("…")
    assert measure.width(short, measure.TEXT, 10) <= 80


def test_text_that_fits_is_left_alone():
    assert measure.shortened("W", measure.MATH, 17, 80) == "W"


@pytest.mark.parametrize("font", [measure.TEXT, measure.MATH, measure.NUMBER])
def test_font_has_the_signs_that_it_is_drawn_with(font: str):
    assert _missing(font, MARKS) == ""


@pytest.mark.parametrize("font", [measure.MATH, "fonts/STIXTwoText-Regular.ttf", "fonts/STIXTwoText-BoldItalic.ttf"])
def test_mathematics_font_has_every_sign_of_every_card(font: str):
    cards = "".join(f"{op.notation.card or ''}{op.notation.symbol or ''}" for op in OPS.values())
    assert _missing(font, cards + "ⁿᵀᵢⱼ∇⟨⟩‖≤≥≠→▸◂") == ""


def test_number_font_has_the_two_marks():
    assert _missing(measure.NUMBER, "▸◂") == ""


def _missing(font: str, letters: str) -> str:
    face = ImageFont.truetype(str(resources.path(font)), 40, layout_engine=ImageFont.Layout.BASIC)
    nothing = bytes(face.getmask("\U000f1234"))
    return "".join(sorted({c for c in letters if not c.isspace() and bytes(face.getmask(c)) == nothing}))
