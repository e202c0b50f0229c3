"""The timeline shows the run as one bar and moves the debugger along it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from gradviz.core.trace import Phase
from gradviz.export.theme import LIGHT, Token
from gradviz.project.commands import toggle_breakpoint
from gradviz.session.session import Session
from gradviz.ui.segments import NARROWEST, position_at, segments
from gradviz.ui.theme import Choice, theme
from gradviz.ui.timeline import MARGIN, Timeline
from ui.canvas_session import random_formula, session_of

Show = Callable[[Session, int], Timeline]


@pytest.fixture
def show(qtbot) -> Show:
    def made(session: Session, width: int = 800) -> Timeline:
        timeline = Timeline(session)
        qtbot.addWidget(timeline)
        timeline.resize(width, 60)
        timeline.show()
        return timeline

    theme().choose(Choice.LIGHT)
    return made


def at(timeline: Timeline, position: int) -> QPoint:
    """The middle of the segment of the step that leads to a position."""
    count = len(timeline._session.debugger.trace.steps)
    return QPoint(round(MARGIN + (position - 0.5) * (timeline.width() - 2 * MARGIN) / count), 23)


def turn(timeline: Timeline, eighths: int) -> None:
    place = QPointF(100, 23)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        place, place, QPoint(), QPoint(0, eighths), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(timeline, event)


FORWARD, SEED, BACKWARD = Phase.FORWARD, Phase.SEED, Phase.BACKWARD


def test_each_step_has_a_segment_while_there_is_room() -> None:
    found = segments([FORWARD, FORWARD, SEED, BACKWARD], 10.0, 400.0)
    assert [(one.phase, one.first, one.last, one.left) for one in found] == [
        (FORWARD, 0, 0, 10.0),
        (FORWARD, 1, 1, 110.0),
        (SEED, 2, 2, 210.0),
        (BACKWARD, 3, 3, 310.0),
    ]


def test_steps_of_a_phase_flow_together_when_there_are_too_many() -> None:
    found = segments([FORWARD] * 300 + [SEED] + [BACKWARD] * 400, 0.0, 700.0)
    assert [(one.phase, one.first, one.last) for one in found] == [
        (FORWARD, 0, 299),
        (SEED, 300, 300),
        (BACKWARD, 301, 700),
    ]


@pytest.mark.parametrize("count", [1, 7, 99, 100, 101, 650, 20_000])
def test_segments_cover_all_steps_in_order_and_never_overlap(count: int) -> None:
    found = segments([FORWARD] * count + [SEED] + [BACKWARD] * count, 16.0, 600.0)
    assert [one.first for one in found] == [0, *(one.last + 1 for one in found[:-1])]
    assert found[-1].last == 2 * count
    assert all(one.left < one.right for one in found)
    if 600.0 / (2 * count + 1) >= NARROWEST:
        assert all(before.right <= after.left for before, after in pairwise(found))


def test_no_steps_have_no_segments() -> None:
    assert segments([], 16.0, 600.0) == ()


def test_point_on_a_segment_is_the_position_after_its_step() -> None:
    assert [position_at(x, 4, 10.0, 400.0) for x in (0.0, 11.0, 109.0, 111.0, 409.0, 900.0)] == [0, 1, 1, 2, 4, 4]


def test_click_goes_to_the_step_under_the_pointer(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at(timeline, 5))
    assert session.debugger.position == 5


def test_drag_moves_through_time_in_both_directions(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=at(timeline, 2))
    seen = []
    for position in (3, 6, 1):
        qtbot.mouseMove(timeline, at(timeline, position))
        seen.append(session.debugger.position)
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(2, 23))
    assert seen == [3, 6, 1]


def test_wheel_down_goes_forward_and_up_goes_back(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    session.debugger.go(3)
    turn(timeline, -120)
    forward = session.debugger.position
    turn(timeline, 240)
    assert (forward, session.debugger.position) == (4, 2)


def test_small_turns_of_a_touchpad_add_up(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    session.debugger.go(3)
    for _ in range(8):
        turn(timeline, -15)
    assert session.debugger.position == 4


def test_keys_step_and_go_to_the_ends(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    seen = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Period, Qt.Key.Key_Left, Qt.Key.Key_End):
        qtbot.keyClick(timeline, key)
        seen.append(session.debugger.position)
    assert seen == [0, 1, 2, 1, 7]


def test_comma_undoes_period(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    session.debugger.go(2)
    qtbot.keyClick(timeline, Qt.Key.Key_Period)
    qtbot.keyClick(timeline, Qt.Key.Key_Comma)
    assert session.debugger.position == 2


def test_caption_counts_steps(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    timeline = show(session)
    whole = timeline.caption
    session.debugger.go(4)
    assert (whole, timeline.caption, timeline.accessibleDescription()) == ("7 steps", "step 4 of 7", "step 4 of 7")


def test_tooltip_says_what_the_step_does(show: Show) -> None:
    timeline = show(session_of("(x^2)^2", x=2.0))
    assert timeline.tip(at(timeline, 1).x()) == "Step 1: evaluate x"
    assert timeline.tip(at(timeline, 4).x()) == "Step 4: seed ∂L/∂L"


def test_dots_show_where_a_run_halts(show: Show) -> None:
    session = session_of("log(x) + (y^2)^2", x=0.0, y=2.0)
    session.document.apply(toggle_breakpoint(session.graph.output), "Add breakpoint")
    timeline = show(session)
    debugger = session.debugger
    debugger.restart()
    halted = []
    for _ in range(2):
        debugger.continue_()
        halted.append(debugger.position)
    assert [stop.position for stop in timeline.stops()][:2] == halted
    assert "A run halts here" in timeline.tip(at(timeline, halted[0]).x())


@pytest.mark.parametrize("formula", ["(x^2)^2", random_formula(1, 120)])
def test_past_is_filled_now_is_amber_and_the_future_is_empty(show: Show, formula: str) -> None:
    session = session_of(formula)
    timeline = show(session)
    last = len(session.debugger.trace.steps)
    session.debugger.go(last // 2)
    drawn = timeline.grab().toImage()
    past, now, future = (drawn.pixelColor(at(timeline, where)) for where in (1, last // 2, last))
    assert past == QColor(LIGHT[Token.VALUE])
    assert now == QColor(LIGHT[Token.CURRENT])
    assert future == QColor(LIGHT[Token.PANEL])


def test_empty_document_has_an_empty_bar(qtbot, show: Show) -> None:
    timeline = show(Session())
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(300, 23))
    timeline.grab()
    assert timeline.segments() == ()


def test_timeline_that_qt_deleted_is_not_asked_again(qtbot) -> None:
    import shiboken6

    session = session_of("(x^2)^2", x=2.0)
    timeline = Timeline(session)
    shiboken6.delete(timeline)
    session.debugger.go(3)
    theme().changed.emit()
