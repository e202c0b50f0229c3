"""`gradviz train`: gradient descent on data, or on the formula itself; exit 1 when it diverges."""

import argparse

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD, note
from gradviz.cli.files import writable, write
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import full_value, print_json, print_named, print_table
from gradviz.cli.plotting import add_plot, curves_of, plot, plot_path
from gradviz.cli.training import Job, add_data, add_settings, job
from gradviz.text import numbers
from gradviz.train.advice import Advice, advise_on_data, advise_on_run
from gradviz.train.descent import Run
from gradviz.train.descent import train as descend
from gradviz.train.history import History
from gradviz.train.on_paper import OnPaper, on_paper
from gradviz.train.output import check_suffix, history_text, parameters_bytes, run_json


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    add_data(parser)
    add_settings(parser)
    parser.add_argument("-o", "--output", metavar="history.csv", help="write the history there: .csv or .json")
    parser.add_argument(
        "--parameters", metavar="FILE", help="write the parameters there: .npz, .csv, or .npy when there is only one"
    )
    parser.add_argument(
        "--closed-form",
        action="store_true",
        help="compare with the lecture's gradient on paper, and least squares with the normal equations",
    )
    add_plot(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Train and print; returns the exit code."""
    path = writable(options.output) if options.output is not None else None
    kept = writable(options.parameters) if options.parameters is not None else None
    drawing = plot_path(options)
    if kept is not None:
        check_suffix(kept.suffix)
    asked = job(options)
    trained = train(asked)
    if path is not None:
        write(path, history_text(trained, path.suffix).encode())
    if drawing is not None:
        history = trained.history
        plot(drawing, options, history.iteration.astype(np.float64), curves_of(history), "The loss by iteration")
    if kept is not None:
        write(kept, parameters_bytes(trained.parameters, kept.suffix))
    compared = on_paper(trained) if options.closed_form else None
    if options.closed_form and compared is None:
        note("the formula is neither least squares of W x + b nor the softmax likelihood: there is nothing on paper")
    if options.json:
        print_json(run_json(trained) | ({"closed_form": compared.as_json()} if compared is not None else {}))
    else:
        _print(trained)
        if compared is not None:
            _print_compared(compared)
    for advice in advice_for(trained):
        note(advice.text)
    if trained.ending is not None:
        note(trained.ending.message)
    if trained.divergence is not None:
        note(trained.divergence.message)
        return NOT_GOOD
    return DONE


def advice_for(trained: Run) -> list[Advice]:
    """What the data and the run give reason to say."""
    objective = trained.descent.plan.objective
    on_data = advise_on_data(objective.graph, objective.data)
    return [*on_data, *advise_on_run(trained.descent.plan, trained.history, trained.divergence)]


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


def _print_compared(compared: OnPaper) -> None:
    print()
    rows = [
        (name, formula, numbers.number(compared.differences[name])) for name, formula in compared.model.formulas.items()
    ]
    print_table(("", "gradient on paper, for one sample", "largest relative difference"), rows)
    solution = compared.solution
    if solution is not None:
        print(f"\nminimum by the normal equations (condition number {numbers.number(solution.condition, 3)}):")
        print_named([(name, full_value(value)) for name, value in solution.parameters.items()])
        print(f"distance to it: {numbers.number(compared.distance, 3)}")


def _judged(history: History) -> list[tuple[str, str]]:
    """The newest validation loss and accuracy, where they were measured."""
    found = []
    for name, values in (("validation", history.validation), ("accuracy", history.accuracy)):
        measured = values[np.isfinite(values)]
        if measured.size:
            found.append((name, numbers.number(float(measured[-1]))))
    return found
