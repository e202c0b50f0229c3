"""How wide text is, measured in the fonts that we ship, so that a card has room before anything is drawn.

No Qt: the command line and a notebook need it too.
"""

from functools import lru_cache

from PIL import ImageFont

from gradviz import resources

TEXT = "fonts/Inter-Regular.otf"
MATH = "fonts/STIXTwoText-Italic.ttf"
NUMBER = "fonts/JetBrainsMono-Regular.ttf"

_MEASURED_AT = 100


@lru_cache(maxsize=8192)
def width(text: str, font: str, size: float) -> float:
    """The width of one line of text in pixels."""
    return _face(font).getlength(text) * size / _MEASURED_AT


def shortened(text: str, font: str, size: float, room: float) -> str:
    """The text, or as much of it as fits the room, ending in an ellipsis."""
    if width(text, font, size) <= room:
        return text
    low, high = 0, min(len(text), 200)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle] + "…", font, size) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"


@lru_cache(maxsize=8)
def _face(font: str) -> ImageFont.FreeTypeFont:
    # large, so that rounding to whole pixels doesn't show
    return ImageFont.truetype(str(resources.path(font)), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
