"""The guided lecture in a window of its own: each stop is a live document, and the person's own stays untouched."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QScrollArea
from shiboken6 import isValid

from gradviz.project.changes import ChangeFlags
from gradviz.project.lecture import lecture
from gradviz.ui.panels.lecture_panel import LecturePanel

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow

WIDTH, NARROW = 300, 230
BELOW = ("loss", "rates", "surface", "debug", "sweep", "fit")
"""Docks that a stop shows only when it talks about them."""


class Lecturing(QObject):
    """The lecture of one window; a window without one opens another that has it."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._is_setting_up = False
        self.panel = LecturePanel(lecture())
        self.is_on = False
        self.panel.chosen.connect(self.go)
        self.panel.again.connect(lambda: self.go(self.panel.index))
        self.panel.left.connect(self.leave)
        window.session.document.changed.connect(self._changed)
        window.installEventFilter(self)

    def open(self) -> None:
        """Begin, or bring the window in which it is on to the front."""
        for window in self._window.windows.all:
            if window.learning.lecturing.is_on:
                self._window.windows.raise_window(window)
                return
        if self._is_untouched():
            self.begin()
        else:
            self._window.open_beside().learning.lecturing.begin()

    def begin(self) -> None:
        """Turn this window into the lecture's."""
        self.is_on = True
        self.go(0)
        dock = self._window.docks["lecture"]
        dock.show()
        self._window.docks["build"].show()
        QTimer.singleShot(0, self._window, self._make_room)

    def go(self, index: int) -> None:
        """Set a stop up: its document, its place in the run, the panels it talks about."""
        if not 0 <= index < len(lecture().stops) or not self._may_give_up():
            self.panel.choice.setCurrentIndex(self.panel.index)
            return
        stop = self.panel.show_stop(index)
        self._is_setting_up = True
        try:
            self._window.session.show(stop.project())
        finally:
            self._is_setting_up = False
        self._window.canvas.fit()
        for key in BELOW:
            self._window.docks[key].setVisible(key in stop.show)
        for key in stop.show:
            self._window.docks.reveal(key)
        QTimer.singleShot(0, self._window, self._make_room)

    def leave(self) -> None:
        """Close the window, or empty the only one."""
        if not self._may_give_up():
            return
        self.is_on = False
        document = self._window.session.document
        document.replace(document.project)
        if len(self._window.windows.all) > 1:
            self._window.close()
        else:
            self._window.docks["lecture"].hide()
            self._window.session.new()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Who closes the window isn't asked whether to save what was played with."""
        if event.type() is QEvent.Type.Close and self.is_on and watched is self._window:
            document = self._window.session.document
            if document.path is None:
                document.replace(document.project)
        return False

    def _may_give_up(self) -> bool:
        """What was played with is nobody's work; what was saved to a file is somebody's, who is asked."""
        return self._window.session.document.path is None or self._window.files.may_leave()

    def _changed(self, flags: ChangeFlags) -> None:
        """Somebody opens a document of their own here: then it is theirs, and the lecture is over."""
        is_other = bool(flags & ChangeFlags.REPLACED) and not self._is_setting_up
        if self.is_on and is_other and self._window.session.document.path is not None:
            self.is_on = False
            self._window.docks["lecture"].hide()

    def _is_untouched(self) -> bool:
        """True for an empty window: it can be taken."""
        session = self._window.session
        has_history = session.document.history.can_undo or session.document.history.can_redo
        return session.graph is None and not session.document.project.formula.strip() and not has_history

    def _make_room(self) -> None:
        if not isValid(self._window):
            return
        width = NARROW if self._window.width() < 1180 else WIDTH
        self._window.resizeDocks([self._window.docks["lecture"]], [width], Qt.Orientation.Horizontal)
        heights = [self._window.docks[key] for key in ("lecture", "build")]
        self._window.resizeDocks(heights, [600, 400], _DOWN)
        build = self._window.docks["build"].widget()
        if isinstance(build, QScrollArea):  # what is played with, not what is built of
            place = self._window.leaves.mapTo(build, QPoint(0, 0)).y() + build.verticalScrollBar().value()
            build.verticalScrollBar().setValue(place - 26)


_DOWN = Qt.Orientation.Vertical
