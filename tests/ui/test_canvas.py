"""The canvas: the scene is like the session, nothing moves while stepping, and each gesture does one thing."""

import gc
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import thread_time
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsScene

from gradviz.core.graph import Edge
from gradviz.core.types import Role
from gradviz.errors import GradvizError
from gradviz.export.picture import State
from gradviz.layout.types import Direction, Point, Rect
from gradviz.project.commands import set_role, set_value
from gradviz.project.placing_commands import set_direction
from gradviz.session.session import Session
from gradviz.ui.canvas import GraphView
from gradviz.ui.canvas.background import CLOSEST, spacing
from gradviz.ui.canvas.camera import READABLE
from gradviz.ui.canvas.menus import CanvasMenu
from gradviz.ui.canvas.tooltips import shown, tooltip
from gradviz.ui.jobs import QtRunner
from gradviz.ui.theme import Choice, load_fonts, theme
from ui.canvas_session import positions, random_formula, retype, session_of
from ui.held import HeldRunner

LEAST_SQUARES = "(y-(Wx+b))^2"

Show = Callable[..., GraphView]


@pytest.fixture
def show(qtbot) -> Iterator[Show]:
    def made(session: Session, size: tuple[int, int] = (876, 550), *, is_animated: bool = False) -> GraphView:
        view = GraphView(session)
        view.set_animated(is_animated)
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        return view

    load_fonts()
    theme().choose(Choice.LIGHT)
    yield made
    gc.collect()


def geometry(view: GraphView) -> dict[Any, tuple[float, ...]]:
    """Where every item is: cards and wires by their whole rectangle, pills by their middle (a number may be longer)."""
    found: dict[Any, tuple[float, ...]] = {}
    for key, item in view.graph_scene.items_by_key.items():
        area = item.sceneBoundingRect()
        middle = round(area.center().x(), 9), round(area.center().y(), 9)
        found[key] = middle if key[0] in "▸◂" else (*middle, area.width(), area.height())
    return found


def place_of(view: GraphView, node: int) -> QPoint:
    card = view.graph_scene.card(node)
    return view.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))


