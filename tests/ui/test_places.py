"""Where nodes stand: direction, pins, and what a hand does with them."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from gradviz.core.types import NodeId
from gradviz.layout.types import Direction, Point
from gradviz.project.placing_commands import pin, set_direction, unpin_all
from gradviz.session.session import Session
from gradviz.ui.canvas import GraphView
from gradviz.ui.canvas.menus import ALIGNING, CanvasMenu, edits_of
from gradviz.ui.main_window import MainWindow
from ui.canvas_session import retype, session_of
from ui.windows import shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEAST_SQUARES = "(y-(Wx+b))^2"

Show = Callable[..., GraphView]


@pytest.fixture
def show(qtbot) -> Iterator[Show]:
    def made(session: Session, *, is_animated: bool = False) -> GraphView:
        view = GraphView(session)
        view.set_animated(is_animated)
        qtbot.addWidget(view)
        view.resize(876, 550)
        view.show()
        return view

    return made


def middle(view: GraphView, node: int) -> Point:
    card = view.graph_scene.card(NodeId(node))
    assert card is not None
    return card.rect.center


def on_screen(view: GraphView, node: int) -> QPoint:
    at = middle(view, node)
    return view.mapFromScene(QPointF(at.x, at.y))


def test_a_pin_moves_its_card_only(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    before = {node: middle(view, node) for node in range(len(session.graph))}
    session.document.apply(pin(NodeId(0), Point(-50.0, 400.0)), "Move y")
    assert middle(view, 0) == Point(-50.0, 400.0)
    assert all(middle(view, node) == before[node] for node in range(1, len(before)))
    session.document.undo()
    assert middle(view, 0) == before[0]


@pytest.mark.parametrize(("direction", "sign"), [(Direction.TB, 1), (Direction.BT, -1)])
def test_values_flow_in_the_direction_of_the_document(show: Show, direction, sign) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.document.apply(set_direction(direction), "Flow")
    for edge in session.graph.edges():
        assert sign * (middle(view, edge.target).y - middle(view, edge.source).y) > 0


def test_tidying_up_glides_pinned_cards_back(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session, is_animated=True)
    before = middle(view, 0)
    session.document.apply(pin(NodeId(0), Point(-50.0, 400.0)), "Move y")
    session.document.apply(unpin_all(), "Tidy up")
    assert view.graph_scene.is_gliding
    qtbot.waitUntil(lambda: not view.graph_scene.is_gliding)
    assert middle(view, 0) == before


def test_an_edit_keeps_the_sight_of_somebody_who_zoomed(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    view.camera.zoom(1.5)
    retype(session, "(y-(Wx+b+c))^2")
    assert not view.camera.is_fitted


def drag(qtbot, view: GraphView, node: int, by: QPoint, *, release: bool = True) -> None:
    """By real mouse events, in two moves."""
    start, port = on_screen(view, node), view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for part in (by / 2, by):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(start + part),
            QPointF(port.mapToGlobal(start + part)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(port, event)
    if release:
        qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + by)


def test_a_dragged_card_is_pinned_where_it_is_dropped(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    before, scale = {node: middle(view, node) for node in range(len(session.graph))}, view.camera.scale
    drag(qtbot, view, 0, QPoint(40, 60))
    at = session.document.project.pins[NodeId(0)]
    assert at == Point(pytest.approx(before[0].x + 40 / scale), pytest.approx(before[0].y + 60 / scale))
    assert middle(view, 0) == at
    assert all(middle(view, node) == before[node] for node in range(1, len(before)))
    assert session.document.history.undo_name == "Move y"


def test_edges_and_pills_follow_while_a_card_is_dragged(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    edge = next(edge for edge in session.graph.edges() if edge.source == 0)
    wire, pill = view.graph_scene.items_by_key["wire", edge], view.graph_scene.items_by_key["▸", edge]
    start, room = wire.part.path[0], pill.part.rect.center
    drag(qtbot, view, 0, QPoint(40, 60), release=False)
    assert wire.part.path[0].y - start.y == pytest.approx(60 / view.camera.scale)
    assert pill.part.rect.center != room
    assert not session.document.project.pins


def test_escape_puts_a_dragged_card_back(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    before = middle(view, 0)
    drag(qtbot, view, 0, QPoint(40, 60), release=False)
    assert middle(view, 0) != before
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert middle(view, 0) == before
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    assert not session.document.project.pins


def test_selected_cards_are_dragged_together_as_one_entry(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.selection.select(NodeId(0), NodeId(1))
    before = middle(view, 1)
    drag(qtbot, view, 0, QPoint(0, -50))
    assert set(session.document.project.pins) == {0, 1}
    assert middle(view, 1).y == pytest.approx(before.y - 50 / view.camera.scale)
    session.document.undo()
    assert not session.document.project.pins
    assert middle(view, 1) == before


def test_a_click_selects_and_pins_nothing(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=on_screen(view, 1))
    assert session.selection.nodes == (1,)
    assert not session.document.project.pins


def test_a_pinned_card_offers_to_be_unpinned(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.document.apply(pin(NodeId(0), Point(-50.0, 400.0)), "Move y")
    menu = CanvasMenu(session, view.camera, NodeId(0), view)
    next(action for action in menu.actions() if action.text() == "Unpin").trigger()
    assert not session.document.project.pins


@pytest.fixture
def window(qtbot, tmp_path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, LEAST_SQUARES) as shown:
        yield shown


def test_ctrl_a_on_the_canvas_selects_all_nodes(window: MainWindow, qtbot) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.selection.nodes) == len(window.session.graph)


def test_all_that_a_node_depends_on_is_selected_by_key(window: MainWindow, qtbot) -> None:
    graph, selection = window.session.graph, window.session.selection
    product = next(n for n in graph.node_ids() if getattr(getattr(graph.nodes[n], "op", None), "name", "") == "matmul")
    selection.select(product)
    window.canvas.setFocus()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.canvas, Qt.Key.Key_Left, held)
    assert set(selection.nodes) == {product, *graph.nodes[product].operands}
    assert selection.node == product
    selection.select(product)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right, held)
    assert set(selection.nodes) == graph.reaching({product})


def test_the_path_between_two_nodes_is_selected(window: MainWindow, qtbot) -> None:
    graph, selection = window.session.graph, window.session.selection
    leaf = graph.leaves()["W"]
    selection.select(leaf, graph.output)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert set(selection.nodes) == graph.reaching({leaf})


def test_aligned_cards_are_pinned_as_one_entry(window: MainWindow, qtbot) -> None:
    qtbot.waitUntil(lambda: window.canvas.mirror.is_up_to_date)
    before = window.canvas.card_rects([NodeId(0), NodeId(1)])
    window.session.selection.select(NodeId(0), NodeId(1))
    window.actions_by_key["align_left"].trigger()
    qtbot.waitUntil(lambda: not window.canvas.graph_scene.is_gliding)
    after = window.canvas.card_rects([NodeId(0), NodeId(1)])
    assert [rect.x for rect in after.values()] == pytest.approx([min(rect.x for rect in before.values())] * 2)
    assert window.session.document.history.undo_name == "Align left sides"
    window.session.document.undo()
    assert window.canvas.card_rects([NodeId(0), NodeId(1)]) == before


def test_arrows_walk_the_way_values_flow(show: Show, qtbot) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.document.apply(set_direction(Direction.BT), "Flow")
    output = session.graph.output
    session.selection.select(output)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert session.selection.node == session.graph.nodes[output].operands[0]
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert session.selection.node == output


def test_an_open_port_goes_along_with_the_operation_that_it_belongs_to(show: Show) -> None:
    session = session_of("exp(?)")
    view = show(session)
    hole, op = middle(view, 0), middle(view, 1)
    session.document.apply(pin(NodeId(1), Point(op.x + 300.0, op.y + 50.0)), "Move exp")
    assert middle(view, 0) == Point(hole.x + 300.0, hole.y + 50.0)


def test_the_menu_checks_the_direction_in_which_values_flow_also_after_undo(qtbot, tmp_path) -> None:
    with shown_window(qtbot, tmp_path, LEAST_SQUARES) as window:
        checked = ("flow_right", "flow_up", "flow_down")
        assert [key for key in checked if window.actions_by_key[key].isChecked()] == ["flow_right"]
        window.actions_by_key["flow_down"].trigger()
        assert [key for key in checked if window.actions_by_key[key].isChecked()] == ["flow_down"]
        window.session.document.undo()
        assert [key for key in checked if window.actions_by_key[key].isChecked()] == ["flow_right"]


def test_the_context_menus_offer_directions_tidying_up_and_for_several_cards_aligning(qtbot, tmp_path) -> None:
    with shown_window(qtbot, tmp_path, LEAST_SQUARES) as window:
        assert ("flow_right", "flow_up", "flow_down") in edits_of(window.session, None)
        assert any("tidy" in group for group in edits_of(window.session, None))
        window.session.selection.select(NodeId(0))
        assert ALIGNING not in edits_of(window.session, NodeId(0))
        window.session.selection.select(NodeId(0), NodeId(1))
        assert ALIGNING in edits_of(window.session, NodeId(0))
        menu = CanvasMenu(window.session, window.canvas.camera, NodeId(0), window.canvas)
        menu.add_edits([[window.actions_by_key[key] for key in ALIGNING]])
        aligning = menu.findChild(QMenu, "alignMenu")
        assert aligning is not None
        assert [action.objectName() for action in aligning.actions()] == list(ALIGNING)
