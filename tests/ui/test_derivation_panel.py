"""The derivation panel: a line at a time by buttons, keys and clicks, tied to the edges on the canvas; real events."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Edge
from gradviz.export.theme import Token
from gradviz.text.derivation import Derivation, derive_by_node
from gradviz.ui.canvas.items import WireItem
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels import derivation
from gradviz.ui.panels.derivation import DerivationPanel
from ui.windows import CTRL, SHIFT, process, shown_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(y - (W x + b))^2") as made:
        QTest.keyClick(made, Qt.Key.Key_J, CTRL | SHIFT)
        settle(qtbot, made)
        yield made


def panel(window: MainWindow) -> DerivationPanel:
    return window.mathematics.derivation


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: panel(window).isVisible() and not panel(window).is_waiting, timeout=20_000)
    process()


def written(window: MainWindow) -> list[str]:
    return [row.line.equation.plain for row in panel(window).rows if row.isVisible()]


def lit_ops(window: MainWindow) -> set[str]:
    """The operations into which the lit wires lead."""
    graph = window.session.graph
    assert graph is not None
    wires = [item for item in window.canvas.graph_scene.items_by_key.values() if isinstance(item, WireItem)]
    lit = [w.part.edge for w in wires if w._marks.lit is Token.DERIVATIVE]
    return {graph.nodes[edge.target].op.name for edge in lit if isinstance(edge, Edge)}  # type: ignore[union-attr]


def press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(panel(window), key)
    process()


def test_it_begins_with_one_line_and_each_key_writes_the_next(window: MainWindow) -> None:
    assert written(window) == ["∂/∂W sq(sub(y, add(matmul(W, x), b)))"]
    press(window, Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert written(window)[1:] == [
        "= sq′(sub(y, add(matmul(W, x), b))) · ∂/∂W sub(y, add(matmul(W, x), b))",
        "= sq′(…) · sub′(y, add(matmul(W, x), b)) · ∂/∂W add(matmul(W, x), b)",
    ]


def test_each_line_lights_its_edge_on_the_canvas(window: MainWindow) -> None:
    seen = []
    for _ in range(5):
        press(window, Qt.Key.Key_Right)
        seen.append(lit_ops(window))
    assert seen == [{"sq"}, {"sub"}, {"add"}, {"matmul"}, {"sq", "sub", "add", "matmul"}]


def test_buttons_go_forward_and_back_and_finished_lines_stay(window: MainWindow) -> None:
    bar = panel(window).bar
    for _ in range(3):
        QTest.mouseClick(bar.next, Qt.MouseButton.LeftButton)
    QTest.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    assert panel(window).current == 2
    assert len(written(window)) == 4
    assert bar.place.text().startswith("3 of ")
    QTest.mouseClick(bar.first, Qt.MouseButton.LeftButton)
    assert len(written(window)) == 1
    assert not bar.back.isEnabled()


def test_a_click_on_a_line_goes_to_it(window: MainWindow) -> None:
    press(window, Qt.Key.Key_End)
    row = panel(window).rows[2]
    panel(window).board.ensureWidgetVisible(row)
    process()
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(12, 8))
    process()
    assert panel(window).current == 2
    assert lit_ops(window) == {"sub"}
    assert row.words.isVisible()


def test_the_end_is_the_number_and_the_ways_agree(window: MainWindow) -> None:
    press(window, Qt.Key.Key_End)
    assert written(window)[-1] == "= 2·3·(2·3 + 1 − 1) = 36"
    assert panel(window).answers.isVisible()
    rows = panel(window).answer_list.rows
    assert [row.value.text() for row in rows] == ["36"] * 4


def test_a_node_that_is_selected_on_the_canvas_is_differentiated_by(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    add = next(i for i in graph.node_ids() if getattr(getattr(graph.nodes[i], "op", None), "name", "") == "add")
    card = window.canvas.graph_scene.card(add)
    assert card is not None
    place = window.canvas.mapFromScene(card.rect.center.x, card.rect.center.y)
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, window)
    assert written(window) == ["∂/∂v₂ sq(sub(y, v₂))"]
    assert panel(window).bar.by.currentText().startswith("v₂")


def test_a_leaf_is_chosen_from_the_list_by_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    choice = panel(window).bar.by
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_B)
    settle(qtbot, window)
    assert written(window) == ["∂/∂b sq(sub(y, add(matmul(W, x), b)))"]


def test_the_numbers_follow_the_values_and_the_place_stays(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_End)
    window.session.set_value("x", 0.0)
    qtbot.waitUntil(lambda: bool(written(window)) and written(window)[-1].endswith("= 0"), timeout=20_000)
    assert panel(window).current == len(panel(window).rows) - 1


def test_a_shorter_formula_leaves_the_place_at_its_last_line(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    window.session.selection.select(graph.leaves()["W"])
    press(window, Qt.Key.Key_End)
    window.session.set_formula("y - W x")  # W keeps its place in the graph
    qtbot.waitUntil(lambda: bool(written(window)) and written(window)[0] == "∂/∂W sub(y, matmul(W, x))", timeout=20_000)
    settle(qtbot, window)
    assert panel(window).current == panel(window).count - 1 == len(written(window)) - 1


def test_all_of_it_is_copied_as_text_and_as_align(window: MainWindow) -> None:
    menu = panel(window).bar.copy_button.menu()
    text, align, line = menu.actions()
    text.trigger()
    assert QGuiApplication.clipboard().text().splitlines()[-1] == "= 2·3·(2·3 + 1 − 1) = 36"
    align.trigger()
    assert QGuiApplication.clipboard().text().startswith(r"\begin{align*}")
    line.trigger()
    assert QGuiApplication.clipboard().text().startswith(r"\frac{\partial}{\partial W}")


def test_hiding_the_panel_puts_the_light_out(window: MainWindow) -> None:
    press(window, Qt.Key.Key_Right)
    assert lit_ops(window)
    window.docks["derivation"].hide()
    process()
    assert not lit_ops(window)


def test_another_tab_in_front_puts_the_light_out(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Right)
    QTest.keyClick(window, Qt.Key.Key_E, CTRL | SHIFT)
    qtbot.waitUntil(lambda: not lit_ops(window))
    QTest.keyClick(window, Qt.Key.Key_J, CTRL | SHIFT)
    qtbot.waitUntil(lambda: lit_ops(window) == {"sq"})


def test_a_formula_that_has_no_value_says_why(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_formula("y - ?")
    qtbot.waitUntil(lambda: "open port" in panel(window).hint.text() or "missing" in panel(window).hint.text())
    assert not panel(window).rows


def test_a_long_formula_is_derived_beside_the_window(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[Thread] = []

    def watched(*arguments: Any, **settings: Any) -> Derivation:
        threads.append(current_thread())
        return derive_by_node(*arguments, **settings)

    monkeypatch.setattr(derivation, "derive_by_node", watched)
    window.session.set_formula("\n".join(["h0 = x", *(f"h{i} = tanh(w h{i - 1} + b)" for i in range(1, 120)), "h119"]))
    qtbot.waitUntil(lambda: bool(threads) and not panel(window).is_waiting, timeout=20_000)
    assert len(written(window)) == 1
    assert main_thread() not in threads


def test_what_was_derived_of_a_graph_that_has_gone_is_dropped(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()

    def held(*arguments: Any, **settings: Any) -> Derivation:
        begun.set()
        go_on.wait(20)
        return derive_by_node(*arguments, **settings)

    monkeypatch.setattr(derivation, "derive_by_node", held)
    panel(window).refresh()
    qtbot.waitUntil(begun.is_set)
    panel(window)._rest.setInterval(1500)  # the old answer comes first
    window.session.set_formula("\n".join(["h0 = x", *(f"h{i} = tanh(w h{i - 1} + b)" for i in range(1, 20)), "h19"]))
    assert window.session.graph is not None
    window.session.selection.select(window.session.graph.output)
    go_on.set()
    QTest.qWait(600)
    settle(qtbot, window)
    assert panel(window).derivation is not None
    assert panel(window).bar.by.currentText().startswith("h")


def test_a_node_selected_in_a_graph_that_is_undone_is_not_looked_for_in_the_one_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    before = window.session.graph
    window.session.set_formula("tanh(a tanh(b tanh(c tanh(d tanh(e tanh(f))))))")
    assert window.session.graph is not None
    window.session.selection.select(window.session.graph.nodes[window.session.graph.output].operands[0])  # type: ignore[union-attr]
    window.session.selection.clear()
    window.session.document.undo()
    assert window.session.graph is before
    settle(qtbot, window)
    assert written(window)[0].startswith("∂/∂W")
    assert panel(window).bar.by.currentText() == "W"


def test_a_number_alone_has_nothing_to_differentiate_by(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.select(window.session.graph.output)  # type: ignore[union-attr]
    settle(qtbot, window)
    window.session.set_formula("1")
    settle(qtbot, window)
    assert "no leaf" in panel(window).hint.text()
    window.session.set_formula("x + 1")
    settle(qtbot, window)
    assert panel(window).bar.by.currentText() == "x"


def test_hidden_numbers_stay_hidden(qtbot: QtBot, window: MainWindow) -> None:
    window.session.veil.cover_kinds(["◂"])
    settle(qtbot, window)
    press(window, Qt.Key.Key_End)
    assert written(window)[-1] == "∂L/∂W = 2x·(W·x + b − y)"
    assert not panel(window).answers.isVisible()
    assert not any("36" in line for line in written(window))


def test_a_line_that_is_made_shows_no_window_of_its_own(window: MainWindow) -> None:
    press(window, Qt.Key.Key_End)
    assert window.isActiveWindow()
