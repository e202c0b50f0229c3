"""Colours that can be read."""

import pytest

from gradviz.export.theme import DARK, LIGHT, Theme, Token

TEXT_ON = [
    (Token.TEXT, Token.PANEL),
    (Token.TEXT, Token.CANVAS),
    (Token.TEXT, Token.CURRENT_CARD),
    (Token.MUTED, Token.PANEL),
    (Token.MUTED, Token.CURRENT_CARD),
    (Token.VALUE, Token.VALUE_PILL),
    (Token.DERIVATIVE, Token.DERIVATIVE_PILL),
    (Token.ERROR, Token.CANVAS),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ink", "paper"), TEXT_ON)
def test_text_has_the_contrast_that_wcag_asks_for(theme: Theme, ink: Token, paper: Token):
    lighter, darker = sorted((_luminance(theme[ink]), _luminance(theme[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_token_has_a_colour(theme: Theme):
    assert set(theme.tokens) == set(Token)


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
