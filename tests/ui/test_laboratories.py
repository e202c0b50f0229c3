"""The laboratories: opened from the menu, played with by keys and clicks, every number computed."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradviz.ui.app import make_application
from gradviz.ui.laboratories.dialog import Laboratories
from gradviz.ui.laboratories.page import LabPage
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.row_table import RowTable
from ui.canvas_session import session_of
from ui.windows import at_rest, shown_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(x^2)^2 + x") as shown:
        shown.session.set_value("x", 2.0)
        at_rest(qtbot, shown)
        yield shown
        for dialog in shown.findChildren(Laboratories):
            dialog.close()
    gc.collect()  # what is left of a window may not be deleted while another one paints


@pytest.fixture
def labs(qtbot: QtBot) -> Laboratories:
    """The laboratories without a window around them."""
    make_application()
    dialog = Laboratories(session_of("(x^2)^2 + x", x=2.0))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    return dialog


def texts(table: RowTable) -> list[list[str]]:
    return [[cell.text for cell in table.rows.line(row)] for row in range(table.rows.rowCount())]


def opened(qtbot: QtBot, window: MainWindow, key: str) -> Laboratories:
    window.actions_by_key[f"lab_{key}"].trigger()
    dialog = window.findChild(Laboratories)
    assert isinstance(dialog, Laboratories)
    settled(qtbot, dialog.pages[key])
    return dialog


def settled(qtbot: QtBot, page: LabPage[object]) -> None:
    qtbot.waitUntil(lambda: page.answer is not None and not page.is_waiting, timeout=5000)


def play(qtbot: QtBot, page: LabPage[object], formula: str) -> None:
    page.answer = None
    page.field.setFocus()
    page.field.clear()
    qtbot.keyClicks(page.field, formula)
    settled(qtbot, page)


def click_row(qtbot: QtBot, table: RowTable, row: int) -> None:
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_order_laboratory_plays_with_the_document(qtbot: QtBot, window: MainWindow) -> None:
    lab = opened(qtbot, window, "order").order
    assert [row[2] for row in texts(lab.ways)[:2]] == ["right everywhere", "right everywhere"]
    click_row(qtbot, lab.ways, 1)
    assert [row[0].replace("· ", "") for row in texts(lab.calls)] == ["L", "v₂", "v₁", "x", "x"]
    click_row(qtbot, lab.calls, 2)
    graph = window.session.graph
    assert graph is not None
    assert window.session.selection.node == 1


def test_a_formula_with_sharing_goes_wrong_where_it_is_told(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("order")
    lab = labs.order
    settled(qtbot, lab)
    play(qtbot, lab, "a = x^2; b = a + a; b*a")
    rows = {row[0]: row[1:] for row in texts(lab.ways)}
    assert rows["topological order"] == ["4", "right everywhere"]
    assert rows["sends at the first receipt"][1] == "wrong at x"
    click_row(qtbot, lab.ways, 2)
    assert "still to come" in lab.words.text()
    assert "instead of" in lab.words.text()
    assert lab.session.document.project.formula == "(x^2)^2 + x"


def test_more_calls_than_atoms_are_counted_and_not_made(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("order")
    lab = labs.order
    settled(qtbot, lab)
    lab.choice.setCurrentText("a ladder of 40")
    lab.choice.activated.emit(lab.choice.currentIndex())
    qtbot.waitUntil(lambda: lab.answer is not None and len(lab.ways.rows.line(1)[1].text) > 10, timeout=5000)
    assert texts(lab.ways)[1][2] == "stopped after 20\u202f000 calls"


def test_backward_called_again_counts_again(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("zeroing")
    lab = labs.zeroing
    settled(qtbot, lab)
    play(qtbot, lab, "x = 2; (x^2)^2")
    rows = {row[0]: row[1:] for row in texts(lab.table)}
    assert rows["x"] == ["32", "64", "96"]
    lab.answer = None
    lab.calls.stepUp()
    settled(qtbot, lab)
    assert {row[0]: row[1:] for row in texts(lab.table)}["x"] == ["32", "96", "192"]
    assert "After 3 calls" in lab.gist.text()


def test_both_descents_begin_alike_and_part(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("zeroing")
    lab = labs.zeroing
    settled(qtbot, lab)
    play(qtbot, lab, "x = 1; (x - 3)^2")
    assert lab.answer is not None
    right, forgetful = lab.answer.right, lab.answer.forgetful
    assert right is not None
    assert forgetful is not None
    assert right.losses[:2] == forgetful.losses[:2]
    assert right.losses[-1] != forgetful.losses[-1]


def test_the_mode_with_fewer_passes_is_named(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("modes")
    lab = labs.modes
    settled(qtbot, lab)
    play(qtbot, lab, "t = 0.5; exp(t * [1, 2, 3, 4])")
    assert texts(lab.costs)[0][:2] == ["forward mode", "1"]
    assert texts(lab.costs)[1][:2] == ["reverse mode", "4"]
    assert lab.gist.text().startswith("1 input and 4 outputs: forward mode is cheaper")
    play(qtbot, lab, "sum([1, 2, 3] * [a, b, c])")
    assert lab.gist.text().startswith("3 inputs and 1 output: reverse mode is cheaper")


def test_tangents_and_adjoints_stand_beside_each_other(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("modes")
    lab = labs.modes
    settled(qtbot, lab)
    play(qtbot, lab, "x = 2; (x^2)^2")
    rows = {row[0]: row[1:] for row in texts(lab.nodes)}
    assert rows["x"] == ["2", "1", "32"]
    assert rows["L"] == ["16", "32", "1"]


def test_a_formula_that_can_not_be_read_is_told(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("order")
    lab = labs.order
    settled(qtbot, lab)
    lab.field.setFocus()
    qtbot.keyClicks(lab.field, "x +* 2")
    qtbot.waitUntil(lambda: lab.field.property("look") == "bad", timeout=5000)
    assert lab.gist.text()


def test_a_closed_laboratory_follows_nobody_and_opens_again(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window, "order")
    with qtbot.waitSignal(dialog.destroyed, timeout=5000):
        dialog.close()
    window.session.set_value("x", 3.0)
    at_rest(qtbot, window)
    assert opened(qtbot, window, "zeroing").isVisible()


def test_an_unfinished_formula_is_told_in_words(qtbot: QtBot, labs: Laboratories) -> None:
    labs.open_page("order")
    lab = labs.order
    settled(qtbot, lab)
    lab.field.setFocus()
    qtbot.keyClicks(lab.field, "x - ?")
    qtbot.waitUntil(lambda: "open port" in lab.gist.text(), timeout=5000)
