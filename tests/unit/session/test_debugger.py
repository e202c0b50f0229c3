"""The debugger walks through a trace by nodes, edges and phases, in both directions."""

import pytest

import gradviz.core.ops
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import Phase, StepKind, Trace
from gradviz.core.types import NodeId
from gradviz.project.project import BreakPhase, Breakpoint
from gradviz.session.debugger import Debugger
from gradviz.session.monitors import none_but
from gradviz.session.sentry import Guard

assert gradviz.core.ops


def squared_error() -> Graph:
    """(y − (Wx + b))²: y 0, W 1, x 2, matmul 3, b 4, add 5, sub 6, sq 7."""
    build = GraphBuilder()
    y, w, x = build.leaf("y"), build.leaf("W"), build.leaf("x")
    product = build.apply(OPS["matmul"], w, x)
    total = build.apply(OPS["add"], product, build.leaf("b"))
    return build.graph(build.apply(OPS["sq"], build.apply(OPS["sub"], y, total)))


@pytest.fixture
def trace() -> Trace:
    """The lecture's run, followed by the updates of W and b: 8 + 1 + 7 + 2 steps."""
    run = record(squared_error(), {"W": 2, "x": 3, "b": 1, "y": 1})
    return run.with_updates({"W": -1.6, "b": -0.2})


@pytest.fixture
def debugger(trace: Trace) -> Debugger:
    return Debugger(trace)


def test_a_new_trace_is_shown_as_an_overview_before_its_updates(debugger: Debugger) -> None:
    assert debugger.is_overview
    assert debugger.position == 16
    assert debugger.current is None


def test_first_step_from_the_overview_is_the_first_of_the_run(debugger: Debugger) -> None:
    debugger.step()
    assert debugger.position == 1
    assert debugger.current is not None
    assert debugger.current.kind is StepKind.EVALUATE


def test_step_takes_all_contributions_of_a_node_together(debugger: Debugger) -> None:
    debugger.go(10)  # forward (8), seed (1), sq's contribution (1)
    debugger.step()
    assert debugger.position == 12
    assert debugger.current is not None
    assert debugger.current.node == 6


def test_step_into_takes_one_edge(debugger: Debugger) -> None:
    debugger.go(10)
    debugger.step_into()
    assert debugger.position == 11


def test_step_from_within_a_node_ends_at_its_last_edge(debugger: Debugger) -> None:
    debugger.go(11)
    debugger.step()
    assert debugger.position == 12


def test_step_back_from_within_a_node_ends_before_its_first_edge(debugger: Debugger) -> None:
    debugger.go(11)
    debugger.step_back()
    assert debugger.position == 10


def test_step_out_stops_at_the_end_of_each_phase(debugger: Debugger) -> None:
    debugger.restart()
    positions = []
    for _ in range(3):
        debugger.step_out()
        positions.append(debugger.position)
    assert positions == [8, 16, 18]


def test_step_out_back_stops_at_the_start_of_each_phase(debugger: Debugger) -> None:
    debugger.go(18)
    positions = []
    for _ in range(3):
        debugger.step_out_back()
        positions.append(debugger.position)
    assert positions == [16, 8, 0]


def test_seed_belongs_to_the_backward_phase_of_step_out(debugger: Debugger) -> None:
    debugger.go(9)
    assert debugger.phase is Phase.SEED
    debugger.step_out()
    assert debugger.position == 16


def test_run_to_stops_when_something_happens_at_the_node(debugger: Debugger) -> None:
    debugger.restart()
    assert debugger.run_to(NodeId(6))
    assert debugger.position == 7
    assert debugger.run_to(NodeId(6))  # its adjoint arrives
    assert debugger.position == 10


def test_run_to_stays_when_nothing_more_happens_there(debugger: Debugger) -> None:
    debugger.go(18)
    assert not debugger.run_to(NodeId(0))
    assert debugger.position == 18


