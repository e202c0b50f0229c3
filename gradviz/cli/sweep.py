"""`gradviz sweep`: one descent for every combination of rates, optimizers, seeds and initialisers, on all cores or a
Dask cluster."""

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD, note
from gradviz.cli.inputs import named_values, pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.cli.training import Job, add_data, add_extent, add_method, job
from gradviz.core.types import Shape
from gradviz.project.files import SUFFIX
from gradviz.text import numbers
from gradviz.train.descent import plan_of
from gradviz.train.initialisers import canonical_initialiser
from gradviz.train.sweep import Grid, Outcome, Subject, best, cases, run_in_pool, run_on_cluster

_MOST_WORKERS = 256


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    add_data(parser)
    parser.add_argument("--rates", metavar=".01,.1,1", type=arguments.rates, help="learning rates (0.1)")
    parser.add_argument("--optimizers", metavar="NAMES", type=arguments.names, help="such as sgd,adam (sgd)")
    parser.add_argument("--seeds", metavar="0..9", type=arguments.whole_numbers, help="such as 0,1,2 or 0..9 (0)")
    parser.add_argument(
        "--initialisers", metavar="NAMES", type=arguments.names, help="of parameters without a value, such as he,lecun"
    )
    add_extent(parser)
    add_method(parser)
    parser.add_argument("--curves", action="store_true", help="put the loss curve of each run into the JSON answer")
    parser.add_argument("--workers", metavar="N", type=_workers, help="processes (as many as cores)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://10.0.0.1:8786")
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run all combinations and print; exit 1 when every one diverges. Ctrl+C prints what there is."""
    asked = job(options)
    initialisers = tuple(map(canonical_initialiser, options.initialisers or ()))
    grid = Grid(options.rates or (), options.optimizers or (), options.seeds or (), initialisers)
    subject = Subject(asked.graph, dict(asked.values), asked.data, asked.fixed, _drawn(asked, options))
    with pointing_into(asked.reading):
        listed = cases(asked.settings, grid)
        found: dict[int, Outcome] = {}
        executed = partial(run_in_pool, workers=options.workers)
        plan_of(subject.graph, subject.start(listed[0]), listed[0], data=subject.data, fixed=subject.fixed)
        if options.scheduler:
            executed = partial(run_on_cluster, address=options.scheduler, waiting=note)
        tell = _progress(len(listed))

        def done(place: int, outcome: Outcome) -> None:
            found[place] = outcome
            tell(len(found))

        try:
            executed(subject, listed, done)
        except KeyboardInterrupt:
            note(f"stopped after {len(found)} of {len(listed)} runs")
    outcomes = [found[place] for place in sorted(found)]
    lowest = best(outcomes)
    if options.json:
        told = [_plain(outcome, with_curve=options.curves) for outcome in outcomes]
        print_json({"best": None if lowest is None else _plain(lowest, with_curve=False), "runs": told})
    else:
        _print(outcomes)
    return DONE if lowest is not None else NOT_GOOD


def _workers(text: str) -> int:
    count = arguments.whole_number(text)
    if not 1 <= count <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"write a number of processes from 1 to {_MOST_WORKERS}, not {count}")
    return count


def _drawn(asked: Job, options: argparse.Namespace) -> dict[str, Shape]:
    """The parameters of a document that each seed or initialiser draws anew: those without a value given here."""
    if Path(options.formula).suffix != SUFFIX or not (options.seeds or options.initialisers):
        return {}
    settled = {*named_values(options.values), *asked.graph.defaults, *asked.fixed}
    return {name: value.shape for name, value in asked.values.items() if name not in settled}


def _progress(total: int) -> Any:
    """Writes how many runs are done, where somebody looks."""
    if not sys.stderr.isatty():
        return lambda _count: None
    return lambda count: print(
        f"\r{count} of {total} runs", end="\n" if count == total else "", file=sys.stderr, flush=True
    )


def _plain(outcome: Outcome, *, with_curve: bool) -> dict[str, Any]:
    settings = outcome.settings
    told = {
        "rate": settings.rate,
        "optimizer": settings.optimizer,
        "seed": settings.seed,
        "initialiser": settings.initialiser,
        "parameters": dict(outcome.parameters),
        "loss": outcome.loss,
        "iterations": outcome.iterations,
        "diverged": outcome.diverged,
    }
    if outcome.failure:
        told["failure"] = outcome.failure
    if with_curve:
        told["history"] = {"iteration": outcome.iteration.astype(int), "loss": outcome.losses}
    return told


def _print(outcomes: Iterable[Outcome]) -> None:
    ordered = sorted(outcomes, key=lambda found: (found.diverged, found.loss))
    print_table(
        ("rate", "optimizer", "seed", "initialiser", "loss", "iterations", ""),
        [
            (
                numbers.number(found.settings.rate),
                found.settings.optimizer,
                str(found.settings.seed),
                found.settings.initialiser,
                numbers.number(found.loss),
                str(found.iterations),
                found.failure or ("diverged" if found.diverged else ""),
            )
            for found in ordered
        ],
    )
