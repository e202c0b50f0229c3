"""A plot taken along: as PNG, SVG or CSV, or as a picture on the clipboard."""

import csv
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QWidget

from gradviz.core.types import Array
from gradviz.errors import DocumentError

FORMATS = {".png": "Picture (*.png)", ".svg": "Vector picture (*.svg)", ".csv": "Numbers (*.csv)"}
_SCALE = 3


def save_plot(view: QGraphicsView, columns: Mapping[str, Array], path: Path) -> None:
    """Write the plot to a file of one of FORMATS; raises DocumentError when that fails."""
    try:
        match path.suffix.lower():
            case ".png":
                if not picture(view).save(str(path)):
                    raise OSError("the picture could not be written")
            case ".svg":
                _write_svg(view, path)
            case ".csv":
                _write_csv(columns, path)
            case suffix:
                raise DocumentError(
                    f"{suffix or 'a file without an ending'} is no format of a plot; use .png, .svg, .csv"
                )
    except OSError as error:
        raise DocumentError(f"{path.name} can't be written: {error.strerror or error}") from None


def picture(view: QGraphicsView) -> QImage:
    """The plot as a picture, sharp enough for a slide."""
    image = QImage(view.size() * _SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(_SCALE)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.render(painter)
    painter.end()
    return image


def copy_plot(view: QGraphicsView) -> None:
    """Put the plot on the clipboard."""
    QGuiApplication.clipboard().setImage(picture(view))


def ask_and_save(parent: QWidget, view: QGraphicsView, columns: Mapping[str, Array], suffix: str) -> None:
    """Ask for a file name and write the plot there; raises DocumentError when that fails."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save the plot", f"plot{suffix}", FORMATS[suffix])
    if name:
        path = Path(name)
        save_plot(view, columns, path if path.suffix else path.with_suffix(suffix))


def _write_svg(view: QGraphicsView, path: Path) -> None:
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # Tiny drops clipping
    generator.setFileName(str(path))
    size = QSize(view.size())
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError("the file could not be opened")
    view.render(painter)
    painter.end()


def _write_csv(columns: Mapping[str, Array], path: Path) -> None:
    """Columns of unequal length stand side by side; a short one ends in empty cells."""
    longest = max((len(values) for values in columns.values()), default=0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        lists = [values.tolist() for values in columns.values()]
        for i in range(longest):
            writer.writerow([repr(values[i]) if i < len(values) else "" for values in lists])
