"""The track of iterations: seek by clicks, keys and wheel; quick however many there are."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.project.commands import set_training, set_value
from gradviz.project.project import project_from_formula
from gradviz.project.stop_commands import add_breakpoint
from gradviz.project.stops import Breakpoint
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.iteration_track import IterationTrack
from gradviz.ui.timeline_menu import TimelineMenu


def track_of(qtbot: QtBot, steps: int = 20, rate: float = 0.25, condition: str = "") -> IterationTrack:
    make_application()
    project = set_training(rate=rate, steps=steps)(set_value("x", 8)(project_from_formula("x^2")))
    session = Session(project=project)
    if condition:
        session.document.apply(add_breakpoint(Breakpoint(None, condition=condition)), "Break")
    track = IterationTrack(session)
    qtbot.addWidget(track)
    track.resize(700, 26)
    track.show()
    session.training.start()
    return track


def shown(track: IterationTrack) -> int:
    return track._session.iteration


def test_click_opens_the_iteration_under_the_pointer(qtbot: QtBot) -> None:
    track = track_of(qtbot)
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(5)), 12))
    qtbot.waitUntil(lambda: shown(track) == 5)
    assert track.caption == "iteration 5 of 20"


def test_drag_opens_where_it_ends(qtbot: QtBot) -> None:
    track = track_of(qtbot)
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(2)), 12))
    for iteration in (4, 8, 11):
        QTest.mouseMove(track, QPoint(round(track.x_of(iteration)), 12))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(11)), 12))
    qtbot.waitUntil(lambda: shown(track) in (2, 11))


def painting(track: IterationTrack) -> float:
    """Seconds that the quickest of some paintings takes."""
    times = []
    for _ in range(20):
        began = time.perf_counter()
        track.grab()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [(Qt.Key.Key_Home, 0), (Qt.Key.Key_Left, 19), (Qt.Key.Key_PageUp, 19), (Qt.Key.Key_End, 20)],
)
def test_keys_seek(qtbot: QtBot, key: Qt.Key, wanted: int) -> None:
    track = track_of(qtbot)
    QTest.keyClick(track, key)
    qtbot.waitUntil(lambda: shown(track) == wanted)


def test_marks_show_where_breakpoints_were_hit_and_what_was_found(qtbot: QtBot) -> None:
    track = track_of(qtbot, rate=1.1, condition="iteration == 12")
    assert len(list(track.marks())) >= 2


def test_many_iterations_are_painted_as_quickly_as_few(qtbot: QtBot) -> None:
    few, track = track_of(qtbot, steps=1_000, rate=1e-9), track_of(qtbot, steps=200_000, rate=1e-9)
    assert track._session.training.last_iteration == 200_000
    assert painting(track) < 10 * painting(few)
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(100_000)), 12))
    qtbot.waitUntil(lambda: abs(shown(track) - 100_000) < 400, timeout=5000)


def test_run_to_here_stops_at_a_breakpoint_on_the_way(qtbot: QtBot) -> None:
    make_application()
    session = Session(project=project_from_formula("(x^2)^2"))
    session.document.apply(add_breakpoint(Breakpoint(session.graph.output)), "Break")  # type: ignore[union-attr]
    session.debugger.restart()
    menu = TimelineMenu(session, 6, None)  # type: ignore[arg-type]
    qtbot.addWidget(menu)
    menu.actions()[0].trigger()
    assert session.debugger.position == 3
    menu.actions()[0].trigger()
    assert session.debugger.position == 6


def test_menu_puts_a_breakpoint_on_the_step_and_takes_it_away(qtbot: QtBot) -> None:
    make_application()
    session = Session(project=project_from_formula("(x^2)^2"))
    for count in (1, 0):
        menu = TimelineMenu(session, 5, None)  # type: ignore[arg-type]
        qtbot.addWidget(menu)
        next(a for a in menu.actions() if "reak at" in a.text()).trigger()
        assert len(session.document.project.breakpoints) == count
