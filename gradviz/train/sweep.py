"""Sweeps: one descent for every combination of rates, optimizers, seeds and initialisers.

    subject + grid ──cases──▶ settings, settings, … ──run_case──▶ outcome, outcome, …      in the order of the cases

A case is a pure function of the subject and its settings; so it does not matter where it runs: here, in a pool of
processes, or on a Dask cluster, the same seeds give the same numbers.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.types import Array, Shape
from gradviz.errors import GradvizError, TrainingError
from gradviz.train.descent import check_settings, check_steps, never, train
from gradviz.train.initial import draw
from gradviz.train.initialisers import Initialiser
from gradviz.train.settings import TrainingSettings

MOST_CASES = 10_000
CURVE_POINTS = 200
"""A case's loss curve is thinned to about so many points."""

_LOOK_SECONDS = 0.1
_POOL_SECONDS = 1.0
_SECONDS_TO_CONNECT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is trained in every case. data: None to minimise the formula itself.

    drawn: the shapes of parameters that each case draws anew, by its seed and initialiser, whatever `values` says.
    """

    graph: Graph
    values: Mapping[str, Array]
    data: Mapping[str, Array] | None = None
    fixed: tuple[str, ...] = ()
    drawn: Mapping[str, Shape] = field(default_factory=dict)

    def start(self, settings: TrainingSettings) -> dict[str, Array]:
        """The values with which a case begins."""
        initialiser = Initialiser(settings.initialiser, settings.initial_scale)
        return {
            **self.values,
            **{name: draw(name, shape, settings.seed, initialiser) for name, shape in self.drawn.items()},
        }


@dataclass(frozen=True, slots=True)
class Grid:
    """What differs between the cases; an empty part leaves the usual setting."""

    rates: Sequence[float] = ()
    optimizers: Sequence[str] = ()
    seeds: Sequence[int] = ()
    initialisers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one case. iteration, losses: its curve, thinned. failure: why it could not run, "" when it could."""

    settings: TrainingSettings
    loss: float
    iterations: int
    diverged: bool
    parameters: Mapping[str, Array]
    iteration: Array
    losses: Array
    failure: str = ""

    @property
    def label(self) -> str:
        """The settings that a sweep varies, in a few words."""
        s = self.settings
        return f"{s.optimizer} ε={s.rate:g} seed {s.seed} {s.initialiser}"


def cases(usual: TrainingSettings, grid: Grid) -> list[TrainingSettings]:
    """The settings of every combination; raises TrainingError for one that can't be and for too many."""
    parts = (
        grid.rates or (usual.rate,),
        grid.optimizers or (usual.optimizer,),
        grid.seeds or (usual.seed,),
        grid.initialisers or (usual.initialiser,),
    )
    count = int(np.prod([len(part) for part in parts], dtype=object))
    if count > MOST_CASES:
        raise TrainingError(f"{count:,} combinations are more than {MOST_CASES:,}; give fewer rates, seeds or rules")
    found = [
        replace(
            usual,
            rate=rate,
            optimizer=optimizer,
            seed=seed,
            initialiser=initialiser,
            options=usual.options if optimizer == usual.optimizer else (),
        )
        for rate, optimizer, seed, initialiser in product(*parts)
    ]
    check_steps(usual.steps)
    for settings in found:
        check_settings(settings)
    return found


def run_case(subject: Subject, settings: TrainingSettings, cancelled: Callable[[], bool] = never) -> Outcome:
    """Run one case; one that can't be run says so in its outcome."""
    try:
        run = train(
            subject.graph,
            subject.start(settings),
            settings,
            data=subject.data,
            fixed=subject.fixed,
            cancelled=cancelled,
        )
    except GradvizError as error:
        nothing = np.array([])
        return Outcome(settings, float("nan"), 0, True, {}, nothing, nothing, error.message)
    chosen = np.unique(np.linspace(0, len(run.history) - 1, CURVE_POINTS).astype(int))
    return Outcome(
        settings,
        run.loss,
        run.iterations,
        run.diverged,
        dict(run.parameters),
        run.history.iteration[chosen].astype(float),
        run.history.loss[chosen],
    )


