"""Teacher mode in the window: what a document hides is out of sight, said, lifted, and saved with it."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from gradviz.export.picture import PillKind
from gradviz.project.lesson import set_lesson
from gradviz.ui.actions import SPECS
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.teacher_bar import TeacherDialog
from gradviz.ui.teaching import EXPORTS, SILENT, TELLING, telling
from tests.ui.windows import CTRL, at_rest, shown_window


def hide(qtbot: QtBot, window: MainWindow, *parts: str) -> None:
    """Choose what is hidden in the dialog."""
    window.actions_by_key["teach"].trigger()
    dialog = window.findChild(TeacherDialog)
    assert dialog is not None
    for part in parts:
        qtbot.mouseClick(dialog.boxes[part], Qt.MouseButton.LeftButton, pos=dialog.boxes[part].rect().center() / 4)
        if not dialog.boxes[part].isChecked():
            dialog.boxes[part].click()
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    at_rest(qtbot, window)


def pills(window: MainWindow, kind: PillKind) -> set[str | None]:
    picture = window.canvas.picture
    assert picture is not None
    return {pill.text for pill in picture.pills if pill.kind is kind}


def test_hidden_derivatives_are_nowhere_and_values_stay(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "derivatives")
        assert pills(window, PillKind.DERIVATIVE) == {"?"}
        assert pills(window, PillKind.VALUE) == {"2", "4", "16"}
        assert not window.docks["explain"].isVisible()
        assert not window.watches.isVisible()
        assert not window.actions_by_key["copy_numpy"].isVisible()
        card = window.canvas.graph_scene.card(window.session.graph.find("x"))  # type: ignore[union-attr]
        assert card is not None
        middle = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
        assert "32" not in window.canvas.tip_at(QPointF(middle))


def test_hidden_derivatives_stay_hidden_while_stepping(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "derivatives")
        window.session.debugger.restart()
        for _ in range(6):
            qtbot.keyClick(window.canvas, Qt.Key.Key_Period)
            assert pills(window, PillKind.DERIVATIVE) <= {"?", None}


def test_bar_says_what_is_hidden_and_lifts_it(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        bar = window.learning.teaching.bar
        assert not bar.isVisible()
        hide(qtbot, window, "derivatives", "timeline")
        assert bar.isVisible()
        assert "hides the derivatives on the graph and timeline" in bar.label.text()
        assert not window.timeline.isVisible()
        qtbot.mouseClick(bar.lift, Qt.MouseButton.LeftButton)
        assert "32" in pills(window, PillKind.DERIVATIVE)
        assert window.docks["explain"].isVisible()
        assert window.timeline.isVisible()
        assert window.session.document.project.lesson == {"derivatives", "timeline"}
        qtbot.mouseClick(bar.lift, Qt.MouseButton.LeftButton)
        assert pills(window, PillKind.DERIVATIVE) == {"?"}


def test_undo_brings_everything_back(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "explain", "train", "labs")
        assert not window.docks["explain"].isVisible()
        assert not window.transport.train.isVisible() or not window.transport.train.isEnabled()
        assert not window.actions_by_key["lab_modes"].isVisible()
        qtbot.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)
        at_rest(qtbot, window)
        assert window.docks["explain"].isVisible()
        assert window.actions_by_key["train"].isEnabled()
        assert window.actions_by_key["lab_modes"].isVisible()
        assert not window.learning.teaching.bar.isVisible()


def test_saved_document_hides_when_it_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "exercise.gradviz"
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "derivatives")
        window.session.save(file)
        window.session.new("a b")
        at_rest(qtbot, window)
        assert window.docks["explain"].isVisible()
        window.session.open(file)
        at_rest(qtbot, window)
        assert pills(window, PillKind.DERIVATIVE) == {"?"}
        assert not window.docks["explain"].isVisible()
        assert window.learning.teaching.bar.isVisible()


def test_resetting_the_docks_brings_nothing_hidden_back(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "explain")
        window.actions_by_key["reset_docks"].trigger()
        qtbot.waitUntil(lambda: not window.docks["explain"].isVisible(), timeout=3000)
        assert window.docks["build"].isVisible()


def test_presentation_shows_nothing_that_is_hidden(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "derivatives")
        qtbot.keyClick(window.canvas, Qt.Key.Key_F11, CTRL)
        at_rest(qtbot, window)
        assert not window.docks["explain"].isVisible()
        assert not window.learning.teaching.bar.isVisible()
        assert pills(window, PillKind.DERIVATIVE) == {"?"}
        qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
        assert not window.docks["explain"].isVisible()
        assert window.learning.teaching.bar.isVisible()


def test_dock_that_was_closed_stays_closed_when_all_is_lifted(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        window.docks["sweep"].close()
        window.session.document.apply(set_lesson(["sweep", "explain"]), "Teacher mode")
        qtbot.mouseClick(window.learning.teaching.bar.lift, Qt.MouseButton.LeftButton)
        assert window.docks["explain"].isVisible()
        assert window.docks["sweep"].isHidden()


def test_other_places_that_tell_numbers_are_silent(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.files.open_example("least-squares")
        at_rest(qtbot, window)
        hide(qtbot, window, "derivatives")
        tabs = window.plots["fit"].tabs  # type: ignore[attr-defined]
        shown = {tabs.tabText(place) for place in range(tabs.count()) if tabs.isTabVisible(place)}
        assert "Fit" in shown
        assert not shown & {"Gradients", "Paper"}
        for x in range(20, window.timeline.width(), 40):
            assert window.timeline.tip(float(x)).partition(":")[2] == "" or "Drag" in window.timeline.tip(float(x))
        for key in ("export", "keep_run", "lab_order", "sum_samples", "quiz", "copy_torch", "check_gradients", "flow"):
            assert not window.actions_by_key[key].isVisible()
        for key in ("save", "step", "train", "undo", "teach", "theme_dark"):
            assert window.actions_by_key[key].isVisible()


def test_every_action_is_either_known_to_be_silent_or_hidden_with_the_numbers() -> None:
    known = {spec.key for spec in SPECS}
    assert {*SILENT, *TELLING, *EXPORTS} <= known
    assert not set(telling()) & set(SILENT)


def test_hidden_exports_are_all_that_write_pictures_pages_and_code(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        hide(qtbot, window, "export")
        shown = {key for key in EXPORTS if window.actions_by_key[key].isVisible()}
        assert not shown
        assert {spec.key for spec in SPECS if spec.key.startswith("export") or spec.menu == "copy_as"} <= set(EXPORTS)
