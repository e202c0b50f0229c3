"""What every layout must keep, whoever made it: Graphviz or our own."""

import itertools
from collections.abc import Callable

import pytest

from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.errors import LayoutError
from gradviz.export.cards import boxes_and_slots
from gradviz.layout import fallback
from gradviz.layout.dot import place, question
from gradviz.layout.sketch import finish, task
from gradviz.layout.types import Direction, Placement, Rect
from pictured import least_squares, quartic, random_graph

Layout = Callable[[Graph, Direction], Placement]


def _by_graphviz(graph: Graph, direction: Direction) -> Placement:
    reasons: list[LayoutError] = []
    boxes, slots = boxes_and_slots(graph, {})
    placement = place(boxes, slots, graph.output, direction=direction, notice=reasons.append)
    assert reasons == [], "Graphviz must answer itself here"
    return placement


def _by_ourselves(graph: Graph, direction: Direction) -> Placement:
    asked = task(*boxes_and_slots(graph, {}), graph.output, direction)
    return finish(asked, fallback.arrange(asked), direction)


@pytest.fixture(params=[_by_graphviz, _by_ourselves], ids=["graphviz", "own"])
def layout(request: pytest.FixtureRequest) -> Layout:
    return request.param


def _overlaps(placement: Placement) -> list[tuple[Rect, Rect]]:
    everything = [*placement.boxes.values(), *(route.pill for route in placement.all_routes())]
    return [(a, b) for a, b in itertools.combinations(everything, 2) if a.overlaps(b)]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("seed", range(4))
def test_no_card_and_no_room_for_pills_overlaps_another(layout: Layout, seed: int, direction: Direction):
    assert _overlaps(layout(random_graph(40, seed), direction)) == []


def test_boxes_and_rooms_keep_the_size_that_was_asked_for(layout: Layout):
    graph = least_squares()
    boxes, slots = boxes_and_slots(graph, {})
    placement = layout(graph, Direction.TB)
    for box in boxes:
        placed = placement.boxes[box.node]
        assert (placed.width, placed.height) == pytest.approx((box.width, box.height))
    for slot in slots:
        room = placement.routes[slot.edge].pill
        assert (room.width, room.height) == pytest.approx((slot.width, slot.height))


def test_same_request_gives_same_places(layout: Layout):
    graph = random_graph(60, 7)
    assert layout(graph, Direction.LR) == layout(graph, Direction.LR)


def test_bounds_start_at_the_origin_and_hold_everything(layout: Layout):
    placement = layout(random_graph(30, 2), Direction.BT)
    assert (placement.bounds.x, placement.bounds.y) == (0, 0)
    everything = [*placement.boxes.values(), *(route.pill for route in placement.all_routes())]
    for rect in everything:
        covering = placement.bounds.grown(1e-6).covering(rect)
        assert covering == placement.bounds.grown(1e-6)


def test_edges_enter_on_the_left_in_operand_order(layout: Layout):
    placement = layout(random_graph(40, 3), Direction.LR)
    ends: dict[int, list[tuple[int, float]]] = {}
    for edge, route in placement.routes.items():
        assert route.path[-1].x == pytest.approx(placement.boxes[edge.target].x)
        ends.setdefault(edge.target, []).append((edge.operand, route.path[-1].y))
    for arrivals in ends.values():
        heights = [y for _, y in sorted(arrivals)]
        assert heights == sorted(set(heights))


def test_edges_leave_on_the_right(layout: Layout):
    placement = layout(least_squares(), Direction.LR)
    for edge, route in placement.routes.items():
        assert route.path[0].x == pytest.approx(placement.boxes[edge.source].right)


def test_every_edge_runs_through_its_room(layout: Layout):
    placement = layout(random_graph(40, 5), Direction.LR)
    for route in placement.routes.values():
        middle = route.pill.center
        assert any(abs(p.x - middle.x) + abs(p.y - middle.y) < 1e-6 for p in route.path)


def test_two_uses_of_one_node_are_two_routes(layout: Layout):
    build = GraphBuilder()
    x = build.leaf("x")
    placement = layout(build.graph(build.apply(OPS["mul"], x, x)), Direction.LR)
    first, second = placement.routes.values()
    assert not first.pill.overlaps(second.pill)
    assert first.path[-1] != second.path[-1]


def test_values_flow_in_the_direction_asked_for(layout: Layout):
    graph = quartic()
    steps = {}
    for direction in Direction:
        boxes = layout(graph, direction).boxes
        x, output = boxes[graph.find("x")].center, boxes[graph.output].center
        steps[direction] = (output.x > x.x, output.y > x.y, output.y < x.y)
    assert steps[Direction.LR] == (True, False, False)
    assert steps[Direction.TB] == (False, True, False)
    assert steps[Direction.BT] == (False, False, True)


def test_graph_of_a_single_leaf_has_a_box_and_a_stub(layout: Layout):
    build = GraphBuilder()
    placement = layout(build.graph(build.leaf("x")), Direction.LR)
    assert len(placement.boxes) == 1
    assert placement.exit.path[0].x == pytest.approx(next(iter(placement.boxes.values())).right)


def test_paths_are_joined_cubic_curves(layout: Layout):
    placement = layout(random_graph(30, 1), Direction.LR)
    assert all(len(route.path) % 3 == 1 for route in placement.all_routes())


def test_graphviz_is_told_no_text_of_the_user():
    graph = least_squares(parameter="secret")
    assert "secret" not in question(task(*boxes_and_slots(graph, {}), graph.output, Direction.LR))


def test_graphviz_lays_out_200_nodes_within_its_time():
    graph = random_graph(200, 11)
    assert len(_by_graphviz(graph, Direction.LR).boxes) == len(graph)


def test_leaf_that_is_used_sixty_times_is_laid_out_in_time():
    build = GraphBuilder()
    x = power = build.leaf("x")
    for _ in range(60):
        power = build.apply(OPS["mul"], power, x)
    assert len(_by_graphviz(build.graph(power), Direction.LR).routes) == 120


def test_own_layout_of_very_many_long_edges_stays_small():
    build = GraphBuilder()
    x = power = build.leaf("x")
    for _ in range(1000):
        power = build.apply(OPS["mul"], power, x)
    placement = _by_ourselves(build.graph(power), Direction.LR)
    assert sum(len(route.path) for route in placement.routes.values()) < 60_000
