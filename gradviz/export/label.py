"""One line of text of a picture: what it says, where it stands, in which of our three fonts."""

from dataclasses import dataclass
from enum import Enum

from gradviz.export.theme import Token


class Font(Enum):
    """The three fonts of a picture, all shipped in resources/fonts."""

    TEXT = "Inter"
    MATH = "STIX Two Text"
    """Drawn in italics."""
    NUMBER = "JetBrains Mono"


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text, centred on x (or beginning there); `baseline` is the y that its letters stand on."""

    text: str
    x: float
    baseline: float
    font: Font
    size: float
    colour: Token
    is_left: bool = False
