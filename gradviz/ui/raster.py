"""Pictures that need Qt to draw: PNG at any scale, PDF as vectors, and GIF from many pictures.

The strokes are those of the canvas (`ui.painting`), the picture that of every other exporter. No window is opened
and no display is needed.
"""

import io
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter

from gradviz.errors import ExportError
from gradviz.export.formats import Exporter, Options
from gradviz.export.picture import Picture
from gradviz.export.theme import Token
from gradviz.layout.types import Rect
from gradviz.ui.painting import colour, paint_picture
from gradviz.ui.theme import load_fonts

MOST_PIXELS = 16_384
"""The greatest width and height of an image; Qt would try far more and take all memory."""
SCALE = 2.0
"""Pixels a unit of the picture, when nothing else is asked: sharp on a slide."""
SECONDS = 0.8
"""How long a picture of a film stands."""
PDF_RESOLUTION = 1200
INCH = 96.0
"""Units of the picture an inch of paper."""


def png(picture: Picture, options: Options | None = None, *, scale: float = SCALE) -> bytes:
    """The picture as PNG. scale: pixels a unit. Raises ExportError for more than 16384 × 16384 pixels."""
    chosen = options or Options()
    drawn = image(picture, chosen, scale=scale)
    if chosen.title:
        drawn.setText("Title", chosen.title)
    return _written(lambda buffer: QImageWriter(buffer, QByteArray(b"png")).write(drawn), "PNG")


def pdf(picture: Picture, options: Options | None = None) -> bytes:
    """The picture as a one-page PDF of its own size, in vectors, with text that can be searched."""
    return pdf_pages([picture], options)


def pdf_pages(pictures: Sequence[Picture], options: Options | None = None) -> bytes:
    """The pictures as a PDF with one page each, of each picture's size. Raises ExportError for none."""
    if not pictures:
        raise ExportError("a PDF needs at least one picture")
    chosen = options or Options()
    _ready()
    return _written(lambda buffer: _write_pdf(buffer, pictures, chosen), "PDF")


def gif(
    pictures: Sequence[Picture], options: Options | None = None, *, scale: float = SCALE, seconds: float = SECONDS
) -> bytes:
    """The pictures one after the other, each for that long, round and round. Raises ExportError for none."""
    if not pictures:
        raise ExportError("a GIF needs at least one picture")
    chosen = options or Options()
    frames = [_palette_frame(image(picture, chosen, scale=scale)) for picture in pictures]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=round(1000 * seconds), loop=0)
    return out.getvalue()


def image(picture: Picture, options: Options, *, scale: float = SCALE) -> QImage:
    """The picture as pixels; raises ExportError when there would be too many, or none."""
    scale *= options.zoom
    width, height = _pixels(picture.bounds, scale)
    _ready()
    drawn = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    if drawn.isNull():
        raise ExportError(f"there is no memory for {width} × {height} pixels; choose a smaller scale")
    drawn.fill(colour(options.theme, Token.CANVAS, 0.0 if options.is_transparent else 1.0))
    painter = QPainter(drawn)
    _paint(painter, picture, options, scale)
    painter.end()
    return drawn


RASTER_EXPORTERS: Mapping[str, Exporter] = {
    ".png": Exporter("PNG image", png),
    ".pdf": Exporter("PDF document", pdf),
    ".gif": Exporter("GIF image", lambda picture, options: gif([picture], options)),
}
"""The formats that need Qt, by file suffix, as `export.formats.EXPORTERS` has the others."""


def _paint(painter: QPainter, picture: Picture, options: Options, scale: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    painter.translate(-picture.bounds.x, -picture.bounds.y)
    paint_picture(painter, picture, options.theme)


def _write_pdf(buffer: QBuffer, pictures: Sequence[Picture], options: Options) -> bool:
    writer = QPdfWriter(buffer)
    writer.setResolution(PDF_RESOLUTION)
    writer.setTitle(options.title or "gradviz")
    writer.setCreator("gradviz")
    painter = QPainter()
    for number, picture in enumerate(pictures):
        _size_page(writer, picture, options)
        if not (writer.newPage() if number else painter.begin(writer)):
            return False
        painter.save()
        if not options.is_transparent:
            painter.fillRect(painter.viewport().adjusted(-8, -8, 8, 8), colour(options.theme, Token.CANVAS))
        _paint(painter, picture, options, options.zoom * PDF_RESOLUTION / INCH)
        painter.restore()
    return painter.end()


def _size_page(writer: QPdfWriter, picture: Picture, options: Options) -> None:
    """A page as large as the picture; it is asked for before the page begins."""
    unit = options.zoom * 72 / INCH
    points = QSizeF(picture.bounds.width * unit, picture.bounds.height * unit)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))


def _written(write: Callable[[QBuffer], bool], what: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not write(buffer):
        raise ExportError(f"Qt could not write the {what}")
    buffer.close()
    return bytes(buffer.data().data())


def _pixels(bounds: Rect, scale: float) -> tuple[int, int]:
    if not (math.isfinite(scale) and scale > 0):
        raise ExportError(f"the scale of an image must be a positive number, not {scale}")
    longer = max(bounds.width, bounds.height) * scale
    if 0 < longer < 1:
        raise ExportError("the picture would be smaller than one pixel; choose a greater scale")
    width, height = (math.ceil(min(side * scale, 1e15)) for side in (bounds.width, bounds.height))
    if longer > MOST_PIXELS:
        most = MOST_PIXELS / max(bounds.width, bounds.height)
        raise ExportError(
            f"{width} × {height} pixels are more than {MOST_PIXELS} × {MOST_PIXELS}; "
            f"choose a scale of at most {math.floor(most * 100) / 100:g}, or write SVG or PDF"
        )
    return max(width, 1), max(height, 1)


def _palette_frame(drawn: QImage) -> Image.Image:
    rgba = drawn.convertToFormat(QImage.Format.Format_RGBA8888)
    whole = Image.frombytes("RGBA", (rgba.width(), rgba.height()), bytes(rgba.constBits()), "raw", "RGBA")
    return whole.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)


def _ready() -> None:
    """Make sure that Qt can draw text: an application, offscreen where there is no display, and our fonts."""
    if QGuiApplication.instance() is None:
        if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _applications.append(QGuiApplication(["gradviz"]))
    load_fonts()


_applications: list[QGuiApplication] = []
"""The application that this module started, kept alive as long as the process."""
