"""Writing what the export dialog asks for: one picture, or a row of them as pages, frames or a film."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gradviz.errors import ExportError
from gradviz.export.film import numbered
from gradviz.export.formats import EXPORTERS, Exporter, Options
from gradviz.export.picture import Picture
from gradviz.ui import video
from gradviz.ui.raster import RASTER_EXPORTERS, SCALE, SECONDS, gif, pdf_pages, png

FORMATS: dict[str, Exporter] = {
    suffix: {**EXPORTERS, **RASTER_EXPORTERS}[suffix] for suffix in (".svg", ".png", ".pdf", ".dot", ".tex")
}
"""Those of one picture; a row of them is written as numbered files, but for PDF, which has a page for each."""
FILMS: dict[str, str] = {".gif": "GIF animation", ".mp4": "MP4 film"}
PIXELS = (".png", *FILMS)


@dataclass(frozen=True, slots=True)
class Order:
    """How pictures are to be written. scale: pixels a unit. seconds: how long each picture of a film stands."""

    suffix: str
    options: Options = field(default_factory=Options)
    scale: float = SCALE
    seconds: float = SECONDS


def write_one(picture: Picture, order: Order, path: Path) -> None:
    """Write one picture; raises ExportError or OSError."""
    if order.suffix == ".png":
        write_whole(path, png(picture, order.options, scale=order.scale))
    else:
        write_whole(path, FORMATS[order.suffix].write(picture, order.options))


def write_row(
    pictures: Iterable[Picture], count: int, order: Order, path: Path, is_cancelled: Callable[[], bool]
) -> Sequence[Path]:
    """Write a row of pictures; gives the files. Raises ExportError or OSError; stops early when cancelled."""
    if order.suffix in (".pdf", *FILMS):
        found = []
        for picture in pictures:
            if is_cancelled():
                return ()
            found.append(picture)
        write_whole(path, _bound(found, order))
        return (path,)
    written = []
    for target, picture in zip(numbered(path, count), pictures, strict=True):
        if is_cancelled():
            break
        write_one(picture, order, target)
        written.append(target)
    return tuple(written)


def _bound(pictures: Sequence[Picture], order: Order) -> bytes:
    match order.suffix:
        case ".pdf":
            return pdf_pages(pictures, order.options)
        case ".gif":
            return gif(pictures, order.options, scale=order.scale, seconds=order.seconds)
        case ".mp4":
            return video.mp4(pictures, order.options, scale=order.scale, seconds=order.seconds)
    raise ExportError(f"{order.suffix} holds no row of pictures")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, first beside it, then in its place, so that a full disk leaves the old file whole."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
