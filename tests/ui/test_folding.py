"""Blocks on the canvas: one card when folded, a double click or Ctrl+U shows the inside; real events."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Block
from gradviz.core.types import NodeId
from gradviz.export.picture import State
from gradviz.project.commands import toggle_breakpoint
from gradviz.project.placing_commands import set_unfolded
from gradviz.ui.canvas.menus import CanvasMenu
from gradviz.ui.canvas.stops import stop_keys
from gradviz.ui.main_window import MainWindow
from ui.windows import CTRL, SHIFT, at_rest, process, shown_window

NONE = Qt.KeyboardModifier.NoModifier
NEURON = "neuron(w, x, b) = tanh(w x + b)\n(neuron(w, x, b) - y)^2"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, NEURON) as made:
        yield made


def block_of(window: MainWindow) -> Block:
    graph = window.session.graph
    assert graph is not None
    return graph.blocks[0]


def cards(window: MainWindow) -> list[NodeId]:
    assert window.canvas.picture is not None
    return [card.node for card in window.canvas.picture.cards]


def place_of(window: MainWindow, node: NodeId) -> QPointF:
    card = window.canvas.graph_scene.card(node)
    assert card is not None
    return QPointF(window.canvas.mapFromScene(card.rect.center.x, card.rect.center.y))


def double_click(qtbot: QtBot, window: MainWindow, place: QPointF) -> None:
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, NONE, place.toPoint())
    QTest.mouseDClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, NONE, place.toPoint())
    process()
    at_rest(qtbot, window)


def test_a_double_click_on_a_folded_block_shows_its_inside_and_undo_folds_it(qtbot: QtBot, window: MainWindow) -> None:
    inside = set(block_of(window).members) - {block_of(window).output}
    assert not inside & set(cards(window))
    double_click(qtbot, window, place_of(window, block_of(window).output))
    assert inside <= set(cards(window))
    assert window.session.document.history.undo_name == "Unfold neuron"
    window.session.document.undo()
    at_rest(qtbot, window)
    assert not inside & set(cards(window))


def test_ctrl_u_unfolds_the_selected_block_and_folds_it_again(qtbot: QtBot, window: MainWindow) -> None:
    block, count = block_of(window), len(cards(window))
    QTest.mouseClick(
        window.canvas.viewport(), Qt.MouseButton.LeftButton, NONE, place_of(window, block.output).toPoint()
    )
    QTest.keyClick(window.canvas, Qt.Key.Key_U, CTRL)
    at_rest(qtbot, window)
    assert len(cards(window)) == count + len(block.members) - 1
    QTest.keyClick(window.canvas, Qt.Key.Key_U, CTRL)
    at_rest(qtbot, window)
    assert len(cards(window)) == count


def test_steps_inside_a_folded_block_light_its_card_and_keep_it_in_view(qtbot: QtBot, window: MainWindow) -> None:
    block, debugger = block_of(window), window.session.debugger
    debugger.restart()
    lit = 0
    while debugger.current is None or debugger.current.node != block.output:
        QTest.keyClick(window, Qt.Key.Key_F11)
        card = window.canvas.graph_scene.card(block.output)
        assert debugger.current is not None
        assert card is not None
        lit += debugger.current.node in block.members and card.state is State.CURRENT
    assert lit == len(block.members)


def test_a_node_inside_that_is_selected_marks_the_folded_card(window: MainWindow) -> None:
    block = block_of(window)
    window.session.selection.select(block.members[0])
    assert window.canvas.mirror.card_of(block.members[0]) == block.output


def test_the_edge_into_a_folded_block_selects_the_block(qtbot: QtBot, window: MainWindow) -> None:
    block = block_of(window)
    assert window.canvas.picture is not None
    pill = next(p for p in window.canvas.picture.pills if p.edge is not None and p.edge.target == block.output)
    place = window.canvas.mapFromScene(pill.rect.center.x, pill.rect.center.y)
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    assert window.session.selection.nodes == (block.output,)


def test_the_colour_menu_paints_all_selected_nodes_in_one_entry(qtbot: QtBot, window: MainWindow) -> None:
    graph, canvas = window.session.graph, window.canvas
    assert graph is not None
    nodes = (graph.leaves()["w"], graph.leaves()["b"])
    window.session.selection.select(*nodes)
    menu = CanvasMenu(window.session, canvas.camera, nodes[0], canvas)
    colours = menu.findChild(QMenu, "colourMenu")
    assert colours is not None
    next(entry for entry in colours.actions() if entry.text() == "Green").trigger()
    process()
    shown = [canvas.graph_scene.card(node) for node in nodes]
    assert [card.colour for card in shown if card is not None] == ["green", "green"]
    window.session.document.undo()
    assert not window.session.document.project.colours


def test_a_step_passes_a_folded_block_as_one_and_an_unfolded_one_node_by_node(qtbot: QtBot, window: MainWindow) -> None:
    block = block_of(window)
    passed = nodes_passed(window, block)
    assert [node for node in passed if node in block.members] == [block.output]
    window.session.document.apply(set_unfolded(block.use, True), "Unfold")
    at_rest(qtbot, window)
    passed = nodes_passed(window, block)
    assert [node for node in passed if node in block.members] == list(block.members)


def nodes_passed(window: MainWindow, block: Block) -> list[NodeId]:
    """The nodes at which steps by one node end, up to the block's output."""
    debugger, passed = window.session.debugger, list[NodeId]()
    debugger.restart()
    while not passed or passed[-1] != block.output:
        QTest.keyClick(window.canvas, Qt.Key.Key_Period)
        assert debugger.current is not None
        passed.append(debugger.current.node)
    return passed


