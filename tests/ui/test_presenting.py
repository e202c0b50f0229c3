"""Presentation mode: entered and left by keys, stepped by arrow and page keys, and all as it was afterwards."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from gradviz.ui.canvas.camera import READABLE
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.present_dialog import PresentDialog
from gradviz.ui.panels.widgets import Column
from gradviz.ui.presenting import Blank
from tests.ui.windows import CTRL, SHIFT, at_rest, shown_window

Key = Qt.Key


def present(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window.canvas, Key.Key_F11, CTRL)
    assert window.learning.presenting.is_on
    at_rest(qtbot, window)


def seen(window: MainWindow) -> dict[str, object]:
    """All that a presentation could have changed."""
    return {
        "docks": {key for key in window.docks.names() if not window.docks[key].isHidden()},
        "bars": [w.isVisible() for w in (window.menuBar(), window.toolbar, window.formula_toolbar, window.timeline)],
        "controls": window.canvas.overlays.controls.isVisible(),
        "state": window.windowState(),
        "size": window.size(),
        "sheet": window.docks["explain"].widget().styleSheet(),
        "lines": window.explanation.equations.height(),
        "sentence": window.explanation.sentence.fontInfo().pixelSize(),
        "actions": {a.objectName() for a in window.actions_by_key if a.isVisible()},
    }


def test_only_the_chosen_panels_are_shown_large_on_the_full_screen(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        usual = window.explanation.sentence.fontInfo().pixelSize()
        present(qtbot, window)
        assert window.isFullScreen()
        assert {key for key in window.docks.names() if window.docks[key].isVisible()} == {"explain"}
        assert window.formula_toolbar.isVisible()
        assert window.timeline.isVisible()
        assert not window.toolbar.isVisible()
        assert not window.menuBar().isVisible()
        assert not window.canvas.overlays.controls.isVisible()
        assert window.explanation.sentence.fontInfo().pixelSize() > 1.3 * usual
        assert window.explanation.findChild(EquationLines) is not None


def test_a_large_graph_is_presented_at_a_scale_that_can_be_read(qtbot: QtBot, tmp_path: Path) -> None:
    lines = ["h0 = x", *(f"h{i} = tanh(w{i} h{i - 1} + b{i})" for i in range(1, 40)), "(y - h39)^2"]
    with shown_window(qtbot, tmp_path, "\n".join(lines)) as window:
        before = window.canvas.camera.scale
        window.canvas.camera.zoom(0.1)
        present(qtbot, window)
        qtbot.waitUntil(lambda: window.canvas.camera.scale == pytest.approx(READABLE))
        qtbot.keyClick(window.canvas, Key.Key_Escape)
        window.canvas.camera.reframe()
        assert window.canvas.camera.scale == pytest.approx(before)


def test_the_explanation_is_seen_from_its_beginning(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(y - (W x + b))^2") as window:
        bar = next(c for c in window.findChildren(Column) if c.isAncestorOf(window.explanation)).verticalScrollBar()
        window.resize(1000, 600)
        at_rest(qtbot, window)
        bar.setValue(bar.maximum())
        assert bar.value() > 0
        present(qtbot, window)
        assert bar.value() == 0


def test_everything_is_as_it_was_before(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        window.docks["history"].show()
        window.docks["fit"].hide()
        at_rest(qtbot, window)
        before = seen(window)
        present(qtbot, window)
        assert seen(window) != before
        qtbot.keyClick(window.canvas, Key.Key_Escape)
        assert not window.learning.presenting.is_on
        at_rest(qtbot, window)
        qtbot.waitUntil(lambda: seen(window) == before, timeout=5000)


@pytest.mark.parametrize(
    ("forward", "back"), [(Key.Key_Right, Key.Key_Left), (Key.Key_PageDown, Key.Key_PageUp), (Key.Key_Down, Key.Key_Up)]
)
def test_arrow_keys_and_a_clicker_step(qtbot: QtBot, tmp_path: Path, forward: Key, back: Key) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        present(qtbot, window)
        debugger = window.session.debugger
        qtbot.keyClick(window.canvas, Key.Key_Home)
        assert debugger.position == 0
        for _ in range(3):
            qtbot.keyClick(window.canvas, forward)
        assert debugger.position == 3
        qtbot.keyClick(window.canvas, back)
        assert debugger.position == 2


def test_keys_step_wherever_the_focus_is_but_a_field_keeps_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a b + a") as window:
        present(qtbot, window)
        debugger = window.session.debugger
        qtbot.keyClick(window.timeline, Key.Key_Home)
        qtbot.keyClick(window.timeline, Key.Key_PageDown)
        assert debugger.position == 1
        field = window.formula_bar.field
        field.setFocus()
        qtbot.keyClick(field, Key.Key_Left)
        qtbot.keyClick(field, Key.Key_Right)
        assert debugger.position == 1


def test_shift_takes_single_edges(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a = 2\nb = 3\na b") as window:
        present(qtbot, window)
        debugger = window.session.debugger
        qtbot.keyClick(window.canvas, Key.Key_Home)
        for _ in range(4):
            qtbot.keyClick(window.canvas, Key.Key_Right)
        at_seed = debugger.position
        qtbot.keyClick(window.canvas, Key.Key_Right, SHIFT)
        one_edge = debugger.position
        qtbot.keyClick(window.canvas, Key.Key_Left, SHIFT)
        qtbot.keyClick(window.canvas, Key.Key_Right)
        assert (one_edge - at_seed, debugger.position - at_seed) == (1, 2)


def test_b_blanks_the_screen_until_the_next_key(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        present(qtbot, window)
        qtbot.keyClick(window.canvas, Key.Key_B)
        blank = window.findChild(Blank)
        assert blank is not None
        assert blank.isVisible()
        assert blank.size() == window.size()
        qtbot.keyClick(window.canvas, Key.Key_B)
        assert not any(each.isVisible() for each in window.findChildren(Blank))


def test_dialog_chooses_panels_and_starts(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        window.actions_by_key["present_choice"].trigger()
        dialog = window.findChild(PresentDialog)
        assert dialog is not None
        dialog.boxes["explain"].click()
        dialog.boxes["loss"].click()
        dialog.boxes["timeline"].click()
        dialog.edges.click()
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
        at_rest(qtbot, window)
        assert {key for key in window.docks.names() if window.docks[key].isVisible()} == {"loss"}
        assert not window.timeline.isVisible()
        assert window.preferences.presented == ["formula", "loss"]
        assert window.preferences.presents_edges


def test_cancelled_dialog_changes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        before = list(window.preferences.presented)
        window.actions_by_key["present_choice"].trigger()
        dialog = window.findChild(PresentDialog)
        assert dialog is not None
        dialog.boxes["build"].click()
        box = dialog.findChild(QDialogButtonBox)
        assert box is not None
        qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
        assert window.preferences.presented == before
        assert not window.learning.presenting.is_on


def test_window_that_closes_while_presenting_opens_again_as_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        present(qtbot, window)
        window.learning.close()
        assert not window.isFullScreen()
        assert window.docks["loss"].isVisible()
