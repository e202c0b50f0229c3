"""What a window shows, as texts: enough to tell whether a screenshot is out of date, on any machine.

Pixels differ between machines; words don't. Numbers are left out (a training that is paused stands at another
iteration each time), and each text counts once, so that lists of any length say the same.
"""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from gradviz.ui.canvas.view import GraphView

_NUMBER = re.compile(r"[+\-−]?\d[\d,.\u202f]*(?:e[+\-−]?\d+|[×·]10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
_TAG = re.compile(r"<[^>]+>")
_MOST_CELLS = 60


def texts_of(shown: QWidget) -> list[str]:
    """The texts on a widget and on all that is visible in it, sorted, each once."""
    widgets = [shown, *(child for child in shown.findChildren(QWidget) if child.isVisibleTo(shown))]
    found = {_plain(text) for widget in widgets for text in _texts(widget)}
    return sorted(text for text in found if text.strip("# "))


def _texts(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.text() or widget.placeholderText()
        case QPlainTextEdit():
            yield widget.toPlainText()
        case QComboBox():
            yield widget.currentText()
        case QDockWidget():
            yield widget.windowTitle()
        case QGroupBox():
            yield widget.title()
        case QTabBar():
            yield from (widget.tabText(place) for place in range(widget.count()))
        case GraphView():
            yield from _on_graph(widget)
        case QAbstractItemView():
            yield from _cells(widget)


def _on_graph(view: GraphView) -> Iterator[str]:
    if view.picture is not None:
        for card in view.picture.cards:
            yield f"{card.title} {card.subtitle}"
        for pill in view.picture.pills:
            yield f"{pill.kind.name.lower()} {'' if pill.text is None else '#'}"


def _cells(view: QAbstractItemView) -> Iterator[str]:
    """What stands in the cells that are in sight."""
    model = view.model()
    sight = QRect(view.viewport().rect())
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for row in range(min(model.rowCount(QModelIndex()), _MOST_CELLS)):
        for column in range(min(columns, _MOST_CELLS)):
            index = model.index(row, column)
            if view.visualRect(index).intersects(sight):
                yield str(index.data() or "")


def _plain(text: str) -> str:
    found = " ".join(_NUMBER.sub("#", _TAG.sub("", text.replace("&", ""))).split())
    return found.replace("(#)", "#")  # a number stands in brackets when it is negative
