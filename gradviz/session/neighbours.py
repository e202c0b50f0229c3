"""Runs beside the shown one: of another iteration, of another sample."""

from collections.abc import Callable, Mapping

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.session.politeness import polite
from gradviz.train.descent import Plan, as_arrays


def run_at_iteration(
    graph: Graph,
    make_plan: Callable[[], Plan],
    values: Mapping[str, Array],
    iteration: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Trace | None:
    """The run of an iteration with otherwise these values, exactly as it was; None when cancelled."""
    with polite():
        plan = make_plan()
        state = plan.first()
        while state.iteration < iteration:
            if cancelled():
                return None
            state = plan.following(state, plan.measure(state))
        return record(graph, {**values, **as_arrays(state.parameters)})


def run_of_sample(graph: Graph, values: Mapping[str, Array], data: Mapping[str, Array], sample: int) -> Trace:
    """The run of another sample with otherwise these values."""
    return record(graph, {**values, **{name: as_value(column[sample]) for name, column in data.items()}})
