"""Building a graph without typing a formula: by clicks, and without the mouse; real events, counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Apply, Graph, Hole
from gradviz.core.types import NodeId
from gradviz.lang.lower import read
from gradviz.ui.canvas.menus import CanvasMenu
from gradviz.ui.dragging import mime_of
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from gradviz.ui.panels.name_prompt import NamePrompt
from gradviz.ui.search import Found, Kind
from ui.windows import CTRL, SHIFT, at_rest, process, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WANTED = "(y-(Wx+b))^2"


class Hands:
    """Two hands on a window that count what they do."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.clicks = 0
        self.keys = 0

    def click(self, widget: QWidget) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.clicks += 1
        process()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)  # a popup gives the focus back
        self.qtbot.keyClick(QApplication.focusWidget(), key, modifiers)
        self.keys += 1
        process()

    def type(self, text: str) -> None:
        chooser = QApplication.activePopupWidget()
        assert isinstance(chooser, Chooser | NamePrompt)
        self.qtbot.keyClicks(chooser.field, text)
        self.keys += len(text)
        self.qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
        if QApplication.activePopupWidget() is None:  # without a window manager nobody else does it
            self.window.activateWindow()
        self.keys += 1
        process()

    def add(self, text: str) -> None:
        """Space, the text, Enter."""
        self.press(Qt.Key.Key_Space)
        self.type(text)

    def op(self, name: str) -> None:
        self.click(next(button for button in self.window.palette_panel.buttons if button.op.name == name))

    @property
    def graph(self) -> Graph:
        graph = self.window.session.graph
        assert graph is not None
        return graph

    @property
    def formula(self) -> str:
        return self.window.session.document.project.formula

    def select(self, name: str) -> NodeId:
        """Select an operation or a leaf by its name."""
        node = next(n for n in self.graph.node_ids() if _called(self.graph, n) == name)
        self.window.session.selection.select(node)
        self.window.canvas.setFocus()
        return node


def _called(graph: Graph, node: NodeId) -> str:
    found = graph.nodes[node]
    return found.op.name if isinstance(found, Apply) else getattr(found, "name", "?")


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    with shown_window(qtbot, tmp_path) as window:
        qtbot.waitUntil(window.isActiveWindow)
        yield Hands(qtbot, window)


