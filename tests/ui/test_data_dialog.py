"""The data dialog."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from gradviz.core.types import Role
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.data_dialog import DataDialog
from gradviz.ui.panels.table_preview import column_mime
from ui.training_session import iris_session, line_session


def dialog_of(qtbot: QtBot, session: Session) -> DataDialog:
    dialog = DataDialog(session)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test's hands let go of it first
    qtbot.addWidget(dialog)
    return dialog


def least_squares() -> Session:
    return Session(project=project_from_formula("(y-(Wx+b))^2"))


def test_what_can_be_done_is_said_until_there_is_a_table(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    dialog.show()
    assert dialog.empty.isVisible()
    assert not dialog.preview.isVisible()
    dialog.open_text("a,b\n1,2\n3")
    assert dialog.error.isVisible()
    assert dialog.empty.isVisible()
    dialog.open_data_set("line")
    assert not dialog.empty.isVisible()
    assert dialog.preview.isVisible()


def test_the_name_of_the_data_set_of_the_tutorial_is_shown_in_full(qtbot: QtBot) -> None:
    make_application()  # its fonts and margins
    dialog = dialog_of(qtbot, line_session())
    dialog.show()
    qtbot.waitUntil(lambda: 200 < dialog.data_sets.width() < 400)
    box, option = dialog.data_sets, QStyleOptionComboBox()
    box.initStyleOption(option)
    parts = QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(*parts, box).width()
    assert box.fontMetrics().horizontalAdvance(box.itemText(1)) <= room
    assert box.itemText(1).startswith("A line with noise")


def test_a_csv_file_is_bound_by_the_names_of_its_columns(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,2\n3,4\n")
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    dialog.open_file(path)
    assert dialog.bindings() == {"x": ("x",), "y": ("y",)}
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert session.data()["y"].tolist() == [2, 4]
    assert session.roles()["x"] is Role.DATA


def test_loading_data_is_one_change_that_can_be_undone(qtbot: QtBot) -> None:
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    dialog.open_data_set("line")
    dialog.accept()
    session.document.undo()
    assert session.data() == {}


def test_cancelling_changes_nothing(qtbot: QtBot) -> None:
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    dialog.open_data_set("line")
    dialog.reject()
    assert session.document.project.table is None


def test_a_range_of_columns_feeds_a_vector(qtbot: QtBot) -> None:
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    dialog.open_data_set("iris")
    dialog._fields["x"].text.setText("sepal_length..petal_length")
    dialog._fields["y"].text.setText("petal_width")
    dialog.accept()
    assert session.data()["x"].shape == (150, 3)


def test_an_unknown_column_is_refused_in_place(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, line_session())
    dialog._fields["x"].text.setText("xs")
    dialog.accept()
    assert "did you mean x" in dialog.error.text()
    assert dialog.result() != QDialog.DialogCode.Accepted


def test_no_column_at_all_is_refused(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("(k-u)^2"))
    dialog = dialog_of(qtbot, session)
    dialog.open_data_set("line")
    dialog.accept()
    assert "no column" in dialog.error.text()


def test_a_bad_file_is_refused_with_its_reason_and_the_old_table_stays(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("x,y\n1,2\n3\n")
    dialog = dialog_of(qtbot, line_session())
    dialog.open_file(path)
    assert "row 3" in dialog.error.text()
    assert dialog.table is not None
    assert dialog.table.samples == 40


def test_ticking_a_column_in_the_menu_adds_and_takes_it(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, line_session())
    field = dialog._fields["x"]
    field._fill_menu()
    actions = {action.text(): action for action in field.menu.actions()}
    assert actions["x"].isChecked()
    actions["y"].trigger()
    assert field.columns() == ("x", "y")


def test_many_neighbouring_columns_are_written_as_a_range(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, iris_session())
    assert dialog._fields["x"].text.text() == "sepal_length..petal_width"


def test_the_first_rows_show_texts_and_gaps(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    dialog.open_data_set("penguins")
    model = dialog.preview.model
    assert model.data(model.index(0, 0)) == "Adelie"
    assert model.data(model.index(3, 2)) == "—"
    assert "gap" in dialog.notes.text()


def test_a_document_without_a_formula_can_take_a_table(qtbot: QtBot) -> None:
    session = Session()
    dialog = dialog_of(qtbot, session)
    dialog.open_data_set("line")
    dialog.accept()
    assert session.document.project.table is not None


def test_pasted_cells_are_a_table(qtbot: QtBot) -> None:
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    QApplication.clipboard().setText("x\ty\n1,5\t2\n3\t4\n")
    qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
    assert dialog.reading.separator.currentText() == "tab"
    assert dialog.reading.decimal.currentText() == "1,5"
    dialog.accept()
    assert session.data()["x"].tolist() == [1.5, 3]


def test_an_empty_clipboard_is_said(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    QApplication.clipboard().clear()
    dialog.paste()
    assert "no text to paste" in dialog.error.text()


def test_how_the_text_is_read_can_be_corrected(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    dialog.show()
    dialog.open_text("1,2\n3,4\n")
    assert dialog.table is not None
    assert list(dialog.table.columns) == ["column1", "column2"]
    qtbot.keyClicks(dialog.reading.header, "names")
    dialog.reading.header.activated.emit(dialog.reading.header.currentIndex())
    assert list(dialog.table.columns) == ["1", "2"]


def test_a_click_on_a_name_offers_what_the_column_is(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    dialog.show()
    dialog.open_text("x,y\n1,a\n2,b\n")
    header = dialog.preview.header
    header.asked.disconnect(dialog.preview._ask)  # a menu that pops up would grab the keyboard
    place = QPoint(header.sectionViewportPosition(1) + 5, header.height() // 2)
    with qtbot.waitSignal(header.asked):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    menu = dialog.preview.menu_for(1)
    next(action for action in menu.actions() if action.text().startswith("one-hot")).trigger()
    assert dialog.table is not None
    assert list(dialog.table.columns) == ["x", "y=a", "y=b"]


def test_a_column_dragged_to_a_leaf_feeds_it(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, least_squares())
    dialog.open_data_set("iris")
    field = dialog._fields["y"]
    field.text.clear()
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    mime = column_mime("petal_width")
    field.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), action, mime, button, Qt.KeyboardModifier.NoModifier))
    field.dropEvent(QDropEvent(QPointF(5, 5), action, mime, button, Qt.KeyboardModifier.NoModifier))
    assert field.columns() == ("petal_width",)


def test_standardising_shows_both_numbers_and_is_undone_with_the_table(qtbot: QtBot) -> None:
    session = line_session()
    dialog = dialog_of(qtbot, session)
    dialog.show()
    qtbot.mouseClick(dialog._fields["x"].scaled, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    model = dialog.preview.model
    names = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]
    assert names == ["x", "x standardised", "y"]
    dialog.accept()
    assert session.data()["x"].std() == pytest.approx(1)
    session.document.undo()
    assert session.data()["x"].std() > 1.1


def test_data_are_made_to_order(qtbot: QtBot) -> None:
    session = least_squares()
    dialog = dialog_of(qtbot, session)
    dialog.show()
    dialog.make("sine")
    dialog.generator.samples.setValue(30)
    dialog.generator.noise.setText("0")
    qtbot.keyClick(dialog.generator.noise, Qt.Key.Key_Return)
    dialog.accept()
    assert len(session.data()["x"]) == 30
    assert session.data()["y"] == pytest.approx(np.sin(session.data()["x"]))
