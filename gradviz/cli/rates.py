"""`gradviz rates`: the learning-rate lab, several rates from one start."""

import argparse

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, Failure
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.cli.plotting import add_plot, plot, plot_path, side_by_side
from gradviz.cli.training import Job, add_data, add_extent, add_method, add_rule, job
from gradviz.text import numbers
from gradviz.train.descent import plan_of
from gradviz.train.output import range_json, rates_json
from gradviz.train.rates import RangeTest, RateComparison, compare_plan, range_test


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument("--rates", metavar=".05,.2,1.1", type=arguments.rates, help="the learning rates to compare")
    parser.add_argument("--range", metavar=".001..10", help="a rate-range test: the rate grows while one descent runs")
    add_data(parser)
    add_rule(parser)
    add_extent(parser)
    add_method(parser)
    add_plot(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Compare and print; returns the exit code, 0 even when a rate is too large."""
    if not options.rates and not options.range:
        raise Failure("give --rates to compare, such as .05,.2,1.1, or a --range to test, such as .001..10")
    if options.plot is not None and not options.rates:
        raise Failure("--plot draws the losses of --rates; give some, such as .05,.2,1.1")
    drawing = plot_path(options)
    asked = job(options)
    answer = {}
    if options.rates:
        found = _compared(asked, options.rates)
        answer = rates_json(found)
        if drawing is not None:
            runs = {f"ε = {numbers.number(one.rate)}, {one.verdict}": one.run.history for one in found.runs}
            plot(drawing, options, *side_by_side(runs), "The loss by iteration for each learning rate")
        if not options.json:
            _print(found)
    if options.range:
        tested = _tested(asked, options.range)
        answer["range"] = range_json(tested)
        if not options.json:
            _print_range(tested)
    if options.json:
        print_json(answer)
    return DONE


def _tested(asked: Job, text: str) -> RangeTest:
    first, dots, last = text.partition("..")
    try:
        low, high = arguments.number(first), arguments.number(last)
    except argparse.ArgumentTypeError:
        raise Failure(f"--range is written as .001..10, not {text if dots else text or 'nothing'}") from None
    with pointing_into(asked.reading):
        prepared = plan_of(asked.graph, asked.values, asked.settings, data=asked.data, fixed=asked.fixed)
        return range_test(prepared, low, high, max(2, asked.settings.steps))


def _print_range(tested: RangeTest) -> None:
    shown = np.unique(np.linspace(0, max(0, len(tested.rates) - 1), 12).astype(int))[: len(tested.rates)]
    rows = [(numbers.number(float(tested.rates[i])), numbers.number(float(tested.losses[i]))) for i in shown]
    print_table(("rate", "loss"), rows)
    if tested.suggested is not None:
        print(f"\nthe loss falls fastest at the rate {numbers.number(tested.suggested, 2)}")


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
        print(f"proposed 1/λmax = {numbers.number(found.limit / 2)}: the steepest direction arrives in one step")
