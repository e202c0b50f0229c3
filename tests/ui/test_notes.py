"""Notes on the canvas, by mouse and keys: added, typed, moved, pointed at cards, removed, taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gradviz.core.types import NodeId
from gradviz.export.remarks import Remark
from gradviz.layout.types import Point
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import add_comment, pin
from gradviz.session.session import Session
from gradviz.ui.canvas import GraphView
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from ui.canvas_session import session_of
from ui.windows import shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NoModifier = Qt.KeyboardModifier.NoModifier
CTRL, LEFT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def view(qtbot: QtBot) -> GraphView:
    made = GraphView(session_of("(y-(Wx+b))^2"))
    made.set_animated(False)
    qtbot.addWidget(made)
    made.resize(876, 550)
    made.show()
    made.setFocus()
    return made


def comments(view: GraphView) -> tuple[Comment, ...]:
    return view.session.document.project.comments


def noted(view: GraphView, text: str = "hello", x: float = 0.0, y: float = 150.0, target: int | None = None) -> None:
    node = None if target is None else NodeId(target)
    view.session.document.apply(add_comment(Comment(text, x, y, None, node)), "Add a note")


def remark(view: GraphView, number: int = 0) -> Remark:
    assert view.picture is not None
    return view.picture.remarks[number]


def place(view: GraphView, number: int = 0) -> QPoint:
    middle = remark(view, number).rect.center
    return view.mapFromScene(QPointF(middle.x, middle.y))


def drag(view: GraphView, start: QPoint, by: QPoint) -> None:
    QTest.mousePress(view.viewport(), LEFT, pos=start)
    for part in (0.3, 0.7, 1.0):
        at = QPointF(start) + QPointF(by) * part
        event = QMouseEvent(QEvent.Type.MouseMove, at, view.viewport().mapToGlobal(at), NONE, LEFT, NoModifier)
        QApplication.sendEvent(view.viewport(), event)


def type_note(view: GraphView, text: str) -> None:
    editor = view.notes.editor
    assert editor is not None
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)


def menu_at(view: GraphView, at: QPoint, name: str) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), event)
    return view.findChildren(QMenu, name)[-1]


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(text))


def undo_name(session: Session) -> str:
    return session.document.history.undo_name or ""


def test_a_note_is_typed_on_empty_canvas_where_the_pointer_is(view: GraphView) -> None:
    at = QPoint(120, 480)
    QTest.mouseMove(view.viewport(), at)
    where = view.mapToScene(at)
    view.notes.add()
    type_note(view, "why minus?")
    (comment,) = comments(view)
    assert (comment.text, comment.target) == ("why minus?", None)
    assert (comment.x, comment.y) == pytest.approx((where.x(), where.y()), abs=1.0)
    view.session.document.undo()
    assert comments(view) == ()


def test_a_note_at_the_selected_card_gets_an_arrow_and_covers_no_card(view: GraphView) -> None:
    view.session.selection.select(NodeId(5))
    view.notes.add()
    type_note(view, "the prediction")
    assert comments(view)[0].target == 5
    assert remark(view).arrow is not None
    assert view.picture is not None
    assert not any(card.rect.overlaps(remark(view).rect) for card in view.picture.cards)


def test_enter_makes_a_new_line_while_typing(view: GraphView) -> None:
    view.notes.add()
    assert view.notes.editor is not None
    QTest.keyClicks(view.notes.editor, "one")
    QTest.keyClick(view.notes.editor, Qt.Key.Key_Return)
    type_note(view, "two")
    assert comments(view)[0].text == "one\ntwo"


def test_escape_gives_a_new_note_up(view: GraphView) -> None:
    view.notes.add()
    assert view.notes.editor is not None
    QTest.keyClicks(view.notes.editor, "never mind")
    QTest.keyClick(view.notes.editor, Qt.Key.Key_Escape)
    assert comments(view) == ()
    assert not view.session.document.history.can_undo


def test_a_click_elsewhere_takes_what_was_typed(view: GraphView, qtbot: QtBot) -> None:
    view.notes.add()
    assert view.notes.editor is not None
    qtbot.waitUntil(view.notes.editor.hasFocus)
    QTest.keyClicks(view.notes.editor, "kept")
    QTest.mouseClick(view.viewport(), LEFT, pos=QPoint(30, 520))
    assert [one.text for one in comments(view)] == ["kept"]


def test_a_double_click_edits_and_an_empty_text_removes(view: GraphView) -> None:
    noted(view)
    QTest.mouseDClick(view.viewport(), LEFT, pos=place(view))
    type_note(view, "other")
    assert comments(view)[0].text == "other"
    QTest.mouseClick(view.viewport(), LEFT, pos=place(view))
    QTest.keyClick(view, Qt.Key.Key_F2)
    assert view.notes.editor is not None
    view.notes.editor.selectAll()
    QTest.keyClick(view.notes.editor, Qt.Key.Key_Delete)
    QTest.keyClick(view.notes.editor, Qt.Key.Key_Return, CTRL)
    assert comments(view) == ()


def test_a_drag_moves_a_note_as_one_entry_and_its_arrow_follows(view: GraphView) -> None:
    noted(view, target=5)
    before = remark(view)
    drag(view, place(view), QPoint(60, 40))
    shown = view.graph_scene.remarks.remark(0)
    assert shown is not None
    assert shown.arrow != before.arrow
    QTest.mouseRelease(view.viewport(), LEFT, pos=place(view))
    way = 60 / view.camera.scale, 40 / view.camera.scale
    assert (remark(view).rect.x - before.rect.x, remark(view).rect.y - before.rect.y) == pytest.approx(way, abs=0.5)
    view.session.document.undo()
    assert remark(view) == before


def test_escape_in_a_drag_puts_the_note_back(view: GraphView) -> None:
    noted(view)
    before = remark(view)
    drag(view, place(view), QPoint(60, 40))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), LEFT, pos=place(view))
    assert view.graph_scene.remarks.remark(0) == before
    assert remark(view) == before


def test_a_note_moves_along_with_its_card(view: GraphView) -> None:
    noted(view, target=5)
    before, card = remark(view), view.graph_scene.card(NodeId(5))
    assert card is not None
    to = Point(card.rect.center.x + 30.0, card.rect.center.y - 80.0)
    view.session.document.apply(pin(NodeId(5), to), "Move")
    assert remark(view).rect.x - before.rect.x == pytest.approx(30.0)
    assert remark(view).rect.y - before.rect.y == pytest.approx(-80.0)


def test_a_click_chooses_a_note_and_no_node_and_the_other_way_round(view: GraphView) -> None:
    noted(view)
    view.session.selection.select(NodeId(0))
    QTest.mouseClick(view.viewport(), LEFT, pos=place(view))
    assert view.notes.selected == 0
    assert view.session.selection.nodes == ()
    view.session.selection.select(NodeId(0))
    assert view.notes.selected is None


def test_keys_choose_move_and_remove_a_note(view: GraphView) -> None:
    noted(view, "first")
    noted(view, "second", y=250.0)
    QTest.keyClick(view, Qt.Key.Key_N)
    QTest.keyClick(view, Qt.Key.Key_N)
    assert view.notes.selected == 1
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert comments(view)[1].x == 10.0
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert [one.text for one in comments(view)] == ["first"]


def test_the_menu_of_a_note_points_its_arrow_at_the_selected_node_and_takes_it_off(view: GraphView) -> None:
    noted(view)
    before = remark(view).rect
    view.session.selection.select(NodeId(6))
    entry(menu_at(view, place(view), "noteMenu"), "Arrow to v₃").trigger()
    assert comments(view)[0].target == 6
    assert remark(view).rect == before
    entry(menu_at(view, place(view), "noteMenu"), "No arrow").trigger()
    assert comments(view)[0].target is None
    assert remark(view).rect == before
    entry(menu_at(view, place(view), "noteMenu"), "Remove").trigger()
    assert comments(view) == ()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(y-(Wx+b))^2") as shown:
        yield shown


def test_delete_and_f2_are_about_the_chosen_note_in_the_window(window: MainWindow) -> None:
    noted(window.canvas)
    formula = window.session.document.project.formula
    window.canvas.setFocus()
    window.canvas.notes.select(0)
    QTest.keyClick(window.canvas, Qt.Key.Key_F2)
    assert window.canvas.notes.editor is not None
    QTest.keyClick(window.canvas.notes.editor, Qt.Key.Key_Escape)
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert comments(window.canvas) == ()
    assert window.session.document.project.formula == formula


def test_ctrl_m_adds_a_note_in_the_window(window: MainWindow) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_M, CTRL)
    type_note(window.canvas, "n. b.")
    assert [one.text for one in comments(window.canvas)] == ["n. b."]


def test_the_menu_of_empty_canvas_adds_a_note_there_whatever_is_selected(window: MainWindow) -> None:
    canvas = window.canvas
    window.session.selection.select(NodeId(5))
    at = QPoint(60, canvas.viewport().height() - 120)
    menu = menu_at(canvas, at, "canvasMenu")
    where = canvas.mapToScene(at)
    entry(menu, "Lea&ve a note").trigger()
    type_note(canvas, "down here")
    (comment,) = comments(canvas)
    assert comment.target is None
    assert comment.y == pytest.approx(where.y(), abs=1.0)


def test_the_menu_of_a_card_adds_a_note_with_an_arrow_to_it(window: MainWindow) -> None:
    canvas = window.canvas
    card = canvas.graph_scene.card(NodeId(3))
    assert card is not None
    at = canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
    entry(menu_at(canvas, at, "canvasMenu"), "Lea&ve a note").trigger()
    type_note(canvas, "weights times input")
    assert comments(canvas)[0].target == 3


def edge(view: GraphView, number: int = 0, *, is_right: bool = True) -> QPoint:
    rect = remark(view, number).rect
    return view.mapFromScene(QPointF(rect.right - 1 if is_right else rect.x + 1, rect.center.y))


@pytest.mark.parametrize("is_right", [True, False])
def test_an_edge_is_dragged_to_another_width_in_one_change(view: GraphView, is_right: bool) -> None:
    noted(view, "the error of this sample, squared", 0.0, 150.0)
    before, done = remark(view).rect, len(view.session.document.history.names)
    start = edge(view, is_right=is_right)
    QTest.mouseMove(view.viewport(), start)
    assert view.viewport().cursor().shape() is Qt.CursorShape.SizeHorCursor
    by = QPoint(-60 if is_right else 60, 0)
    drag(view, start, by)
    assert len(view.session.document.history.names) == done
    QTest.mouseRelease(view.viewport(), LEFT, pos=start + by)
    after = remark(view).rect
    assert after.width == pytest.approx(before.width - 60 / view.camera.scale, abs=2.0)
    assert after.height > before.height
    stays = (after.x, before.x) if is_right else (after.right, before.right)
    assert stays[0] == pytest.approx(stays[1], abs=2.0)
    assert len(view.session.document.history.names) == done + 1
    view.session.document.undo()
    assert remark(view).rect == before


def test_escape_while_an_edge_is_dragged_leaves_the_width_as_it_was(view: GraphView) -> None:
    noted(view, "the error of this sample, squared", 0.0, 150.0)
    before = remark(view).rect
    drag(view, edge(view), QPoint(-60, 0))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), LEFT, pos=edge(view) + QPoint(-60, 0))
    assert remark(view).rect == before
    assert comments(view)[0].width is None


def test_shift_and_arrows_make_the_chosen_note_wider_and_the_menu_fits_it_again(view: GraphView) -> None:
    noted(view, "the error of this sample, squared", 0.0, 150.0)
    before = remark(view).rect.width
    view.notes.select(0)
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert remark(view).rect.width == pytest.approx(before + 60)
    assert undo_name(view.session) == "Change a note's width"
    menu = menu_at(view, place(view), "noteMenu")
    entry(menu, "As wide as its text").trigger()
    assert comments(view)[0].width is None


def test_a_note_is_coloured_from_its_menu(view: GraphView) -> None:
    noted(view)
    menu = menu_at(view, place(view), "noteMenu")
    colours = next(action for action in menu.actions() if action.text().startswith("Colour")).menu()
    entry(colours, "Green").trigger()  # type: ignore[arg-type]
    assert (comments(view)[0].colour, remark(view).colour) == ("green", "green")
    assert undo_name(view.session) == "Colour a note green"


def test_a_new_note_stands_on_no_card_though_the_pointer_does(view: GraphView) -> None:
    assert view.picture is not None
    card = view.picture.cards[0].rect.center
    QTest.mouseMove(view.viewport(), view.mapFromScene(QPointF(card.x, card.y)))
    view.notes.add()
    type_note(view, "above all")
    rect = remark(view).rect
    assert not any(rect.overlaps(card.rect) for card in view.picture.cards)
    assert (comments(view)[0].x, comments(view)[0].y) == (rect.x, rect.y)


def test_arrow_keys_let_a_note_hop_over_a_card(view: GraphView) -> None:
    assert view.picture is not None
    card = view.picture.cards[0].rect
    noted(view, "hop", card.x, card.y - 50)
    view.notes.select(0)
    for _ in range(6):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert remark(view).rect.y > card.bottom


def test_a_note_that_a_card_is_dragged_upon_makes_way_and_is_dragged_on_from_there(view: GraphView) -> None:
    noted(view, "in the way", 0.0, 150.0)
    assert view.picture is not None
    node = view.picture.cards[0].node
    view.session.document.apply(pin(node, Point(20.0, 160.0)), "Pin")
    assert view.picture is not None
    rect = remark(view).rect
    assert not any(rect.overlaps(card.rect) for card in view.picture.cards)
    drag(view, place(view), QPoint(0, 40))
    QTest.mouseRelease(view.viewport(), LEFT, pos=place(view) + QPoint(0, 40))
    assert remark(view).rect.y == pytest.approx(rect.y + 40 / view.camera.scale, abs=2.0)


def test_all_is_seen_when_a_note_is_added_at_the_edge(view: GraphView) -> None:
    view.fit()
    QTest.mouseMove(view.viewport(), QPoint(view.viewport().width() - 3, 3))
    view.notes.add()
    type_note(view, "at the very edge of what is seen")
    corners = remark(view).rect
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(corners.x, corners.y)
    assert seen.contains(corners.right, corners.bottom)


def test_a_note_and_cards_are_coloured_by_keyboard(window: MainWindow) -> None:
    canvas, session = window.canvas, window.session
    session.document.apply(add_comment(Comment("hello", 0.0, 200.0)), "Add a note")
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_N)
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.ShiftModifier)
    _choose(window, "blue")
    assert session.document.project.comments[0].colour == "blue"
    session.selection.select(NodeId(0), NodeId(1))
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.ShiftModifier)
    _choose(window, "red")
    assert dict(session.document.project.colours) == {0: "red", 1: "red"}
    assert canvas.picture is not None
    assert [card.colour for card in canvas.picture.cards].count("red") == 2


def test_a_note_is_found_by_its_text(window: MainWindow) -> None:
    canvas, session = window.canvas, window.session
    session.document.apply(add_comment(Comment("mind the\nsign", 4000.0, 200.0)), "Add a note")
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_F, CTRL)
    _choose(window, "mind the sign")
    assert canvas.notes.selected == 0
    middle = remark(canvas).rect.center
    assert canvas.viewport().rect().contains(canvas.mapFromScene(QPointF(middle.x, middle.y)))


def _choose(window: MainWindow, text: str) -> None:
    chooser = next(one for one in window.findChildren(Chooser) if one.isVisible())
    QTest.keyClicks(chooser.field, text)
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
