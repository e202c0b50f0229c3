"""Blocks on the canvas: one card when folded, a double click or Ctrl+U shows the inside; real events."""

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
from gradviz.ui.canvas.menus import CanvasMenu
from gradviz.ui.main_window import MainWindow
from ui.windows import CTRL, at_rest, process, shown_window

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
        QTest.keyClick(window.canvas, Qt.Key.Key_Period)
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
