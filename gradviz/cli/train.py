"""`gradviz train`: gradient descent on data, or on the formula itself; exit 1 when it diverges."""

import argparse

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD, note
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import full_value, print_json, print_named
from gradviz.cli.training import Job, add_data, add_settings, job
from gradviz.text import numbers
from gradviz.train.descent import Run
from gradviz.train.descent import train as descend
from gradviz.train.history import History
from gradviz.train.output import history_csv, run_json


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    add_data(parser)
    add_settings(parser)
    parser.add_argument("-o", "--output", metavar="history.csv", help="write iteration, loss and gradient norm there")
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Train and print; returns the exit code."""
    path = writable(options.output) if options.output is not None else None
    asked = job(options)
    trained = train(asked)
    if path is not None:
        write(path, history_csv(trained.history).encode())
    if options.json:
        print_json(run_json(trained))
    else:
        _print(trained)
    if trained.ending is not None:
        note(trained.ending.message)
    if trained.divergence is not None:
        note(trained.divergence.message)
        return NOT_GOOD
    return DONE


def train(asked: Job) -> Run:
    """Run the descent."""
    with pointing_into(asked.reading):
        return descend(asked.graph, asked.values, asked.settings, data=asked.data, fixed=asked.fixed)


def _print(trained: Run) -> None:
    print_named(
        [
            *((name, full_value(value)) for name, value in trained.parameters.items()),
            ("loss", numbers.number(trained.loss)),
            ("iterations", str(trained.iterations)),
            *_judged(trained.history),
        ]
    )


def _judged(history: History) -> list[tuple[str, str]]:
    """The newest validation loss and accuracy, where they were measured."""
    found = []
    for name, values in (("validation", history.validation), ("accuracy", history.accuracy)):
        measured = values[np.isfinite(values)]
        if measured.size:
            found.append((name, numbers.number(float(measured[-1]))))
    return found