def test_run_back_to_finds_the_evaluation(debugger: Debugger) -> None:
    debugger.go(9)
    assert debugger.run_back_to(NodeId(6))
    assert debugger.position == 7


def test_continue_without_breakpoints_runs_to_the_end(debugger: Debugger) -> None:
    debugger.continue_()
    assert debugger.position == debugger.last_position == 18
    assert debugger.hit is None


def test_continue_stops_at_breakpoints_of_both_passes(debugger: Debugger) -> None:
    debugger.guard = Guard((Breakpoint(NodeId(6)), Breakpoint(NodeId(6), BreakPhase.BACKWARD)))
    debugger.continue_()
    assert debugger.position == 7
    debugger.continue_()
    assert debugger.position == 12
    assert debugger.hit is not None
    assert debugger.hit.cause == "breakpoint at v₃, backward"


def test_reverse_continue_stops_at_the_last_breakpoint(debugger: Debugger) -> None:
    debugger.guard = Guard((Breakpoint(NodeId(6)),))
    debugger.go(18)
    debugger.reverse_continue()
    assert debugger.position == 7
    debugger.reverse_continue()
    assert debugger.position == 0


def test_disabled_breakpoint_stops_nothing(debugger: Debugger) -> None:
    debugger.guard = Guard((Breakpoint(NodeId(6), is_enabled=False),))
    debugger.continue_()
    assert debugger.position == 18


def test_continue_stops_at_the_first_value_that_is_not_finite() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["sq"], build.apply(OPS["log"], build.leaf("x"))))
    debugger = Debugger(record(graph, {"x": 0}))
    debugger.continue_()
    assert debugger.position == 2
    assert debugger.hit is not None
    assert debugger.hit.cause.startswith("the value of v₁ is −∞")


def test_stop_at_non_finite_can_be_switched_off() -> None:
    build = GraphBuilder()
    debugger = Debugger(record(build.graph(build.apply(OPS["log"], build.leaf("x"))), {"x": 0}))
    debugger.guard = Guard(settings=none_but())
    debugger.continue_()
    assert debugger.position == debugger.last_position


def test_go_outside_of_the_trace_goes_to_its_nearest_end(debugger: Debugger) -> None:
    debugger.go(-5)
    assert debugger.position == 0
    debugger.go(10**9)
    assert debugger.position == 18


def test_failed_run_can_be_stepped_to_its_failure() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["matmul"], build.leaf("A"), build.leaf("B")))
    debugger = Debugger(record(graph, {"A": [1, 2], "B": [1, 2, 3]}))
    debugger.continue_()
    assert debugger.current is not None
    assert debugger.current.kind is StepKind.FAIL


def test_new_numbers_keep_the_position(debugger: Debugger) -> None:
    debugger.go(7)
    debugger.retrace(record(squared_error(), {"W": 5, "x": 3, "b": 1, "y": 1}))
    assert debugger.position == 7


def test_another_graph_is_shown_as_an_overview(debugger: Debugger) -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["sq"], build.leaf("x")))
    debugger.go(7)
    debugger.retrace(record(graph, {"x": 2}))
    assert debugger.is_overview


def test_debugger_without_a_trace_stays_where_it_is() -> None:
    debugger = Debugger()
    debugger.step()
    debugger.continue_()
    debugger.step_back()
    assert (debugger.position, debugger.last_position, debugger.current) == (0, 0, None)


def test_every_move_is_told_once(debugger: Debugger) -> None:
    heard: list[int] = []
    debugger.moved.connect(lambda: heard.append(debugger.position))
    debugger.restart()
    debugger.step()
    debugger.step_out()
    debugger.step_back()
    assert heard == [0, 1, 8, 7]


def test_a_move_to_the_same_place_is_not_told(debugger: Debugger) -> None:
    debugger.go(18)
    heard: list[int] = []
    debugger.moved.connect(lambda: heard.append(debugger.position))
    debugger.step()
    assert heard == []
