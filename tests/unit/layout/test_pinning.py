"""Pinned cards stand where they were put, and only what they touch is routed anew."""

import pytest

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId, Role
from gradviz.export.cards import boxes_and_slots
from gradviz.lang.lower import read
from gradviz.layout.dot import place
from gradviz.layout.pinning import curve, pinned, shifted
from gradviz.layout.sketch import sampled
from gradviz.layout.types import Direction, Placement, Point, Rect, Route


def laid(direction: Direction = Direction.LR, formula: str = "(y-(W x+b))^2") -> tuple[Placement, NodeId]:
    graph = read(formula).graph
    return place(
        *boxes_and_slots(graph, dict.fromkeys(graph.leaves(), Role.DATA)), graph.output, direction=direction
    ), (graph.output)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_pinned_card_stands_at_its_pin_and_no_other_card_moves(direction):
    placement, output = laid(direction)
    moved = pinned(placement, {NodeId(0): Point(300.0, -200.0)}, output, direction)
    assert moved.boxes[NodeId(0)].center == Point(300.0, -200.0)
    assert all(moved.boxes[node] == placement.boxes[node] for node in placement.boxes if node != 0)


@pytest.mark.parametrize("direction", list(Direction))
def test_edges_end_where_the_engine_lets_them_end(direction):
    placement, output = laid(direction)
    at = placement.boxes[NodeId(0)].center
    moved = pinned(placement, {NodeId(0): at}, output, direction)
    for edge, route in placement.routes.items():
        assert moved.routes[edge].path[0].x == pytest.approx(route.path[0].x)
        assert moved.routes[edge].path[-1].y == pytest.approx(route.path[-1].y)


@pytest.mark.parametrize("place_", [Point(300.0, -200.0), Point(900.0, 500.0), Point(-400.0, 90.0)])
def test_the_room_for_the_pills_is_clear_of_all_cards(place_):
    placement, output = laid()
    moved = pinned(placement, {NodeId(0): place_}, output, Direction.LR)
    for edge in placement.routes:
        if 0 in (edge.source, edge.target):
            assert not any(moved.routes[edge].pill.overlaps(box) for box in moved.boxes.values())


def test_edges_that_touch_no_pinned_card_keep_their_way():
    placement, output = laid()
    moved = pinned(placement, {NodeId(0): Point(300.0, -900.0)}, output, Direction.LR)
    far = [edge for edge in placement.routes if 0 not in (edge.source, edge.target)]
    assert far
    assert all(moved.routes[edge] is placement.routes[edge] for edge in far)


def test_an_edge_that_would_run_through_a_pinned_card_goes_around_it():
    placement, output = laid()
    edge = next(e for e in placement.routes if 0 not in (e.source, e.target))
    moved = pinned(placement, {NodeId(0): placement.routes[edge].pill.center}, output, Direction.LR)
    assert not moved.routes[edge].pill.overlaps(moved.boxes[NodeId(0)])


def test_the_stub_follows_a_pinned_output():
    placement, output = laid()
    at = placement.boxes[output].center
    moved = pinned(placement, {output: Point(at.x + 50, at.y + 70)}, output, Direction.LR)
    assert moved.exit.pill.center == Point(placement.exit.pill.center.x + 50, placement.exit.pill.center.y + 70)


def test_bounds_hold_every_pinned_card():
    placement, output = laid()
    moved = pinned(placement, {NodeId(0): Point(-700.0, -200.0)}, output, Direction.LR)
    assert moved.bounds.x < -700
    assert moved.bounds.y < -200


def test_a_shifted_placement_keeps_all_distances():
    placement, _ = laid()
    moved = shifted(placement, 30.0, -20.0)
    edge = Edge(*next((e.source, e.target, e.operand) for e in placement.routes))
    assert moved.routes[edge].path[0] == Point(
        placement.routes[edge].path[0].x + 30, placement.routes[edge].path[0].y - 20
    )
    assert moved.bounds == Rect(30.0, -20.0, placement.bounds.width, placement.bounds.height)


def test_a_curve_to_a_card_behind_leaves_to_the_right_and_arrives_from_the_left():
    path = curve(Point(100, 0), Point(50, 40), Point(0, 80))
    assert path[1].x > 100
    assert path[1].y == 0
    assert path[-2].x < 0
    assert path[-2].y == 80
    assert path[3] == Point(50, 40)


def test_a_wire_goes_round_a_wall_of_cards_between_its_ends():
    rects = {NodeId(0): Rect(0, 0, 84, 48), NodeId(4): Rect(700, 0, 84, 48)}
    rects |= {NodeId(i): Rect(330, y, 84, 48) for i, y in ((1, -120), (2, 0), (3, 120))}
    edge = Edge(NodeId(0), NodeId(4), 0)
    path = (Point(84, 24), Point(300, 24), Point(500, 24), Point(700, 24))
    exit_ = Route(None, (Point(784, 24), Point(800, 24), Point(820, 24), Point(840, 24)), Rect(790, 0, 40, 42))
    placement = Placement(rects, {edge: Route(edge, path, Rect(150, 0, 80, 42))}, exit_, Rect(0, -120, 840, 288))
    moved = pinned(placement, {NodeId(4): rects[NodeId(4)].center}, NodeId(4), Direction.LR)
    walls = [rects[NodeId(i)] for i in (1, 2, 3)]
    x, y = sampled(moved.routes[edge].path)
    for wall in walls:
        assert not any(wall.x < a < wall.right and wall.y < b < wall.bottom for a, b in zip(x, y, strict=True))
