"""Presentation mode: full screen, large type, chosen panels only; steps by arrow keys, page keys or a clicker.

    →  ↓  PgDown  Space  .    one step on          Home   the start        B   a blank screen, again: back
    ←  ↑  PgUp    ,           one step back        End    everything       Esc leaves

Keys in a field stay the field's. Afterwards the window is as it was before.
"""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from gradviz.ui.canvas.camera import FITTED_MOST
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.present_dialog import PANELS, PresentDialog
from gradviz.ui.panels.widgets import Column
from gradviz.ui.stage import Act, Bar
from gradviz.ui.stylesheet import stylesheet
from gradviz.ui.theme import BODY, theme

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow

LARGE = 1.5
"""How much larger words and mathematics are."""
LARGEST_GRAPH = 2.6
"""How far a small graph is blown up."""
FORWARD = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Period)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Comma, Qt.Key.Key_Backspace)
NAME = "present"
FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSlider)
"""Widgets whose keys are their own."""
_SIZE = re.compile(r"font-size: (\d+)px")


class Blank(QWidget):
    """A dark screen, for when people are to look at the speaker."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("blank")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("background: black;")
        self.setGeometry(parent.rect())
        self.raise_()
        self.show()


class Presenting(QObject):
    """The presentation of one window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._was: tuple[Qt.WindowState, bool] | None = None
        self._blank: Blank | None = None
        self._enlarged: list[QWidget] = []
        theme().changed.connect(self._restyle)

    @property
    def is_on(self) -> bool:
        """True while it lasts."""
        return self._was is not None

    def choose(self) -> None:
        """Ask what a presentation shows."""
        preferences = self._window.preferences
        dialog = PresentDialog(preferences.presented, by_edges=preferences.presents_edges, parent=self._window)
        dialog.accepted.connect(lambda: self._remember(dialog))
        dialog.open()

    def toggle(self) -> None:
        """Start it, or leave it."""
        if self.is_on:
            self.leave()
        else:
            self.start()

    def start(self) -> None:
        """Show only what is presented, large."""
        window = self._window
        if self.is_on or window.session.graph is None:
            return
        canvas = window.canvas
        self._was = window.windowState(), canvas.camera.is_fitted
        wanted = set(window.preferences.presented)
        docks = frozenset(PANELS[key].dock for key in wanted if key in PANELS and PANELS[key].dock)
        bars = frozenset(Bar(PANELS[key].bar) for key in wanted if key in PANELS and PANELS[key].bar)
        window.learning.stage.enter(Act(NAME, docks, bars))
        self._enlarge(LARGE)
        canvas.overlays.set_quiet(True)
        canvas.camera.fitted_most = LARGEST_GRAPH
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        canvas.setFocus()
        for column in window.findChildren(Column):
            column.verticalScrollBar().setValue(0)
        canvas.camera.reframe()
        QTimer.singleShot(0, window, self._make_room)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one
        window.notice.tell("→ and ← step, B blanks the screen, Esc leaves the presentation")

    def leave(self) -> None:
        """Everything as it was before."""
        if self._was is None:
            return
        (state, was_fitted), self._was = self._was, None
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._unblank()
        if not isValid(self._window):
            return
        window = self._window
        self._enlarge(1.0)
        window.canvas.overlays.set_quiet(False)
        window.canvas.camera.fitted_most = FITTED_MOST
        window.setWindowState(state)
        window.learning.stage.leave(NAME)
        window.notice.end_hint()
        if was_fitted:
            window.canvas.camera.reframe()

    def _make_room(self) -> None:
        """Larger type needs wider panels, where the screen is wide."""
        window = self._window
        if self.is_on and isValid(window):
            sides = [window.docks[key] for key in ("build", "explain") if window.docks[key].isVisible()]
            width = round(min(LARGE * 300, window.width() * 0.27))
            window.resizeDocks(sides, [width] * len(sides), Qt.Orientation.Horizontal)
            window.canvas.camera.reframe()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the presentation, wherever the focus is in its window."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._is_mine(watched):
            return self._pressed(Qt.Key(event.key()), event.modifiers())
        if event.type() is QEvent.Type.Resize and watched is self._window and self._blank is not None:
            self._blank.setGeometry(self._window.rect())
        return False

    def _is_mine(self, watched: QObject) -> bool:
        """True for a widget of this window that doesn't need keys for itself."""
        if not isinstance(watched, QWidget) or isinstance(watched, FIELDS):
            return False
        return watched.window() is self._window

    def _pressed(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        if held & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return False
        debugger = self._window.session.debugger
        self._window.notice.end_hint()
        is_fine = self._window.preferences.presents_edges != bool(held & Qt.KeyboardModifier.ShiftModifier)
        match key:
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_B:
                self._blank_screen()
            case Qt.Key.Key_Home:
                debugger.restart()
            case Qt.Key.Key_End:
                debugger.overview()
            case _ if key in FORWARD:
                self._unblank()
                (debugger.step_into if is_fine else debugger.step)()
            case _ if key in BACK:
                self._unblank()
                (debugger.step_into_back if is_fine else debugger.step_back)()
            case _:
                return False
        return True

    def _blank_screen(self) -> None:
        if self._blank is not None:
            self._unblank()
        else:
            self._blank = Blank(self._window)

    def _unblank(self) -> None:
        if self._blank is not None and isValid(self._blank):
            self._blank.hide()
            self._blank.deleteLater()
        self._blank = None

    def _enlarge(self, factor: float) -> None:
        """Words by a larger stylesheet on the panels, mathematics by its own size."""
        window = self._window
        parts = [*(window.docks[key].widget() for key in window.docks.names()), window.formula_bar]
        self._enlarged = parts if factor != 1.0 else []
        for part in parts:
            part.setStyleSheet(large(factor))
            for lines in part.findChildren(EquationLines):
                lines.set_scale(factor)
            for line in part.findChildren(MathView):
                line.set_scale(factor)

    def _restyle(self) -> None:
        for part in self._enlarged:
            if isValid(part):
                part.setStyleSheet(large(LARGE))

    def _remember(self, dialog: PresentDialog) -> None:
        preferences = self._window.preferences
        preferences.presented, preferences.presents_edges = dialog.chosen, dialog.by_edges
        preferences.save()
        if dialog.starts:
            self.start()


def large(factor: float) -> str:
    """The stylesheet with larger type; nothing for the usual size."""
    if factor == 1.0:
        return ""
    sheet = f"QWidget {{ font-size: {BODY}px; }}\n{stylesheet(theme().current)}"
    return _SIZE.sub(lambda found: f"font-size: {round(int(found[1]) * factor)}px", sheet)
