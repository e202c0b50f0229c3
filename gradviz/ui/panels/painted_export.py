"""Pictures of what a widget paints itself (a heat map, the surface in perspective), taken along from its menu."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolTip

from gradviz.errors import DocumentError
from gradviz.ui.panels.plot_export import FORMATS, PICTURES, THEMES, Dressed, copy_plot, dressed, save_plot


def offer_pictures(widget: Dressed, name: str) -> None:
    """Give the widget a menu that copies and saves its picture. name: of the file that is proposed."""
    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(lambda at: picture_menu(widget, name).popup(widget.mapToGlobal(at)))


def picture_menu(widget: Dressed, name: str) -> QMenu:
    """What can be taken along: in the window's colours, and in others."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _fill(menu, widget, name, None)
    menu.addSeparator()
    for colours, words in THEMES.items():
        _fill(menu.addMenu(words), widget, name, colours)
    return menu


def _fill(menu: QMenu, widget: Dressed, name: str, colours: str | None) -> None:
    menu.addAction("Copy as picture", partial(_copy, widget, colours))
    for suffix in PICTURES:
        menu.addAction(f"Save as {suffix[1:].upper()}…", partial(_save, widget, name, suffix, colours))


def _copy(widget: Dressed, colours: str | None) -> None:
    with dressed(widget, colours):
        copy_plot(widget)


def _save(widget: Dressed, name: str, suffix: str, colours: str | None) -> None:
    chosen, _ = QFileDialog.getSaveFileName(widget.window(), "Save the picture", f"{name}{suffix}", FORMATS[suffix])
    if not chosen:
        return
    path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(suffix)
    try:
        with dressed(widget, colours):
            save_plot(widget, {}, path)
    except DocumentError as error:
        QToolTip.showText(widget.mapToGlobal(widget.rect().center()), error.message, widget)
