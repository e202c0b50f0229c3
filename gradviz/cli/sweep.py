"""`gradviz sweep`: one descent for every combination of rates, optimizers and seeds, here or on a Dask cluster."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD, Failure
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.cli.training import Job, add_data, add_extent, job
from gradviz.core.types import Array
from gradviz.lang.lower import read
from gradviz.lang.unparse import formula
from gradviz.project.project import TrainingSettings
from gradviz.text import numbers
from gradviz.train.descent import descend
from gradviz.train.optimizer import make_optimizer

_MOST_RUNS = 10_000
_SECONDS_TO_CONNECT = 10


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    add_data(parser)
    parser.add_argument("--rates", metavar=".01,.1,1", type=arguments.decimals, help="learning rates (0.1)")
    parser.add_argument("--optimizers", metavar="NAMES", type=arguments.names, help="such as sgd,adam (sgd)")
    parser.add_argument("--seeds", metavar="0..9", type=arguments.whole_numbers, help="such as 0,1,2 or 0..9 (0)")
    add_extent(parser)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://10.0.0.1:8786")
    arguments.add_json(parser)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One descent, in data that can travel to another machine."""

    formula: str
    names: tuple[str, ...]
    values: Mapping[str, Array]
    data: Mapping[str, Array] | None
    fixed: tuple[str, ...]
    settings: TrainingSettings


def run(options: argparse.Namespace) -> int:
    """Run all combinations and print; exit 1 when every one diverges."""
    asked = job(options)
    tasks = _tasks(asked, options)
    with pointing_into(asked.reading):
        for task in tasks:
            make_optimizer(task.settings.optimizer, task.settings.rate)  # refuses a name before any work is done
        runs = _on_cluster(tasks, options.scheduler) if options.scheduler else [done(task) for task in tasks]
    finite = [found for found in runs if not found["diverged"]]
    best = min(finite, key=lambda found: found["loss"], default=None)
    if options.json:
        print_json({"best": best, "runs": runs})
    else:
        _print(runs)
    return DONE if finite else NOT_GOOD


def done(task: Task) -> dict[str, Any]:
    """Run one descent; what came of it."""
    settings = task.settings
    trained = descend(
        read(task.formula, task.names).graph,
        task.values,
        data=task.data,
        rate=settings.rate,
        steps=settings.steps,
        optimizer=settings.optimizer,
        batch=settings.batch,
        reduce=settings.reduce,
        seed=settings.seed,
        fixed=task.fixed,
    )
    return {
        "rate": settings.rate,
        "optimizer": settings.optimizer,
        "seed": settings.seed,
        "parameters": dict(trained.parameters),
        "loss": trained.loss,
        "iterations": trained.iterations,
        "diverged": trained.diverged,
    }


def _tasks(asked: Job, options: argparse.Namespace) -> list[Task]:
    usual = asked.settings
    rates = options.rates or (usual.rate,)
    optimizers = options.optimizers or (usual.optimizer,)
    seeds = options.seeds or (usual.seed,)
    count = len(rates) * len(optimizers) * len(seeds)
    if count > _MOST_RUNS:
        raise Failure(f"{count} combinations are more than {_MOST_RUNS}; give fewer rates, optimizers or seeds")
    text, names = formula(asked.graph), tuple(asked.graph.leaves())
    return [
        Task(
            text,
            names,
            dict(asked.values),
            asked.data,
            asked.fixed,
            replace(usual, rate=rate, optimizer=optimizer, seed=seed),
        )
        for rate, optimizer, seed in product(rates, optimizers, seeds)
    ]


def _on_cluster(tasks: list[Task], address: str) -> list[dict[str, Any]]:
    try:
        from distributed import Client
    except ImportError:
        raise Failure("a sweep on a cluster needs Dask: pip install 'gradviz[cluster]'") from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError, TimeoutError):
        raise Failure(f"the scheduler {address} does not answer; start one with `dask scheduler`") from None
    with client:
        found: list[dict[str, Any]] = client.gather(client.map(done, tasks, pure=False))
    return found


def _print(runs: Iterable[Mapping[str, Any]]) -> None:
    ordered = sorted(runs, key=lambda found: (found["diverged"], found["loss"]))
    print_table(
        ("rate", "optimizer", "seed", "loss", "iterations", ""),
        [
            (
                numbers.number(found["rate"]),
                found["optimizer"],
                str(found["seed"]),
                numbers.number(found["loss"]),
                str(found["iterations"]),
                "diverged" if found["diverged"] else "",
            )
            for found in ordered
        ],
    )
