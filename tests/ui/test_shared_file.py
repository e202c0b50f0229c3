"""A file that two programs have open: whoever saves second is told before anything is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gradviz.project import files
from gradviz.project.project import project_from_formula
from gradviz.ui.main_window import MainWindow
from ui.windows import shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def shared(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MainWindow, Path]]:
    """A window with unsaved work on a file that another program has written meanwhile."""
    path = tmp_path / "shared.gradviz"
    with shown_window(qtbot, tmp_path / "recovery", "x^2") as window:
        assert window.files.save_to(path)
        window.session.set_value("x", 3.0)
        files.save(project_from_formula("x^2 + 1"), path)
        yield window, path


def _press(window: MainWindow, words: str) -> None:
    button = next(b for b in window.notice.findChildren(QPushButton) if b.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_saving_over_the_work_of_another_program_is_asked_first(shared: tuple[MainWindow, Path]) -> None:
    window, path = shared
    before = path.read_bytes()
    assert not window.files.save()
    assert path.read_bytes() == before
    told = "shared.gradviz was changed by another program since it was opened; nothing is saved yet."
    assert window.notice.text == told
    assert window.session.document.is_modified


def test_it_can_be_overwritten(shared: tuple[MainWindow, Path]) -> None:
    window, path = shared
    window.files.save()
    _press(window, "Overwrite it")
    assert files.load(path).formula == "x^2"
    assert not window.session.document.is_modified


def test_its_version_can_be_taken(shared: tuple[MainWindow, Path]) -> None:
    window, _ = shared
    window.files.save()
    _press(window, "Take its version, lose mine")
    assert window.session.document.project.formula == "x^2 + 1"
