"""Curves of watches: exact, recorded anew, bounded in number, and without any random number."""

import numpy as np

import gradviz
from gradviz.session.curves import MOST_POINTS, curves
from gradviz.session.replay import Replay
from gradviz.train.descent import Descent, plan


def halved(steps: int) -> Replay:
    """x² from 8 at rate 0.25: x is 8, 4, 2, 1, …"""
    descent = Descent(plan(gradviz.parse("x^2"), {"x": 8.0}, rate=0.25))
    descent.run(steps)
    return Replay(descent)


def test_curve_is_what_the_runs_say() -> None:
    found, loss = curves(halved(4), ["grad(x)", "loss"], None, 4)
    assert found.iterations.tolist() == [0, 1, 2, 3, 4]
    assert found.values.tolist() == [16, 8, 4, 2, 1]
    assert loss.values.tolist() == [64, 16, 4, 1, 0.25]


def test_previous_is_not_known_at_the_start() -> None:
    (found,) = curves(halved(3), ["loss/previous(loss)"], None, 3)
    assert np.isnan(found.values[0])
    assert found.values[1:].tolist() == [0.25, 0.25, 0.25]


def test_array_is_drawn_by_its_length() -> None:
    descent = Descent(plan(gradviz.parse("sum(v^2)"), {"v": [3.0, 4.0]}, rate=0.25))
    descent.run(1)
    (found,) = curves(Replay(descent), ["v"], None, 1)
    assert found.values.tolist() == [5, 2.5]


def test_long_run_has_a_bounded_number_of_points() -> None:
    (found,) = curves(halved(1_000), ["x"], None, 1_000)
    assert len(found.iterations) == MOST_POINTS
    assert (found.iterations[0], found.iterations[-1]) == (0, 1_000)


def test_what_cannot_be_read_has_no_curve() -> None:
    assert curves(halved(2), ["los"], None, 2) == ()


def test_minibatches_are_the_same_however_often_they_are_opened() -> None:
    rng = np.random.default_rng(3)
    data = {"x": rng.normal(size=40), "y": rng.normal(size=40)}
    asked = plan(gradviz.parse("(y - w x)^2"), {"w": 0.5}, data=data, rate=0.1, batch=7, seed=5)
    descent = Descent(asked)
    descent.run(60)
    replay = Replay(descent)
    first = [replay.trace(k, int(replay.rows(k)[0])).result for k in (3, 41, 17)]
    again = [Replay(descent).trace(k, int(Replay(descent).rows(k)[0])).result for k in (3, 41, 17)]
    assert first == again
    state = np.random.get_state()[1].tolist()
    curves(replay, ["norm(grad(w))"], 4, 60)
    assert np.random.get_state()[1].tolist() == state
