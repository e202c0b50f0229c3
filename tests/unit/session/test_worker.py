"""What a training worker does: where it computes, and how often it tells."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from gradviz.core.op import as_value
from gradviz.lang.lower import read
from gradviz.session.advance import ALONE, Guard, Pace, advance
from gradviz.session.runner import ThreadRunner
from gradviz.session.trainer import Trainer
from gradviz.session.training import Training, TrainingState
from gradviz.session.worker import Recipe, Reporter, Snapshot
from gradviz.train.descent import Descent, Plan, plan

ENDLESS = 10**9


def recipe(rate: float = 1e-6) -> Recipe:
    """x² from 10."""
    return partial(plan, read("x^2").graph, {"x": as_value(10)}, rate=rate)


@dataclass(frozen=True)
class StopsAt:
    """A sentry that stops at one iteration; it can go to another process."""

    iteration: int

    def after(self, descent: Descent) -> int | None:
        return descent.state.iteration if descent.state.iteration == self.iteration else None

    def rest(self) -> int:
        return 0

    def report(self) -> str:
        return "seen"


@dataclass(frozen=True)
class PostsAt:
    """The guard that posts such a sentry."""

    iteration: int

    def __call__(self, _plan: Plan) -> StopsAt:
        return StopsAt(self.iteration)

    def with_memory(self, memory: object | None) -> "PostsAt":
        return self


def reporter(shown: list[int], post: Callable[[Callable[[], None]], None]) -> Reporter:
    return Reporter(post, lambda snapshot: shown.append(snapshot.iteration))


def test_snapshots_are_at_most_thirty_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("gradviz.session.worker.time.monotonic", lambda: now)
    shown: list[int] = []
    report, descent = reporter(shown, lambda call: call()), Descent(recipe()())

    for millisecond in range(10_000):
        now = millisecond / 1000
        report(descent)

    assert 250 < len(shown) <= 300


def test_no_snapshot_is_made_while_the_last_one_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("gradviz.session.worker.time.monotonic", lambda: now)
    waiting: list[Callable[[], None]] = []
    report = reporter([], waiting.append)

    for second in range(1, 6):
        now = float(second)
        report(Descent(recipe()()))

    assert len(waiting) == 1


def test_snapshot_that_takes_long_to_show_is_followed_by_a_pause_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1.0
    monkeypatch.setattr("gradviz.session.worker.time.monotonic", lambda: now)

    def show(_snapshot: Snapshot) -> None:
        nonlocal now
        now += 0.5

    report = Reporter(lambda call: call(), show)
    report(Descent(recipe()()))

    assert not report.is_due
    now += 1.001
    assert report.is_due


def test_advance_does_as_many_iterations_as_asked_in_chunks() -> None:
    descent, seen = Descent(recipe()()), []

    advance(descent, 5_000, ALONE, is_over=lambda: False, report=lambda d: seen.append(d.state.iteration))

    assert seen == sorted(set(seen))
    assert seen[-1] == descent.state.iteration == 5_000


def test_advance_ends_after_the_chunk_in_which_it_is_over() -> None:
    descent, seen = Descent(recipe()()), []

    advance(descent, ENDLESS, Pace(1e-9), is_over=lambda: len(seen) == 7, report=lambda d: seen.append(d))

    assert descent.state.iteration == 7


def test_sentry_stops_a_descent_at_its_very_iteration() -> None:
    descent = Descent(recipe()())

    reason = advance(
        descent, ENDLESS, ALONE, is_over=lambda: False, report=lambda _: None, sentry=StopsAt(1_234)
    ).reason

    assert reason == descent.state.iteration == 1_234


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    """A process that is ready, for runs that go there at once."""
    monkeypatch.setattr("gradviz.session.worker._PATIENCE_SECONDS", 0.0)
    found = Trainer()
    found.prepare()
    assert found.wait_until_ready(60)
    yield found
    found.close()


def trained(trainer: Trainer | None, steps: int, guard: Guard | None = None) -> Training:
    """A long run beside its owner, at its end."""
    runner = ThreadRunner()
    training = Training(runner, lambda: recipe(), lambda: steps, lambda: guard, trainer)
    training.start()
    assert runner.wait(60)
    runner.close()
    return training


def test_run_that_moved_to_a_process_is_as_if_it_had_stayed(trainer: Trainer) -> None:
    steps = 50_000

    moved = trained(trainer, steps)

    alone = Descent(recipe()())
    alone.run(steps)
    assert trainer.is_ready
    assert trainer.orders == 1
    assert moved.state is TrainingState.FINISHED
    assert moved.parameters == alone.state.parameters
    assert moved.losses.tolist() == alone.history.loss.tolist()


def test_sentry_in_the_process_stops_at_its_very_iteration(trainer: Trainer) -> None:
    stopped = trained(trainer, ENDLESS, PostsAt(300_000))

    assert stopped.state is TrainingState.PAUSED
    assert stopped.stop == stopped.iteration == stopped.shown_iteration == 300_000


def test_run_goes_on_in_its_thread_when_the_process_dies(trainer: Trainer) -> None:
    runner = ThreadRunner()
    training = Training(runner, lambda: recipe(), lambda: 5_000_000, trainer=trainer)
    killed: list[int] = []

    def kill_once_it_has_begun() -> None:
        if trainer.process_id is not None and training.iteration > 0 and trainer.is_ready and not killed:
            killed.append(trainer.process_id)
            os.kill(trainer.process_id, signal.SIGTERM)

    training.progressed.connect(kill_once_it_has_begun)
    training.start()
    assert runner.wait(60)
    runner.close()

    assert killed
    assert (training.state, training.iteration) == (TrainingState.FINISHED, 5_000_000)
    assert not trainer.is_ready


def test_trainer_that_can_not_start_leaves_the_run_in_its_thread() -> None:
    lost = Trainer((sys.executable, "-c", "raise SystemExit(3)"))

    training = trained(lost, 200_000)
    lost.close()

    assert (training.state, training.iteration) == (TrainingState.FINISHED, 200_000)


def test_recipe_that_can_not_go_to_a_process_stays_in_its_thread(trainer: Trainer) -> None:
    runner = ThreadRunner()
    training = Training(runner, lambda: lambda: recipe()(), lambda: 300_000, trainer=trainer)
    training.start()
    assert runner.wait(60)
    runner.close()

    assert (training.state, training.iteration) == (TrainingState.FINISHED, 300_000)


def test_process_ends_when_its_owner_has_gone() -> None:
    owner = "import sys, time; from gradviz.session.trainer import Trainer; t = Trainer(); t.prepare(); "
    owner += "[time.sleep(0.01) for _ in iter(lambda: t.is_ready, True)]; print(t.process_id, flush=True); "
    owner += "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"

    # the trainer holds the same standard error, so run() comes back only once it, too, has ended
    found = subprocess.run([sys.executable, "-c", owner], capture_output=True, text=True, check=False, timeout=60)

    assert found.returncode == -signal.SIGKILL
    assert int(found.stdout) > 0
