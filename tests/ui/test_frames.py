"""The frame of an unfolded block: its name selects, drags and folds, its button folds; real events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Block
from gradviz.export.frames import Frame
from gradviz.layout.types import Direction, Point, Rect
from gradviz.project.placing_commands import set_direction, set_unfolded
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from gradviz.ui.panels.name_prompt import NamePrompt
from ui.windows import CTRL, SHIFT, at_rest, process, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NESTED = """sig(z) = 1/(1+exp(-z))
neuron(w, x, b) = sig(w x + b)
(neuron(w, x, b) - neuron(v, x, c))^2"""


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, NESTED) as made:
        unfold(qtbot, made, block_of(made, "neuron"))
        unfold(qtbot, made, block_of(made, "sig"))
        yield made


def block_of(window: MainWindow, name: str) -> Block:
    graph = window.session.graph
    assert graph is not None
    return next(block for block in graph.blocks if block.name == name)


def unfold(qtbot: QtBot, window: MainWindow, block: Block) -> None:
    window.session.document.apply(set_unfolded(block.use, True), "Unfold")
    at_rest(qtbot, window)


def frames(window: MainWindow) -> tuple[Frame, ...]:
    assert window.canvas.picture is not None
    return window.canvas.picture.frames


def on_screen(window: MainWindow, place: Point) -> QPoint:
    return window.canvas.mapFromScene(QPointF(place.x, place.y))


def name_of(window: MainWindow, frame: Frame) -> QPoint:
    return on_screen(window, Point(frame.rect.x + 14, frame.header.center.y))


def rect_of(window: MainWindow, name: str) -> Rect:
    return next(frame.rect for frame in frames(window) if frame.name == name)


def test_an_unfolded_block_has_a_frame_and_a_nested_one_another_inside(qtbot: QtBot, window: MainWindow) -> None:
    assert [frame.name for frame in frames(window)] == ["neuron", "sig"]
    outer, inner = rect_of(window, "neuron"), rect_of(window, "sig")
    assert outer.covering(inner) == outer


def test_the_button_of_the_inner_frame_folds_that_alone_and_a_double_click_unfolds_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    inner = frames(window)[1]
    QTest.mouseClick(window.canvas.viewport(), LEFT, NONE, on_screen(window, inner.button.center))
    at_rest(qtbot, window)
    assert [frame.name for frame in frames(window)] == ["neuron"]
    card = window.canvas.graph_scene.card(inner.output)
    assert card is not None
    QTest.mouseDClick(window.canvas.viewport(), LEFT, NONE, on_screen(window, card.rect.center))
    at_rest(qtbot, window)
    assert [frame.name for frame in frames(window)] == ["neuron", "sig"]


def test_the_button_on_a_frame_folds_the_block(qtbot: QtBot, window: MainWindow) -> None:
    outer = frames(window)[0]
    QTest.mouseClick(window.canvas.viewport(), LEFT, NONE, on_screen(window, outer.button.center))
    at_rest(qtbot, window)
    assert frames(window) == ()
    assert window.session.document.history.undo_name == "Fold neuron"


def test_a_click_on_the_name_selects_the_block_and_a_double_click_folds_it(qtbot: QtBot, window: MainWindow) -> None:
    outer = frames(window)[0]
    QTest.mouseClick(window.canvas.viewport(), LEFT, NONE, name_of(window, outer))
    assert set(window.session.selection.nodes) == outer.cards
    QTest.mouseDClick(window.canvas.viewport(), LEFT, NONE, name_of(window, outer))
    at_rest(qtbot, window)
    assert frames(window) == ()


def test_after_a_click_on_the_name_the_pointer_drags_nothing(qtbot: QtBot, window: MainWindow) -> None:
    outer = frames(window)[0]
    QTest.mouseClick(window.canvas.viewport(), LEFT, NONE, name_of(window, outer))
    sight = window.canvas.mapToScene(QPoint(0, 0))
    QTest.mouseMove(window.canvas.viewport(), name_of(window, outer) + QPoint(60, 60))
    process()
    assert window.canvas.mapToScene(QPoint(0, 0)) == sight
    assert not window.session.document.project.pins


def test_a_drag_of_the_name_moves_all_cards_of_the_block_with_their_frames(qtbot: QtBot, window: MainWindow) -> None:
    outer, inside = frames(window)[0], rect_of(window, "sig")
    start, viewport = name_of(window, outer), window.canvas.viewport()
    QTest.mousePress(viewport, LEFT, NONE, start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + QPoint(8 * step, 12 * step))
        process()
    QTest.mouseRelease(viewport, LEFT, NONE, start + QPoint(40, 60))
    at_rest(qtbot, window)
    scale = window.canvas.camera.scale
    assert set(window.session.document.project.pins) == outer.cards
    assert rect_of(window, "sig").y - inside.y == pytest.approx(60 / scale, abs=2.0)


def test_the_block_around_is_selected_by_keys_then_the_one_around_that_and_folded(
    qtbot: QtBot, window: MainWindow
) -> None:
    outer, inner = frames(window)
    window.session.selection.select(min(inner.cards))
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_U, CTRL | SHIFT)
    assert set(window.session.selection.nodes) == inner.cards
    QTest.keyClick(window.canvas, Qt.Key.Key_U, CTRL | SHIFT)
    assert set(window.session.selection.nodes) == outer.cards
    QTest.keyClick(window.canvas, Qt.Key.Key_U, CTRL)
    at_rest(qtbot, window)
    assert frames(window) == ()


def test_f2_on_a_folded_block_renames_its_function_everywhere(qtbot: QtBot, window: MainWindow) -> None:
    outer = block_of(window, "neuron")
    window.session.document.apply(set_unfolded(outer.use, False), "Fold")
    at_rest(qtbot, window)
    window.session.selection.select(outer.output)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F2)
    prompt = next(w for w in window.findChildren(NamePrompt) if w.isVisible())
    field = prompt.findChild(QLineEdit)
    assert field is not None
    assert field.text() == "neuron"
    field.selectAll()
    QTest.keyClicks(field, "unit")
    QTest.keyClick(field, Qt.Key.Key_Return)
    at_rest(qtbot, window)
    assert window.session.document.project.formula.count("unit(") == 3
    assert "neuron" not in window.session.document.project.formula


def test_an_edit_inside_an_unfolded_block_changes_every_use(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    inner = block_of(window, "sig")
    adding = next(node for node in graph.node_ids() if node in inner.members and "add" in str(graph.nodes[node]))
    window.session.selection.select(adding)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_X, CTRL | SHIFT)  # swap its operands
    at_rest(qtbot, window)
    assert "sig(z) = 1 / (exp(-z) + 1)" in window.session.document.project.formula
    assert len([block for block in window.session.graph.blocks if block.name == "sig"]) == 2  # type: ignore[union-attr]


def test_quick_add_uses_a_function_of_the_formula_once_more(qtbot: QtBot, window: MainWindow) -> None:
    window.session.selection.clear()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    chooser = QApplication.activePopupWidget() or next(w for w in window.findChildren(Chooser) if w.isVisible())
    field = chooser.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "neuron")
    QTest.keyClick(field, Qt.Key.Key_Return)
    at_rest(qtbot, window)
    assert "neuron(?, ?, ?)" in window.session.document.project.formula
    graph = window.session.graph
    assert graph is not None
    assert len([block for block in graph.blocks if block.name == "neuron"]) == 3


def test_ctrl_g_inside_an_unfolded_block_makes_a_block_of_its_function(qtbot: QtBot, window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    members = block_of(window, "sig").members
    chosen = [node for node in members if any(word in str(graph.nodes[node]) for word in ("<op neg>", "<op exp>"))]
    window.session.selection.select(*chosen)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_G, CTRL)
    prompt = next(w for w in window.findChildren(NamePrompt) if w.isVisible())
    field = prompt.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "decay")
    QTest.keyClick(field, Qt.Key.Key_Return)
    at_rest(qtbot, window)
    assert window.session.document.project.formula.startswith("decay(")
    assert [frame.name for frame in frames(window)] == ["neuron", "sig"]
    assert window.canvas.picture is not None
    assert sum(card.title == "decay" for card in window.canvas.picture.cards) == 1


def test_a_frame_glides_from_its_old_place_to_the_new_one(qtbot: QtBot, window: MainWindow) -> None:
    scene, before = window.canvas.graph_scene, rect_of(window, "neuron")
    window.canvas.set_animated(True)
    lefts: list[float] = []
    scene.glided.connect(lambda _done: lefts.append(scene.frames.shown_rects()[0].x))
    window.session.document.apply(set_direction(Direction.TB), "Flow down")
    at_rest(qtbot, window)
    after = rect_of(window, "neuron")
    assert lefts[0] == pytest.approx(before.x)
    assert lefts[-1] == pytest.approx(after.x)
    assert scene.frames.shown_rects()[0] == after