def run_here(
    subject: Subject,
    listed: Sequence[TrainingSettings],
    done: Callable[[int, Outcome], None],
    cancelled: Callable[[], bool] = never,
) -> None:
    """Run the cases one after the other in this process."""
    for place, settings in enumerate(listed):
        if cancelled():
            return
        outcome = run_case(subject, settings, cancelled)
        if not cancelled():
            done(place, outcome)


def run_in_pool(
    subject: Subject,
    listed: Sequence[TrainingSettings],
    done: Callable[[int, Outcome], None],
    cancelled: Callable[[], bool] = never,
    *,
    workers: int | None = None,
) -> None:
    """Run the cases in a pool of processes; done(place, outcome) is called here, as each one ends.

    The first runs here: when all would take less time than a pool takes to begin, all do.
    """
    began = time.monotonic()
    run_here(subject, listed[:1], done, cancelled)
    rest = listed[1:]
    count = min(workers or os.cpu_count() or 1, len(rest))

    def later(place: int, outcome: Outcome) -> None:
        done(place + 1, outcome)

    if count <= 1 or (time.monotonic() - began) * len(rest) < _POOL_SECONDS:
        run_here(subject, rest, later, cancelled)
        return
    context = multiprocessing.get_context("spawn")  # a fork beside threads can hang
    stop = context.Event()
    with (
        _one_thread_each(),
        ProcessPoolExecutor(count, context, initializer=_prepare, initargs=(subject, stop)) as pool,
    ):
        futures = {pool.submit(_run_prepared, settings): place for place, settings in enumerate(rest)}
        try:
            _collect(futures, later, cancelled)
        finally:
            if cancelled() or any(not future.done() for future in futures):
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)


def run_on_cluster(
    subject: Subject,
    listed: Sequence[TrainingSettings],
    done: Callable[[int, Outcome], None],
    cancelled: Callable[[], bool] = never,
    *,
    address: str,
    waiting: Callable[[str], None] = lambda _remark: None,
) -> None:
    """Run the cases on a Dask cluster; raises TrainingError when Dask is missing or no scheduler answers.

    waiting: told once that the scheduler is being waited for.
    """
    try:
        dask: Any = import_module("distributed")
    except ImportError:
        raise TrainingError("a sweep on a cluster needs Dask: pip install 'gradviz[cluster]'") from None
    waiting(f"waiting up to {_SECONDS_TO_CONNECT} s for the scheduler {address}")
    try:
        client = dask.Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError, TimeoutError):
        raise TrainingError(f"the scheduler {address} does not answer; start one with `dask scheduler`") from None
    with client:
        shared = client.scatter(subject, broadcast=True)
        futures = [client.submit(run_case, shared, settings, pure=False) for settings in listed]
        places = {future.key: place for place, future in enumerate(futures)}
        for future in dask.as_completed(futures):
            if cancelled():
                client.cancel(futures)
                return
            done(places[future.key], future.result())


def best(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The outcome with the lowest finite loss; None when every case diverged."""
    finite = [outcome for outcome in outcomes if not outcome.diverged]
    return min(finite, key=lambda outcome: outcome.loss, default=None)


def _collect(
    futures: Mapping["Future[Outcome]", int], done: Callable[[int, Outcome], None], cancelled: Callable[[], bool]
) -> None:
    left = set(futures)
    while left and not cancelled():
        ended, left = wait(left, _LOOK_SECONDS, FIRST_COMPLETED)
        for future in ended:
            outcome = future.result()
            if not cancelled():
                done(futures[future], outcome)


_prepared: tuple[Subject, Any] | None = None
"""In a process of a pool: what it trains, and the event that says stop."""


def _prepare(subject: Subject, stop: Any) -> None:
    global _prepared
    _prepared = (subject, stop)


def _run_prepared(settings: TrainingSettings) -> Outcome:
    assert _prepared is not None
    subject, stop = _prepared
    return run_case(subject, settings, stop.is_set)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes begun in here use one thread for linear algebra: they are as many as there are cores already."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = before or "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