def empty_place(view: GraphView) -> QPoint:
    return QPoint(view.viewport().width() // 2, 12)


def turn(view: GraphView, place: QPoint, eighths: int) -> None:
    here = QPointF(place)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        here, here, QPoint(), QPoint(0, eighths), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(view.viewport(), event)


# -- the scene is like the session ----------------------------------------------------------------


def test_each_node_edge_and_number_has_one_item(show: Show) -> None:
    session = session_of("x*x", x=3.0)
    keys = list(show(session).graph_scene.items_by_key)
    edges = list(session.graph.edges())
    assert len(edges) == 2
    assert sorted(map(str, keys)) == sorted(
        map(
            str,
            [
                *(("card", node) for node in session.graph.node_ids()),
                *((kind, edge) for kind in ("wire", "▸", "◂") for edge in [*edges, None]),
            ],
        )
    )


def test_scene_holds_exactly_the_items_of_the_dictionary(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    for formula in ("a+b", "tanh(a+b)", "a", LEAST_SQUARES):
        retype(session, formula)
        assert set(map(id, view.graph_scene.items())) == set(map(id, view.graph_scene.items_by_key.values()))


def test_scene_has_no_index() -> None:
    from gradviz.export.theme import LIGHT
    from gradviz.ui.canvas.scene import GraphScene

    assert GraphScene(LIGHT).itemIndexMethod() is QGraphicsScene.ItemIndexMethod.NoIndex


def test_pills_show_value_and_contribution(show: Show) -> None:
    view = show(session_of("(x^2)^2", x=2.0))
    first = Edge(0, 1, 0)
    texts = {key: item.part.text for key, item in view.graph_scene.items_by_key.items() if key[0] in "▸◂"}
    assert texts["▸", first] == "2"
    assert texts["◂", first] == "32"
    assert texts["▸", None] == "16"
    assert texts["◂", None] == "1"


def test_what_is_to_come_is_an_empty_pill(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    view = show(session)
    session.debugger.go(2)
    pills = {key: item.part for key, item in view.graph_scene.items_by_key.items() if key[0] in "▸◂"}
    assert pills["▸", Edge(0, 1, 0)].text == "2"
    assert all(pill.text is None and pill.state is State.NOT_YET for key, pill in pills.items() if key[0] == "◂")


def test_current_step_is_marked_on_node_and_edge(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    view = show(session)
    session.debugger.go(5)
    current = {key for key, item in view.graph_scene.items_by_key.items() if item.part.state is State.CURRENT}
    edge = Edge(1, 2, 0)
    assert current == {("card", 2), ("wire", edge), ("◂", edge)}


def test_value_that_is_not_finite_stands_out(show: Show) -> None:
    view = show(session_of("log(x)", x=0.0))
    assert view.graph_scene.items_by_key["▸", None].part.state is State.FAILED


def test_empty_document_shows_no_items(show: Show) -> None:
    view = show(Session())
    view.grab()
    assert view.graph_scene.items() == []


# -- nothing moves --------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["(x^2)^2", LEAST_SQUARES, random_formula(3, 20)])
def test_stepping_through_everything_moves_nothing(show: Show, formula: str) -> None:
    session = session_of(formula)
    view = show(session)
    before = geometry(view)
    for position in [*positions(session), *reversed(positions(session))]:
        session.debugger.go(position)
        assert geometry(view) == before
    session.debugger.overview()
    assert geometry(view) == before


def test_stepping_through_a_graph_that_is_seen_whole_leaves_the_view_alone(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    sight = view.camera.sight()
    for position in positions(session):
        session.debugger.go(position)
        assert view.camera.sight() == sight


def test_another_value_moves_nothing(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    before = geometry(view)
    for value in (0.0, -1.2345e-100, 7.0, np.nan):
        session.document.apply(set_value("W", value), "Set W")
        assert geometry(view) == before


def test_another_value_asks_for_no_layout(show: Show) -> None:
    runner = HeldRunner()
    session = session_of(LEAST_SQUARES, runner)
    show(session)
    runner.let_go()
    session.document.apply(set_value("W", 5.0), "Set W")
    session.debugger.go(3)
    assert runner.held == []


# -- layouts --------------------------------------------------------------------------------------


def test_old_picture_stays_until_the_new_layout_is_there(show: Show) -> None:
    runner = HeldRunner()
    session = session_of("a+b", runner)
    view = show(session)
    runner.let_go()
    retype(session, "tanh(a+b)")
    cards = len(view.picture.cards)
    runner.let_go()
    assert (cards, len(view.picture.cards)) == (3, 4)


def test_stale_layout_is_dropped(show: Show) -> None:
    runner = HeldRunner()
    session = session_of("a+b", runner)
    view = show(session)
    retype(session, "tanh(a+b)")
    retype(session, "a*b")
    assert [job.token.is_cancelled for job, _ in runner.held] == [True, True, False]
    runner.let_go()
    assert len(view.picture.cards) == 3


def test_pointer_finds_nothing_while_another_graph_is_laid_out(qtbot, show: Show) -> None:
    runner = HeldRunner()
    session = session_of("a+b*c*d", runner)
    view = show(session)
    runner.let_go()
    place = place_of(view, session.graph.output)
    retype(session, "a")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.target_at(QPointF(place)) is None
    assert view.tip_at(QPointF(place)) == ""
    runner.let_go()


def test_long_layout_is_mentioned(qtbot, show: Show) -> None:
    runner = HeldRunner()
    view = show(session_of("a+b", runner))
    qtbot.waitUntil(lambda: view.overlays.hint.text() == "laying out …")
    runner.let_go()
    assert view.overlays.hint.text() == "drag to pan · scroll to zoom"


def test_layout_runs_beside_the_window_and_the_last_formula_wins(qtbot, show: Show) -> None:
    runner = QtRunner()
    session = session_of("a+b", runner)
    view = show(session, is_animated=True)
    for depth in range(1, 8):
        retype(session, "tanh(" * depth + "a+b" + ")" * depth)
    qtbot.waitUntil(lambda: view.picture is not None and len(view.picture.cards) == 3 + 7, timeout=10_000)
    runner.close()


def test_window_that_closes_during_a_layout_leaves_nothing_running(qtbot) -> None:
    runner = QtRunner()
    session = session_of("a+b", runner)
    view = GraphView(session)
    retype(session, random_formula(6, 40))
    shiboken6.delete(view)
    session.debugger.go(1)
    runner.close()


def test_layout_that_fails_is_reported_once_and_breaks_nothing(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("no places left")

    session = session_of("a+b")
    view = show(session)
    reports: list[GradvizError] = []
    session.reported.connect(reports.append)
    monkeypatch.setattr("gradviz.ui.canvas.mirror.place", broken)
    retype(session, "tanh(a+b)")
    session.debugger.go(1)
    assert [report.message for report in reports] == ["the graph could not be laid out: no places left"]
    assert len(view.picture.cards) == 3


def test_new_nodes_glide_from_where_they_were_and_end_at_their_places(qtbot, show: Show) -> None:
    session = session_of("a+b")
    view = show(session, is_animated=True)
    qtbot.waitUntil(lambda: not view.graph_scene.is_gliding)
    before = {card.title: card.rect.center for card in view.picture.cards}
    retype(session, "c*(a+b)")
    assert view.graph_scene.is_gliding
    item = view.graph_scene.items_by_key["card", session.graph.find("a")]
    start = item.sceneBoundingRect().center()
    assert (start.x(), start.y()) == pytest.approx((before["a"].x, before["a"].y))
    qtbot.waitUntil(lambda: not view.graph_scene.is_gliding)
    end = item.sceneBoundingRect().center()
    assert (end.x(), end.y()) == pytest.approx((item.part.rect.center.x, item.part.rect.center.y))
    assert all(one.opacity() == 1.0 for one in view.graph_scene.items_by_key.values())


def test_glide_can_be_switched_off(show: Show) -> None:
    session = session_of("a+b")
    view = show(session, is_animated=False)
    retype(session, "c*(a+b)")
    assert not view.graph_scene.is_gliding
    assert all(item.pos() == QPointF(0, 0) for item in view.graph_scene.items_by_key.values())


def test_stepping_during_a_glide_ends_at_the_same_places(qtbot, show: Show) -> None:
    session = session_of("a+b")
    view = show(session, is_animated=True)
    retype(session, "c*(a+b)")
    session.debugger.go(2)
    qtbot.waitUntil(lambda: not view.graph_scene.is_gliding)
    moved = geometry(view)
    view.set_animated(False)
    retype(session, "a")
    retype(session, "c*(a+b)")
    assert {key[0] for key in moved} == {key[0] for key in geometry(view)}
    assert moved == geometry(view)


def test_another_role_changes_the_card(show: Show) -> None:
    session = session_of("a+b")
    view = show(session)
    session.document.apply(set_role("a", Role.CONSTANT), "Make a a constant")
    assert view.graph_scene.card(session.graph.find("a")).subtitle == "constant"


# -- camera ---------------------------------------------------------------------------------------


def is_seen_whole(view: GraphView) -> bool:
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    return all(seen.contains(item.sceneBoundingRect()) for item in view.graph_scene.items())


@pytest.mark.parametrize("size", [(876, 550), (320, 240), (1600, 300)])
def test_fit_shows_the_whole_graph(show: Show, size: tuple[int, int]) -> None:
    view = show(session_of(LEAST_SQUARES), size)
    view.fit()
    assert is_seen_whole(view)


def test_new_graph_is_seen_whole_when_it_can_be_read_so(show: Show) -> None:
    assert is_seen_whole(show(session_of(LEAST_SQUARES)))


def test_new_graph_that_is_too_large_is_framed_from_its_inputs_on(show: Show) -> None:
    view = show(session_of("tanh(" * 15 + "x" + ")" * 15))
    assert view.camera.scale == pytest.approx(READABLE)
    assert view.mapToScene(0, 0).x() < view.picture.cards[0].rect.x
    view.fit()
    assert is_seen_whole(view)


@pytest.mark.parametrize("direction", list(Direction))
def test_inputs_of_a_slanting_graph_are_seen_first(show: Show, direction: Direction) -> None:
    layers = "\n".join(f"h{n} = tanh(h{n - 1} w{n} + b{n})" for n in range(1, 31))
    session = session_of(f"{layers}\n(y - h30)^2")
    session.document.apply(set_direction(direction), "Flow")
    view = show(session)
    assert view.camera.scale == pytest.approx(READABLE)
    names = session.graph.leaves()
    for name in ("h0", "w1", "b1"):
        card = view.graph_scene.card(names[name])
        assert view.viewport().rect().contains(view.mapFromScene(card.rect.center.x, card.rect.center.y)), name


def test_asked_fit_lasts_when_the_graph_changes(show: Show) -> None:
    session = session_of("tanh(" * 15 + "x" + ")" * 15)
    view = show(session)
    view.fit()
    retype(session, "tanh(" * 16 + "x" + ")" * 16)
    assert is_seen_whole(view)


def test_fit_of_a_small_graph_makes_no_dots_of_a_large_one(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    view.fit()
    lines = ["h0 = x", *(f"h{i} = tanh(w{i} h{i - 1} + b{i})" for i in range(1, 40)), "(y - h39)^2"]
    retype(session, "\n".join(lines))
    assert view.camera.scale == pytest.approx(READABLE)


def test_zoom_of_an_old_graph_does_not_last(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    view.camera.zoom(3.0)
    retype(session, "tanh(a+b)")
    assert is_seen_whole(view)


def test_hint_goes_when_somebody_pans(show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    before = view.overlays.hint.isVisible()
    view.camera.pan(QPoint(10, 0))
    assert (before, view.overlays.hint.isVisible()) == (True, False)


def test_fit_lasts_when_the_window_changes_size(show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    view.fit()
    view.resize(400, 300)
    QApplication.processEvents()
    assert is_seen_whole(view)


def test_wheel_zooms_at_the_pointer(show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    place = QPoint(700, 120)
    before, scale = view.mapToScene(place), view.camera.scale
    turn(view, place, 240)
    after = view.mapToScene(place)
    assert view.camera.scale == pytest.approx(scale * 1.15**2)
    assert (after - before).manhattanLength() * view.camera.scale < 2.5


def test_zoom_has_ends(show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    turn(view, QPoint(300, 200), 120 * 200)
    most = view.camera.scale
    turn(view, QPoint(300, 200), -120 * 400)
    assert (most, view.camera.scale) == (pytest.approx(4.0), pytest.approx(0.05))


def test_no_text_is_drawn_below_forty_percent(show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    view.camera.zoom(0.39 / view.camera.scale)
    far = view.graph_scene.look.has_text
    view.camera.zoom(0.41 / view.camera.scale)
    assert (far, view.graph_scene.look.has_text) == (False, True)


def test_zoom_controls_zoom_and_say_how_much(qtbot, show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    fitted = view.camera.scale
    qtbot.mouseClick(view.overlays.controls.percent, Qt.MouseButton.LeftButton)
    assert view.overlays.controls.percent.text() == "100 %"
    qtbot.mouseClick(view.overlays.controls.into, Qt.MouseButton.LeftButton)
    assert view.overlays.controls.percent.text() == "120 %"
    qtbot.mouseClick(view.overlays.controls.fit, Qt.MouseButton.LeftButton)
    assert view.camera.scale == pytest.approx(fitted)


def test_keys_zoom_and_fit(qtbot, show: Show) -> None:
    view = show(session_of(LEAST_SQUARES))
    fitted = view.camera.scale
    qtbot.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    larger = view.camera.scale
    qtbot.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    again = view.camera.scale
    qtbot.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert larger == pytest.approx(1.2 * fitted)
    assert again == pytest.approx(fitted)
    assert view.camera.scale == pytest.approx(fitted)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_drag_on_empty_canvas_pans(qtbot, show: Show, button: Qt.MouseButton) -> None:
    view = show(session_of(LEAST_SQUARES))
    before = view.camera.sight()
    place = empty_place(view)
    qtbot.mousePress(view.viewport(), button, pos=place)
    for by in (20, 40, 60):
        qtbot.mouseMove(view.viewport(), place + QPoint(by, by // 2))
    qtbot.mouseRelease(view.viewport(), button, pos=place + QPoint(60, 30))
    moved = (before.centre - view.camera.sight().centre) * view.camera.scale
    assert (moved.x(), moved.y()) == pytest.approx((60, 30), abs=1.5)


def test_drag_selects_nothing_and_forgets_nothing(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.selection.select(3)
    place = place_of(view, 1)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(view.viewport(), place + QPoint(50, 0))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(50, 0))
    assert session.selection.nodes == (3,)


def test_current_node_is_brought_into_view_when_zoomed_in(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    view.camera.zoom(4.0)
    for position in positions(session)[1:]:
        session.debugger.go(position)
        card = view.graph_scene.card(session.debugger.current.node).rect
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        assert seen.contains(QPointF(card.center.x, card.center.y))


def test_minimap_is_there_for_a_large_graph_that_is_not_all_seen(show: Show) -> None:
    session = session_of(random_formula(2, 30))
    view = show(session)
    view.fit()
    fitted = view.overlays.minimap.isVisible()
    view.camera.reset_zoom()
    near = view.overlays.minimap.isVisible()
    retype(session, "a+b")
    assert (fitted, near, view.overlays.minimap.isVisible()) == (False, True, False)


def test_click_on_the_minimap_looks_there(qtbot, show: Show) -> None:
    view = show(session_of(random_formula(2, 30)))
    view.camera.reset_zoom()
    qtbot.mousePress(view.overlays.minimap, Qt.MouseButton.LeftButton, pos=view.overlays.minimap.rect().center())
    bounds = view.picture.bounds
    centre = view.camera.sight().centre
    assert (centre.x(), centre.y()) == pytest.approx((bounds.center.x, bounds.center.y), abs=bounds.width / 100)


def test_dots_never_come_too_near_to_each_other() -> None:
    assert all(spacing(scale) * scale >= CLOSEST for scale in (0.05, 0.2, 0.5, 1.0, 4.0))


# -- gestures -------------------------------------------------------------------------------------


def test_click_selects_the_node(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, 3))
    assert session.selection.nodes == (3,)


def test_shift_click_selects_a_node_too_and_again_no_longer(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    shift = Qt.KeyboardModifier.ShiftModifier
    seen = []
    for node in (1, 2, 1):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, shift, place_of(view, node))
        seen.append(session.selection.nodes)
    assert seen == [(1,), (1, 2), (2,)]


def test_drag_with_shift_selects_all_nodes_that_the_band_touches(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    shift, port = Qt.KeyboardModifier.ShiftModifier, view.viewport()
    before = view.camera.sight()
    corner = place_of(view, 7)
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, shift, corner + QPoint(20, 120))
    for to in (corner - QPoint(0, 40), place_of(view, 6) - QPoint(0, 40)):
        qtbot.mouseMove(port, to)
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, shift, place_of(view, 6) - QPoint(0, 40))
    assert set(session.selection.nodes) == {6, 7}
    assert view.camera.sight() == before


@pytest.mark.parametrize("kind", ["wire", "▸", "◂"])
def test_click_on_a_wire_or_its_pills_selects_the_edge(qtbot, show: Show, kind: str) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    edge = next(iter(session.graph.edges()))
    item = view.graph_scene.items_by_key[kind, edge]
    spot = item.path().pointAtPercent(0.15) if kind == "wire" else item.sceneBoundingRect().center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.mapFromScene(spot))
    assert session.selection.edge == edge


def test_click_on_empty_canvas_and_escape_select_nothing(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    session.selection.select(3)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=empty_place(view))
    by_click = session.selection.nodes
    session.selection.select(3)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert (by_click, session.selection.nodes) == ((), ())


def test_arrows_walk_along_edges(qtbot, show: Show) -> None:
    session = session_of("(y-(Wx+b))^2")
    view = show(session)
    names = {}
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(view, key)
        node = session.selection.node
        names[len(names)] = getattr(session.graph.nodes[node], "name", None) or session.graph.nodes[node].op.name
    assert list(names.values()) == ["sq", "sub", "y", "add", "sub"]


def test_f9_puts_a_breakpoint_on_an_operation_and_takes_it_away(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    view = show(session)
    session.selection.select(1)
    qtbot.keyClick(view, Qt.Key.Key_F9)
    put = [one.node for one in session.document.project.breakpoints]
    qtbot.keyClick(view, Qt.Key.Key_F9)
    assert (put, session.document.project.breakpoints) == ([1], ())


def test_period_and_comma_step(qtbot, show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    view = show(session)
    session.debugger.go(1)
    qtbot.keyClick(view, Qt.Key.Key_Period)
    forward = session.debugger.position
    qtbot.keyClick(view, Qt.Key.Key_Comma)
    assert (forward, session.debugger.position) == (2, 1)


def test_double_click_on_empty_canvas_tab_and_space_ask_for_a_new_operation(qtbot, show: Show) -> None:
    view = show(session_of("a+b"))
    asked: list[QPoint] = []
    view.quick_add_requested.connect(asked.append)
    view.offer_quick_add(True)
    view.setFocus()
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=empty_place(view))
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert len(asked) == 3
    assert asked[0] == view.viewport().mapToGlobal(empty_place(view))


def test_space_with_a_drag_pans_and_asks_for_nothing(qtbot, show: Show) -> None:
    view = show(session_of("a+b"))
    asked: list[QPoint] = []
    view.quick_add_requested.connect(asked.append)
    before, place = view.camera.sight(), place_of(view, 0)
    qtbot.keyPress(view, Qt.Key.Key_Space)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(view.viewport(), place + QPoint(3, 0))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(3, 0))
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    assert asked == []
    assert view.camera.sight() != before


def test_held_space_does_not_repeat(qtbot, show: Show) -> None:
    view = show(session_of("a+b"))
    asked: list[QPoint] = []
    view.quick_add_requested.connect(asked.append)
    none = Qt.KeyboardModifier.NoModifier
    for kind, repeats in ((QEvent.Type.KeyPress, False), *[(QEvent.Type.KeyPress, True)] * 5):
        QApplication.sendEvent(view, QKeyEvent(kind, Qt.Key.Key_Space, none, " ", repeats))
    QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, none, " ", False))
    assert len(asked) == 1


def test_pointer_marks_what_it_is_over(qtbot, show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    item = view.graph_scene.items_by_key["card", 3]
    qtbot.mouseMove(view.viewport(), place_of(view, 3))
    over = item._marks.is_hovered
    qtbot.mouseMove(view.viewport(), empty_place(view))
    assert (over, item._marks.is_hovered) == (True, False)


def test_node_menu_runs_to_the_node(show: Show) -> None:
    session = session_of("(x^2)^2", x=2.0)
    view = show(session)
    session.debugger.restart()
    menu = CanvasMenu(session, view.camera, 1, view)
    next(action for action in menu.actions() if action.text().startswith("Run to")).trigger()
    assert session.debugger.current.node == 1
    shiboken6.delete(menu)


def test_leaf_menu_changes_the_role(show: Show) -> None:
    session = session_of("a+b")
    view = show(session)
    menu = CanvasMenu(session, view.camera, session.graph.find("a"), view)
    next(action for action in menu.actions() if action.text() == "Constant").trigger()
    assert session.roles()["a"] is Role.CONSTANT
    shiboken6.delete(menu)


@pytest.mark.parametrize("target", [None, 0, 3, Edge(1, 3, 0)])
def test_every_menu_entry_does_something(show: Show, target: Any) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    menu = CanvasMenu(session, view.camera, target, view)
    entries = [action for action in menu.actions() if not action.isSeparator()]
    for action in entries:
        action.trigger()
    assert len(entries) >= 3
    shiboken6.delete(menu)


# -- tooltips -------------------------------------------------------------------------------------


def test_tooltip_of_an_edge_tells_value_contribution_and_local_derivative() -> None:
    session = session_of("(x^2)^2", x=2.0)
    lines = tooltip(session.graph, session.debugger.trace, Edge(0, 1, 0)).splitlines()
    assert "▸ value  2" in lines
    assert "◂ contribution to ∂L/∂x  32" in lines
    assert any(line.startswith("local derivative") and line.endswith(" 4") for line in lines)


def test_tooltip_of_a_node_tells_that_its_adjoint_is_a_sum() -> None:
    session = session_of("x*x", x=3.0)
    assert "◂ adjoint ∂L/∂x  6  (sum of 2 contributions)" in tooltip(session.graph, session.debugger.trace, 0)


def test_tooltip_tells_nothing_of_the_future() -> None:
    session = session_of("x*x", x=3.0)
    trace = session.debugger.trace
    assert "adjoint" not in tooltip(session.graph, shown(trace, 2), 0)
    assert "◂ adjoint ∂L/∂x  3 " in tooltip(session.graph, shown(trace, 4), 0)


# -- faults of the toolkit ------------------------------------------------------------------------


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="from Python 3.12 on None is immortal, and its count means nothing"
)
def test_references_to_none_stay_level_over_thousands_of_updates(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)

    def update() -> None:
        for position in positions(session):
            session.debugger.go(position)
            for item in view.graph_scene.items_by_key.values():
                item.displace(QPointF(1, 2), QPointF(3, 4))
                item.displace(QPointF(0, 0), QPointF(0, 0))

    update()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(10):
        update()
    gc.collect()
    assert abs(sys.getrefcount(None) - before) < 200


def test_random_geometry_is_drawn_without_a_crash(show: Show) -> None:
    session = session_of(LEAST_SQUARES)
    view = show(session)
    chance = random.Random(4)
    for _ in range(300):
        moved = _jumbled(view.picture, chance)
        view.graph_scene.show_picture(moved)
        if chance.random() < 0.2:
            view.graph_scene.show_other(moved, {}, None, is_gliding=chance.random() < 0.5)
        view.camera.zoom(chance.uniform(0.5, 2.0), QPointF(chance.uniform(0, 800), chance.uniform(0, 500)))
        view.itemAt(QPoint(chance.randrange(800), chance.randrange(500)))
        if chance.random() < 0.2:
            view.grab()
        QApplication.processEvents()
    view.graph_scene.settle()
    assert set(map(id, view.graph_scene.items())) == set(map(id, view.graph_scene.items_by_key.values()))


def _jumbled(picture: Any, chance: random.Random) -> Any:
    def rect() -> Rect:
        return Rect(chance.uniform(-500, 900), chance.uniform(-300, 600), chance.uniform(0, 200), chance.uniform(0, 90))

    def path(count: int) -> tuple[Point, ...]:
        return tuple(Point(chance.uniform(-500, 900), chance.uniform(-300, 600)) for _ in range(count))

    return replace(
        picture,
        cards=tuple(replace(card, rect=rect()) for card in picture.cards),
        pills=tuple(replace(pill, rect=rect()) for pill in picture.pills),
        wires=tuple(replace(wire, path=path(1 + 3 * chance.randint(1, 4))) for wire in picture.wires),
    )


def test_view_that_qt_deleted_is_not_asked_again(qtbot) -> None:
    session = session_of("a+b")
    view = GraphView(session)
    shiboken6.delete(view)
    session.debugger.go(1)
    retype(session, "tanh(a+b)")
    theme().changed.emit()


def test_a_step_costs_no_more_than_in_proportion_to_the_graph(show: Show) -> None:
    def stepping(count: int) -> float:
        session = session_of(random_formula(5, count))
        view = show(session)
        view.grab()
        start = thread_time()
        for position in list(positions(session))[:60]:
            session.debugger.go(position)
        return thread_time() - start

    assert stepping(96) < 2 * 4 * stepping(24)
