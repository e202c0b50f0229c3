"""A plot taken along: as PNG, SVG, PDF or CSV, or on the clipboard; in the window's colours or in others."""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QPoint, QRectF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPaintDevice, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QWidget

from gradviz.core.types import Array
from gradviz.errors import DocumentError
from gradviz.export.theme import PICTURE_THEMES, Token
from gradviz.ui.panels.stretching import unstretched
from gradviz.ui.theme import theme

FORMATS = {
    ".png": "Picture (*.png)",
    ".svg": "Vector picture (*.svg)",
    ".pdf": "Vector picture (*.pdf)",
    ".csv": "Numbers (*.csv)",
}
PICTURES = (".png", ".svg", ".pdf")
THEMES = {"light": "Light", "dark": "Dark", "print": "Black and white"}
_SCALE = 3
_INCH = 96
"""Units of the PDF are the plot's pixels, for its pens have widths in these."""


class Dressed(QWidget):
    """A plot, or another painted widget, that takes its colours from the theme that is on."""

    def dress(self) -> None:
        """Take the theme's colours."""


def save_plot(view: Dressed, columns: Mapping[str, Array], path: Path) -> None:
    """Write the plot to a file of one of FORMATS; raises DocumentError when that fails."""
    try:
        match path.suffix.lower():
            case ".png":
                if not picture(view).save(str(path)):
                    raise OSError("the picture could not be written")
            case ".svg":
                path.write_bytes(svg(view).data())
            case ".pdf":
                _write_pdf(view, path)
            case ".csv":
                _write_csv(columns, path)
            case suffix:
                raise DocumentError(
                    f"{suffix or 'a file without an ending'} is no format of a plot; use .png, .svg, .pdf, .csv"
                )
    except OSError as error:
        raise DocumentError(f"{path.name} can't be written: {error.strerror or error}") from None


def picture(view: QWidget) -> QImage:
    """The plot as a picture, sharp enough for a slide."""
    image = QImage(view.size() * _SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(0)
    _render(view, image)
    return image


def copy_plot(view: Dressed) -> None:
    """Put the plot on the clipboard, as an image and as SVG."""
    mime = QMimeData()
    mime.setImageData(picture(view))
    mime.setData("image/svg+xml", svg(view))
    QGuiApplication.clipboard().setMimeData(mime)


@contextmanager
def dressed(view: Dressed, name: str | None) -> Iterator[None]:
    """The plot in the colours of a theme, None: of the window, while it is written."""
    if name is None:
        yield
        return
    try:
        with theme().lent(PICTURE_THEMES[name]):
            view.dress()
            yield
    finally:
        view.dress()


def ask_and_save(
    parent: QWidget, view: Dressed, columns: Mapping[str, Array], suffix: str, colours: str | None = None
) -> None:
    """Ask for a file name and write the plot there; raises DocumentError when that fails. colours: of THEMES."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save the plot", f"plot{suffix}", FORMATS[suffix])
    if name:
        path = Path(name)
        with dressed(view, colours):
            save_plot(view, columns, path if path.suffix else path.with_suffix(suffix))


def svg(view: QWidget) -> QByteArray:
    """The plot as SVG; its text stays text."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # Tiny drops clipping
    generator.setResolution(_INCH)
    generator.setOutputDevice(buffer)
    generator.setSize(view.size())
    generator.setViewBox(QRectF(0, 0, view.width(), view.height()))
    _render(view, generator)
    written = unstretched(bytes(buffer.data().data()).decode())
    if not isinstance(view, QGraphicsView):  # the cells of a heat map have edges
        written = re.sub(r'image-rendering="\w+"', 'image-rendering="pixelated"', written)
    return QByteArray(written.encode())


def _write_pdf(view: QWidget, path: Path) -> None:
    """One page of the plot's size; its text stays text."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_INCH)
    points = QSizeF(view.width() * 72 / _INCH, view.height() * 72 / _INCH)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setCreator("gradviz")
    _render(view, writer)
    path.write_bytes(buffer.data().data())


def _render(view: QWidget, device: QPaintDevice) -> None:
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the file could not be opened")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if isinstance(view, QGraphicsView):
        _render_plot(view, painter)
    else:
        painter.fillRect(view.rect(), theme()[Token.PANEL])
        view.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()


def _render_plot(view: QGraphicsView, painter: QPainter) -> None:
    items = [item for item in view.scene().items() if hasattr(item, "setExportMode")]
    for item in items:  # points as outlines, not as the dots of the screen
        item.setExportMode(True, {"painter": painter, "antialias": True})
    view.render(painter, QRectF(view.rect()), view.viewport().rect())  # its default is in pixels of the device
    for item in items:
        item.setExportMode(False)


def _write_csv(columns: Mapping[str, Array], path: Path) -> None:
    """Columns of unequal length stand side by side; a short one ends in empty cells."""
    longest = max((len(values) for values in columns.values()), default=0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        lists = [values.tolist() for values in columns.values()]
        for i in range(longest):
            writer.writerow([repr(values[i]) if i < len(values) else "" for values in lists])
