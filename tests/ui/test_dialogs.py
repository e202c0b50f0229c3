"""Dialogs and choosers: export, training settings, palette."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gradviz.ui.app import make_application
from gradviz.ui.panels.command_palette import Choice, ranked
from gradviz.ui.panels.export_dialog import FORMATS, ExportDialog
from gradviz.ui.panels.training_settings import TrainingDialog
from ui.canvas_session import session_of
from ui.windows import shown_window

BEGINNINGS = {".svg": b"<", ".png": b"\x89PNG", ".pdf": b"%PDF", ".dot": b"", ".tex": b""}


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_the_export_dialog_writes_every_format(qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        dialog = ExportDialog(window.session, window.canvas, window.preferences, lambda _text: None, window)
        dialog.format.setCurrentIndex(dialog.format.findData(suffix))
        file = tmp_path / f"picture{suffix}"
        assert dialog.write(file)
        assert file.read_bytes().startswith(BEGINNINGS[suffix])
        assert file.stat().st_size > 100
        assert window.preferences.export["format"] == suffix
        dialog.close()


def test_a_picture_that_cannot_be_written_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        dialog = ExportDialog(window.session, window.canvas, window.preferences, lambda _text: None, window)
        assert not dialog.write(tmp_path / "no such folder" / "picture.svg")
        assert "can't be written" in dialog.trouble.text()
        dialog.close()


def test_training_settings_change_the_document_and_can_be_undone(qtbot: QtBot) -> None:
    make_application()
    session = session_of("x^2")
    dialog = TrainingDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    rate = dialog.field("rate")
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "0.25")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.field("optimizer"), "Adam")
    training = session.document.project.training
    assert (training.rate, training.optimizer) == (0.25, "adam")
    session.document.undo()
    assert session.document.project.training.optimizer == "sgd"


def trained_dialog(qtbot: QtBot) -> TrainingDialog:
    make_application()
    dialog = TrainingDialog(session_of("x^2"))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    return dialog


def typed(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_an_empty_field_is_no_limit(qtbot: QtBot) -> None:
    dialog = trained_dialog(qtbot)
    dialog.tabs.setCurrentIndex(3)
    typed(qtbot, dialog.field("clip_norm"), "2.5")
    assert dialog._settings.clip_norm == 2.5
    typed(qtbot, dialog.field("clip_norm"), "")
    assert dialog._settings.clip_norm is None


def test_what_is_senseless_is_said_and_not_taken(qtbot: QtBot) -> None:
    dialog = trained_dialog(qtbot)
    typed(qtbot, dialog.field("validation"), "1.5")
    assert "between 0 and 1" in dialog.trouble.text()
    typed(qtbot, dialog.field("validation"), "some")
    assert "no number" in dialog.trouble.text()
    assert dialog._settings.validation == 0


def test_the_rules_own_numbers_follow_the_optimizer(qtbot: QtBot) -> None:
    dialog = trained_dialog(qtbot)
    qtbot.keyClicks(dialog.field("optimizer"), "Nesterov")
    dialog.tabs.setCurrentIndex(1)
    momentum = dialog.findChild(QLineEdit, "option momentum")
    typed(qtbot, momentum, "0.5")
    assert dialog._settings.options == (("momentum", 0.5),)
    dialog.tabs.setCurrentIndex(0)
    qtbot.keyClick(dialog.field("optimizer"), Qt.Key.Key_End)
    assert dialog._settings.options == ()
    assert not dialog.field("rate").isEnabled()


def test_the_start_is_drawn_anew_and_the_draw_can_be_undone(qtbot: QtBot) -> None:
    make_application()
    session = session_of("(y-(Wx+b))^2")
    dialog = TrainingDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    before = session.values()
    dialog.tabs.setCurrentIndex(4)
    qtbot.mouseClick(dialog.findChild(QPushButton, "drawAnew"), Qt.MouseButton.LeftButton)
    assert float(session.values()["W"]) != float(before["W"])
    assert float(session.values()["x"]) == float(before["x"])
    session.document.undo()
    assert float(session.values()["W"]) == float(before["W"])


def test_the_best_fit_stands_first() -> None:
    choices = [Choice("Step back", _nothing), Choice("Into", _nothing, hint="step into"), Choice("Step", _nothing)]
    assert [choice.title for choice in ranked(choices, "step")] == ["Step", "Step back", "Into"]
    assert ranked(choices, "xyz") == []


def _nothing() -> None:
    """Do nothing."""
