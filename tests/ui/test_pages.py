"""File > Export report and Export replay, by their shortcuts."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gradviz.ui.main_window import MainWindow
from ui.windows import CTRL, at_rest, shown_window

CTRL_ALT = CTRL | Qt.KeyboardModifier.AltModifier


def exported(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, path: Path) -> str:
    """What stands in the file after the shortcut."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path.with_suffix("")), ""))
    qtbot.keyClick(window, key, CTRL_ALT)
    qtbot.waitUntil(lambda: "Saved" in window.notice.text, timeout=20_000)
    return path.read_text(encoding="utf-8")


def test_a_report_tells_of_the_document_and_its_training(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shown_window(qtbot, tmp_path, "(x^2 - 3)^2") as window:
        window.session.training.start()
        qtbot.waitUntil(lambda: not window.session.training.is_running, timeout=20_000)
        at_rest(qtbot, window)
        written = exported(qtbot, window, monkeypatch, Qt.Key.Key_E, tmp_path / "a.html")
    assert "(x^2 - 3)^2" in written
    assert "Loss over the iterations" in written
    assert "<script" not in written


def test_a_replay_has_the_steps_of_the_run(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown_window(qtbot, tmp_path, "(x^2)^2") as window:
        steps = len(window.session.debugger.trace.steps)
        written = exported(qtbot, window, monkeypatch, Qt.Key.Key_W, tmp_path / "a.html")
    found = re.search(r'<script type="application/json" id="run">(.*?)</script>', written)
    assert found is not None
    assert len(json.loads(found[1])["steps"]) == steps + 1


def test_a_page_that_can_not_be_written_says_why(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        target = tmp_path / "no such folder" / "a.html"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
        qtbot.keyClick(window, Qt.Key.Key_E, CTRL_ALT)
        qtbot.waitUntil(lambda: "a.html can't be written" in window.notice.text, timeout=10_000)


def test_without_a_graph_there_is_nothing_to_export(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        assert not window.actions_by_key["export_report"].isEnabled()
        assert not window.actions_by_key["export_replay"].isEnabled()
