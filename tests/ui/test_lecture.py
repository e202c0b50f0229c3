"""The guided lecture: in a window of its own, with live documents, and the person's own left alone."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from gradviz.project.lecture import lecture
from gradviz.ui.main_window import MainWindow
from tests.ui.windows import CTRL, after, at_rest, shown_window

ALT = Qt.KeyboardModifier.AltModifier


def begin(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """Open the lecture by its key; returns the window in which it is."""
    qtbot.keyClick(window.canvas, Qt.Key.Key_L, CTRL | ALT)
    found = next(each for each in window.windows.all if each.learning.lecturing.is_on)
    at_rest(qtbot, found)
    return found


def test_lecture_leaves_the_own_document_untouched(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a b + 3") as window:
        other = begin(qtbot, window)
        assert other is not window
        assert window.session.document.project.formula == "a b + 3"
        assert not window.learning.lecturing.is_on
        panel = other.learning.lecturing.panel
        qtbot.mouseClick(panel.leave, Qt.MouseButton.LeftButton)
        assert window.windows.all == (window,)


def test_empty_window_is_taken_for_the_lecture_and_given_back(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.learning.lecturing.open()
        at_rest(qtbot, window)
        assert window.windows.all == (window,)
        assert window.docks["lecture"].isVisible()
        qtbot.mouseClick(window.learning.lecturing.panel.leave, Qt.MouseButton.LeftButton)
        assert window.session.graph is None
        assert not window.docks["lecture"].isVisible()


def test_next_and_back_walk_through_all_stops(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.learning.lecturing.open()
        panel = window.learning.lecturing.panel
        for index, stop in enumerate(lecture().stops):
            at_rest(qtbot, window)
            assert panel.title.text() == stop.title
            project = stop.project()
            assert window.session.document.project.formula == project.formula
            texts = [label.text() for label in panel.findChildren(QLabel)]
            assert set(stop.paragraphs) <= set(texts)
            for key in stop.show:
                assert window.docks[key].isVisible()
            assert panel.next.isEnabled() == (index < len(lecture().stops) - 1)
            qtbot.mouseClick(panel.next, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
        assert panel.index == len(lecture().stops) - 2


def test_stop_can_be_played_with_and_set_up_again(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        lecturing = window.learning.lecturing
        lecturing.open()
        lecturing.go(5)
        at_rest(qtbot, window)
        field = window.leaves.row("x").field
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "3")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        at_rest(qtbot, window)
        trace = window.session.debugger.trace
        assert trace is not None
        assert np.isclose(trace.adjoint("x"), 108.0)  # 4·3³
        qtbot.mouseClick(lecturing.panel.set_up, Qt.MouseButton.LeftButton)
        at_rest(qtbot, window)
        assert window.session.debugger.trace is not None
        assert np.isclose(window.session.debugger.trace.adjoint("x"), 32.0)
        assert window.session.debugger.position == 4


def test_descent_stop_can_be_trained(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        lecturing = window.learning.lecturing
        lecturing.open()
        lecturing.go(10)
        at_rest(qtbot, window)
        training = window.session.training
        after(
            qtbot,
            lambda: qtbot.mouseClick(window.transport.train, Qt.MouseButton.LeftButton),
            lambda: training.iteration == 100 and not training.is_running,
        )
        assert np.isclose(float(training.shown_parameters["W"]), 1.975, atol=5e-4)


@pytest.mark.qt_log_ignore("does not support raise")
def test_lecture_is_opened_once(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a b + 3") as window:
        other = begin(qtbot, window)
        other.learning.lecturing.go(3)
        window.activateWindow()
        assert begin(qtbot, window) is other
        assert other.learning.lecturing.panel.index == 3
        assert len(window.windows.all) == 2


def test_start_page_offers_the_lecture(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        qtbot.mouseClick(window.start_page.lecture, Qt.MouseButton.LeftButton)
        at_rest(qtbot, window)
        assert window.learning.lecturing.is_on
        assert window.docks["lecture"].isVisible()


def test_window_of_the_lecture_closes_without_a_question(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a b + 3") as window:
        other = begin(qtbot, window)
        other.session.set_value("W", 5.0)
        assert other.session.document.is_modified
        assert other.close()
        assert window.windows.all == (window,)


def test_own_file_opened_there_is_ones_own_again(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.learning.lecturing.open()
        at_rest(qtbot, window)
        window.session.save(tmp_path / "mine.gradviz")
        window.learning.lecturing.go(1)
        window.session.open(tmp_path / "mine.gradviz")
        assert not window.learning.lecturing.is_on
        assert not window.docks["lecture"].isVisible()
        window.session.set_value("W", 5.0)
        assert window.session.document.is_modified


@pytest.mark.parametrize("way", ["close", "next", "leave"])
def test_what_was_saved_from_the_lecture_is_not_given_up_without_a_question(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with shown_window(qtbot, tmp_path, "a b + 3") as window:
        other = begin(qtbot, window)
        other.session.save(tmp_path / "mine.gradviz")
        name = next(iter(other.session.document.project.leaves))
        other.session.set_value(name, 7.0)
        monkeypatch.setattr(QMessageBox, "exec", lambda _box: QMessageBox.StandardButton.Cancel)
        panel = other.learning.lecturing.panel
        if way == "close":
            assert not other.close()
        else:
            qtbot.mouseClick(panel.next if way == "next" else panel.leave, Qt.MouseButton.LeftButton)
        assert other in window.windows.all
        assert panel.index == 0
        assert float(other.session.document.project.values[name]) == 7.0
        assert other.session.document.is_modified
