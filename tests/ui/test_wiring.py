"""Wires by hand: drawn from ports, taken up at their ends, dropped; every one by real mouse and key events."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.lang.lower import read
from gradviz.layout.types import Direction
from gradviz.project.placing_commands import set_direction
from gradviz.ui.canvas.hand_wire import HandWire
from gradviz.ui.canvas.ports import Socket
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from ui.windows import CTRL, SHIFT, at_rest, process, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Hand:
    """A hand with a mouse over the canvas of a window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.canvas = window.canvas

    @property
    def graph(self) -> Graph:
        graph = self.window.session.graph
        assert graph is not None
        return graph

    def node(self, name: str) -> NodeId:
        return next(n for n in self.graph.node_ids() if _called(self.graph, n) == name)

    def port(self, name: str, operand: int | None = None) -> QPoint:
        """Where a port is on the screen; None is the output."""
        at_rest(self.qtbot, self.window)
        socket: Socket = (self.node(name), operand)
        place = self.canvas.ports.ports[socket].place
        return self.canvas.mapFromScene(QPointF(place.x, place.y))

    def card(self, name: str) -> QPoint:
        at_rest(self.qtbot, self.window)
        card = self.canvas.graph_scene.card(self.node(name))
        assert card is not None
        return self.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))

    def empty(self) -> QPoint:
        return self.canvas.viewport().rect().bottomLeft() + QPoint(260, -60)

    def take(self, start: QPoint) -> None:
        self.qtbot.mousePress(self.canvas.viewport(), LEFT, pos=start)

    def lead(self, *places: QPoint) -> None:
        for place in places:
            self.send(QEvent.Type.MouseMove, place, NONE, LEFT)

    def hover(self, place: QPoint) -> None:
        self.send(QEvent.Type.MouseMove, place, NONE, NONE)

    def send(self, kind: QEvent.Type, place: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        port, at = self.canvas.viewport(), QPointF(place)
        event = QMouseEvent(kind, at, QPointF(port.mapToGlobal(place)), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, event)

    def drop(self, place: QPoint) -> None:
        self.qtbot.mouseRelease(self.canvas.viewport(), LEFT, pos=place)
        process()

    def draw(self, start: QPoint, end: QPoint) -> None:
        """A whole wire."""
        self.take(start)
        self.lead(start + (end - start) / 2, end)
        self.drop(end)
        if QApplication.activePopupWidget() is None:
            at_rest(self.qtbot, self.window)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.canvas, key, modifiers)
        process()

    def choose(self, text: str) -> None:
        """Type into the list that has opened."""
        chooser = QApplication.activePopupWidget()
        assert isinstance(chooser, Chooser)
        self.qtbot.keyClicks(chooser.field, text)
        self.qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
        at_rest(self.qtbot, self.window)

    @property
    def formula(self) -> str:
        return self.window.session.document.project.formula

    @property
    def history(self) -> tuple[str, ...]:
        return self.window.session.document.history.names

    def is_now(self, formula: str) -> bool:
        return self.graph.same_as(read(formula).graph)


def _called(graph: Graph, node: NodeId) -> str:
    found = graph.nodes[node]
    return graph.names.get(node) or (found.op.name if isinstance(found, Apply) else getattr(found, "name", "?"))


Make = Callable[[str], Hand]


