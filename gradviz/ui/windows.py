"""All windows of the program. Each has a session, workers and recovery of its own; they share the preferences.

A window that closes asks about its own work only; the program ends with the last one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gradviz.events import Signal

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow

CASCADE = QPoint(32, 32)
"""How far a new window stands from the one that it was opened from."""
FRAME = QSize(16, 40)
"""Room for the frame and title that a desktop draws around a window; how much it takes is known only later."""


def fit_screen(window: QWidget) -> None:
    """Let a window that was never shown be no larger than the screen has room for."""
    window.resize(window.size().boundedTo(window.screen().availableSize() - FRAME))


def _room_at(place: QPoint, window: QWidget) -> QSize:
    """How large a window can be that stands there, on the same screen as another one."""
    end = window.screen().availableGeometry().bottomRight() - place
    return QSize(end.x(), end.y()) - FRAME


class Windows:
    """The windows that are open, in the order in which they were. make(windows): makes one more."""

    def __init__(self, make: Callable[["Windows"], "MainWindow"]) -> None:
        self._make = make
        self._all: list[MainWindow] = []
        self.ended: Signal[[]] = Signal()
        """The last one has closed."""

    @property
    def all(self) -> tuple["MainWindow", ...]:
        """The windows that are open."""
        return tuple(window for window in self._all if isValid(window))

    @property
    def active(self) -> "MainWindow | None":
        """The window that somebody works in, else the last one; None when all are closed."""
        front = QApplication.activeWindow()
        while front is not None and front not in self._all:
            parent = front.parentWidget()
            front = parent.window() if parent is not None else None
        return next((window for window in self.all if window is front), self.all[-1] if self.all else None)

    def adopt(self, window: "MainWindow") -> None:
        """Take a window among them."""
        self._all.append(window)

    def forget(self, window: "MainWindow") -> None:
        """A window has closed."""
        self._all = [other for other in self.all if other is not window]
        if not self._all:
            self.ended.emit()

    def open(self, beside: "MainWindow | None" = None) -> "MainWindow":
        """Show one more, empty window, a little beside another one."""
        window = self._make(self)
        if beside is not None:
            place = beside.pos() + CASCADE
            window.resize(beside.size().boundedTo(_room_at(place, beside)).expandedTo(window.minimumSize()))
            window.move(place)
        window.show()
        return window

    def showing(self, path: Path) -> "MainWindow | None":
        """The window in which a file is open."""
        wanted = path.resolve()
        found = (w for w in self.all if (own := w.session.document.path) is not None and own.resolve() == wanted)
        return next(found, None)

    def raise_showing(self, here: "MainWindow", path: Path) -> bool:
        """Bring the other window in which a file is open to the front; False when there is none."""
        found = self.showing(path)
        if found is None or found is here:
            return False
        self.raise_window(found)
        return True

    def raise_window(self, window: "MainWindow") -> None:
        """Bring a window to the front."""
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()

    def raise_next(self, window: "MainWindow") -> None:
        """Bring the window after this one to the front."""
        known = self.all
        self.raise_window(known[(known.index(window) + 1) % len(known)])

    def close_all(self) -> bool:
        """Close one after another; False when somebody wants to stay."""
        for window in reversed(self.all):
            self.raise_window(window)
            if not window.close():
                return False
        return True
