"""Training runs beside the window, and every iteration of it can be reopened."""

import threading

import numpy as np
import pytest

from gradviz.core.op import as_value
from gradviz.errors import TrainingError
from gradviz.lang.lower import read
from gradviz.session.runner import ThreadRunner
from gradviz.session.session import Session
from gradviz.session.training import Training, TrainingState
from gradviz.train.descent import Plan, plan


def parabola(rate: float) -> Plan:
    """x² from 10: iteration k has x = 10 (1 − 2 ε)ᵏ."""
    return plan(read("x^2").graph, {"x": as_value(10)}, rate=rate)


def training(rate: float = 0.2, steps: int = 10, runner: ThreadRunner | None = None) -> Training:
    return Training(runner, lambda: lambda: parabola(rate), lambda: steps)


def test_start_does_the_steps_of_the_settings() -> None:
    run = training()
    run.start()
    assert (run.state, run.iteration) == (TrainingState.FINISHED, 10)
    assert float(run.parameters["x"]) == pytest.approx(10 * 0.6**10)


def test_start_again_adds_as_many() -> None:
    run = training()
    run.start()
    run.start()
    assert run.iteration == 20


def test_history_has_every_loss_of_a_short_run() -> None:
    run = training(steps=3)
    run.start()
    assert run.iterations.tolist() == [0, 1, 2, 3]
    assert run.losses == pytest.approx([100, 36, 12.96, 4.6656])
    assert run.gradient_norms == pytest.approx([20, 12, 7.2, 4.32])


def test_single_does_one_iteration_and_shows_it() -> None:
    run = training()
    run.single()
    assert (run.iteration, run.shown_iteration) == (1, 1)
    assert float(run.shown_parameters["x"]) == pytest.approx(6)


def test_start_after_single_does_the_steps_from_there() -> None:
    run = training()
    run.single()
    run.start()
    assert run.iteration == 11


@pytest.mark.parametrize("iteration", [0, 1, 7, 10])
def test_any_iteration_can_be_reopened(iteration: int) -> None:
    run = training()
    run.start()
    run.reopen(iteration)
    assert run.shown_iteration == iteration
    assert float(run.shown_parameters["x"]) == pytest.approx(10 * 0.6**iteration)


def test_iteration_that_was_not_done_is_the_nearest() -> None:
    run = training()
    run.start()
    run.reopen(99)
    assert run.shown_iteration == 10


def test_reopened_iteration_stays_while_nothing_more_is_done() -> None:
    run = training()
    run.start()
    run.reopen(3)
    assert (run.shown_iteration, run.iteration) == (3, 10)
    run.single()
    assert run.shown_iteration == 11


def test_reset_forgets_everything() -> None:
    run = training()
    run.start()
    run.reset()
    assert (run.state, run.iteration, run.loss, dict(run.shown_parameters)) == (TrainingState.IDLE, 0, None, {})


def test_divergence_is_told_and_its_iteration_can_be_reopened() -> None:
    run = training(rate=1e200)
    run.start()
    assert run.state is TrainingState.DIVERGED
    assert run.failure is not None
    assert "smaller learning rate" in run.failure.message
    run.reopen(run.last_iteration)
    assert run.shown_iteration == run.iteration + 1


def test_what_can_not_be_trained_says_why() -> None:
    run = Training()
    run.start()
    assert run.state is TrainingState.FAILED
    assert isinstance(run.failure, TrainingError)


def test_formula_that_is_no_scalar_can_not_be_trained_but_be_stepped() -> None:
    session = Session()
    session.new("[1, 2] x")
    assert session.debugger.trace is not None
    session.training.start()
    assert session.training.state is TrainingState.FAILED


def test_pause_stops_a_long_run_and_start_goes_on() -> None:
    runner = ThreadRunner()
    run = training(rate=1e-9, steps=50_000_000, runner=runner)
    begun = threading.Event()
    run.progressed.connect(lambda: begun.set() if run.iteration else None)
    run.start()
    while not begun.is_set():
        runner.pump()
    run.pause()
    assert run.state is TrainingState.PAUSED
    assert runner.wait()
    done = run.iteration
    run.start()
    assert run.is_running
    while run.iteration <= done:
        runner.pump()
    run.pause()
    assert runner.wait()
    assert run.state is TrainingState.PAUSED
    runner.close()


def test_start_right_after_pause_goes_on() -> None:
    runner = ThreadRunner()
    run = training(rate=1e-9, steps=50_000_000, runner=runner)
    run.start()
    run.pause()
    run.start()
    while not run.iteration:
        runner.pump()
    assert run.is_running
    run.reset()
    assert runner.wait()
    assert run.iteration == 0
    runner.close()


def test_late_answers_of_a_forgotten_run_are_dropped() -> None:
    runner = ThreadRunner()
    run = training(steps=5, runner=runner)
    run.start()
    run.reset()
    assert runner.wait()
    assert (run.state, run.iteration) == (TrainingState.IDLE, 0)
    runner.close()


def test_memory_of_a_long_run_is_bounded() -> None:
    run = training(rate=1e-9, steps=50_000)
    run.start()
    assert len(run.losses) <= 4097
    assert run.iterations[-1] == 50_000
    assert np.all(np.diff(run.iterations) > 0)
