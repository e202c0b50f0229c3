"""Several windows in one program: each with its own document, its own question and its own recovery."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gradviz.project.files import save
from gradviz.project.project import project_from_formula
from gradviz.project.recovery import Recovery
from gradviz.session.session import Session
from gradviz.ui.app import open_window
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.data_dialog import DataDialog
from gradviz.ui.preferences import Preferences
from gradviz.ui.windows import CASCADE, Windows, fit_screen
from ui.windows import CTRL, SHIFT, at_rest, forget, process, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def first(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path / "recovery", "x^2") as window:
        yield window


def document(folder: Path, name: str, formula: str) -> Path:
    path = folder / name
    save(project_from_formula(formula), path)
    return path


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    target = window.canvas.viewport()
    place, copy = QPointF(target.rect().center()), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), copy, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(place, copy, data, buttons, keys))


@pytest.mark.parametrize("wanted", [(5000, 4000), (300, 200)])
def test_the_first_window_is_no_larger_than_the_screen_has_room_for(qtbot: QtBot, wanted: tuple[int, int]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*wanted)
    fit_screen(window)
    room = window.screen().availableSize()
    assert window.width() == min(wanted[0], room.width() - 16)
    assert window.height() == min(wanted[1], room.height() - 40)


def test_a_window_beside_another_one_ends_on_the_screen(first: MainWindow, qtbot: QtBot) -> None:
    first.setMinimumSize(100, 100)
    first.resize(first.screen().availableSize())
    made: list[QWidget] = []

    def make(_windows: Windows) -> MainWindow:
        made.append(QWidget())
        return made[0]  # type: ignore[return-value]

    Windows(make).open(first)
    qtbot.addWidget(made[0])
    assert made[0].pos() == first.pos() + CASCADE
    assert first.screen().availableGeometry().contains(made[0].frameGeometry())


STRAY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from gradviz.ui import app

real = app.open_window

def opened(*what):
    window = real(*what)
    window.stray = QWidget()
    window.stray.show()
    QTimer.singleShot(200, window.close)
    return window

app.open_window = opened
sys.exit(app.run(["gradviz"]))
"""


def test_the_program_ends_with_its_last_window_whatever_else_is_shown(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", STRAY], env=environment, timeout=60, check=False)
    assert ran.returncode == 0


def test_a_new_window_has_a_document_of_its_own(first: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(first, Qt.Key.Key_N, CTRL | SHIFT)
    second = next(window for window in first.windows.all if window is not first)
    second.session.new("a + b")
    second.session.set_value("a", 5.0)
    at_rest(qtbot, second)
    assert first.session.document.project.formula == "x^2"
    assert (first.isWindowModified(), second.isWindowModified()) == (False, True)


def test_closing_a_window_asks_about_its_own_work_only(
    first: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: (asked.append(box.text()), QMessageBox.StandardButton.Cancel)[1]
    )
    first.session.set_value("x", 9.0)
    second = first.open_beside()
    second.close()
    assert asked == []
    assert first.windows.all == (first,)
    first.close()
    assert len(asked) == 1


def test_quitting_closes_every_window_until_somebody_wants_to_stay(
    first: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: QMessageBox.StandardButton.Cancel)
    first.session.set_value("x", 9.0)
    first.open_beside()
    first.actions_by_key["quit"].trigger()
    process()
    assert first.windows.all == (first,)
    assert first.isVisible()


def test_the_window_menu_lists_the_windows_and_brings_them_to_the_front(first: MainWindow, qtbot: QtBot) -> None:
    second = first.open_beside()
    menu = first.menus["window"]
    menu.aboutToShow.emit()
    listed = [entry for entry in menu.actions() if entry.isCheckable()]
    assert [entry.isChecked() for entry in listed] == [True, False]
    listed[1].trigger()
    qtbot.waitUntil(second.isActiveWindow)


def test_files_dropped_on_a_window_open_the_first_there_and_the_others_beside(
    first: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(first, document(tmp_path, "a.gradviz", "a + 1"), document(tmp_path, "b.gradviz", "b + 2"))
    assert [window.session.document.project.formula for window in first.windows.all] == ["a + 1", "b + 2"]
    assert [Path(name).name for name in first.preferences.recent] == ["b.gradviz", "a.gradviz"]


def test_a_table_dropped_on_a_window_is_offered_as_data(first: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    table.write_text("x,y\n1,2\n3,4\n")
    drop(first, table)
    dialog = first.findChild(DataDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.table is not None)
    assert dialog.table is not None
    assert list(dialog.table.columns) == ["x", "y"]
    dialog.reject()


def test_a_dropped_file_of_another_kind_is_refused_in_words(first: MainWindow, tmp_path: Path) -> None:
    other = tmp_path / "letter.odt"
    other.write_bytes(b"PK\3\4")
    drop(first, other)
    assert first.notice.isVisible()
    assert first.session.document.project.formula == "x^2"


def test_a_file_that_is_open_in_another_window_is_shown_there(first: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = document(tmp_path, "a.gradviz", "a + 1")
    first.files.open(path)
    second = first.open_beside()
    second.files.open(path)
    assert second.session.document.project.formula == ""
    qtbot.waitUntil(first.isActiveWindow)


def test_each_file_of_the_command_line_gets_a_window(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [document(tmp_path, f"{name}.gradviz", f"{name} + 1") for name in "ab"]
    window = open_window(Preferences(is_animated=False), *map(str, paths), "sin(z)")
    qtbot.addWidget(window, before_close_func=forget)
    window.show()
    assert [w.session.document.project.formula for w in window.windows.all] == ["a + 1", "b + 1", "sin(z)"]
    for each in window.windows.all:
        at_rest(qtbot, each)


def test_the_lost_work_of_two_windows_comes_back_in_two_windows(qtbot: QtBot, tmp_path: Path) -> None:
    for formula in ("a^2", "b^3"):
        crashed = Session(project=project_from_formula("x"))
        crashed.set_formula(formula)
        lost = Recovery(crashed.document, tmp_path)
        lost.keep()
        assert lost._lock is not None
        lost._lock.release()  # as the system does when a process dies
    with shown_window(qtbot, tmp_path) as window:
        window.offer_lost_work()
        next(offer for offer in window.notice._offers if "all 2" in offer.text()).click()
        formulas = {each.session.document.project.formula for each in window.windows.all}
        kept = len(list(tmp_path.glob("*.gradviz")))
        for each in window.windows.all:
            at_rest(qtbot, each)
    assert formulas == {"a^2", "b^3"}
    assert kept == 2  # anew, under the locks of the windows that have them now
