"""The palette: searched, clicked, dragged."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from pytestqt.qtbot import QtBot

from gradviz.ui.app import make_application
from gradviz.ui.dragging import found_of, mime_of
from gradviz.ui.panels.palette import Palette
from gradviz.ui.preferences import Preferences
from gradviz.ui.search import Found, Kind, Own

SWING = Own("swing", "swing(x) = sin(x)^2")


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    make_application()
    made = Palette()
    qtbot.addWidget(made)
    made.resize(200, 500)
    made.show()
    return made


def search(qtbot: QtBot, palette: Palette, text: str) -> None:
    palette.field.setFocus()
    palette.field.selectAll()
    qtbot.keyClicks(palette.field, text)


def test_a_search_shows_operations_and_parts(palette: Palette, qtbot: QtBot) -> None:
    search(qtbot, palette, "squared")
    assert palette.buttons[0].op.name == "sq"
    assert "squared error" in [row.found.title for row in palette.rows]


def test_the_usual_board_comes_back_when_the_search_is_cleared(palette: Palette, qtbot: QtBot) -> None:
    usual = [button.op.name for button in palette.buttons]
    search(qtbot, palette, "tanh")
    palette.field.clear()
    assert [button.op.name for button in palette.buttons] == usual
    assert [row.found.title for row in palette.rows] == ["leaf", "number"]


def test_enter_takes_the_first_and_clears_the_search(palette: Palette, qtbot: QtBot) -> None:
    taken: list[Found] = []
    palette.chosen.connect(taken.append)
    search(qtbot, palette, "2.5")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert [(found.kind, found.key) for found in taken] == [(Kind.NUMBER, "2.5")]
    assert palette.field.text() == ""


def test_a_click_takes_what_is_on_the_button(palette: Palette, qtbot: QtBot) -> None:
    taken: list[Found] = []
    palette.chosen.connect(taken.append)
    qtbot.mouseClick(palette.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(palette.rows[0], Qt.MouseButton.LeftButton)
    assert [(found.kind, found.key) for found in taken] == [(Kind.OP, "add"), (Kind.LEAF, "")]


def test_a_drag_carries_the_op_and_is_no_click(palette: Palette, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[Found | None] = []
    taken: list[Found] = []
    palette.chosen.connect(taken.append)
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: carried.append(found_of(drag.mimeData())))
    button = palette.buttons[5]
    qtbot.mousePress(button, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.mouseMove(button, QPoint(40, 30))
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
    assert [(found.kind, found.key) for found in carried if found] == [(Kind.OP, "sq")]
    assert taken == []
    assert not button.isDown()


@pytest.mark.parametrize(
    "found",
    [
        Found(Kind.OP, "tanh", "tanh"),
        Found(Kind.LEAF, "", "leaf"),
        Found(Kind.NUMBER, "2.5", "2.5"),
        Found(Kind.PART, "(y - ?)^2", "squared error"),
        Found(Kind.FUNCTION, SWING.definition, "swing"),
    ],
)
def test_what_is_dragged_arrives(found: Found) -> None:
    arrived = found_of(mime_of(found))
    assert arrived is not None
    assert (arrived.kind, arrived.key) == (found.kind, found.key)


def test_own_ops_have_a_section_with_a_menu(palette: Palette, qtbot: QtBot) -> None:
    deleted: list[Found] = []
    palette.own_deleted.connect(deleted.append)
    palette.show_own([SWING])
    row = palette.rows[-1]
    assert row.found.title == "swing"
    menu = row.more_menu()
    next(entry for entry in menu.actions() if entry.text() == "Delete").trigger()
    menu.deleteLater()
    assert deleted[0].key == SWING.definition
    palette.show_own([])
    assert all(row.found.kind is not Kind.FUNCTION for row in palette.rows)


def test_functions_of_the_formula_have_a_section_and_can_be_kept(palette: Palette) -> None:
    kept: list[Found] = []
    chosen: list[Found] = []
    palette.kept.connect(kept.append)
    palette.chosen.connect(chosen.append)
    neuron = Found(Kind.FUNCTION, "neuron", "neuron", "", "neuron(w, x) = tanh(w x)")
    palette.show_functions([neuron])
    (row,) = [row for row in palette.rows if row.found.kind is Kind.FUNCTION]
    menu = row.more_menu()
    menu.actions()[0].trigger()
    menu.deleteLater()
    assert kept == [neuron]
    palette.field.setText("neu")
    assert palette.rows[0].found == neuron
    palette.field.returnPressed.emit()
    assert chosen == [neuron]


def test_own_ops_are_kept_in_the_settings_file(tmp_path: Path) -> None:
    Preferences(functions=[SWING.definition]).save(tmp_path / "settings.json")
    assert Preferences.load(tmp_path / "settings.json").functions == [SWING.definition]
