"""The commands that show whether gradients are right, by their real keys."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.ui.panels.per_sample import PerSample
from ui.windows import CTRL, SHIFT, at_rest, shown_window

ALT = Qt.KeyboardModifier.AltModifier


def test_the_gradient_check_comes_into_sight_with_its_key(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        window.docks["explain"].hide()
        QTest.keyClick(window, Qt.Key.Key_K, CTRL | SHIFT)
        at_rest(qtbot, window)
        panel = window.inspector.gradient_check
        qtbot.waitUntil(lambda: panel.isVisible() and panel.model.rowCount() == 3, timeout=10_000)
        assert window.inspector.sections["Gradient check"].bar.gist.whole == "all 3 right"
        qtbot.waitUntil(lambda: not panel.table.visibleRegion().isEmpty(), timeout=5000)


def test_the_gradients_of_the_samples_are_shown_with_their_key(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.session.open_example("least-squares")
        at_rest(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_R, CTRL | ALT)
        panel = window.findChild(PerSample)
        assert panel is not None
        qtbot.waitUntil(lambda: panel.isVisible() and panel.model.rowCount() == 40, timeout=10_000)
        assert panel.verdict.whole.startswith("✓")
