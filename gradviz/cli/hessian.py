"""`gradviz hessian`: the second derivatives of a small problem, and how strongly it bends along its axes."""

import argparse

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE
from gradviz.cli.inputs import formula_input, pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.core.higher import Hessian, hessian
from gradviz.core.types import Array
from gradviz.text import numbers

MOST_SHOWN = 12
"""A larger matrix is not printed as a table; --json has it whole."""


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser)
    parser.add_argument(
        "--wrt", metavar="NAMES", type=arguments.names, help="the leaves to differentiate by, as in W,b; all of them"
    )
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Differentiate twice and print; returns the exit code."""
    given = formula_input(options.formula, options.values, declared=options.wrt or ())
    with pointing_into(given.reading):
        found = hessian(given.graph, given.values, wrt=options.wrt)
    if options.json:
        print_json({"labels": found.labels, "hessian": found.matrix, "curvatures": found.curvatures})
    else:
        _print(found)
    return DONE


def _print(found: Hessian) -> None:
    if len(found.matrix) <= MOST_SHOWN:
        rows = [(label, *map(_number, row)) for label, row in zip(found.labels, found.matrix, strict=True)]
        print_table(("", *found.labels), rows)
    else:
        print(f"{len(found.matrix)} × {len(found.matrix)} second derivatives; --json has them all")
    bends = found.curvatures
    if bends.size:
        print(f"\ncurvatures  {_number(bends[0])} … {_number(bends[-1])}: {_shape_words(bends)}")


def _shape_words(bends: Array) -> str:
    """What the signs of the curvatures, smallest first, say about the surface."""
    slack = 1e-12 * float(np.max(np.abs(bends)))
    if not np.all(np.isfinite(bends)):
        return "not finite"
    if bends[0] > slack:
        return "it bends upwards in every direction"
    if bends[-1] < -slack:
        return "it bends downwards in every direction"
    if bends[0] >= -slack:
        return "it bends upwards, or is flat" if bends[-1] > slack else "it is flat"
    return "it bends downwards, or is flat" if bends[-1] <= slack else "it bends upwards and downwards: a saddle"


def _number(x: float) -> str:
    return numbers.number(float(x))
