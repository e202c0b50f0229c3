"""Everything can be reached without a mouse."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QTabBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from gradviz.project.placing import Comment
from gradviz.project.placing_commands import add_comment
from gradviz.ui.actions import SPECS, words
from gradviz.ui.main_window import MainWindow
from ui.windows import CTRL, SHIFT, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(y-(Wx+b))^2") as shown:
        shown.canvas.setFocus()
        yield shown


def panel_of(window: MainWindow, widget: QWidget | None) -> str:
    while widget is not None and widget is not window:
        if isinstance(widget, QDockWidget | QToolBar) or widget in (window.canvas, window.timeline):
            return widget.objectName()
        if isinstance(widget, QTabBar) and widget.parent() is window:
            return "tabs"
        widget = widget.parentWidget()
    return ""


def walk(window: MainWindow, qtbot: QtBot, modifiers: Qt.KeyboardModifier) -> list[str]:
    """The panels that have the keys one after the other, until the graph has them again."""
    found = [panel_of(window, QApplication.focusWidget())]
    for _ in range(20):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab, modifiers)
        found.append(panel_of(window, QApplication.focusWidget()))
        if found[-1] == found[0]:
            break
    return found


def test_one_key_goes_through_all_panels_and_back_to_the_graph(window: MainWindow, qtbot: QtBot) -> None:
    found = walk(window, qtbot, CTRL)
    shown = {dock.objectName() for dock in window.docks if not dock.visibleRegion().isEmpty()}
    assert found[0] == found[-1] == "canvas"
    assert len(set(found)) == len(found) - 1
    assert shown | {"toolbar", "formulaToolbar", "timeline", "tabs"} <= set(found)


def test_the_other_key_goes_the_same_way_back(window: MainWindow, qtbot: QtBot) -> None:
    assert walk(window, qtbot, CTRL | SHIFT) == walk(window, qtbot, CTRL)[::-1]


def owner(widget: QWidget) -> int:
    """The id of what PySide takes for a widget's parent, and deletes it with."""
    found = re.search(r"parent\.+ <.* at (0x[0-9a-f]+)>", shiboken6.dump(widget))
    return int(found[1], 16) if found is not None else 0


def test_nothing_gets_a_wrong_owner_on_the_way(window: MainWindow, qtbot: QtBot) -> None:
    widgets = window.findChildren(QWidget)
    walk(window, qtbot, CTRL)
    owners = [owner(widget) for widget in widgets]  # before anything asks for a parent, which sets it
    for widget, held in zip(widgets, owners, strict=True):
        true, above = set(), widget.parent()
        while above is not None:
            true.add(id(above))
            above = above.parent()
        assert held in true, f"{widget} belongs to another widget"


def test_every_action_stands_in_a_menu_that_opens_by_a_letter(window: MainWindow) -> None:
    bar = window.menuBar()
    letters = [action.text().partition("&")[2][:1].lower() for action in bar.actions()]
    assert all(letters)
    assert len(set(letters)) == len(letters)
    reached: set[str] = set()
    waiting = [menu for action in bar.actions() if isinstance(menu := action.menu(), QMenu)]
    while waiting:
        for action in waiting.pop().actions():
            reached.add(action.objectName())
            if isinstance(submenu := action.menu(), QMenu):
                waiting.append(submenu)
    assert {spec.key for spec in SPECS} <= reached


def open_menus(window: MainWindow) -> list[QMenu]:
    return [menu for menu in window.canvas.findChildren(QMenu) if menu.isVisible()]


def test_shift_f10_opens_the_menu_of_the_selected_node_below_its_card(window: MainWindow, qtbot: QtBot) -> None:
    assert window.session.graph is not None
    node = window.session.graph.leaves()["W"]
    window.session.selection.select(node)
    qtbot.keyClick(window.canvas, Qt.Key.Key_F10, SHIFT)
    (menu,) = open_menus(window)
    assert menu.objectName() == "canvasMenu"
    assert any("exact value" in words(action.text()) for action in menu.actions())
    below = window.canvas.cards.below(node)
    assert below is not None
    assert menu.x() == below.x()
    menu.close()


def test_shift_f10_opens_the_menu_of_the_chosen_note(window: MainWindow, qtbot: QtBot) -> None:
    window.session.document.apply(add_comment(Comment("look here", 0.0, 200.0)), "Add a note")
    qtbot.keyClick(window.canvas, Qt.Key.Key_N)
    qtbot.keyClick(window.canvas, Qt.Key.Key_F10, SHIFT)
    (menu,) = open_menus(window)
    assert menu.objectName() == "noteMenu"
    menu.close()


def test_escape_in_a_field_gives_the_keys_to_the_graph(window: MainWindow, qtbot: QtBot) -> None:
    fields = (window.formula_bar.field, window.leaves.row("x").field, window.transport.iteration)
    window.transport.iteration.setEnabled(True)  # as after a training
    for field in fields:
        field.setFocus()
        assert QApplication.focusWidget() is field
        qtbot.keyClick(field, Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is window.canvas


def test_escape_first_takes_back_what_was_typed_for_a_value(window: MainWindow, qtbot: QtBot) -> None:
    field = window.leaves.row("x").field
    before = field.text()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (QApplication.focusWidget(), field.text()) == (field, before)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.canvas
