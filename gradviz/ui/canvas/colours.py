"""The colours that a person gives to cards and notes, as a menu."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from gradviz.export.theme import Token
from gradviz.project.placing import COLOURS
from gradviz.ui.theme import theme


def fill_colours(menu: QMenu, present: str | None, take: Callable[[str | None], object], usual: str = "None") -> None:
    """Offer all colours, the present one checked. usual: what it is called to have none."""
    menu.setObjectName("colourMenu")
    for colour in (None, *COLOURS):
        entry = menu.addAction(usual if colour is None else colour.capitalize())
        entry.setCheckable(True)
        entry.setChecked(present == colour)
        if colour is not None:
            entry.setIcon(swatch(colour))
        entry.triggered.connect(partial(_take, take, colour))


def swatch(colour: str) -> QIcon:
    """A small square of a colour."""
    image = QPixmap(14, 14)
    image.fill(QColor(theme().current[Token(colour)]))
    return QIcon(image)


def painting_name(colour: str | None) -> str:
    """What the history calls it."""
    return "Take the colour off" if colour is None else f"Colour {colour}"


def _take(take: Callable[[str | None], object], colour: str | None, _checked: bool = False) -> None:
    take(colour)
