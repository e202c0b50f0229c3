"""Values and names typed on the cards themselves, by double clicks and keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.core.types import NodeId
from gradviz.ui.canvas.card_field import CardField
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.array_editor import ArrayEditor
from gradviz.ui.panels.name_prompt import NamePrompt
from ui.windows import at_rest, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEAST_SQUARES = "(y-(Wx+b))^2"
Open = Callable[[str], MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    held = []

    def open_formula(formula: str) -> MainWindow:
        context = shown_window(qtbot, tmp_path, formula)
        held.append(context)
        window = context.__enter__()
        window.canvas.setFocus()
        return window

    yield open_formula
    for context in held:
        context.__exit__(None, None, None)


def leaf(window: MainWindow, name: str) -> NodeId:
    assert window.session.graph is not None
    return window.session.graph.leaves()[name]


def double_click(qtbot: QtBot, window: MainWindow, node: NodeId) -> None:
    card = window.canvas.graph_scene.card(node)
    assert card is not None
    place = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)


def field(window: MainWindow) -> CardField:
    found = window.canvas.cards.field
    assert found is not None
    assert found.hasFocus()
    return found


def value(window: MainWindow, name: str) -> float:
    return float(window.session.values()[name])


def test_a_double_click_on_a_leaf_lets_its_value_be_typed_on_the_card(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    double_click(qtbot, window, leaf(window, "W"))
    card = window.canvas.graph_scene.card(leaf(window, "W"))
    assert card is not None
    middle = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
    assert (field(window).geometry().center() - middle).manhattanLength() <= 2
    qtbot.keyClicks(field(window), "3.5")
    qtbot.keyClick(field(window), Qt.Key.Key_Return)
    assert value(window, "W") == 3.5
    assert window.canvas.cards.field is None
    assert window.canvas.hasFocus()
    assert window.session.document.history.undo_name == "Set W to 3.5"
    window.session.document.undo()
    assert value(window, "W") == 2.0


def test_enter_opens_the_selected_leaf_and_tab_goes_on_to_the_next(opened: Open, qtbot: QtBot) -> None:
    window = opened("a b + 3")
    window.session.selection.select(leaf(window, "a"))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    typed = []
    for text in ("5", "7", "11"):
        typed.append(field(window).accessibleName())
        qtbot.keyClicks(field(window), text)
        qtbot.keyClick(field(window), Qt.Key.Key_Tab)
        at_rest(qtbot, window)
    qtbot.keyClick(field(window), Qt.Key.Key_Escape)
    assert typed == ["Value of a", "Value of b", "Value of 3"]
    assert (value(window, "a"), value(window, "b")) == (5.0, 7.0)
    assert window.session.document.project.formula == "a b + 11"


def test_escape_leaves_all_as_it_was(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    double_click(qtbot, window, leaf(window, "b"))
    qtbot.keyClicks(field(window), "99")
    qtbot.keyClick(field(window), Qt.Key.Key_Escape)
    assert value(window, "b") == 1.0
    assert window.canvas.cards.field is None
    assert not window.session.document.history.can_undo


def test_what_is_no_value_stays_in_the_field_with_the_reason_below(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    double_click(qtbot, window, leaf(window, "b"))
    qtbot.keyClicks(field(window), "2,,5")
    qtbot.keyClick(field(window), Qt.Key.Key_Return)
    trouble = window.canvas.cards.trouble
    assert field(window).text() == "2,,5"
    assert trouble is not None
    assert trouble.isVisible()
    assert "2,,5" in trouble.text()
    assert trouble.y() > field(window).geometry().bottom()
    field(window).selectAll()
    qtbot.keyClicks(field(window), "2.5")
    qtbot.keyClick(field(window), Qt.Key.Key_Return)
    assert value(window, "b") == 2.5


def test_a_click_elsewhere_takes_what_was_typed(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    double_click(qtbot, window, leaf(window, "y"))
    qtbot.keyClicks(field(window), "4")
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=window.canvas.rect().topLeft())
    assert value(window, "y") == 4.0
    assert window.canvas.cards.field is None


def test_the_arrow_keys_turn_the_value_while_it_is_open(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    double_click(qtbot, window, leaf(window, "W"))
    qtbot.keyClick(field(window), Qt.Key.Key_Up)
    more = value(window, "W")
    assert more > 2.0
    assert float(field(window).text()) == pytest.approx(more)
    qtbot.keyClick(field(window), Qt.Key.Key_Down)
    assert value(window, "W") == pytest.approx(2.0)


def test_an_array_opens_as_a_table(opened: Open, qtbot: QtBot) -> None:
    window = opened("sum(W x)")
    window.session.set_value("W", np.eye(2))
    window.session.set_value("x", np.ones(2))
    at_rest(qtbot, window)
    double_click(qtbot, window, leaf(window, "W"))
    table = next(dialog for dialog in window.findChildren(ArrayEditor) if dialog.isVisible())
    assert "W" in table.windowTitle()
    table.close()


def test_a_double_click_on_an_operation_asks_for_its_name_below_the_card(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    assert window.session.graph is not None
    node = window.session.graph.nodes[window.session.graph.output].operands[0]  # type: ignore[union-attr]
    double_click(qtbot, window, node)
    prompt = next(found for found in QApplication.topLevelWidgets() if isinstance(found, NamePrompt))
    card = window.canvas.graph_scene.card(node)
    assert card is not None
    below = window.canvas.mapFromScene(QPointF(card.rect.x, card.rect.y + card.rect.height))
    assert 0 <= prompt.y() - window.canvas.viewport().mapToGlobal(below).y() <= 12  # offscreen a screen is narrow
    qtbot.keyClicks(prompt.field, "residual")
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    assert "residual" in window.session.document.project.formula


def test_a_field_follows_its_card_when_the_graph_is_zoomed(opened: Open, qtbot: QtBot) -> None:
    window = opened(LEAST_SQUARES)
    node = leaf(window, "b")
    double_click(qtbot, window, node)
    window.canvas.camera.zoom(1.3)
    card = window.canvas.graph_scene.card(node)
    assert card is not None
    middle = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
    assert abs(field(window).geometry().center().y() - middle.y()) <= 2
