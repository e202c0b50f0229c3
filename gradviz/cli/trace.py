"""`gradviz trace`: every step of the debugger with its explanation."""

import argparse
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE
from gradviz.cli.inputs import formula_input, note_unfinished, pointing_into
from gradviz.cli.output import print_json
from gradviz.core.record import record
from gradviz.core.trace import Step, Trace
from gradviz.session.sentry import Guard, stops_in
from gradviz.text.explain import Explanation, explain_all


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the steps; a run that fails prints those up to the failure, and ends with its error."""
    given = formula_input(options.formula, options.values)
    note_unfinished(given.graph)
    with pointing_into(given.reading):
        trace = record(given.graph, given.values)
        if options.json:
            print_json({"steps": steps_data(trace)})
        else:
            _print(trace)
        if trace.failure is not None:
            raise trace.failure
    return DONE


def steps_data(trace: Trace) -> list[dict[str, Any]]:
    """The steps of `trace --json`."""
    return [_step_data(step, told) for step, told in zip(trace.steps, explain_all(trace), strict=True)]


def _step_data(step: Step, told: Explanation) -> dict[str, Any]:
    return {
        "index": step.index,
        "kind": step.kind.value,
        "node": step.node,
        "operand": step.operand,
        "value": step.value,
        "text": told.text,
    }


def _print(trace: Trace) -> None:
    """Each step, and under it what ready-made watches have to say of it."""
    width = len(str(len(trace.steps)))
    found = stops_in(trace, Guard())
    for step, told in zip(trace.steps, explain_all(trace), strict=True):
        print(f"{step.index:>{width}}  {told.title}: {told.sentence}")
        for line in told.equations:
            print(f"{'':{width}}    {line.plain}")
        for stop in found:
            if stop.position == step.index + 1:
                print(f"{'':{width}}  ! {stop.cause}. What would help: {stop.advice}.")
