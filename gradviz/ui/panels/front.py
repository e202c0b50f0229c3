"""Whether a panel is in front: a dock behind another tab still counts as visible for Qt, but nobody sees it."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget, QWidget


class Front(QObject):
    """Follows the dock of a panel. changed(is_seen): it comes to the front, or leaves it."""

    def __init__(self, panel: QWidget, changed: Callable[[bool], None]) -> None:
        super().__init__(panel)
        self._panel = panel
        self._changed = changed
        self._dock: QDockWidget | None = None
        self._is_seen = False

    @property
    def is_seen(self) -> bool:
        """True while somebody can see the panel."""
        return self._panel.isVisible() and (self._dock is None or self._is_seen)

    def look(self) -> None:
        """Find the dock around the panel, once it is there; call it when the panel is shown."""
        around: QObject | None = self._panel.parent()
        while around is not None and not isinstance(around, QDockWidget):
            around = around.parent()
        if isinstance(around, QDockWidget) and self._dock is None:
            self._dock, self._is_seen = around, True
            around.visibilityChanged.connect(self._follow)

    def _follow(self, is_seen: bool) -> None:
        self._is_seen = is_seen
        self._changed(is_seen)
