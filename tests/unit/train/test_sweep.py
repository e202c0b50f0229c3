"""Sweeps: where a case runs makes no difference to its numbers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.errors import TrainingError
from gradviz.train import sweep
from gradviz.train.descent import train
from gradviz.train.settings import TrainingSettings
from gradviz.train.sweep import Grid, Outcome, Subject, best, cases, run_here, run_in_pool
from unit.train.formulas import PARABOLA, STABLE_LIKELIHOOD

IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})
SUBJECT = Subject(STABLE_LIKELIHOOD, {}, IRIS)
LISTED = cases(TrainingSettings(steps=15, batch=20), Grid((0.01, 0.1), ("sgd", "adam"), (3, 4), ("he", "glorot")))


def outcomes_of(run: Any, **more: Any) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    run(SUBJECT, LISTED, found.__setitem__, **more)
    return [found[place] for place in range(len(LISTED))]


def same(a: list[Outcome], b: list[Outcome]) -> bool:
    return all(
        x.settings == y.settings
        and x.loss == y.loss
        and all(np.array_equal(value, y.parameters[name]) for name, value in x.parameters.items())
        for x, y in zip(a, b, strict=True)
    )


def test_the_cases_are_every_combination_in_order() -> None:
    assert len(LISTED) == 16
    assert [case.seed for case in LISTED[:4]] == [3, 3, 4, 4]
    assert {(case.rate, case.optimizer, case.initialiser) for case in LISTED} == {
        (rate, rule, start) for rate in (0.01, 0.1) for rule in ("sgd", "adam") for start in ("he", "glorot")
    }


def test_a_case_is_the_run_that_training_does() -> None:
    outcome = outcomes_of(run_here)[5]
    run = train(SUBJECT.graph, {}, outcome.settings, data=IRIS)
    assert outcome.loss == run.loss
    np.testing.assert_array_equal(outcome.losses, run.history.loss)


def test_a_pool_of_processes_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_POOL_SECONDS", 0.0)
    assert same(outcomes_of(run_in_pool, workers=2), outcomes_of(run_here))


_ON_A_CLUSTER = """
import sys
from distributed import LocalCluster
from gradviz.cli import main

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        sys.exit(main([*sys.argv[1:], "--scheduler", cluster.scheduler_address]))
"""
SWEEP = ("sweep", "(y-(Wx+b))^2", "--data", "line", "--rates", "0.01,0.1", "--optimizers", "sgd,adam",
         "--seeds", "1..3", "--batch", "8", "--json")  # fmt: skip


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_numbers(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    script = tmp_path / "cluster.py"
    script.write_text(_ON_A_CLUSTER)
    commands = ([sys.executable, str(script), *SWEEP], [sys.executable, "-m", "gradviz", *SWEEP])
    there, here = (subprocess.run(c, capture_output=True, text=True, check=True, timeout=100) for c in commands)
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert len(json.loads(here.stdout)["runs"]) == 12


def test_a_cancelled_sweep_stops_between_two_cases() -> None:
    found: dict[int, Outcome] = {}
    run_here(SUBJECT, LISTED, found.__setitem__, lambda: len(found) >= 3)
    assert len(found) == 3


def test_what_diverges_is_never_the_best() -> None:
    found: dict[int, Outcome] = {}
    listed = cases(TrainingSettings(steps=2000), Grid((1.1, 0.1)))
    run_here(Subject(PARABOLA, {"x": np.array(10.0)}), listed, found.__setitem__)
    lowest = best(list(found.values()))
    assert found[0].diverged
    assert lowest is found[1]


def test_a_case_that_cannot_run_says_why_and_the_others_run() -> None:
    found: dict[int, Outcome] = {}
    run_here(Subject(STABLE_LIKELIHOOD, {}, {"x": IRIS["x"], "y": -IRIS["y"]}), LISTED[:1], found.__setitem__)
    assert found[0].failure or found[0].diverged


def test_too_many_cases_are_refused() -> None:
    with pytest.raises(TrainingError, match="more than 10,000"):
        cases(TrainingSettings(), Grid(seeds=range(10**9)))
