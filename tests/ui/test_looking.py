"""Looking at a run: where the gradient goes, what if, comparisons, pins, and the samples; driven by keys and clicks."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Edge, Graph
from gradviz.core.record import record
from gradviz.core.types import NodeId
from gradviz.export.cards import pill_text
from gradviz.export.picture import Card, Wire
from gradviz.lang.lower import read
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.row_table import RowTable
from gradviz.ui.panels.what_if_section import WhatIfView
from ui.canvas_session import session_of
from ui.windows import CTRL, SHIFT, at_rest, shown_window

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "h = a b\nh^2 + 3h") as shown:
        shown.session.set_value("a", 2.0)
        shown.session.set_value("b", 1.0)
        at_rest(qtbot, shown)
        yield shown
    gc.collect()  # what is left of a window may not be deleted while another one paints


def graph_of(window: MainWindow) -> Graph:
    assert window.session.graph is not None
    return window.session.graph


def texts(table: RowTable) -> list[list[str]]:
    return [[cell.text for cell in table.rows.line(row)] for row in range(table.rows.rowCount())]


def card(window: MainWindow, node: NodeId) -> Card:
    found = window.canvas.graph_scene.card(node)
    assert found is not None
    return found


def click_row(qtbot: QtBot, table: RowTable, row: int) -> None:
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def type_what_if(qtbot: QtBot, window: MainWindow, name: str, text: str) -> None:
    window.inspector.sections["What if"].set_open(True)
    field = window.inspector.what_if.fields[name]
    field.setFocus()
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_key_shows_on_the_graph_and_in_a_list_where_the_gradient_goes(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    qtbot.waitUntil(
        lambda: window.looking.flow.flow is not None and window.looking.flow.flow.paths is not None, timeout=5000
    )
    graph = graph_of(window)
    assert [row[0] for row in texts(window.looking.flow.table)][:2] == ["b", "a"]
    assert [row[1] for row in texts(window.looking.flow.table)][:2] == ["14", "7"]
    assert window.looking.flow.words.whole == "= 7: the sum over 2 paths"
    assert [row[2] for row in texts(window.looking.flow.paths)] == ["4", "3"]
    accent = card(window, graph.find("b")).accent
    assert accent is not None
    assert accent.strength == 1.0
    assert window.looking.bar.legend.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert card(window, graph.find("b")).accent is None
    assert not window.looking.bar.isVisible()


def test_a_click_on_a_path_selects_its_nodes(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    qtbot.waitUntil(lambda: window.looking.flow.paths.rows.rowCount() == 2, timeout=5000)
    click_row(qtbot, window.looking.flow.paths, 0)
    graph = graph_of(window)
    nodes = window.session.selection.nodes
    assert nodes[0] == graph.output
    assert nodes[-1] == graph.find("a")


def test_the_list_tells_the_change_since_the_last_iteration_and_the_step(qtbot: QtBot, window: MainWindow) -> None:
    window.session.training.single()
    at_rest(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    qtbot.waitUntil(
        lambda: window.looking.flow.flow is not None and bool(window.looking.flow.flow.before), timeout=5000
    )
    row = next(row for row in texts(window.looking.flow.table) if row[0] == "b")
    trace = window.session.debugger.trace
    assert trace is not None
    now = abs(float(trace.adjoint("b")))
    assert row[2] == f"{'+' if now > 14 else '−'}{abs(now - 14):.3g}"
    step = abs(float(trace.updates["b"] - trace.value("b")) / float(trace.value("b")))
    assert float(row[3]) == pytest.approx(step, rel=0.01)


def test_a_value_given_to_a_node_shows_what_follows_beside_the_original(qtbot: QtBot, window: MainWindow) -> None:
    graph = graph_of(window)
    window.session.selection.select(graph.find("h"))
    type_what_if(qtbot, window, "value", "5")
    at_rest(qtbot, window)
    trace = window.session.lens.trace
    assert trace is not None
    assert float(trace.result) == 40.0
    accent = card(window, graph.output).accent
    assert accent is not None
    assert accent.below == "10 + 30"
    assert window.looking.bar.what_if.words.text() == "What if h = 5?  L 10 → 40"
    assert float(window.session.values()["a"]) == 2.0
    assert not window.session.document.history.undo_name.startswith("Keep")
    qtbot.mouseClick(window.looking.bar.what_if.button("Discard"), Qt.MouseButton.LeftButton)
    assert window.session.lens.is_plain
    assert card(window, graph.output).accent is None


def test_a_changed_leaf_can_be_kept_and_undone(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.select(graph_of(window).find("a"))
    type_what_if(qtbot, window, "value", "3")
    assert float(window.session.document.project.values["a"]) == 2.0
    qtbot.mouseClick(window.looking.bar.what_if.button("Keep"), Qt.MouseButton.LeftButton)
    assert float(window.session.document.project.values["a"]) == 3.0
    assert window.session.lens.is_plain
    window.session.document.undo()
    assert float(window.session.document.project.values["a"]) == 2.0


def test_a_changed_adjoint_is_sent_on(qtbot: QtBot, window: MainWindow) -> None:
    graph = graph_of(window)
    window.session.selection.select(graph.find("h"))
    type_what_if(qtbot, window, "adjoint", "1")
    trace = window.session.lens.trace
    assert trace is not None
    assert (float(trace.adjoint("a")), float(trace.adjoint("b"))) == (1.0, 2.0)


def test_what_makes_no_sense_is_told_at_the_field(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.select(graph_of(window).find("h"))
    type_what_if(qtbot, window, "value", "[1, 2]")
    assert window.inspector.what_if.fields["value"].property("look") == "bad"
    assert window.session.lens.is_plain


def test_a_kept_run_is_compared_and_the_differences_are_listed(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    assert window.docks["compare"].isVisible()
    window.session.set_value("a", 3.0)
    at_rest(qtbot, window)
    rows = {row[0]: row[1:] for row in texts(window.looking.compare.table)}
    assert rows["L"] == ["10", "18", "+8", "", "1", ""]
    assert rows["h"] == ["2", "3", "+1", "7", "9", "+2"]
    click_row(qtbot, window.looking.compare.table, 0)
    assert window.session.selection.node == window.looking.compare.comparison.changed[0]  # type: ignore[union-attr]
    qtbot.mouseClick(window.looking.bar.comparison.button("Stop comparing"), Qt.MouseButton.LeftButton)
    assert window.session.lens.is_plain


def test_iterations_are_compared(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(3):
        window.session.training.single()
        at_rest(qtbot, window)
    window.looking.compare.compare_with_iteration(0)
    window.docks.reveal("compare")
    qtbot.waitUntil(lambda: window.session.lens.comparison is not None, timeout=5000)
    comparison = window.session.lens.comparison
    assert comparison is not None
    assert float(np.asarray(comparison.loss.before)) == 10.0
    assert window.looking.bar.comparison.words.text().startswith("Compared with iteration 0")


def test_ctrl_p_pins_side_by_side(qtbot: QtBot, window: MainWindow) -> None:
    graph = graph_of(window)
    for name in ("a", "b"):
        window.session.selection.select(graph.find(name))
        qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    window.session.selection.select_edge(next(edge for edge in graph.edges() if edge.source == graph.find("h")))
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    assert window.docks["pinned"].isVisible()
    headings = [one.heading.whole for one in window.looking.pinned.cards]
    assert headings[:2] == ["LEAF a", "LEAF b"]
    assert headings[2].startswith("EDGE h")
    qtbot.mouseClick(window.looking.pinned.cards[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    assert window.session.selection.node == graph.find("a")
    qtbot.mouseClick(window.looking.pinned.cards[0].close_button, Qt.MouseButton.LeftButton)
    assert [isinstance(one, Edge) for one in window.session.pins.subjects] == [False, True]


def test_the_sum_of_all_samples_is_drawn(qtbot: QtBot, window: MainWindow) -> None:
    window.session.open_example("least-squares")
    at_rest(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL | ALT)
    qtbot.waitUntil(lambda: window.session.lens.samples.total is not None, timeout=5000)
    total = window.session.lens.samples.total
    assert total is not None
    assert window.looking.bar.sum.words.text().startswith(
        f"Each number is the sum over {window.session.sample_count} samples"
    )
    picture = window.canvas.picture
    assert picture is not None
    shown = {pill.text for pill in picture.pills}
    assert {pill_text(value) for value in total.contributions.values()} <= shown
    assert window.actions_by_key["sum_samples"].isChecked()
    assert window.inspector.row("local") is None  # a sum of samples has no one local derivative
    qtbot.mouseClick(window.looking.bar.sum.button("Show one sample"), Qt.MouseButton.LeftButton)
    assert window.session.lens.is_plain


def test_a_sample_is_chosen_by_number_and_by_its_loss(qtbot: QtBot, window: MainWindow) -> None:
    window.session.open_example("least-squares")
    at_rest(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_J, CTRL)
    dialog = window.findChild(QInputDialog, "goToSample")
    assert isinstance(dialog, QInputDialog)
    dialog.setIntValue(4)
    dialog.accept()
    assert window.session.sample == 4
    window.actions_by_key["worst_sample"].trigger()
    qtbot.waitUntil(lambda: window.session.lens.samples.survey is not None, timeout=5000)
    survey = window.session.lens.samples.survey
    assert survey is not None
    qtbot.waitUntil(lambda: window.session.sample == survey.worst, timeout=5000)


def test_the_flow_of_a_failed_run_does_no_harm(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    window.session.set_formula("a[5] + b")
    at_rest(qtbot, window)
    window.session.set_formula("a b + a")
    at_rest(qtbot, window)
    wires = [item.part for item in window.canvas.graph_scene.items_by_key.values() if isinstance(item.part, Wire)]
    assert any(wire.accent is not None for wire in wires)


def test_what_if_shows_the_number_of_the_run_as_short_as_the_graph_does(qtbot: QtBot) -> None:
    made_up = WhatIfView(session_of("sin(x)", x=1.0))
    qtbot.addWidget(made_up)
    trace = record(read("sin(x)").graph, {"x": 1.0})
    made_up.show_node(trace, trace.graph.output)
    assert made_up.fields["value"].placeholderText() == "0.84147"