def test_back_undoes_a_step_over_a_folded_block(window: MainWindow) -> None:
    block, debugger = block_of(window), window.session.debugger
    debugger.restart()
    places = [debugger.position]
    while debugger.current is None or debugger.current.node != block.output:
        QTest.keyClick(window.canvas, Qt.Key.Key_Period)
        places.append(debugger.position)
    for place in reversed(places[:-1]):
        QTest.keyClick(window.canvas, Qt.Key.Key_Comma)
        assert debugger.position == place


def test_inside_a_folded_block_the_explanation_says_where(window: MainWindow) -> None:
    block, debugger = block_of(window), window.session.debugger
    debugger.run_to(block.output)
    assert window.explanation.heading.text() == f"THIS STEP · IN neuron, {len(block.members)} OF {len(block.members)}"
    QTest.keyClick(window, Qt.Key.Key_F11, CTRL | SHIFT)
    assert window.explanation.heading.text().startswith(f"THIS STEP · IN neuron, {len(block.members) - 1} OF")


def test_a_breakpoint_inside_a_folded_block_is_on_its_card(window: MainWindow) -> None:
    block = block_of(window)
    window.session.document.apply(toggle_breakpoint(block.members[0]), "Add breakpoint")
    assert ("card", block.output) in stop_keys(window.session)


def test_the_inspector_shows_a_folded_block_as_one_operation(window: MainWindow) -> None:
    session, block = window.session, block_of(window)
    session.selection.select(block.output)
    w, x, b = (float(session.values()[name]) for name in "wxb")
    slope = 1 - math.tanh(w * x + b) ** 2
    local = window.inspector.row("local ∂v₃/∂w")
    assert local is not None
    assert float(local.value.text().replace("\u2212", "-")) == pytest.approx(x * slope, rel=1e-4)
    assert window.inspector.row("operand w") is not None
    function = window.inspector.row("function")
    assert function is not None
    assert function.value.text() == "used once"
    assert window.inspector.heading.whole == "NEURON · v₃"


def test_the_button_of_the_inspector_unfolds_the_block(qtbot: QtBot, window: MainWindow) -> None:
    block = block_of(window)
    window.session.selection.select(block.output)
    QTest.mouseClick(window.inspector.blocks.buttons["unfold"], Qt.MouseButton.LeftButton)
    at_rest(qtbot, window)
    assert block.use in window.session.document.project.unfolded
    assert window.inspector.heading.whole == "NEURON · v₃"
    assert window.inspector.blocks.buttons["unfold"].text() == "Fold"
    window.session.selection.select(block.output)
    assert window.inspector.heading.whole == "TANH · v₃"
    assert window.inspector.blocks.isVisibleTo(window.inspector) is False


def test_arrow_keys_walk_through_a_folded_block(window: MainWindow) -> None:
    graph, block = window.session.graph, block_of(window)
    assert graph is not None
    window.session.selection.select(graph.leaves()["w"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    assert window.session.selection.nodes == (block.output,)
    QTest.keyClick(window.canvas, Qt.Key.Key_Left)
    assert window.session.selection.nodes == (block.operands[0],)


def test_the_tooltip_of_a_folded_block_has_its_call_its_function_and_its_derivatives(window: MainWindow) -> None:
    block = block_of(window)
    lines = window.canvas.tip_at(place_of(window, block.output)).splitlines()
    assert lines[0] == "v₃ = neuron(w, x, b), used once"
    assert lines[1] == "neuron(w, x, b) = tanh(w x + b)"
    assert [line.split("  ")[0] for line in lines if line.startswith("local")] == [
        "local derivative ∂v₃/∂w", "local derivative ∂v₃/∂x", "local derivative ∂v₃/∂b",
    ]  # fmt: skip
