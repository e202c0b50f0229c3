"""The panel of breakpoints and watches, driven by real clicks and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.core.types import NodeId
from gradviz.project.commands import set_training, set_value
from gradviz.project.project import project_from_formula
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.session import Session
from gradviz.ui.commands.remarks import Remarks
from gradviz.ui.panels.debugging import DebugPanel
from gradviz.ui.panels.notice import Notice


@pytest.fixture
def panel(qtbot: QtBot) -> DebugPanel:
    project = set_training(rate=0.25, steps=20)(set_value("x", 8)(project_from_formula("x^2")))
    found = DebugPanel(Session(project=project))
    qtbot.addWidget(found)
    found.resize(640, 240)
    found.show()
    return found


def session_of(panel: DebugPanel) -> Session:
    return panel._session


def type_into(field: object, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def points(panel: DebugPanel) -> tuple[Breakpoint, ...]:
    return session_of(panel).document.project.breakpoints


def test_typed_condition_becomes_a_breakpoint(panel: DebugPanel) -> None:
    type_into(panel.breakpoints.field, "loss < 2")
    assert points(panel) == (Breakpoint(None, condition="loss < 2"),)
    assert panel.breakpoints.field.text() == ""


def test_bad_condition_is_refused_with_a_caret(panel: DebugPanel) -> None:
    type_into(panel.breakpoints.field, "los < 2")
    assert points(panel) == ()
    shown = panel.breakpoints.error.text().split("\n")
    assert shown[0] == "los < 2"
    assert shown[1].startswith("^^^  there is nothing called `los`")
    assert panel.breakpoints.field.property("look") == "bad"


def test_condition_is_edited_in_place_and_undone(panel: DebugPanel) -> None:
    type_into(panel.breakpoints.field, "loss < 2")
    type_into(panel.breakpoints.rows[0].condition, "loss < 20")
    assert points(panel)[0].condition == "loss < 20"
    session_of(panel).document.undo()
    assert panel.breakpoints.rows[0].condition.text() == "loss < 2"


def test_condition_that_became_bad_says_so_in_its_row(panel: DebugPanel) -> None:
    type_into(panel.breakpoints.field, "x > 1")
    session_of(panel).set_formula("w^2")
    row = panel.breakpoints.rows[0]
    assert not row.error.isHidden()
    assert "nothing called `x`" in row.error.text()


def test_breakpoint_on_the_selected_node_is_turned_and_switched_off(panel: DebugPanel, qtbot: QtBot) -> None:
    session_of(panel).selection.select(NodeId(1))
    qtbot.mouseClick(panel.breakpoints.here, Qt.MouseButton.LeftButton)
    row = panel.breakpoints.rows[0]
    qtbot.mouseClick(row.phase, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(row.box, Qt.MouseButton.LeftButton, pos=QPoint(7, row.box.height() // 2))
    assert points(panel) == (Breakpoint(NodeId(1), BreakPhase.BACKWARD, is_enabled=False),)


def test_hits_to_ignore_are_typed(panel: DebugPanel, qtbot: QtBot) -> None:
    type_into(panel.breakpoints.field, "loss > 0")
    row = panel.breakpoints.rows[0]
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    type_into(row.ignore, "3")
    type_into(row.lasts, "2")
    assert (points(panel)[0].ignore, points(panel)[0].lasts) == (3, 2)


def test_hits_are_counted_while_training(panel: DebugPanel) -> None:
    type_into(panel.breakpoints.field, "loss < 2")
    session_of(panel).training.start()
    session_of(panel).training.start()
    assert panel.breakpoints.rows[0].hits.text() == "2×"
    assert panel.status.whole == "Stopped: loss < 2 holds"


def test_breakpoint_is_removed(panel: DebugPanel, qtbot: QtBot) -> None:
    type_into(panel.breakpoints.field, "loss < 2")
    qtbot.mouseClick(panel.breakpoints.rows[0].remove, Qt.MouseButton.LeftButton)
    assert points(panel) == ()
    assert panel.breakpoints.rows == []


def test_watch_shows_its_number_at_each_moment(panel: DebugPanel) -> None:
    panel.show_page(1)
    type_into(panel.watches.field, "2 loss")
    session = session_of(panel)
    session.debugger.go(1)
    assert panel.watches.rows[0].value.text() == "–"
    session.debugger.go(2)
    assert panel.watches.rows[0].value.text() == "128"


def test_watch_is_drawn_over_the_iterations(panel: DebugPanel) -> None:
    panel.show_page(1)
    type_into(panel.watches.field, "x")
    session = session_of(panel)
    session.training.start()
    session.watching.draw_curves()
    curve = session.watching.curves[0]
    assert curve.iterations.tolist() == list(range(21))
    assert curve.values[:4].tolist() == [8, 4, 2, 1]


def test_ready_made_watch_is_told_to_stop_and_finds_the_fault(panel: DebugPanel, qtbot: QtBot) -> None:
    session = session_of(panel)
    session.document.apply(set_training(rate=1.1, steps=20), "Too large")
    panel.show_page(2)
    row = panel.advice.rows["loss_rising"]
    qtbot.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    type_into(row.fields["iterations"], "3")
    session.training.start()
    assert session.debugger.hit is not None
    assert session.debugger.hit.key == "loss_rising"
    assert session.iteration == 3 or session.iteration == 4
    panel.advice.refresh()


def test_threshold_that_is_no_number_is_refused(panel: DebugPanel) -> None:
    panel.show_page(2)
    field = panel.advice.rows["vanishing"].fields["ratio"]
    type_into(field, "small")
    assert field.property("look") == "bad"
    assert dict(session_of(panel).document.project.advice) == {}


def test_remark_is_opened_from_the_list(panel: DebugPanel, qtbot: QtBot) -> None:
    session = session_of(panel)
    session.document.apply(set_training(rate=1.1, steps=20), "Too large")
    session.training.start()
    panel.show_page(2)
    row = panel.advice.rows["loss_rising"]
    assert "smaller learning rate" in row.finding.text()
    qtbot.mouseClick(row.open, Qt.MouseButton.LeftButton)
    assert session.debugger.hit is not None
    assert session.iteration == session.debugger.hit.iteration


def test_pages_are_made_when_they_are_first_seen(qtbot: QtBot) -> None:
    found = DebugPanel(Session(project=project_from_formula("x^2")))
    qtbot.addWidget(found)
    assert not {"breakpoints", "watches", "advice"} & set(vars(found))
    found.show()
    qtbot.mouseClick(found.buttons.button(2), Qt.MouseButton.LeftButton)
    assert {"breakpoints", "advice"} <= set(vars(found))
    assert "watches" not in vars(found)


def test_remark_goes_with_its_training(panel: DebugPanel, qtbot: QtBot) -> None:
    session, notice = session_of(panel), Notice()
    qtbot.addWidget(notice)
    remarks = Remarks(session, notice)
    session.document.apply(set_training(rate=1.1, steps=20), "Too large")
    session.training.start()
    assert "smaller learning rate" in notice.text
    assert not notice.isHidden()
    session.training.reset()
    assert notice.isHidden()
    del remarks
