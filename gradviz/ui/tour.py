"""The tour: drives the real window through the main job with real clicks and keys, and saves what is seen.

    start page → type (x²)² → step → fan-out → squared error → matrices → errors → dark → data → training →
    learning-rate lab → export → a network → 200 nodes → undo

Each station is a function that does what a person would do; its picture is numbered in order.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTabBar, QWidget

from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.project.commands import set_training
from gradviz.session.training import TrainingState
from gradviz.ui.app import make_application
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from gradviz.ui.preferences import Preferences
from gradviz.ui.theme import Choice, theme

Station = Callable[["Driver"], None]
PATIENCE = 20.0
"""Seconds that one station may wait for work to be done."""
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def tour(out: Path, theme_name: str = "light", size: tuple[int, int] = (1400, 900)) -> list[Path]:
    """Save a numbered screenshot of each station; returns the files in order. Needs no display."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out.mkdir(parents=True, exist_ok=True)
    make_application()
    theme().choose(Choice(theme_name))
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(out, Choice(theme_name), size, Path(folder))
        try:
            for station in STATIONS:
                station(driver)
        finally:
            driver.close()
    return driver.files


class Driver:
    """A window and two hands."""

    def __init__(self, out: Path, choice: Choice, size: tuple[int, int], folder: Path) -> None:
        self.files: list[Path] = []
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
        if window.canvas.graph_scene.is_gliding or window.canvas.mirror.is_laying_out:
            return True
        is_resting = window.inspector.is_waiting or window.chain_rule.is_waiting
        return is_resting or (self.runner.is_busy and not self.session.training.is_running)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, or patience ends."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not is_so():
            QTest.qWait(10)

    def look(self, name: str) -> None:
        """Save what is seen: the window, and over it any dialog or popup."""
        seen = self.window.grab()
        for other in QApplication.topLevelWidgets():
            if other.isVisible() and other is not self.window and isinstance(other, QDialog | Chooser):
                self._add(seen, other)
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


# -- stations -----------------------------------------------------------------------------------------------


def start_page(driver: Driver) -> None:
    """What an empty window shows."""
    driver.look("start-page")


def square(driver: Driver) -> None:
    """Type (x^2)^2 and step through it: 32."""
    driver.type("(x^2)^2", driver.window.start_page.field)
    driver.press(Qt.Key.Key_Return)
    driver.look("square-typed")
    driver.window.canvas.setFocus()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.step(2)
    driver.look("square-forward")
    driver.into(2)
    driver.look("square-seeded")
    driver.into(1)
    driver.look("square-why-32")
    driver.press(Qt.Key.Key_F10, CTRL | SHIFT)
    driver.look("square-one-step-back")


def fan_out(driver: Driver) -> None:
    """A value that is used twice: its adjoint is a sum."""
    driver.write_formula("(a b)^2 + 3 a b")
    driver.press(Qt.Key.Key_F5)
    graph = driver.session.graph
    if graph is not None:
        driver.click_node(graph.find("a"))
    driver.look("fan-out-sum")
    driver.session.selection.clear()
    driver.press(Qt.Key.Key_F11, CTRL | SHIFT)
    driver.look("fan-out-second-contribution")


def squared_error(driver: Driver) -> None:
    """The lecture's drawing, stepped to the contribution of the difference."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.look("squared-error-step")
    driver.click(driver.window.chain_rule.more)
    driver.look("chain-rule-unrolled")
    driver.click(driver.window.chain_rule.more)
    slider = driver.window.leaves.row("W").slider
    slider.setFocus()
    for _ in range(10):
        driver.press(Qt.Key.Key_Right)
    driver.look("slider-moved")
    driver.press(Qt.Key.Key_Z, CTRL)


def matrices(driver: Driver) -> None:
    """Matrices: shapes on the edges, heat map and table in the inspector."""
    driver.write_formula("sum((y - (W x + b))^2)")
    driver.write_value("W", "[[1, 2, -1], [0.5, -2, 3]]")
    driver.write_value("x", "[1, -1, 2]")
    driver.write_value("b", "[0.1, -0.2]")
    driver.write_value("y", "[1, 2]")
    graph = driver.session.graph
    if graph is not None:
        driver.click_node(graph.find("W"))
    driver.press(Qt.Key.Key_F5)
    driver.look("matrices")
    driver.session.selection.clear()


def errors(driver: Driver) -> None:
    """A shape error, and a formula that can't be read."""
    driver.write_value("x", "[1, -1]")
    driver.look("shape-error")
    driver.press(Qt.Key.Key_Z, CTRL)
    driver.write_formula("-log(sofmax(W x + b)[1])")
    driver.look("formula-error")
    driver.press(Qt.Key.Key_Z, CTRL)


