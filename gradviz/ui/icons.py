"""Icons: small drawings from resources/icons, in the colour that is asked for."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gradviz import resources

SHARPNESS = 3
"""Icons are painted this many times larger than shown, for screens with fine pixels."""


@cache
def drawing(name: str, colour: str) -> QSvgRenderer:
    """The drawing of that name in a colour `#RRGGBB`."""
    text = resources.path(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


@cache
def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """The drawing as an icon for menus, buttons and windows."""
    pixmap = QPixmap(size * SHARPNESS, size * SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    drawing(name, colour).render(painter, QRectF(0, 0, size * SHARPNESS, size * SHARPNESS))
    painter.end()
    return QIcon(pixmap)
