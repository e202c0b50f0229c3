"""Windows for tests: dressed, shown, and closed without a question."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.ui.app import make_application
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@contextmanager
def shown_window(qtbot: QtBot, folder: Path, formula: str | None = None) -> Iterator[MainWindow]:
    """A window of 1400×900 that is closed at the end; with a formula, once its graph is laid out."""
    make_application()
    window = MainWindow(QtRunner(), Preferences(is_animated=False), recovery_folder=folder)
    qtbot.addWidget(window, before_close_func=forget)
    window.show()
    window.activateWindow()
    if formula is not None:
        window.session.new(formula)
        at_rest(qtbot, window)
    try:
        yield window
    finally:
        forget(window)
        window.close()


def forget(window: MainWindow) -> None:
    """Nobody wants a test's work saved; a question would wait for ever. Windows beside it close first."""
    for other in window.windows.all:
        if other is not window:
            other.session.document.replace(other.session.document.project)
            other.close()
    window.session.document.replace(window.session.document.project)


def at_rest(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until no work is going on."""

    def is_at_rest() -> bool:
        canvas = window.canvas
        is_moving = canvas.mirror.is_laying_out or canvas.graph_scene.is_gliding
        return not (is_moving or window.runner.is_busy or window.inspector.is_waiting or window.chain_rule.is_waiting)  # type: ignore[attr-defined]

    qtbot.waitUntil(is_at_rest, timeout=20_000)


def after(qtbot: QtBot, do: Callable[[], object], is_so: Callable[[], bool]) -> None:
    """Do something and wait until something is so."""
    do()
    qtbot.waitUntil(is_so, timeout=10_000)


def process() -> None:
    """Let all that is due happen."""
    QApplication.processEvents()
