"""The leaves: sliders, fields and roles edit the document."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.core.types import Role
from gradviz.data.tables import table_from_text
from gradviz.project.commands import bind_table
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.array_editor import ArrayEditor
from gradviz.ui.panels.column_field import COLUMN_MIME
from gradviz.ui.panels.leaves import LeavesPanel
from gradviz.ui.panels.name_prompt import NamePrompt
from gradviz.ui.panels.slider_range import RangePopup, reach
from gradviz.ui.panels.value_field import ValueField, editable_text
from gradviz.ui.panels.widgets import Column, FactList, Row
from ui.canvas_session import retype, session_of


def panel_of(qtbot: QtBot, session: Session) -> LeavesPanel:
    make_application()
    panel = LeavesPanel(session)
    qtbot.addWidget(panel)
    panel.resize(220, 300)
    panel.show()
    return panel


def type_value(qtbot: QtBot, panel: LeavesPanel, name: str, text: str) -> None:
    field = panel.row(name).field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_parameters_stand_before_data(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, session_of("(y - (Wx + b))^2"))
    assert [row.name for row in panel.rows] == ["W", "b", "y", "x"]


def test_a_typed_number_changes_every_value_at_once(qtbot: QtBot) -> None:
    session = session_of("x^2")
    panel = panel_of(qtbot, session)
    type_value(qtbot, panel, "x", "-3")
    assert float(session.debugger.trace.result) == 9.0  # type: ignore[union-attr]


def test_a_typed_list_makes_an_array(qtbot: QtBot) -> None:
    session = session_of("sum(x)")
    panel = panel_of(qtbot, session)
    type_value(qtbot, panel, "x", "[1, 2, 3]")
    assert float(session.debugger.trace.result) == 6.0  # type: ignore[union-attr]
    assert not panel.row("x").slider.isVisible()
    assert panel.row("x").heat_map.isVisible()


def test_what_is_no_value_is_refused_in_words_and_changes_nothing(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = panel_of(qtbot, session)
    messages: list[str] = []
    panel.row("x").refused.connect(messages.append)
    type_value(qtbot, panel, "x", "two")
    assert messages
    assert messages[-1]
    assert float(session.values()["x"]) == 2.0


def test_a_slider_drag_is_one_change(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = panel_of(qtbot, session)
    slider = panel.row("x").slider
    before = len(session.document.history.names)
    slider.setSliderDown(True)
    for position in (50, 60, 70):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    assert float(session.values()["x"]) == pytest.approx(3.5)  # 70 of 100 ticks of 5
    assert len(session.document.history.names) == before + 1
    session.document.undo()
    assert float(session.values()["x"]) == 2.0


def test_two_drags_are_two_changes(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = panel_of(qtbot, session)
    slider = panel.row("x").slider
    for position in (50, 60):
        slider.setSliderDown(True)
        slider.setSliderPosition(position)
        slider.setSliderDown(False)
    session.document.undo()
    assert float(session.values()["x"]) == pytest.approx(2.5)


def test_the_role_menu_gives_another_role(qtbot: QtBot) -> None:
    session = session_of("a x")
    panel = panel_of(qtbot, session)
    menu = panel.row("a").role_menu()
    next(entry for entry in menu.actions() if entry.text() == "Constant").trigger()
    menu.deleteLater()
    assert session.roles()["a"] is Role.CONSTANT


def test_rows_follow_the_formula(qtbot: QtBot) -> None:
    session = session_of("a x")
    panel = panel_of(qtbot, session)
    retype(session, "a x + c")
    assert {row.name for row in panel.rows} == {"a", "x", "c"}


@pytest.mark.parametrize(("value", "expected"), [(0.0, 5.0), (-3.0, 5.0), (7.0, 10.0), (12.0, 20.0), (340.0, 500.0)])
def test_a_slider_reaches_a_round_number_beyond_its_value(value: float, expected: float) -> None:
    assert reach(value) == expected


def test_a_value_is_edited_with_all_its_digits() -> None:
    assert editable_text(np.array([[1.0, 0.1], [-2.0, 1e-20]])) == "[[1, 0.1], [-2, 1e-20]]"


def test_a_shape_typed_into_the_field_makes_an_array(qtbot: QtBot) -> None:
    session = session_of("sum(x)", x=7.0)
    panel = panel_of(qtbot, session)
    type_value(qtbot, panel, "x", "2x2")
    assert session.values()["x"].tolist() == [[7, 0], [0, 0]]
    type_value(qtbot, panel, "x", "ones 3")
    assert session.values()["x"].tolist() == [1, 1, 1]


def test_up_and_down_change_a_number_by_small_steps(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = panel_of(qtbot, session)
    field = panel.row("x").field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert float(session.values()["x"]) == pytest.approx(2.05)
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert float(session.values()["x"]) == pytest.approx(1.55)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_typed_range_holds_for_the_slider(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = panel_of(qtbot, session)
    panel.row("x").ask_range()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, RangePopup)
    for field, text in ((popup.low, "0.001"), (popup.high, "10")):
        field.selectAll()
        qtbot.keyClicks(field, text)
    popup.logarithmic.click()
    qtbot.keyClick(popup.high, Qt.Key.Key_Return)
    slider = panel.row("x").slider
    slider.setValue(0)
    assert float(session.values()["x"]) == pytest.approx(0.1)  # √(0.001 · 10)
    slider.setValue(100)
    assert float(session.values()["x"]) == 10.0


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_range_that_makes_no_sense_is_refused_in_words(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, session_of("x^2", x=2.0))
    panel.row("x").ask_range()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, RangePopup)
    popup.logarithmic.click()
    qtbot.keyClick(popup.high, Qt.Key.Key_Return)
    assert "above 0" in popup.error.text()
    popup.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_leaf_is_renamed_by_keyboard(qtbot: QtBot) -> None:
    session = session_of("a x")
    panel = panel_of(qtbot, session)
    panel.row("a").title.setFocus()
    qtbot.keyClick(panel.row("a").title, Qt.Key.Key_F2)
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, NamePrompt)
    qtbot.keyClicks(prompt.field, "x")
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    assert "x already" in prompt.error.text()
    prompt.field.selectAll()
    qtbot.keyClicks(prompt.field, "w")
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    assert session.document.project.formula == "w x"
    assert session.document.history.undo_name == "Rename a to w"


def test_a_click_on_the_heat_map_opens_the_table(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, session_of("sum(x)", x=[1.0, 2.0]))
    qtbot.mouseClick(panel.row("x").heat_map, Qt.MouseButton.LeftButton)
    editor = panel.findChild(ArrayEditor)
    assert editor is not None
    assert editor.isVisible()
    editor.reject()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_long_number_is_cut_and_makes_no_column_wider(qtbot: QtBot) -> None:
    make_application()
    column = Column("Build", 206)
    qtbot.addWidget(column)
    facts = FactList()
    facts.show_rows([Row("loss", "[[182.25, 156.25], [156.25, 156.25], [156.25, 156.25]]")])
    column.column.addWidget(facts)
    column.resize(206, 200)
    column.show()
    assert facts.width() <= 206
    assert facts.rows[0].name.width() >= 40


def test_a_column_dropped_on_a_leaf_feeds_it(qtbot: QtBot) -> None:
    session = session_of("a x")
    session.document.apply(bind_table(table_from_text("u,v\n1,2\n3,4\n"), {"x": ["u"]}), "Load data")
    panel = panel_of(qtbot, session)
    data = QMimeData()
    data.setData(COLUMN_MIME, QByteArray(b"v"))
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(panel.row("a"), QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(panel.row("a"), QDropEvent(QPointF(5, 5), copy, data, left, none))
    assert session.document.project.bound == {"x": ("u",), "a": ("v",)}
    assert session.roles()["a"] is Role.DATA


def test_a_field_shows_as_many_digits_as_it_has_room_for(qtbot: QtBot) -> None:
    make_application()
    field = ValueField()
    qtbot.addWidget(field)
    field.show_value(np.asarray(-0.87179))
    field.resize(120, 30)
    field.show()
    assert field.text() == "−0.8718"
    field.resize(60, 30)
    assert field.text() in {"−0.872", "−0.87"}
    field.resize(120, 30)
    assert field.text() == "−0.8718"