@pytest.fixture
def built(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    with shown_window(qtbot, tmp_path) as window:
        window.session.new(WANTED)
        window.canvas.setFocus()
        yield Hands(qtbot, window)


def test_someone_who_has_never_typed_a_formula_builds_the_squared_error_of_a_line_by_clicks_and_names(
    hands: Hands,
) -> None:
    hands.click(hands.window.start_page.build)
    for op in ("sq", "sub"):
        hands.op(op)
    hands.add("y")
    hands.op("add")
    hands.op("matmul")
    for name in ("W", "x", "b"):
        hands.add(name)
    assert hands.graph.same_as(read(WANTED).graph)
    assert (hands.clicks, hands.keys) == (5, 12)  # far less than a minute


def test_the_same_is_built_without_the_mouse(hands: Hands) -> None:
    hands.window.start_page.build.setFocus()
    hands.press(Qt.Key.Key_Space)
    for text in ("^2", "-", "y", "+", "@", "W", "x", "b"):
        hands.add(text)
    assert hands.graph.same_as(read(WANTED).graph)
    assert (hands.clicks, hands.keys) == (0, 26)


def test_ready_made_parts_build_it_in_two_steps(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    hands.add("squared error")
    hands.add("linear")
    assert hands.graph.same_as(read(WANTED).graph)


def test_each_addition_is_one_entry_of_the_history(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    for text in ("^2", "-", "y", "2.5"):
        hands.add(text)
    assert hands.window.session.document.history.names == ("Add sq", "Add sub", "Add y", "Add 2.5")
    for _ in range(4):
        hands.press(Qt.Key.Key_Z, CTRL)
    assert hands.formula == ""


def test_after_an_addition_the_next_open_port_is_selected(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    hands.add("-")
    node = hands.window.session.selection.node
    assert node is not None
    assert isinstance(hands.graph.nodes[node], Hole)


def test_a_name_that_is_there_is_used_again(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    for text in ("*", "x", "x"):
        hands.add(text)
    assert hands.graph.same_as(read("x * x").graph)


def test_an_operation_is_applied_to_the_selected_node(built: Hands) -> None:
    built.select("add")
    built.add("tanh")
    assert built.graph.same_as(read("(y - tanh(Wx + b))^2").graph)


def test_nothing_selected_makes_a_loose_part(built: Hands) -> None:
    built.window.session.selection.clear()
    built.add("exp")
    assert built.graph.same_as(read(WANTED).graph) is False
    assert "exp(?)" in built.formula
    assert any(isinstance(node, Hole) for node in built.graph.nodes)


def test_delete_leaves_an_open_port_and_undo_brings_all_back(built: Hands) -> None:
    built.select("add")
    built.press(Qt.Key.Key_Delete)
    assert any(isinstance(node, Hole) for node in built.graph.nodes)
    built.press(Qt.Key.Key_Z, CTRL)
    assert built.formula == WANTED


def test_deleting_an_operation_of_one_operand_heals_the_wire(built: Hands) -> None:
    built.select("sq")
    built.press(Qt.Key.Key_Delete)
    assert built.graph.same_as(read("y - (Wx + b)").graph)


def test_several_nodes_are_deleted_at_once(built: Hands) -> None:
    sq, sub = built.select("sq"), built.select("sub")
    built.window.session.selection.select(sq, sub)
    built.press(Qt.Key.Key_Delete)
    assert built.window.session.document.history.names == ("Delete 2 nodes",)
    assert {_called(built.graph, node) for node in built.graph.node_ids()} >= {"add", "matmul"}


def test_an_operation_is_replaced_by_another(built: Hands) -> None:
    built.select("sq")
    built.press(Qt.Key.Key_R, CTRL)
    built.type("tanh")
    assert built.graph.same_as(read("tanh(y - (Wx + b))").graph)
    assert built.window.session.document.history.undo_name == "Replace sq by tanh"


def test_the_list_of_replacements_holds_only_what_fits(built: Hands) -> None:
    built.select("sub")
    built.press(Qt.Key.Key_R, CTRL)
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    assert "div" in chooser.titles
    assert not {"tanh", "sub", "where"} & set(chooser.titles)
    chooser.close()


def test_operands_are_swapped(built: Hands) -> None:
    built.select("sub")
    built.window.actions_by_key["swap"].trigger()
    assert built.graph.same_as(read("((Wx + b) - y)^2").graph)


def test_another_node_becomes_the_output(built: Hands) -> None:
    node = built.select("add")
    built.window.actions_by_key["set_output"].trigger()
    assert _called(built.graph, built.graph.output) == "add"
    assert node is not None


def test_a_part_is_cut_and_pasted_into_an_open_port(built: Hands) -> None:
    built.select("matmul")
    built.press(Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "W x"
    built.select("y")
    built.press(Qt.Key.Key_X, CTRL)
    built.window.session.selection.select(next(n for n in built.graph.node_ids() if _called(built.graph, n) == "?"))
    QGuiApplication.clipboard().setText("tanh(z)")
    built.press(Qt.Key.Key_V, CTRL)
    assert built.graph.same_as(read("(tanh(z) - (Wx + b))^2").graph)


def test_a_part_travels_from_window_to_window(built: Hands, qtbot: QtBot) -> None:
    built.select("add")
    built.press(Qt.Key.Key_C, CTRL)
    other = built.window.open_beside()
    other.begin_building()
    at_rest(qtbot, other)
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    qtbot.keyClick(other.canvas, Qt.Key.Key_V, CTRL)
    at_rest(qtbot, other)
    assert other.session.graph is not None
    assert other.session.graph.same_as(read("Wx + b").graph)


def test_foreign_text_is_not_pasted_and_the_reason_is_said(built: Hands) -> None:
    for text in ("Dear all, see below.", "((", "\0", "<html>", "x = = 3"):
        QGuiApplication.clipboard().setText(text)
        built.window.notice.hide()
        built.press(Qt.Key.Key_V, CTRL)
        assert built.window.notice.isVisible()
        assert built.formula == WANTED


def test_a_copy_stands_beside_the_rest(built: Hands) -> None:
    built.select("matmul")
    built.press(Qt.Key.Key_D, CTRL)
    assert [_called(built.graph, n) for n in built.graph.node_ids()].count("matmul") == 2


def test_a_node_is_named_with_f2(built: Hands) -> None:
    built.select("add")
    built.press(Qt.Key.Key_F2)
    built.type("f")
    assert "f = " in built.formula
    built.press(Qt.Key.Key_Z, CTRL)
    assert built.formula == WANTED


def test_nodes_become_a_block_that_is_dissolved_again(built: Hands) -> None:
    nodes = [built.select("matmul"), built.select("add")]
    built.window.session.selection.select(*nodes)
    built.press(Qt.Key.Key_G, CTRL)
    built.type("line")
    assert [block.name for block in built.graph.blocks] == ["line"]
    assert built.window.session.document.history.undo_name == "Fold into line"
    built.window.session.selection.select(built.graph.blocks[0].output)
    built.press(Qt.Key.Key_G, CTRL | SHIFT)
    assert built.graph.blocks == ()
    assert built.graph.same_as(read(WANTED).graph)


def test_a_block_is_kept_and_used_in_another_document(built: Hands, qtbot: QtBot) -> None:
    built.window.session.selection.select(built.select("matmul"), built.select("add"))
    built.press(Qt.Key.Key_G, CTRL)
    built.type("line")
    built.window.session.selection.select(built.graph.blocks[0].output)
    built.window.actions_by_key["keep_own"].trigger()
    assert [row.found.title for row in built.window.palette_panel.rows][-1] == "line"
    other = built.window.open_beside()
    other.begin_building()
    hands = Hands(qtbot, other)
    hands.click(other.palette_panel.rows[-1])
    assert "line(" in hands.formula
    assert {_called(hands.graph, n) for n in hands.graph.node_ids()} >= {"add", "matmul"}


def drop(hands: Hands, found: Found, place: QPoint) -> None:
    """Drop something of the palette on a place of the canvas."""
    at_rest(hands.qtbot, hands.window)
    target = hands.window.canvas.viewport()
    data = mime_of(found)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(place, copy, data, left, none))
    QApplication.sendEvent(target, QDragMoveEvent(place, copy, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(place), copy, data, left, none))
    at_rest(hands.qtbot, hands.window)


def middle(hands: Hands, node: NodeId) -> QPoint:
    at_rest(hands.qtbot, hands.window)
    card = hands.window.canvas.graph_scene.card(node)
    assert card is not None
    return hands.window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))


def test_an_operation_dropped_on_empty_canvas_stands_where_it_was_dropped(built: Hands) -> None:
    place = built.window.canvas.viewport().rect().bottomLeft() + QPoint(220, -90)
    drop(built, Found(Kind.OP, "exp", "exp"), place)
    made = next(n for n in built.graph.node_ids() if _called(built.graph, n) == "exp")
    pinned = built.window.session.document.project.pins[made]
    assert pinned is not None
    assert built.window.session.document.history.names == ("Add exp",)
    assert isinstance(built.graph.nodes[built.graph.nodes[made].operands[0]], Hole)  # type: ignore[union-attr]


def test_an_operation_dropped_on_a_node_is_applied_to_it(built: Hands) -> None:
    node = next(n for n in built.graph.node_ids() if _called(built.graph, n) == "add")
    drop(built, Found(Kind.OP, "tanh", "tanh"), middle(built, node))
    assert built.graph.same_as(read("(y - tanh(Wx + b))^2").graph)


def test_a_leaf_dropped_on_an_open_port_fills_it(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    hands.add("exp")
    hole = next(n for n in hands.graph.node_ids() if isinstance(hands.graph.nodes[n], Hole))
    drop(hands, Found(Kind.LEAF, "", "leaf"), middle(hands, hole))
    assert hands.graph.same_as(read("exp(x)").graph)


def test_what_is_dropped_beside_an_open_port_fills_it(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    hands.add("exp")
    hole = next(n for n in hands.graph.node_ids() if isinstance(hands.graph.nodes[n], Hole))
    drop(hands, Found(Kind.LEAF, "", "leaf"), middle(hands, hole) + QPoint(0, 36))
    assert hands.graph.same_as(read("exp(x)").graph)
    assert not hands.window.session.document.project.pins


def test_what_is_dropped_on_the_wire_of_an_open_port_fills_it(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    hands.add("exp")
    hole = next(n for n in hands.graph.node_ids() if isinstance(hands.graph.nodes[n], Hole))
    exp = next(n for n in hands.graph.node_ids() if _called(hands.graph, n) == "exp")
    drop(hands, Found(Kind.LEAF, "", "leaf"), (middle(hands, hole) + middle(hands, exp)) / 2)
    assert hands.graph.same_as(read("exp(x)").graph)


def test_the_menu_of_a_node_offers_the_edits_that_make_sense(built: Hands) -> None:
    node = next(n for n in built.graph.node_ids() if _called(built.graph, n) == "sub")
    place = middle(built, node)
    canvas = built.window.canvas
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place))
    QApplication.sendEvent(canvas.viewport(), event)
    menu = canvas.findChild(CanvasMenu)
    assert menu is not None
    offered = {entry.objectName() for entry in menu.actions()}
    menu.close()
    assert {"replace", "swap", "rename", "cut", "delete", "fold", "set_output"} <= offered
    assert not {"dissolve", "unfold"} & offered
    assert built.window.session.selection.nodes == (node,)


def test_after_everything_is_deleted_undo_is_in_reach(built: Hands) -> None:
    built.window.session.selection.select(*built.graph.node_ids())
    built.press(Qt.Key.Key_Delete)
    assert built.formula == ""
    assert built.window.canvas.isVisible()
    built.press(Qt.Key.Key_Z, CTRL)
    assert built.formula == WANTED


def test_a_wire_dropped_on_empty_canvas_offers_only_what_it_can_lead_into(built: Hands) -> None:
    node = built.select("add")
    built.window.add.add_at_wire(built.window.mapToGlobal(QPoint(500, 500)), node)
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    assert "tanh" in chooser.titles
    assert "W" not in chooser.titles
    built.type("tanh")
    assert "tanh(" in built.formula
    assert built.window.session.document.history.undo_name == "Add tanh"


def test_an_own_op_is_renamed_and_deleted_in_the_palette(built: Hands) -> None:
    window = built.window
    window.preferences.functions = ["swing(x) = sin(x)^2", "no definition"]
    window.palette_panel.show_own(window.add.own)
    row = window.palette_panel.rows[-1]
    assert row.found.title == "swing"
    row.more_menu().actions()[0].trigger()
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, NamePrompt)
    prompt.field.selectAll()
    built.type("sin")
    assert "can't be the name" in prompt.error.text()
    prompt.field.selectAll()
    built.type("wave")
    assert window.palette_panel.rows[-1].found.key == "wave(x) = sin(x)^2"
    row = window.palette_panel.rows[-1]
    row.more_menu().actions()[1].trigger()
    assert window.add.own == ()


def free_place(hands: Hands) -> QPoint:
    """A place of the canvas with nothing around it."""
    at_rest(hands.qtbot, hands.window)
    canvas = hands.window.canvas
    area = canvas.viewport().rect().adjusted(90, 60, -90, -90)
    places = [QPoint(x, y) for x in range(area.left(), area.right(), 40) for y in range(area.top(), area.bottom(), 40)]
    return next(place for place in places if not canvas.items(QRect(place - QPoint(85, 45), QSize(170, 90))))


def draw(hands: Hands, source: str, target: str, operand: int) -> None:
    """Draw a wire from the output of one card to an operand port of another with the mouse."""
    at_rest(hands.qtbot, hands.window)
    canvas, port = hands.window.canvas, hands.window.canvas.viewport()
    nodes = {_called(hands.graph, n): n for n in hands.graph.node_ids()}
    ends = [canvas.ports.ports[nodes[source], None].place, canvas.ports.ports[nodes[target], operand].place]
    start, end = (canvas.mapFromScene(QPointF(place.x, place.y)) for place in ends)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    hands.qtbot.mousePress(port, left, pos=start)
    for place in (start + (end - start) / 2, end):
        there = QPointF(port.mapToGlobal(place))
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), there, Qt.MouseButton.NoButton, left, none)
        QApplication.sendEvent(port, move)
    hands.qtbot.mouseRelease(port, left, pos=end)
    hands.clicks += 1
    process()


def test_it_is_built_with_the_mouse_alone_from_loose_cards_and_wires(hands: Hands) -> None:
    hands.click(hands.window.start_page.build)
    for _ in "xywb":
        drop(hands, Found(Kind.LEAF, "", "leaf"), free_place(hands))
    for op in ("matmul", "add", "sub", "sq"):
        drop(hands, Found(Kind.OP, op, op), free_place(hands))
    drops = 8
    wires = (("w", "matmul", 0), ("x", "matmul", 1), ("matmul", "add", 0), ("b", "add", 1))
    for source, target, operand in (*wires, ("y", "sub", 0), ("add", "sub", 1), ("sub", "sq", 0)):
        draw(hands, source, target, operand)
    assert hands.graph.same_as(read("(y - (w x + b))^2").graph)
    assert (hands.clicks + drops, hands.keys) == (16, 0)


def test_loose_cards_are_connected_without_the_mouse(hands: Hands) -> None:
    hands.window.start_page.build.setFocus()
    hands.press(Qt.Key.Key_Space)
    for text in ("y", "-"):
        hands.add(text)
        hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Right)  # from nothing to the output
    while hands.window.session.selection.node != next(
        n for n in hands.graph.node_ids() if _called(hands.graph, n) == "y"
    ):
        hands.press(Qt.Key.Key_Left)
    hands.press(Qt.Key.Key_C)
    hands.qtbot.waitUntil(lambda: bool(hands.window.canvas.ports.letters))  # seen before one presses Enter
    hands.press(Qt.Key.Key_Return)
    assert hands.formula == "y - ?"


def test_a_function_of_the_formula_is_used_once_more_from_the_palette(hands: Hands) -> None:
    hands.window.session.new("neuron(w, x) = tanh(w x)\nneuron(a, b)^2")
    (row,) = [row for row in hands.window.palette_panel.rows if row.found.title == "neuron"]
    hands.click(row)
    assert [block.name for block in hands.graph.blocks] == ["neuron", "neuron"]
    assert any(isinstance(node, Hole) for node in hands.graph.nodes)
    hands.window.session.document.undo()
    hands.window.session.set_formula("a + b")
    assert not any(row.found.title == "neuron" for row in hands.window.palette_panel.rows)
