"""The formula panel: every dress side by side, and hovering, clicking and walking in them; real mouse and keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.ui.canvas.items import CardItem, WireItem
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.dress_views import MathDress, TextDress
from gradviz.ui.panels.dresses import TITLES, FormulaPanel
from ui.held import HeldRunner
from ui.windows import CTRL, SHIFT, at_rest, process, shown_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(y - (W x + b))^2") as made:
        QTest.keyClick(made, Qt.Key.Key_E, CTRL | SHIFT)
        qtbot.waitUntil(lambda: panel(made).isVisible() and not panel(made).is_waiting)
        process()
        yield made


def panel(window: MainWindow) -> FormulaPanel:
    return window.mathematics.formula


def text_view(window: MainWindow, key: str) -> TextDress:
    view = panel(window).cards[key].view
    assert isinstance(view, TextDress)
    return view


def math_view(window: MainWindow) -> MathDress:
    view = panel(window).cards["typeset"].view
    assert isinstance(view, MathDress)
    return view


def node(window: MainWindow, op: str) -> NodeId:
    graph = window.session.graph
    assert graph is not None
    return next(i for i in graph.node_ids() if getattr(getattr(graph.nodes[i], "op", None), "name", None) == op)


def place_in(view: TextDress, part: str, within: int = 0) -> QPoint:
    panel_ = view.parentWidget()
    while panel_ is not None and not isinstance(panel_, FormulaPanel):
        panel_ = panel_.parentWidget()
    assert panel_ is not None
    panel_.ensureWidgetVisible(view)
    process()
    return view.place_of(view.toPlainText().index(part) + within).toPoint()


def lit_in(window: MainWindow, key: str) -> list[str]:
    return text_view(window, key).lit()


def is_lit(window: MainWindow, found: NodeId) -> bool:
    item = window.canvas.graph_scene.items_by_key[("card", found)]
    assert isinstance(item, CardItem)
    return item._marks.lit is Token.VALUE


def is_kept_lit(item: object) -> bool:
    return isinstance(item, CardItem | WireItem) and item._marks.lit is Token.DERIVATIVE


def test_there_is_every_dress_of_the_formula(window: MainWindow) -> None:
    assert text_view(window, "plain").toPlainText() == "(y − (W·x + b))²"
    assert text_view(window, "functions").toPlainText() == "sq(sub(y, add(matmul(W, x), b)))"
    assert text_view(window, "latex").toPlainText() == r"\left(y - \left(W x + b\right)\right)^{2}"
    assert all(f"import {name}" in text_view(window, name).toPlainText() for name in ("torch", "jax"))
    assert len(math_view(window).lines) == 1


def test_hovering_a_part_lights_its_card_and_the_same_part_in_every_other_dress(window: MainWindow) -> None:
    view = text_view(window, "plain")
    place = place_in(view, "W·x", within=1)  # the dot belongs to the product, not to W or x
    QTest.mouseMove(view.viewport(), place)
    process()
    assert is_lit(window, node(window, "matmul"))
    assert lit_in(window, "functions") == ["matmul(W, x)"]
    assert lit_in(window, "latex") == ["W x"]
    assert lit_in(window, "torch") == ["W * x"]
    assert "W * x" in lit_in(window, "numpy")


def test_hovering_a_call_in_function_notation_lights_it_on_the_canvas(window: MainWindow) -> None:
    view = text_view(window, "functions")
    QTest.mouseMove(view.viewport(), place_in(view, "sub"))
    process()
    assert is_lit(window, node(window, "sub"))
    assert lit_in(window, "plain") == ["(y − (W·x + b))"]


def test_hovering_the_typeset_formula_lights_the_node(window: MainWindow) -> None:
    view, square = math_view(window), node(window, "sq")
    graph = window.session.graph
    assert graph is not None
    exponent = view.areas(square)[0].topRight() + QPointF(-3, 5)
    QTest.mouseMove(view, exponent.toPoint())
    process()
    assert window.session.pointing.node == square
    QTest.mouseMove(view, view.areas(graph.leaves()["b"])[0].center().toPoint())
    process()
    assert is_lit(window, graph.leaves()["b"])
    assert lit_in(window, "plain") == ["b"]


def test_hovering_a_card_lights_its_parts_in_the_dresses(window: MainWindow) -> None:
    add = node(window, "add")
    card = window.canvas.graph_scene.card(add)
    assert card is not None
    place = window.canvas.mapFromScene(card.rect.center.x, card.rect.center.y)
    QTest.mouseMove(window.canvas.viewport(), place)
    process()
    assert lit_in(window, "plain") == ["(W·x + b)"]
    assert lit_in(window, "functions") == ["add(matmul(W, x), b)"]
    QTest.mouseMove(window.canvas.viewport(), QPoint(3, 3))
    process()
    assert lit_in(window, "plain") == []


def test_hovering_a_row_of_leaves_lights_the_leaf(window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    QTest.mouseMove(window.leaves.row("x").field)
    process()
    assert is_lit(window, graph.leaves()["x"])
    assert lit_in(window, "functions") == ["x"]


def test_a_click_selects_the_node(window: MainWindow) -> None:
    view = text_view(window, "functions")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_in(view, "add"))
    assert window.session.selection.node == node(window, "add")
    assert "(W·x + b)" in lit_in(window, "plain")


def test_arrows_walk_the_parts_and_enter_selects(window: MainWindow) -> None:
    view = text_view(window, "functions")
    view.setFocus()
    graph = window.session.graph
    assert graph is not None
    walk = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up)
    seen = []
    for key in walk:
        QTest.keyClick(view, key)
        seen.append(window.session.pointing.node)
    sq, sub, add = (node(window, op) for op in ("sq", "sub", "add"))
    assert seen == [sq, sub, graph.leaves()["y"], add, node(window, "matmul"), add]
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.session.selection.node == add


def test_arrows_walk_the_typeset_formula_too(window: MainWindow) -> None:
    view = math_view(window)
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    assert window.session.pointing.node == node(window, "add")


def test_each_dress_is_copied_by_its_button(window: MainWindow) -> None:
    for key in TITLES:
        card = panel(window).cards[key]
        QTest.mouseClick(card.copy_button, Qt.MouseButton.LeftButton)
        text = QGuiApplication.clipboard().text()
        wanted = r"\[ \left(y - \left(W x + b\right)\right)^{2} \]"
        assert text == (wanted if key == "typeset" else text_view(window, key).toPlainText())


def test_a_dress_is_folded_by_a_click_on_its_title(window: MainWindow) -> None:
    card = panel(window).cards["plain"]
    QTest.mouseClick(card.title, Qt.MouseButton.LeftButton)
    assert not card.is_open
    assert not card.view.isVisible()
    QTest.mouseClick(card.title, Qt.MouseButton.LeftButton)
    assert card.view.isVisible()


def test_the_code_follows_the_values(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_value("x", 7.25)
    at_rest(qtbot, window)
    qtbot.waitUntil(lambda: "7.25" in text_view(window, "numpy").toPlainText())


def test_a_formula_that_is_undone_at_once_brings_no_later_text(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, rests = HeldRunner(), panel(window)._rest
    monkeypatch.setattr(window.session, "runner", runner)
    window.session.set_formula("x + 1")
    qtbot.waitUntil(lambda: not rests.isActive() and bool(runner.held))
    window.session.document.undo()
    qtbot.waitUntil(lambda: not rests.isActive())
    runner.let_go()
    assert text_view(window, "functions").toPlainText() == "sq(sub(y, add(matmul(W, x), b)))"


def test_code_of_a_formula_with_an_open_port_says_what_is_missing(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_formula("y - ?")
    card = panel(window).cards["numpy"]
    qtbot.waitUntil(lambda: "open port" in card.trouble.text())
    assert not card.copy_button.isEnabled()
    assert text_view(window, "plain").toPlainText() == "y − □"


def test_what_is_inside_a_folded_block_lights_the_block_and_its_call(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_formula("neuron(w, x, b) = tanh(w x + b)\n(neuron(w, x, b) - y)^2")
    at_rest(qtbot, window)
    qtbot.waitUntil(lambda: "neuron" in text_view(window, "functions").toPlainText())
    graph = window.session.graph
    assert graph is not None
    (block,) = graph.blocks
    window.session.pointing.point_at(node(window, "matmul"))
    assert is_lit(window, block.output)
    assert lit_in(window, "functions") == ["neuron(w, x, b)"]
    assert lit_in(window, "plain") == ["w·x"]
    entering = next(edge for edge in graph.edges() if edge.target == node(window, "matmul"))
    window.session.pointing.light([entering])
    lit = [key for key, item in window.canvas.graph_scene.items_by_key.items() if is_kept_lit(item)]
    assert [kind for kind, _ in lit] == ["wire"]


def test_a_long_dress_scrolls(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_formula("\n".join([f"h{i} = tanh(w{i} x + {i})" for i in range(30)] + ["h29^2"]))
    view = text_view(window, "numpy")
    qtbot.waitUntil(lambda: "h29" in view.toPlainText())
    assert view.verticalScrollBar().maximum() > 0
