"""The keyboard goes from panel to panel: toolbar, formula, docks, the tabs of docks, graph and timeline, as one reads.

Tab on the graph adds an operation, so it can't lead on to the next panel; these two keys lead everywhere.
"""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QScrollArea, QTabBar, QToolBar, QWidget

from gradviz.ui.commands.run import Handlers

ROWS = 40
"""Panels that begin within so many pixels stand side by side."""
LINES = 16
"""The same of what is in a panel."""


class PanelCommands:
    """Moves the keyboard focus by whole panels. graph: what has no panel around it, as the graph and its timeline."""

    def __init__(self, window: QMainWindow, *graph: QWidget) -> None:
        self._window = window
        self._graph = graph

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"next_panel": partial(self.go, 1), "previous_panel": partial(self.go, -1)}

    def go(self, by: int) -> None:
        """Give the keys to the panel that is so many further, round and round."""
        found = [(panel, first) for panel in self._panels() if (first := _first_in(panel)) is not None]
        if not found:
            return
        panels = [panel for panel, _ in found]
        present = self._present(panels)
        index = (panels.index(present) + by) % len(panels) if present is not None else 0
        found[index][1].setFocus(Qt.FocusReason.TabFocusReason)

    def _panels(self) -> list[QWidget]:
        window = self._window
        tabs = [bar for bar in window.findChildren(QTabBar) if bar.parent() is window]
        held: list[QWidget] = [*window.findChildren(QToolBar), *window.findChildren(QDockWidget), *tabs, *self._graph]
        return sorted((panel for panel in held if panel.isVisible() and self._is_in_sight(panel)), key=self._place)

    def _is_in_sight(self, panel: QWidget) -> bool:
        """A dock behind another tab stands outside the window."""
        return panel.isWindow() or self._window.rect().intersects(panel.rect().translated(self._corner(panel)))

    def _corner(self, panel: QWidget) -> QPoint:
        return panel.mapTo(self._window, QPoint(0, 0)) if not panel.isWindow() else panel.pos()

    def _place(self, panel: QWidget) -> tuple[int, int, int]:
        corner = self._corner(panel)
        return corner.y() // ROWS, corner.x(), corner.y()

    def _present(self, panels: list[QWidget]) -> QWidget | None:
        focus = QApplication.focusWidget()
        return next((panel for panel in panels if focus is panel or (focus and panel.isAncestorOf(focus))), None)


def _first_in(panel: QWidget) -> QWidget | None:
    """The first widget of a panel that takes the keys, as one reads."""
    # WORKAROUND: PySide takes a widget for the parent of what its nextInFocusChain() returns, and deletes that with it
    if _takes_keys(panel):
        return panel

    def place(widget: QWidget) -> tuple[int, int]:
        corner = widget.mapTo(panel, QPoint(0, 0))
        return corner.y() // LINES, corner.x()

    return min(filter(_takes_keys, panel.findChildren(QWidget)), key=place, default=None)


def _takes_keys(widget: QWidget) -> bool:
    takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes_tab) and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QScrollArea)
