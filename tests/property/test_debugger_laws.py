"""Laws of time travel: whatever is stepped forward can be stepped back, exactly."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradviz.core.ops
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.session.debugger import Debugger
from gradviz.session.monitors import none_but
from gradviz.session.sentry import Guard

assert gradviz.core.ops

UNARY = ("sq", "tanh", "neg", "exp", "log")
BINARY = ("add", "sub", "mul", "div")


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Runs of random graphs of up to twelve ops, with updates of some leaves."""
    build = GraphBuilder()
    nodes = [build.leaf(name) for name in "abc"[: draw(st.integers(1, 3))]]
    for _ in range(draw(st.integers(1, 12))):
        pick = st.sampled_from(nodes)
        name = draw(st.sampled_from(UNARY + BINARY))
        operands = [draw(pick)] if name in UNARY else [draw(pick), draw(pick)]
        nodes.append(build.apply(OPS[name], *operands))
    graph = build.graph(nodes[-1])
    values = {name: draw(st.floats(-3, 3)) for name in graph.leaves()}
    updated = draw(st.sets(st.sampled_from(sorted(values))))
    with np.errstate(all="ignore"):
        return record(graph, values).with_updates(dict.fromkeys(sorted(updated), 1.0))


MOVES = [
    (Debugger.step, Debugger.step_back),
    (Debugger.step_into, Debugger.step_into_back),
    (Debugger.step_out, Debugger.step_out_back),
]


@pytest.mark.parametrize(("forward", "back"), MOVES)
@given(trace=traces(), data=st.data())
def test_k_steps_forward_and_k_back_lead_to_the_same_state(
    forward: Callable[[Debugger], None], back: Callable[[Debugger], None], trace: Trace, data: st.DataObject
) -> None:
    debugger = Debugger(trace)
    debugger.restart()
    stops = [debugger.position]
    while debugger.position < debugger.last_position:
        forward(debugger)
        stops.append(debugger.position)
    start = data.draw(st.integers(0, len(stops) - 1))
    count = data.draw(st.integers(0, len(stops) - 1 - start))
    debugger.go(stops[start])
    for _ in range(count):
        forward(debugger)
    assert debugger.position == stops[start + count]
    for _ in range(count):
        back(debugger)
    assert debugger.position == stops[start]


@pytest.mark.parametrize(("forward", "back"), MOVES)
@given(trace=traces())
def test_stepping_all_the_way_is_running(
    forward: Callable[[Debugger], None], back: Callable[[Debugger], None], trace: Trace
) -> None:
    stepped, run = Debugger(trace), Debugger(trace)
    run.guard = Guard(settings=none_but())
    stepped.restart()
    for _ in range(len(trace.steps)):
        forward(stepped)
    run.restart()
    run.continue_()
    assert (stepped.position, stepped.current) == (run.position, run.current)


@given(trace=traces())
def test_every_step_comes_once_and_in_order(trace: Trace) -> None:
    debugger = Debugger(trace)
    debugger.restart()
    seen = []
    for _ in trace.steps:
        debugger.step_into()
        assert debugger.current is not None
        seen.append(debugger.current.index)
    assert seen == list(range(len(trace.steps)))


@given(trace=traces())
def test_coarser_moves_stop_only_where_finer_ones_do(trace: Trace) -> None:
    def stops(move: Callable[[Debugger], None]) -> set[int]:
        debugger = Debugger(trace)
        debugger.restart()
        found = {0}
        while debugger.position < debugger.last_position:
            move(debugger)
            found.add(debugger.position)
        return found

    assert stops(Debugger.step_out) <= stops(Debugger.step) <= stops(Debugger.step_into)


@given(trace=traces())
def test_continue_and_reverse_continue_visit_the_same_stops(trace: Trace) -> None:
    debugger = Debugger(trace)
    debugger.restart()
    ahead, behind = [0], []
    while debugger.position < debugger.last_position:
        debugger.continue_()
        ahead.append(debugger.position)
    behind.append(debugger.position)
    while debugger.position > 0:
        debugger.reverse_continue()
        behind.append(debugger.position)
    assert behind == ahead[::-1]
