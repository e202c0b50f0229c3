"""The colours of gradviz, in one table: window, canvas and every exported picture take them from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Token(StrEnum):
    """What a colour is for; two colours carry the meaning (value, derivative), all others stay quiet."""

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


@dataclass(frozen=True, slots=True)
class Theme:
    """A name and a colour `#RRGGBB` for each token."""

    name: str
    tokens: Mapping[Token, str]

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
}

LIGHT = Theme("light", {token: pair[0] for token, pair in _TABLE.items()})
DARK = Theme("dark", {token: pair[1] for token, pair in _TABLE.items()})
THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK)}
