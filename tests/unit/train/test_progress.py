"""A descent that is carried on elsewhere: its twin becomes the same, bit for bit."""

import pickle

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.train.descent import Descent, Plan, plan
from unit.train.formulas import LEAST_SQUARES, PARABOLA

LINE = bind_columns(load("line"), {"x": ("x",), "y": ("y",)})


def line_plan() -> Plan:
    return plan(LEAST_SQUARES, data=LINE, rate=0.01, optimizer="adam", batch=7, seed=3)


def carried(first: int, more: int) -> Descent:
    """A descent whose later part was done by a twin that knows it from pickle only."""
    here, there = Descent(line_plan()), Descent(line_plan())
    here.run(first)
    there.catch_up(pickle.loads(pickle.dumps(here.progress(-1))))
    there.run(more)
    here.catch_up(pickle.loads(pickle.dumps(there.progress(first))))
    return here


@pytest.mark.parametrize(("first", "more"), [(0, 5), (3, 0), (400, 300), (1, 5000)])
def test_descent_that_was_carried_on_elsewhere_is_as_if_it_had_stayed(first: int, more: int) -> None:
    alone = Descent(line_plan())
    alone.run(first + more)

    done = carried(first, more)

    assert done.state.parameters == alone.state.parameters
    assert done.history.iteration.tolist() == alone.history.iteration.tolist()
    assert done.history.loss.tolist() == alone.history.loss.tolist()


@pytest.mark.parametrize("iteration", [0, 2, 399, 400, 401, 699])
def test_any_iteration_can_be_had_again_after_the_return(iteration: int) -> None:
    alone = Descent(line_plan())
    alone.run(700)

    assert carried(400, 300).parameters_at(iteration) == alone.parameters_at(iteration)


def test_what_was_kept_of_the_past_is_what_would_have_been_kept_here() -> None:
    alone = Descent(line_plan())
    alone.run(5000)
    bare = Descent(line_plan())

    bare.catch_up(alone.progress(-1))

    assert [state.iteration for state in bare._kept] == [state.iteration for state in alone._kept]
    bare.run(3000)
    alone.run(3000)
    assert [state.iteration for state in bare._kept] == [state.iteration for state in alone._kept]


def test_divergence_comes_back_with_the_progress() -> None:
    here, there = (Descent(plan(PARABOLA, {"x": np.float64(1)}, rate=3)) for _ in range(2))
    there.run(10_000)

    here.catch_up(there.progress(0))

    assert here.divergence is not None
    assert here.divergence == there.divergence
    assert not here.advance()
