"""`gradviz check`: each leaf's gradient against differences of the value itself; exit 1 when one is wrong."""

import argparse
from collections.abc import Mapping

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD
from gradviz.cli.inputs import formula_input, pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.core.gradcheck import LeafCheck, check
from gradviz.text import numbers


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    given = formula_input(options.formula, options.values)
    with pointing_into(given.reading):
        checks = check(given.graph, given.values)
    has_passed = all(found.has_passed for found in checks.values())
    if options.json:
        print_json({"passed": has_passed, "leaves": {name: _as_data(found) for name, found in checks.items()}})
    else:
        _print(checks)
        print("passed" if has_passed else "failed")
    return DONE if has_passed else NOT_GOOD


def _as_data(found: LeafCheck) -> dict[str, object]:
    return {
        "backward": found.backward,
        "numeric": found.numeric,
        "relative_error": found.relative_error,
        "verdict": found.verdict,
    }


def _print(checks: Mapping[str, LeafCheck]) -> None:
    rows = [
        (
            name,
            numbers.value(found.backward),
            numbers.value(found.numeric),
            numbers.number(found.relative_error, 2),
            found.verdict,
        )
        for name, found in checks.items()
    ]
    print_table(("leaf", "backward", "numeric", "relative error", "verdict"), rows)
