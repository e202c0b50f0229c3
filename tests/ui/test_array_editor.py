"""A leaf's value as a table, by keys and clicks."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.array_editor import ArrayEditor
from ui.canvas_session import session_of
from ui.windows import CTRL, process


def editor_of(qtbot: QtBot, session: Session, name: str) -> ArrayEditor:
    make_application()
    editor = ArrayEditor(session, name)
    editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # qtbot closes it
    qtbot.addWidget(editor)
    editor.show()
    editor.activateWindow()
    return editor


def type_cell(qtbot: QtBot, editor: ArrayEditor, row: int, column: int, text: str) -> None:
    area = editor.view.visualRect(editor.model.index(row, column))
    qtbot.mouseClick(editor.view.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    qtbot.keyClicks(editor.view, text[0])
    field = next(each for each in editor.view.findChildren(QLineEdit) if each.isVisible())
    qtbot.keyClicks(field, text[1:])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    process()  # Qt takes over what was typed a moment later


def press_ok(qtbot: QtBot, editor: ArrayEditor) -> None:
    qtbot.mouseClick(editor.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)


def test_typed_cells_become_the_value_in_one_change(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[[1.0, 2.0], [3.0, 4.0]])
    before = len(session.document.history.names)
    editor = editor_of(qtbot, session, "W")
    type_cell(qtbot, editor, 0, 1, "-7.5")
    type_cell(qtbot, editor, 1, 0, "30")
    press_ok(qtbot, editor)
    assert session.values()["W"].tolist() == [[1, -7.5], [30, 4]]
    assert session.document.history.names[before:] == ("Set W",)
    session.document.undo()
    assert session.values()["W"].tolist() == [[1, 2], [3, 4]]


def test_cancel_changes_nothing(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[1.0, 2.0])
    editor = editor_of(qtbot, session, "W")
    type_cell(qtbot, editor, 0, 0, "9")
    qtbot.mouseClick(editor.buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert session.values()["W"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1\t2\n3\t4", [[1, 2], [3, 4]]), ("1,5;2\n3;4", [[1.5, 2], [3, 4]]), ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]])],
)
def test_cells_of_a_spreadsheet_replace_everything_that_is_selected(
    qtbot: QtBot, text: str, expected: list[list[float]]
) -> None:
    session = session_of("sum(W)", W=[[0.0, 0.0, 0.0]])
    editor = editor_of(qtbot, session, "W")
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(editor.view, Qt.Key.Key_A, CTRL)
    qtbot.keyClick(editor.view, Qt.Key.Key_V, CTRL)
    press_ok(qtbot, editor)
    assert session.values()["W"].tolist() == expected


def test_what_is_copied_here_can_be_pasted_there(qtbot: QtBot) -> None:
    session = session_of("sum(W) + sum(V)", W=[[0.1, 2.0], [3.0, 4.0]], V=[[0.0, 0.0], [0.0, 0.0]])
    first = editor_of(qtbot, session, "W")
    qtbot.keyClick(first.view, Qt.Key.Key_A, CTRL)
    qtbot.keyClick(first.view, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "0.1\t2\n3\t4"
    first.reject()
    second = editor_of(qtbot, session, "V")
    qtbot.keyClick(second.view, Qt.Key.Key_V, CTRL)
    press_ok(qtbot, second)
    assert session.values()["V"].tolist() == [[0.1, 2], [3, 4]]


def test_pasted_text_that_is_no_table_is_refused_in_words(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[1.0, 2.0])
    editor = editor_of(qtbot, session, "W")
    QGuiApplication.clipboard().setText("dear all,\nsee below")
    qtbot.keyClick(editor.view, Qt.Key.Key_V, CTRL)
    assert editor.error.isVisible()
    assert editor.model.value.tolist() == [1, 2]


def test_a_shape_is_typed(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=2.0)
    editor = editor_of(qtbot, session, "W")
    editor.shape_field.setFocus()
    editor.shape_field.selectAll()
    qtbot.keyClicks(editor.shape_field, "3x2")
    qtbot.keyClick(editor.shape_field, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.model.value.tolist() == [[2, 0], [0, 0], [0, 0]]


def test_a_shape_that_is_none_is_refused(qtbot: QtBot) -> None:
    editor = editor_of(qtbot, session_of("sum(W)", W=2.0), "W")
    editor.shape_field.selectAll()
    qtbot.keyClicks(editor.shape_field, "0x3")
    qtbot.keyClick(editor.shape_field, Qt.Key.Key_Return)
    assert editor.error.isVisible()
    assert editor.model.value.shape == ()


def test_random_numbers_come_from_the_seed(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[[0.0, 0.0]])
    editor = editor_of(qtbot, session, "W")
    editor.seed.setValue(7)
    qtbot.mouseClick(editor.fill_button, Qt.MouseButton.LeftButton)
    assert np.array_equal(editor.model.value, np.random.default_rng(7).normal(size=(1, 2)))


def test_an_identity_of_another_shape_is_refused(qtbot: QtBot) -> None:
    editor = editor_of(qtbot, session_of("sum(W)", W=[[5.0, 5.0]]), "W")
    editor.fills.setCurrentText("identity")
    qtbot.mouseClick(editor.fill_button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert "square" in editor.error.text()
    assert editor.model.value.tolist() == [[5, 5]]


def test_an_array_of_three_axes_is_shown_slice_by_slice(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=np.arange(12.0).reshape(3, 2, 2))
    editor = editor_of(qtbot, session, "W")
    editor.slices.setValue(2)
    type_cell(qtbot, editor, 1, 1, "99")
    press_ok(qtbot, editor)
    assert session.values()["W"][2].tolist() == [[8, 9], [10, 99]]


def test_ok_takes_the_cell_that_is_being_typed(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[1.0, 2.0])
    editor = editor_of(qtbot, session, "W")
    qtbot.keyClicks(editor.view, "5")
    press_ok(qtbot, editor)
    assert session.values()["W"].tolist() == [5, 2]


def test_ok_stops_at_a_cell_that_is_no_number(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[1.0, 2.0])
    editor = editor_of(qtbot, session, "W")
    qtbot.keyClicks(editor.view, "w")
    press_ok(qtbot, editor)
    assert editor.isVisible()
    assert "no number" in editor.error.text()
