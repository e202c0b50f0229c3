"""Before and beside the window: preflight, preferences, jobs, recovery, uncaught errors."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from pytestqt.qtbot import QtBot

from gradviz.errors import DocumentError
from gradviz.project.project import project_from_formula
from gradviz.project.recovery import Recovery
from gradviz.session.session import Session
from gradviz.ui.app import _Hook
from gradviz.ui.jobs import QtRunner
from gradviz.ui.preferences import Preferences
from gradviz.ui.preflight import missing_libraries, trouble
from ui.windows import shown_window


def test_preflight_loads_no_qt() -> None:
    code = "import sys, gradviz.ui.preflight; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_a_display_the_trouble_is_said_in_one_line() -> None:
    said = trouble({}, platform="linux")
    assert said is not None
    assert "display" in said
    assert "gradviz tour" in said
    assert "\n" not in said


def test_missing_libraries_are_named_by_their_packages() -> None:
    def load(library: str) -> None:
        if "cursor" in library:
            raise OSError

    said = missing_libraries({"libxcb-cursor.so.0": "libxcb-cursor0", "libGL.so.1": "libgl1"}, load)
    assert said is not None
    assert "apt-get install libxcb-cursor0`" in said


def test_offscreen_needs_no_display() -> None:
    assert trouble({"QT_QPA_PLATFORM": "offscreen"}, platform="linux") is None


def test_a_display_that_does_not_answer_is_named() -> None:
    said = trouble({"DISPLAY": ":987"}, platform="linux")
    assert said is not None
    assert "apt-get" in said or ":987" in said


def test_preferences_come_back(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    kept = Preferences(theme="dark")
    kept.remember(tmp_path / "a.gradviz")
    kept.save(file)
    assert Preferences.load(file) == kept


@pytest.mark.parametrize("text", ["", "[", "[1, 2]", '{"theme": 5, "recent": [1]}', "\0"])
def test_preferences_that_make_no_sense_are_the_usual_ones(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    assert Preferences.load(file) == Preferences()


def test_the_last_file_comes_first_and_ten_are_kept(tmp_path: Path) -> None:
    preferences = Preferences()
    for number in [*range(12), 3]:
        preferences.remember(tmp_path / f"{number}.gradviz")
    names = [Path(name).stem for name in preferences.recent]
    assert names[0] == "3"
    assert len(names) == len(set(names)) == 10


def test_answers_arrive_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    runner = QtRunner()
    here, seen = threading.get_ident(), []
    runner.submit(
        lambda _token: threading.get_ident(),
        lambda worker: seen.append((worker, threading.get_ident())),
        lambda error: seen.append(error),
    )
    qtbot.waitUntil(lambda: bool(seen))
    runner.close()
    assert seen[0][0] != here
    assert seen[0][1] == here


def test_a_post_from_a_worker_arrives_though_nothing_was_submitted(qtbot: QtBot) -> None:
    runner = QtRunner()
    seen: list[int] = []
    worker = threading.Thread(target=lambda: runner.post(lambda: seen.append(1)))
    worker.start()
    qtbot.waitUntil(lambda: seen == [1])
    worker.join()
    runner.close()


def test_a_cancelled_job_says_nothing(qtbot: QtBot) -> None:
    runner = QtRunner()
    seen: list[str] = []
    go = threading.Event()
    job = runner.submit(lambda _token: go.wait(5), lambda _done: seen.append("done"), lambda _e: seen.append("failed"))
    job.cancel()
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)
    runner.close()
    assert seen == []


def test_lost_work_is_offered_and_restored(qtbot: QtBot, tmp_path: Path) -> None:
    crashed = Session(project=project_from_formula("x"))
    crashed.set_formula("x^2 + 1")
    lost = Recovery(crashed.document, tmp_path)
    lost.keep()
    assert lost._lock is not None
    lost._lock.release()  # as the system does when a process dies
    with shown_window(qtbot, tmp_path) as window:
        window.offer_lost_work()
        assert window.notice.isVisible()
        restore = next(b for b in window.notice.findChildren(type(window.notice._offers[0])) if b.text() == "Restore")
        restore.click()
        assert window.session.document.project.formula == "x^2 + 1"
        assert window.isWindowModified()
        assert window.recovery.lost() == ()


def test_an_error_that_nobody_caught_is_shown_and_the_window_lives(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        hook = _Hook(lambda: window)
        hook(DocumentError, DocumentError("the file is gone"), None)
        assert window.notice.text == "the file is gone"
        hook(KeyError, KeyError("colour"), None)
        assert "colour" in window.notice.text
        assert window.isVisible()


def test_settings_are_plain_json(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    Preferences(export={"format": ".png"}).save(file)
    assert json.loads(file.read_text())["export"] == {"format": ".png"}
