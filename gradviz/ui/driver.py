"""A real window with two hands and two eyes: what the tour drives, by clicks and keys alone."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTabBar, QWidget

from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from gradviz.ui.preferences import Preferences
from gradviz.ui.seen import texts_of
from gradviz.ui.theme import Choice, theme

PATIENCE = 20.0
"""Seconds that one station may wait for work to be done."""
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


class Driver:
    """A window and two hands."""

    def __init__(self, out: Path, choice: Choice, size: tuple[int, int], folder: Path) -> None:
        self.files: list[Path] = []
        self.seen: dict[str, list[str]] = {}
        """For each station the texts that its screenshot shows."""
        self.choice = choice
        self.folder = folder
        self._out = out
        self.runner = QtRunner()
        self.window = MainWindow(self.runner, _Forgetful(), recovery_folder=folder)
        self.session = self.window.session
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def close(self) -> None:
        """Close everything; unsaved work of a tour is nobody's."""
        self.session.document.replace(self.session.document.project)
        self.window.close()
        self.window.deleteLater()
        QApplication.processEvents()
        # WORKAROUND: offscreen, Qt destroys what was copied after Python has ended, and the process dies of that
        QApplication.clipboard().clear()

    # -- hands ----------------------------------------------------------------------------------------

    def type(self, text: str, where: QWidget | None = None) -> None:
        """Type a text where the focus is, or into a widget."""
        target = where or QApplication.focusWidget() or self.window
        if where is not None:
            where.setFocus()
        for character in text:
            target = QApplication.focusWidget() or target
            QTest.keyClicks(target, character)
        self.settle()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        self._wake()
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
        self.settle()

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Click a widget, in its middle if nothing else is said."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())
        self.settle()

    def click_node(self, node: NodeId) -> None:
        """Click a node's card in the graph."""
        card = self.window.canvas.graph_scene.card(node)
        if card is not None:
            middle = card.rect.center
            place = self.window.canvas.mapFromScene(QPointF(middle.x, middle.y))
            self.click(self.window.canvas.viewport(), place)

    def write_formula(self, text: str) -> None:
        """Replace the formula by typing another one."""
        self.press(Qt.Key.Key_L, CTRL)
        field = self.window.formula_bar.field
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
        for number, line in enumerate(text.split("\n")):
            if number:
                QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
            QTest.keyClicks(field, line)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.window.canvas.setFocus()
        self.settle()

    def write_value(self, name: str, text: str) -> None:
        """Type a leaf's value into its field."""
        field = self.window.leaves.row(name).field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.window.canvas.setFocus()
        self.settle()

    def choose_tab(self, title: str) -> None:
        """Click the tab of that title, wherever it is."""
        for bar in self.window.findChildren(QTabBar):
            for index in range(bar.count()):
                if bar.tabText(index).replace("&", "") == title and bar.isVisible():
                    self.click(bar, bar.tabRect(index).center())
                    return

    def step(self, times: int) -> None:
        """Press F10 so many times."""
        self._wake()
        for _ in range(times):
            QTest.keyClick(self.window, Qt.Key.Key_F10)
        self.settle()

    def into(self, times: int) -> None:
        """Press F11 so many times."""
        self._wake()
        for _ in range(times):
            QTest.keyClick(self.window, Qt.Key.Key_F11)
        self.settle()

    def _wake(self) -> None:
        """Make the window the active one again after a dialog: shortcuts belong to the active window."""
        if QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None:
            self.window.activateWindow()
            QApplication.processEvents()

    # -- eyes -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until nothing moves and no work is going on, training apart."""
        end = time.monotonic() + PATIENCE
        QTest.qWait(60)
        while time.monotonic() < end and self._is_moving():
            QTest.qWait(30)
        QTest.qWait(30)

    def _is_moving(self) -> bool:
        window = self.window
        if window.canvas.messenger.is_travelling:
            return True
        if window.canvas.graph_scene.is_gliding or window.canvas.mirror.is_laying_out:
            return True
        is_resting = window.inspector.is_waiting or window.chain_rule.is_waiting or window.mathematics.is_waiting
        return is_resting or (self.runner.is_busy and not self.session.training.is_running)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, or patience ends."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not is_so():
            QTest.qWait(10)

    def look(self, name: str) -> None:
        """Save what is seen: the window, and over it any dialog or popup."""
        seen = self.window.grab()
        texts = texts_of(self.window)
        for other in QApplication.topLevelWidgets():
            if other.isVisible() and other is not self.window and isinstance(other, QDialog | Chooser):
                self._add(seen, other)
                texts += texts_of(other)
        self.seen[name] = sorted(set(texts))
        file = self._out / f"{len(self.files) + 1:02d}-{name}.png"
        seen.save(str(file))
        self.files.append(file)

    def _add(self, seen: QPixmap, dialog: QWidget) -> None:
        ratio = seen.devicePixelRatio()
        area = QRect(QPoint(0, 0), self.window.size())
        place = self.window.mapFromGlobal(dialog.mapToGlobal(QPoint(0, 0)))
        left = min(max(place.x(), 0), max(area.width() - dialog.width(), 0))
        top = min(max(place.y(), 0), max(area.height() - dialog.height(), 0))
        painter = QPainter(seen)
        painter.drawPixmap(left, top, dialog.grab())
        painter.setPen(theme()[Token.LINE])
        painter.drawRect(QRect(left, top, dialog.width(), dialog.height()))
        painter.end()
        seen.setDevicePixelRatio(ratio)


class _Forgetful(Preferences):
    """Preferences that leave no trace on the disk."""

    def save(self, file: Path | None = None) -> None:
        """Remember nothing."""