@pytest.fixture
def hand(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    with shown_window(qtbot, tmp_path) as window:

        def made(formula: str) -> Hand:
            window.session.new(formula)
            window.canvas.setFocus()
            at_rest(qtbot, window)
            return Hand(qtbot, window)

        yield made


# -- drawing ------------------------------------------------------------------------------------------


def test_a_wire_from_a_value_to_an_open_port_connects(hand: Make) -> None:
    one = hand("y\nexp(?)")
    one.draw(one.port("y"), one.port("exp", 0))
    assert one.is_now("exp(y)")
    assert one.history == ("Connect y to exp",)


def test_a_wire_from_an_open_port_to_a_value_connects_the_other_way_round(hand: Make) -> None:
    one = hand("y\nexp(?)")
    one.draw(one.port("exp", 0), one.port("y"))
    assert one.is_now("exp(y)")


def test_a_wire_can_be_drawn_from_the_card_of_an_open_port_and_be_dropped_on_a_card(hand: Make) -> None:
    one = hand("y\nexp(?)")
    one.draw(one.card("?"), one.card("y"))
    assert one.is_now("exp(y)")


def test_a_wire_dropped_on_a_card_leads_into_its_open_port(hand: Make) -> None:
    one = hand("z\ny - ?")
    one.draw(one.port("z"), one.card("sub"))
    assert one.is_now("y - z")


def test_a_wire_to_an_operand_that_is_fed_takes_the_place_of_the_old_one(hand: Make) -> None:
    one = hand("z\ny - x")
    one.draw(one.port("z"), one.port("sub", 1))
    assert "y - z" in one.formula


def test_a_connection_is_undone_in_one_step(hand: Make) -> None:
    one = hand("y\nexp(?)")
    one.draw(one.port("y"), one.port("exp", 0))
    one.press(Qt.Key.Key_Z, CTRL)
    assert one.formula == "y\nexp(?)"


# -- taking up an edge --------------------------------------------------------------------------------


def test_an_edge_is_replugged_by_its_port(hand: Make) -> None:
    one = hand("exp(?)\ny - x")
    one.draw(one.port("sub", 1), one.port("exp", 0))
    assert one.is_now("exp(x)\ny - ?") is False  # a hole more or less
    assert "exp(x)" in one.formula
    assert "y - ?" in one.formula
    assert one.history == ("Re-plug x to exp",)


def test_an_edge_is_taken_up_near_its_source_and_led_to_another_value(hand: Make) -> None:
    one = hand("z\ny - x")
    edge = Edge(one.node("x"), one.node("sub"), 1)
    path = one.canvas.graph_scene.items_by_key["wire", edge].path()  # type: ignore[union-attr]
    start = one.canvas.mapFromScene(path.pointAtPercent(path.percentAtLength(18 / one.canvas.camera.scale)))
    one.draw(start, one.port("z"))
    assert "y - z" in one.formula
    assert one.history == ("Re-plug z to sub",)


def test_an_end_dragged_off_into_empty_canvas_is_detached(hand: Make) -> None:
    one = hand("y - x")
    one.draw(one.port("sub", 1), one.empty())
    assert "y - ?" in one.formula
    assert one.history == ("Detach x from sub",)


def test_a_selected_edge_is_detached_by_delete(hand: Make) -> None:
    one = hand("y - x")
    port = one.port("sub", 1)
    one.take(port)
    one.drop(port)
    assert one.window.session.selection.edge == Edge(one.node("x"), one.node("sub"), 1)
    one.press(Qt.Key.Key_Delete)
    assert "y - ?" in one.formula


def test_an_end_put_back_changes_nothing(hand: Make) -> None:
    one = hand("y - x")
    port = one.port("sub", 1)
    one.take(port)
    one.lead(port + QPoint(-60, 40), port)
    one.drop(port)
    assert one.history == ()


# -- refusing -----------------------------------------------------------------------------------------


def test_a_port_that_would_close_a_circle_refuses_with_the_reason(hand: Make) -> None:
    one = hand("sq(exp(x))")
    start, end = one.port("sq"), one.port("exp", 0)
    one.take(start)
    one.lead(start + QPoint(20, 60), end)
    layer = one.canvas.ports
    assert layer.hint.isVisible()
    assert "circle" in layer.hint.text()
    assert not layer.hint.geometry().contains(end)
    one.drop(end)
    assert one.is_now("sq(exp(x))")
    assert one.history == ()
    assert "circle" in one.window.notice.text


def test_a_port_of_another_shape_refuses_with_the_reason_and_its_card_is_dim(hand: Make) -> None:
    one = hand("v = [1, 2, 3]\nw = [1, 2]\nsum(v)\nsum(w * w)")
    start, end = one.port("v"), one.port("mul", 0)
    one.take(start)
    one.lead(start + QPoint(20, 60), end)
    assert "(3,)" in one.canvas.ports.hint.text()
    card = one.canvas.graph_scene.items_by_key["card", one.node("mul")]
    assert card.opacity() < 0.5
    one.drop(end)
    assert card.opacity() == 1.0
    assert one.history == ()


def test_escape_lets_go_of_the_wire(hand: Make) -> None:
    one = hand("y\nexp(?)")
    start, end = one.port("y"), one.port("exp", 0)
    one.take(start)
    one.lead(start + QPoint(40, 40), end)
    assert one.canvas.ports.hold is not None
    one.press(Qt.Key.Key_Escape)
    assert one.canvas.ports.hold is None
    one.drop(end)
    assert one.history == ()


def test_the_focus_going_elsewhere_lets_go_of_the_wire(hand: Make) -> None:
    one = hand("y\nexp(?)")
    start, end = one.port("y"), one.port("exp", 0)
    one.take(start)
    one.lead(start + QPoint(40, 40), end)
    QApplication.sendEvent(one.canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert one.canvas.ports.hold is None
    one.drop(end)
    assert one.history == ()


# -- looking ------------------------------------------------------------------------------------------


def test_ports_with_the_names_of_operands_show_on_the_card_under_the_pointer(hand: Make) -> None:
    one = hand("W @ x")
    one.hover(one.empty())
    assert one.canvas.ports.shown() == []
    one.hover(one.card("matmul"))
    assert [port.name for port in one.canvas.ports.shown()] == [*OPS["matmul"].operands, ""]


def test_ports_show_on_selected_cards(hand: Make) -> None:
    one = hand("y - x")
    one.hover(one.empty())
    one.window.session.selection.select(one.node("sub"))
    assert [port.socket for port in one.canvas.ports.shown()] == [(one.node("sub"), i) for i in (0, 1, None)]


@pytest.mark.parametrize("direction", list(Direction))
def test_wires_are_drawn_in_every_direction_of_the_flow(hand: Make, direction: Direction) -> None:
    one = hand("y\nexp(?)")
    one.window.session.document.apply(set_direction(direction), "Flow")
    one.draw(one.port("y"), one.port("exp", 0))
    assert one.is_now("exp(y)")


def test_a_press_without_a_drag_still_selects_the_card(hand: Make) -> None:
    one = hand("y - x")
    place = one.port("y")
    one.take(place)
    one.drop(place)
    assert one.window.session.selection.nodes == (one.node("y"),)


# -- empty canvas -------------------------------------------------------------------------------------


def test_a_wire_from_a_value_dropped_on_empty_canvas_offers_what_takes_it(hand: Make) -> None:
    one = hand("y - x")
    one.draw(one.port("sub"), one.empty())
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    assert "tanh" in chooser.titles
    assert "y" not in chooser.titles
    one.choose("tanh")
    assert one.is_now("tanh(y - x)")
    assert one.node("tanh") in one.window.session.document.project.pins
    assert one.history == ("Add tanh",)


def test_only_operations_that_take_its_shape_are_offered(hand: Make) -> None:
    one = hand("x = 2\nx")
    one.draw(one.port("x"), one.empty())
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    assert "tanh" in chooser.titles
    assert "softmax" not in chooser.titles
    chooser.close()


@pytest.mark.parametrize(("text", "wanted"), [("y", "exp(y)"), ("2.5", "exp(2.5)"), ("tanh", "exp(tanh(?))")])
def test_a_wire_from_an_open_port_dropped_on_empty_canvas_offers_what_feeds_it(
    hand: Make, text: str, wanted: str
) -> None:
    one = hand("exp(?)")
    one.draw(one.port("exp", 0), one.empty())
    one.choose(text)
    assert one.is_now(wanted)
    assert len(one.history) == 1


def test_what_would_close_a_circle_is_not_offered_to_an_open_port(hand: Make) -> None:
    one = hand("h = exp(?)\nh + x")
    one.draw(one.port("h", 0), one.empty())
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    one.qtbot.keyClicks(chooser.field, "h")
    assert "h" not in chooser.titles
    chooser.close()


# -- cards and edges ----------------------------------------------------------------------------------


def test_a_loose_card_dragged_onto_an_edge_is_put_into_it(hand: Make) -> None:
    one = hand("tanh(?)\ny - x")
    edge = Edge(one.node("x"), one.node("sub"), 1)
    path = one.canvas.graph_scene.items_by_key["wire", edge].path()  # type: ignore[union-attr]
    one.draw(one.card("tanh"), one.canvas.mapFromScene(path.pointAtPercent(0.5)))
    assert one.is_now("y - tanh(x)")
    assert one.history == ("Insert tanh",)
    assert one.window.session.document.project.pins == {}
    one.press(Qt.Key.Key_Z, CTRL)
    assert one.formula == "tanh(?)\ny - x"


def test_a_card_that_is_used_is_only_moved_when_it_is_dragged_over_an_edge(hand: Make) -> None:
    one = hand("tanh(z) + (y - x)")
    edge = Edge(one.node("x"), one.node("sub"), 1)
    path = one.canvas.graph_scene.items_by_key["wire", edge].path()  # type: ignore[union-attr]
    one.draw(one.card("tanh"), one.canvas.mapFromScene(path.pointAtPercent(0.5)))
    assert one.is_now("tanh(z) + (y - x)")
    assert len(one.window.session.document.project.pins) == 1


def test_the_operands_are_swapped_by_keys(hand: Make) -> None:
    one = hand("y - x")
    one.window.session.selection.select(one.node("sub"))
    one.press(Qt.Key.Key_X, CTRL | SHIFT)
    assert one.is_now("x - y")


def test_deleting_an_operation_of_one_operand_by_key_heals_its_wire(hand: Make) -> None:
    one = hand("y - tanh(x)")
    place = one.card("tanh")
    one.take(place)
    one.drop(place)
    one.press(Qt.Key.Key_Delete)
    assert one.is_now("y - x")


# -- folded blocks ------------------------------------------------------------------------------------

NEURON = "neuron(w, x, b) = tanh(w x + b)\nz\nneuron(w, x, b)"


def test_a_folded_block_has_a_port_for_each_parameter(hand: Make) -> None:
    one = hand(NEURON)
    block = one.graph.blocks[0]
    ports = one.canvas.ports.ports
    assert [port.name for port in ports.values() if port.node == block.output] == ["w", "x", "b", ""]


def test_a_wire_leads_into_a_folded_block(hand: Make) -> None:
    one = hand(NEURON)
    place = one.canvas.ports.ports[one.graph.blocks[0].output, 1].place
    one.draw(one.port("z"), one.canvas.mapFromScene(QPointF(place.x, place.y)))
    assert "neuron(w, z, b)" in one.formula


def test_a_wire_is_taken_off_a_folded_block(hand: Make) -> None:
    one = hand(NEURON)
    place = one.canvas.ports.ports[one.graph.blocks[0].output, 1].place
    one.draw(one.canvas.mapFromScene(QPointF(place.x, place.y)), one.empty())
    assert "neuron(w, ?, b)" in one.formula


# -- by keys ------------------------------------------------------------------------------------------


def test_c_and_enter_connect_the_selected_node_to_the_first_open_port(hand: Make) -> None:
    one = hand("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    one.press(Qt.Key.Key_C)
    assert one.canvas.ports.hint.text().startswith("z → ")
    one.press(Qt.Key.Key_Return)
    assert one.is_now("y - z")
    assert one.history == ("Connect z to sub",)


def test_c_right_after_an_addition_waits_for_the_ports_to_be_laid_out(hand: Make) -> None:
    one = hand("y - ?")
    one.canvas.set_animated(True)
    one.window.session.set_formula("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    assert one.canvas.mirror.is_laying_out
    one.qtbot.keyClick(one.canvas, Qt.Key.Key_C)
    assert not one.canvas.ports.letters
    one.qtbot.waitUntil(lambda: bool(one.canvas.ports.letters), timeout=10_000)
    assert not one.canvas.graph_scene.is_gliding
    one.press(Qt.Key.Key_Return)
    assert one.is_now("y - z")


def test_c_while_cards_glide_puts_them_to_their_places(hand: Make) -> None:
    one = hand("y - ?")
    one.canvas.set_animated(True)
    one.window.session.set_formula("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    one.qtbot.waitUntil(lambda: one.canvas.graph_scene.is_gliding, timeout=10_000)
    one.press(Qt.Key.Key_C)
    assert one.canvas.ports.letters
    seen, fitted = one.canvas.camera.sight(), one.canvas.camera.fitted_sight()
    assert (seen.scale, seen.centre.x(), seen.centre.y()) == pytest.approx(
        (fitted.scale, fitted.centre.x(), fitted.centre.y()), abs=0.5
    )


def test_another_key_takes_an_early_c_back(hand: Make) -> None:
    one = hand("y - ?")
    one.window.session.set_formula("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    one.qtbot.keyClick(one.canvas, Qt.Key.Key_C)
    one.qtbot.keyClick(one.canvas, Qt.Key.Key_Left)
    at_rest(one.qtbot, one.window)
    assert not one.canvas.ports.letters


def test_a_letter_connects_to_the_port_that_has_it(hand: Make) -> None:
    one = hand("z\nexp(?) - ?")
    one.window.session.selection.select(one.node("z"))
    one.press(Qt.Key.Key_C)
    letters = dict(one.canvas.ports.letters)
    one.qtbot.keyClicks(one.canvas, letters[one.node("sub"), 1])
    assert one.is_now("exp(?) - z")


def test_more_ports_than_letters_have_two_letters_each(hand: Make) -> None:
    one = hand("z\n" + " + ".join(f"tanh(a{number})" for number in range(30)))
    one.window.session.selection.select(one.node("z"))
    one.press(Qt.Key.Key_C)
    shown = dict(one.canvas.ports.letters)
    assert len(set(shown.values())) == len(shown) > 26
    target = next(socket for socket, text in shown.items() if text == "ba")
    one.qtbot.keyClicks(one.canvas, "b")
    hold = one.canvas.ports.hold
    assert hold is not None
    assert hold.landing is not None
    assert hold.landing.socket == target
    one.qtbot.keyClicks(one.canvas, "a")
    assert one.history[-1].startswith("Connect z to ")
    assert one.formula.count("z") == 1


def test_arrows_walk_from_port_to_port(hand: Make) -> None:
    one = hand("z\nexp(?) - ?")
    one.window.session.selection.select(one.node("z"))
    one.press(Qt.Key.Key_C)
    for _ in range(3):
        one.press(Qt.Key.Key_Left)
    one.press(Qt.Key.Key_Right)
    hold = one.canvas.ports.hold
    assert hold is not None
    assert hold.landing is not None
    assert hold.landing.node == one.node("sub")
    one.press(Qt.Key.Key_Return)
    assert "exp(?)" in one.formula
    assert one.history == ("Connect z to sub",)


def test_escape_leaves_connecting_and_changes_nothing(hand: Make) -> None:
    one = hand("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    one.press(Qt.Key.Key_C)
    one.press(Qt.Key.Key_Escape)
    assert one.canvas.ports.hold is None
    assert one.window.session.selection.nodes == (one.node("z"),)
    assert one.history == ()


def test_c_on_an_open_port_asks_which_value_feeds_it(hand: Make) -> None:
    one = hand("z\nexp(?)")
    one.window.session.selection.select(one.node("?"))
    one.press(Qt.Key.Key_C)
    one.press(Qt.Key.Key_Return)
    assert one.is_now("exp(z)")


def test_c_on_an_edge_gives_it_another_end(hand: Make) -> None:
    one = hand("exp(?)\ny - x")
    one.window.session.selection.select_edge(Edge(one.node("x"), one.node("sub"), 1))
    one.press(Qt.Key.Key_C)
    one.press(Qt.Key.Key_Return)
    assert "exp(x)" in one.formula
    assert one.history == ("Re-plug x to exp",)


def test_where_nothing_can_be_connected_the_reason_is_said(hand: Make) -> None:
    one = hand("sq(x)")
    one.window.session.selection.select(one.node("sq"))
    one.press(Qt.Key.Key_C)
    assert one.canvas.ports.hold is None
    assert "feed itself" in one.window.notice.text or "circle" in one.window.notice.text


def test_the_menu_connects_too(hand: Make) -> None:
    one = hand("z\ny - ?")
    one.window.session.selection.select(one.node("z"))
    one.window.actions_by_key["connect"].trigger()
    assert one.canvas.ports.hold is not None
    one.press(Qt.Key.Key_Escape)


def test_a_wire_that_was_drawn_over_another_graph_is_not_connected(hand: Make) -> None:
    one = hand("y\nexp(?)")
    start, end = one.port("y"), one.port("exp", 0)
    one.take(start)
    one.lead(start + QPoint(40, 40), end)
    one.window.session.set_formula("y\ntanh(?)")
    one.drop(end)
    assert one.formula == "y\ntanh(?)"


def test_the_leaves_that_are_there_are_offered_first_to_an_open_port(hand: Make) -> None:
    one = hand("y\nexp(?)")
    one.draw(one.port("exp", 0), one.empty())
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    assert chooser.titles[0] == "y"
    one.choose("")
    assert one.is_now("exp(y)")


def test_a_refusal_is_forgotten_with_the_next_change(hand: Make) -> None:
    one = hand("y\nsq(exp(x)) + exp(?)")
    one.draw(one.port("sq"), one.port("sq", 0))
    one.window.session.selection.select(one.node("sq"))
    one.press(Qt.Key.Key_Delete)
    assert not one.window.notice.isVisible()


def test_only_ports_in_the_part_that_is_drawn_anew_are_painted(hand: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = hand("tanh(tanh(tanh(tanh(tanh(tanh(x))))))")
    painted: list[Socket] = []
    monkeypatch.setattr(one.canvas.ports, "_paint_port", lambda _painter, port: painted.append(port.socket))
    place = one.port("x")
    one.take(place)
    one.lead(place + QPoint(30, 30))
    process()
    painted.clear()
    one.canvas.viewport().repaint(place.x() - 2, place.y() - 2, 4, 4)
    assert (one.node("x"), None) in painted
    assert 0 < len(set(painted)) < len(one.canvas.ports.shown())


def test_all_of_the_wire_in_the_hand_is_within_what_is_drawn_anew(hand: Make) -> None:
    her = hand("y - (W @ x + b)")
    her.take(her.port("b"))
    her.lead(her.empty() - QPoint(20, 0), her.empty())
    wire = next(item for item in her.canvas.graph_scene.items() if isinstance(item, HandWire))
    assert wire.path().boundingRect().height() > 20
    assert wire.boundingRect().contains(wire.path().boundingRect())
    her.press(Qt.Key.Key_Escape)
    her.drop(her.empty())
