"""The colours of gradviz, in one table: window, canvas and every exported picture take them from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Token(StrEnum):
    """What a colour is for; two colours carry the meaning (value, derivative), all others stay quiet.

    The last ones are those that a person gives to cards: outline and fill.
    """

    WINDOW = "window"
    PANEL = "panel"
    CANVAS = "canvas"
    GRID = "grid"
    LINE = "line"
    TEXT = "text"
    MUTED = "muted"
    VALUE = "value"
    VALUE_PILL = "value_pill"
    DERIVATIVE = "derivative"
    DERIVATIVE_PILL = "derivative_pill"
    PARAMETER = "parameter"
    DATA = "data"
    CONSTANT = "constant"
    CURRENT = "current"
    CURRENT_CARD = "current_card"
    EDGE = "edge"
    NOT_YET = "not_yet"
    ERROR = "error"
    RED = "red"
    RED_CARD = "red_card"
    ORANGE = "orange"
    ORANGE_CARD = "orange_card"
    YELLOW = "yellow"
    YELLOW_CARD = "yellow_card"
    GREEN = "green"
    GREEN_CARD = "green_card"
    BLUE = "blue"
    BLUE_CARD = "blue_card"
    PURPLE = "purple"
    PURPLE_CARD = "purple_card"
    GREY = "grey"
    GREY_CARD = "grey_card"


@dataclass(frozen=True, slots=True)
class Theme:
    """A name and a colour `#RRGGBB` for each token.

    outlined: fills that get a line, and dashed: lines that are broken, where colours can't tell them apart.
    """

    name: str
    tokens: Mapping[Token, str]
    outlined: frozenset[Token] = frozenset()
    dashed: frozenset[Token] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", MappingProxyType(dict(self.tokens)))

    def __getitem__(self, token: Token) -> str:
        return self.tokens[token]


_TABLE = {
    #                      light      dark
    Token.WINDOW: ("#F4F5F7", "#16191D"),
    Token.PANEL: ("#FFFFFF", "#1E2227"),
    Token.CANVAS: ("#FAFBFC", "#191C21"),
    Token.GRID: ("#E9ECF0", "#23282E"),
    Token.LINE: ("#D9DDE3", "#313840"),
    Token.TEXT: ("#1B1F24", "#E8EBEF"),
    Token.MUTED: ("#5F6B7A", "#9AA6B2"),
    Token.VALUE: ("#0B63B0", "#6CB6FF"),
    Token.VALUE_PILL: ("#E7F1FB", "#17324D"),
    Token.DERIVATIVE: ("#B34D0A", "#FFA657"),
    Token.DERIVATIVE_PILL: ("#FCEDE1", "#4A2E16"),
    Token.PARAMETER: ("#0F7F5F", "#4CC9A0"),
    Token.DATA: ("#6B4FA0", "#B79CF0"),
    Token.CONSTANT: ("#6B7280", "#98A2AE"),
    Token.CURRENT: ("#E0A100", "#F2C94C"),
    Token.CURRENT_CARD: ("#FFF6DA", "#3A3318"),
    Token.EDGE: ("#9AA5B1", "#5B6672"),
    Token.NOT_YET: ("#B6BEC8", "#4A535D"),
    Token.ERROR: ("#C0392B", "#FF7B72"),
    Token.RED: ("#C0392B", "#FF8A80"),
    Token.RED_CARD: ("#FDEBE9", "#3B2022"),
    Token.ORANGE: ("#B85C00", "#FFB066"),
    Token.ORANGE_CARD: ("#FDEEDD", "#3A2817"),
    Token.YELLOW: ("#8F7200", "#E8D06A"),
    Token.YELLOW_CARD: ("#FBF3CF", "#353016"),
    Token.GREEN: ("#2E7D32", "#7FD08A"),
    Token.GREEN_CARD: ("#E6F5E7", "#1B3322"),
    Token.BLUE: ("#1565C0", "#82B7FF"),
    Token.BLUE_CARD: ("#E5F0FC", "#1B2C42"),
    Token.PURPLE: ("#7B3FA0", "#CFA2F0"),
    Token.PURPLE_CARD: ("#F4EAFA", "#30233D"),
    Token.GREY: ("#5F6B7A", "#A8B2BD"),
    Token.GREY_CARD: ("#ECEEF1", "#2C3239"),
}

LIGHT = Theme("light", {token: pair[0] for token, pair in _TABLE.items()})
DARK = Theme("dark", {token: pair[1] for token, pair in _TABLE.items()})
THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK)}
"""Those of the window."""

_GREYS = {
    Token.WINDOW: "#F2F2F2",
    Token.PANEL: "#FFFFFF",
    Token.CANVAS: "#FFFFFF",
    Token.GRID: "#E4E4E4",
    Token.LINE: "#6E6E6E",
    Token.TEXT: "#000000",
    Token.MUTED: "#404040",
    Token.VALUE: "#000000",
    Token.VALUE_PILL: "#FFFFFF",
    Token.DERIVATIVE: "#000000",
    Token.DERIVATIVE_PILL: "#DADADA",
    Token.PARAMETER: "#000000",
    Token.DATA: "#7A7A7A",
    Token.CONSTANT: "#C2C2C2",
    Token.CURRENT: "#000000",
    Token.CURRENT_CARD: "#E6E6E6",
    Token.EDGE: "#4A4A4A",
    Token.NOT_YET: "#8C8C8C",
    Token.ERROR: "#000000",
}


def _grey(token: Token) -> str:
    """A card's own colour is a grey of its own on paper."""
    names = ("red", "orange", "yellow", "green", "blue", "purple", "grey")
    level = 0xFA - 6 * names.index(token.value.removesuffix("_card"))
    return "#" + 3 * f"{level:02X}" if token.value.endswith("_card") else "#303030"


PRINT = Theme(
    "print",
    {token: _GREYS[token] if token in _GREYS else _grey(token) for token in Token},
    frozenset({Token.VALUE_PILL, Token.DERIVATIVE_PILL}),
    frozenset({Token.ERROR}),
)
"""Black and white: told apart by fill, outline, weight and dashes."""
PICTURE_THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}
"""Those of a picture that is taken along."""
