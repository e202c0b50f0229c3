"""The history list: named states of the document, and jumps between them."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.history_list import HistoryList
from ui.canvas_session import retype, session_of


def list_of(qtbot: QtBot, session: Session) -> HistoryList:
    make_application()
    panel = HistoryList(session)
    qtbot.addWidget(panel)
    panel.resize(240, 300)
    panel.show()
    return panel


def names(panel: HistoryList) -> list[str]:
    return [str(panel.model.data(panel.model.index(row))) for row in range(panel.model.rowCount())]


def click(qtbot: QtBot, panel: HistoryList, row: int) -> None:
    place = panel.list.visualRect(panel.model.index(row)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_goes_back_and_forward_to_a_state(qtbot: QtBot) -> None:
    session = session_of("x")
    panel = list_of(qtbot, session)
    for formula in ("x + 1", "x + 2", "x + 3"):
        retype(session, formula)
    assert len(names(panel)) == 4
    click(qtbot, panel, 1)
    assert session.document.project.formula == "x + 1"
    assert (panel.model.present, len(names(panel))) == (1, 4)
    click(qtbot, panel, 3)
    assert session.document.project.formula == "x + 3"
    click(qtbot, panel, 0)
    assert session.document.project.formula == "x"
    assert not session.document.history.can_undo


def test_a_jump_is_told_to_the_widgets_once(qtbot: QtBot) -> None:
    session = session_of("x")
    panel = list_of(qtbot, session)
    for formula in ("x + 1", "x + 2", "x + 3"):
        retype(session, formula)
    told: list[object] = []
    session.document.changed.connect(told.append)
    click(qtbot, panel, 0)
    assert len(told) == 1


def test_a_change_after_a_jump_back_forgets_what_was_undone(qtbot: QtBot) -> None:
    session = session_of("x")
    panel = list_of(qtbot, session)
    retype(session, "x + 1")
    retype(session, "x + 2")
    click(qtbot, panel, 1)
    session.set_value("x", 5.0)
    assert names(panel)[2:] == ["Set x to 5"]


def test_one_slider_drag_is_one_entry_named_by_where_it_ended(qtbot: QtBot) -> None:
    session = session_of("x")
    panel = list_of(qtbot, session)
    for value in (1.0, 2.0, 3.5):
        session.set_value("x", value)
    assert names(panel) == ["Start", "Set x to 3.5"]
