"""The pages about operations: opened from everywhere, read, and their examples opened as documents."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gradviz.core.op import OPS
from gradviz.ui.app import make_application
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.op_pages import OpPages
from tests.ui.held import HeldRunner
from tests.ui.windows import at_rest, shown_window


def click_card(qtbot: QtBot, window: MainWindow, name: str) -> None:
    graph = window.session.graph
    assert graph is not None
    card = window.canvas.graph_scene.card(graph.find(name))
    assert card is not None
    place = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)


def shown(window: MainWindow) -> str:
    pages = window.learning.pages
    assert isinstance(pages, OpPages)
    assert pages.isVisible()
    assert pages.view.page is not None
    return pages.view.page.op.name


def test_f1_shows_the_page_of_the_selected_operation(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "h = tanh(x)\nh^2") as window:
        click_card(qtbot, window, "h")
        qtbot.keyClick(window.canvas, Qt.Key.Key_F1)
        assert shown(window) == "tanh"
        pages = window.learning.pages
        assert pages is not None
        qtbot.waitUntil(lambda: pages.view.graph.height() > 20, timeout=10_000)
        assert "∂f/∂x = 1 − f² = 0.78645" in [line.plain for line in pages.view.formulas.equations]
        assert pages.view.curves.choice.count() == 1


def test_a_page_that_is_closed_at_once_is_not_drawn_any_more(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "tanh(x)") as window:
        qtbot.keyClick(window.canvas, Qt.Key.Key_F1)
        pages = window.learning.pages
        assert pages is not None
        qtbot.keyClick(pages, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not isValid(pages)
        at_rest(qtbot, window)  # an exception in the answer would fail the test


def test_only_the_page_that_is_read_is_drawn(qtbot: QtBot) -> None:
    make_application()
    runner = HeldRunner()
    pages = OpPages(runner)
    qtbot.addWidget(pages)
    pages.show_op(OPS["tanh"])
    pages.show_op(OPS["exp"])
    assert [job.token.is_cancelled for job, _ in runner.held] == [True, False]
    runner.let_go()
    assert "exp" in pages.view.formulas.equations[0].plain
    pages.close()


def test_f1_without_an_operation_shows_the_list_which_can_be_searched(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        qtbot.keyClick(window.canvas, Qt.Key.Key_F1)
        pages = window.learning.pages
        assert pages is not None
        qtbot.keyClicks(pages.field, "soft")
        assert shown(window).startswith("soft")
        qtbot.keyClick(pages.field, Qt.Key.Key_Down)  # goes on to the list
        assert pages.list.currentRow() == 1
        assert shown(window) == pages.list.item(1).text()


def test_palette_offers_the_page_in_its_menu_and_on_f1(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        button = next(b for b in window.palette_panel.buttons if b.op.name == "exp")
        menu = button.page_menu()
        assert isinstance(menu, QMenu)
        menu.actions()[1].trigger()
        assert shown(window) == "exp"
        menu.close()
        window.activateWindow()
        log = next(b for b in window.palette_panel.buttons if b.op.name == "log")
        log.setFocus()
        qtbot.keyClick(log, Qt.Key.Key_F1)
        assert shown(window) == "log"


def test_inspector_opens_the_page_of_what_it_shows(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "h = sigmoid(x)\nh^2") as window:
        click_card(qtbot, window, "x")
        assert not window.inspector.about.isVisible()
        click_card(qtbot, window, "h")
        qtbot.mouseClick(window.inspector.about, Qt.MouseButton.LeftButton)
        assert shown(window) == "sigmoid"


def test_example_opens_in_a_window_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        window.learning.show_op(OPS["softmax"])
        pages = window.learning.pages
        assert pages is not None
        qtbot.mouseClick(pages.view.open, Qt.MouseButton.LeftButton)
        other = next(each for each in window.windows.all if each is not window)
        at_rest(qtbot, other)
        assert "softmax" in other.session.document.project.formula
        assert window.session.document.project.formula == "x^2"
