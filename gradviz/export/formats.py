"""The text formats that a picture can be written in, by file suffix. Raster and PDF need Qt and live in `ui`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from gradviz.errors import ExportError
from gradviz.export.cards import TITLE_SIZE
from gradviz.export.dot import dot
from gradviz.export.picture import Picture
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.export.theme import LIGHT, Theme

FONT_SIZE = TITLE_SIZE * 72 / 96
"""The usual size of the mathematics on a card, in points."""
SMALLEST_FONT, LARGEST_FONT = 4.0, 96.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can choose about an exported picture; what it shows is the picture's own matter."""

    theme: Theme = LIGHT
    is_transparent: bool = False
    title: str = ""
    """Read aloud by screen readers, where the format has a place for it."""
    font_size: float = FONT_SIZE
    """Of the mathematics on the cards, in points; all else grows with it."""

    @property
    def zoom(self) -> float:
        """How large the picture is, times its usual size."""
        return self.font_size / FONT_SIZE


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format: its name for people, and the function that writes it."""

    name: str
    write: Callable[[Picture, Options], bytes]


EXPORTERS: Mapping[str, Exporter] = {
    ".svg": Exporter(
        "SVG drawing",
        lambda picture, options: svg(
            picture,
            options.theme,
            transparent=options.is_transparent,
            title=options.title,
            embed_fonts=True,
            zoom=options.zoom,
        ).encode(),
    ),
    ".dot": Exporter(
        "Graphviz text",
        lambda picture, options: dot(picture, options.theme, transparent=options.is_transparent).encode(),
    ),
    ".tex": Exporter(
        "LaTeX with TikZ",
        lambda picture, options: tikz(
            picture, options.theme, transparent=options.is_transparent, zoom=options.zoom
        ).encode(),
    ),
}


def export(picture: Picture, name: str, options: Options | None = None) -> bytes:
    """The picture in the format of the file name's suffix; raises ExportError for a suffix that has none."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in EXPORTERS:
        raise ExportError(f"{suffix or name} is no picture format; choose one of {', '.join(EXPORTERS)}")
    return EXPORTERS[suffix].write(picture, options or Options())