def other_theme(driver: Driver) -> None:
    """The other theme, chosen in the command palette."""
    wanted = "dark" if driver.choice is not Choice.DARK else "light"
    driver.write_formula("(y - (Wx + b))^2")
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.press(Qt.Key.Key_P, CTRL | SHIFT)
    driver.type(f"{wanted} theme")
    driver.look("command-palette")
    driver.press(Qt.Key.Key_Return)
    driver.look(f"{wanted}-theme")
    theme().choose(driver.choice)
    driver.settle()


def data(driver: Driver) -> None:
    """Least squares on data: bound columns, another sample."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("least-squares")
    driver.settle()
    driver.look("data-bound")
    driver.press(Qt.Key.Key_D, CTRL | SHIFT)
    driver.look("data-dialog")
    _close_dialogs(driver)
    driver.press(Qt.Key.Key_T, CTRL | SHIFT)
    driver.look("training-settings")
    _close_dialogs(driver)


def training(driver: Driver) -> None:
    """Training runs, is paused, and an iteration is reopened and stepped through."""
    training = driver.session.training
    driver.session.document.apply(set_training(steps=300_000), "Train longer")
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: training.iteration > 20 or not training.is_running)
    driver.look("training-running")
    driver.press(Qt.Key.Key_F6)
    driver.wait_until(lambda: training.state is not TrainingState.RUNNING)
    driver.settle()
    driver.look("training-paused")
    field = driver.window.transport.iteration
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    driver.window.canvas.setFocus()
    driver.settle()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(12)
    driver.look("iteration-reopened")
    driver.press(Qt.Key.Key_F11, SHIFT)
    driver.step(1)
    driver.look("update-step")


def plots(driver: Driver) -> None:
    """The learning-rate lab and the loss surface."""
    driver.choose_tab("Learning-rate lab")
    for button in driver.window.docks["rates"].findChildren(QWidget, "compare"):
        driver.click(button)
    driver.look("learning-rate-lab")
    driver.choose_tab("Loss surface")
    driver.settle()
    driver.look("loss-surface")
    driver.choose_tab("Loss")


def export(driver: Driver) -> None:
    """The export dialog, and a picture written with it."""
    driver.press(Qt.Key.Key_E, CTRL)
    driver.look("export-dialog")
    _close_dialogs(driver)


def not_a_number(driver: Driver) -> None:
    """Where does NaN come from? Continue stops there."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("not-a-number")
    driver.settle()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.press(Qt.Key.Key_F5)
    driver.look("not-a-number")


def softmax(driver: Driver) -> None:
    """Softmax on irises, trained."""
    driver.window.files.open_example("softmax-iris")
    driver.settle()
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    driver.settle()
    driver.look("softmax-trained")


def network(driver: Driver) -> None:
    """A network of two layers, and adding an operation by name."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("xor")
    driver.settle()
    driver.look("network")
    driver.window.canvas.setFocus()
    driver.press(Qt.Key.Key_Tab)
    driver.type("soft")
    driver.look("quick-add")
    driver.press(Qt.Key.Key_Escape)


def large(driver: Driver) -> None:
    """Two hundred nodes."""
    lines = ["h0 = x"]
    lines += [f"h{i} = tanh(w{i} h{i - 1} + b{i})" for i in range(1, 40)]
    driver.window.canvas.setFocus()
    driver.session.set_formula("\n".join([*lines, "(y - h39)^2"]))
    driver.settle()
    driver.look("two-hundred-nodes")


def undo(driver: Driver) -> None:
    """All of it is undone again."""
    driver.press(Qt.Key.Key_Z, CTRL)
    driver.look("undone")


def small(driver: Driver) -> None:
    """A small window."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.window.resize(1000, 700)
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.look("small-window")


def _close_dialogs(driver: Driver) -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
    driver.settle()


STATIONS: tuple[Station, ...] = (
    start_page, square, fan_out, squared_error, matrices, errors, other_theme, data, training, plots, export,
    not_a_number, softmax, network, large, undo, small,
)  # fmt: skip
