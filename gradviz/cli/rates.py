"""`gradviz rates`: the learning-rate lab, several rates from one start."""

import argparse

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.cli.training import Job, add_data, add_extent, add_method, add_rule, job
from gradviz.text import numbers
from gradviz.train.descent import plan_of
from gradviz.train.output import rates_json
from gradviz.train.rates import RateComparison, compare_plan


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument(
        "--rates", metavar=".05,.2,1.1", type=arguments.decimals, required=True, help="the learning rates to compare"
    )
    add_data(parser)
    add_rule(parser)
    add_extent(parser)
    add_method(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Compare and print; returns the exit code, 0 even when a rate is too large."""
    found = _compared(job(options), options.rates)
    if options.json:
        print_json(rates_json(found))
    else:
        _print(found)
    return DONE


def _compared(asked: Job, rates: tuple[float, ...]) -> RateComparison:
    with pointing_into(asked.reading):
        prepared = plan_of(asked.graph, asked.values, asked.settings, data=asked.data, fixed=asked.fixed)
        return compare_plan(prepared, rates, asked.settings.steps)


def _print(found: RateComparison) -> None:
    rows = [
        (
            numbers.number(run.rate),
            run.verdict,
            numbers.number(run.loss),
            ", ".join(f"{name} = {numbers.value(value)}" for name, value in run.parameters.items()),
            run.reason,
        )
        for run in found.runs
    ]
    print_table(("rate", "verdict", "loss", "parameters", "why"), rows)
    if found.limit is not None:
        print(f"\nlimit 2/λmax = {numbers.number(found.limit)}: beyond it descent moves away from the start's minimum")
