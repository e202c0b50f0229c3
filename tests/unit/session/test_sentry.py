"""The sentry on whole descents: no false alarm on a healthy run, little cost, the same answer elsewhere."""

import pickle
import time
from dataclasses import replace

import numpy as np
import pytest

from gradviz.lang.lower import read
from gradviz.project.commands import set_training
from gradviz.project.examples import examples, load_example
from gradviz.project.project import Project
from gradviz.project.stops import Breakpoint
from gradviz.session.halt import Stop
from gradviz.session.monitors import MONITORS, Settings, none_but
from gradviz.session.sentry import Guard, Sentry, run_until
from gradviz.session.session import Session
from gradviz.train.descent import Descent, Plan, plan

ALL = Guard(settings=Settings(all_stop=True))
SICK = {
    "vanishing": {"vanishing"},
    "not-a-number": {"non_finite"},
    "rate-too-large": {"loss_rising", "update_large"},
}
"""Examples that are there to show what goes wrong, and what is to be found in them."""


def stops_of(project: Project, guard: Guard) -> list[Stop]:
    descent = Descent(Session(project=project).recipe()())
    sentry = guard(descent.plan)
    found = []
    while True:
        before = descent.state.iteration
        stop = run_until(descent, sentry, project.training.steps)
        if stop is None:
            return found
        found.append(stop)
        if len(found) > 50 or (descent.state.iteration == before and descent.divergence is not None):
            return found


@pytest.mark.parametrize("key", [example.key for example in examples() if example.key not in SICK])
def test_healthy_example_raises_no_alarm(key: str) -> None:
    project = load_example(key)
    if not project.parameters:
        pytest.skip("there is nothing to train")
    assert stops_of(project, ALL) == []


@pytest.mark.parametrize("key", ["xor", "rate-good", "squared-error"])
def test_descent_that_has_converged_long_ago_raises_no_alarm(key: str) -> None:
    project = load_example(key)
    assert stops_of(set_training(steps=4_000)(project), ALL) == []


def test_by_default_what_is_finite_is_marked_and_stops_nothing() -> None:
    descent = Descent(Session(project=load_example("rate-too-large")).recipe()())
    sentry = Sentry(Guard())
    assert run_until(descent, sentry, 10) is None
    assert {stop.key for stop in sentry.report().remarks} == {"loss_rising", "update_large"}
    assert not any(stop.halts for stop in sentry.report().remarks)


@pytest.mark.parametrize("key", SICK)
def test_example_that_shows_a_fault_raises_the_alarm_for_it(key: str) -> None:
    assert {stop.key for stop in stops_of(load_example(key), ALL)} == SICK[key]


def exploding() -> Plan:
    """x ← −2x, from 1: the loss x² grows fourfold in each iteration."""
    return plan(read("x^2").graph, {"x": 1.0}, rate=1.5)


def test_rested_sentry_finds_the_first_iteration_that_is_wrong() -> None:
    """Values reach 1e154 at iteration 256 (4^256 = 1.3e154), which no look fell on."""
    descent = Descent(exploding())
    sentry = Sentry(Guard(settings=none_but("overflow")))
    descent.run(300)
    stop = sentry.after(descent)
    assert stop is not None
    assert (stop.iteration, stop.key) == (256, "overflow")


def test_the_same_guard_stops_at_the_same_place_after_a_journey() -> None:
    guard = Guard((Breakpoint(None, condition="loss > 3 previous(loss) and iteration > 4"),), none_but())
    there = pickle.loads(pickle.dumps(guard))
    here, elsewhere = (run_until(Descent(exploding()), g(exploding()), 50) for g in (guard, there))
    assert here == elsewhere
    assert here is not None
    assert here.iteration == 5


def test_memory_goes_on_where_another_sentry_ended() -> None:
    point = Breakpoint(None, condition="iteration >= 0", ignore=10)
    guard = Guard((point,), none_but())
    descent = Descent(exploding())
    first = guard(descent.plan)
    assert run_until(descent, first, 6) is None
    memory = pickle.loads(pickle.dumps(first.report()))
    stop = run_until(descent, replace(guard, memory=memory)(descent.plan), 50)
    assert stop is not None
    assert stop.iteration == 10


def test_watching_draws_no_random_numbers() -> None:
    state = np.random.get_state()[1].tolist()
    stops_of(load_example("xor"), Guard((Breakpoint(None, condition="value > 1e9"),)))
    assert np.random.get_state()[1].tolist() == state


def test_watched_descent_ends_in_the_same_parameters() -> None:
    project = load_example("xor")
    recipe = Session(project=project).recipe()
    alone, watched = Descent(recipe()), Descent(recipe())
    alone.run(300)
    run_until(watched, Sentry(Guard((Breakpoint(None, condition="norm(grad(W1)) > 1e9"),))), 300)
    assert {n: v.tolist() for n, v in alone.parameters_at(300).items()} == {
        n: v.tolist() for n, v in watched.parameters_at(300).items()
    }


@pytest.mark.slow
def test_default_watches_cost_little_on_a_long_run() -> None:
    project = load_example("xor")
    recipe = Session(project=project).recipe()
    began = time.perf_counter()
    Descent(recipe()).run(20_000)
    alone = time.perf_counter() - began
    began = time.perf_counter()
    descent = Descent(recipe())
    assert run_until(descent, Sentry(Guard()), 20_000) is None
    assert time.perf_counter() - began < 1.5 * alone + 0.2


def test_every_monitor_says_its_thresholds_and_what_it_is() -> None:
    for monitor in MONITORS:
        assert monitor.sentence.endswith(".")
        assert all(threshold.words for threshold in monitor.thresholds)
        assert Settings().thresholds(monitor) == {t.name: t.value for t in monitor.thresholds}


@pytest.mark.slow
def test_memory_of_a_long_watched_run_is_bounded() -> None:
    import tracemalloc

    asked = plan(read("x^2").graph, {"x": 1.0}, rate=1e-9)
    guard = Guard((Breakpoint(None, condition="iteration < 0"), Breakpoint(None, condition="loss > 0", ignore=10**9)))
    descent = Descent(asked)
    sentry = guard(asked)
    run_until(descent, sentry, 4_000)
    tracemalloc.start()
    run_until(descent, sentry, 10_000)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 2_000_000
    assert len(pickle.dumps(sentry.report())) < 100_000
