"""`gradviz debug`: run, or train, until a breakpoint or a ready-made watch stops it; exit 1 when one does."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.evaluate import node_name, op_name
from gradviz.cli.failure import DONE, NOT_GOOD, Failure, note
from gradviz.cli.inputs import note_unfinished, pointing_into
from gradviz.cli.output import print_json, print_named
from gradviz.cli.training import Job, add_data, add_settings, job
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.lang.reading import caret
from gradviz.project.files import SUFFIX, load
from gradviz.project.leading import leading
from gradviz.project.stops import Breakpoint
from gradviz.session.breakpoints import trouble_of
from gradviz.session.halt import Stop
from gradviz.session.left_out import remarks_on
from gradviz.session.monitors import MONITORS, Settings, none_but
from gradviz.session.replay import Replay
from gradviz.session.sentry import Guard, run_until, stops_in
from gradviz.text import numbers, symbols
from gradviz.text.explain import explain
from gradviz.train.descent import Descent, check_steps, plan_of

_KEYS = tuple(monitor.key for monitor in MONITORS)


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument(
        "--break",
        dest="conditions",
        metavar="CONDITION",
        action="append",
        default=[],
        help='where to stop (again for more): nan, "abs(h) > 10", "grad(W) > 10 and iteration > 3", '
        '"loss > 2 previous(loss)", "abs(adjoint) > 1e6"',
    )
    parser.add_argument(
        "--watch",
        metavar="NAMES",
        type=_watches,
        help=f"ready-made watches: all, or some of {', '.join(_KEYS)}; with neither --break nor --watch, "
        "a document's own breakpoints and watches, or all",
    )
    add_data(parser)
    add_settings(parser)
    arguments.add_json(parser)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How far it went, and where it stopped. loss: over all samples, None without data."""

    iteration: int
    stop: Stop | None = None
    trace: Trace | None = None
    loss: float | None = None
    has_diverged: bool = False


def run(options: argparse.Namespace) -> int:
    """Run until something stops it; returns the exit code."""
    asked = job(options)
    guard = _guard(options, asked)
    note_unfinished(asked.graph)
    check_steps(asked.settings.steps)
    is_training = asked.data is not None or options.rate is not None or options.steps is not None
    with pointing_into(asked.reading):
        outcome = _trained(asked, guard) if is_training else _single_run(asked, guard)
    _answer(options, _hit_data(outcome) if outcome.stop is not None else _no_hit_data(outcome.iteration))
    return NOT_GOOD if outcome.stop is not None or outcome.has_diverged else DONE


def _guard(options: argparse.Namespace, asked: Job) -> Guard:
    """What is to stop the run; a Failure shows where a condition can't be read."""
    points = tuple(Breakpoint(None, condition=text) for text in options.conditions)
    for point in points:
        error = trouble_of(point, asked.graph)
        if error is not None:
            place = caret(point.condition, error.span).splitlines() if error.span and point.condition.strip() else ()
            raise Failure(f"--break: {error.message}", tuple(place))
    if not options.conditions and options.watch is None:
        return _own_guard(options.formula)
    return Guard(points, none_but(*(options.watch or ())))


def _own_guard(argument: str) -> Guard:
    """What a document itself asks for; for a formula, all ready-made watches."""
    if Path(argument).suffix != SUFFIX:
        return Guard(settings=Settings(all_stop=True))
    project = leading(load(Path(argument)))
    for remark in remarks_on(project):
        note(remark)
    return Guard(project.breakpoints, Settings(project.stops_at_non_finite, dict(project.advice), all_stop=True))


def _watches(text: str) -> tuple[str, ...]:
    wanted = _KEYS if text.strip() == "all" else tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [key for key in wanted if key not in _KEYS]
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'nothing'} is no ready-made watch")
    return wanted


def _single_run(asked: Job, guard: Guard) -> Outcome:
    trace = record(asked.graph, asked.values)
    stops = stops_in(trace, guard)
    if not stops and trace.failure is not None:
        raise trace.failure
    return Outcome(0, stops[0] if stops else None, trace)


def _trained(asked: Job, guard: Guard) -> Outcome:
    descent = Descent(plan_of(asked.graph, asked.values, asked.settings, data=asked.data, fixed=asked.fixed))
    stop = run_until(descent, guard(descent.plan), asked.settings.steps)
    divergence = descent.verdict
    if stop is None:
        if divergence is not None:
            note(divergence.message)
        return Outcome(descent.state.iteration, has_diverged=divergence is not None)
    replay = Replay(descent)
    row = replay.row_of(stop.iteration, stop.sample)
    loss = replay.at(stop.iteration).measured.loss if replay.has_data else None
    return Outcome(stop.iteration, stop, replay.trace(stop.iteration, row), loss, divergence is not None)


def _hit_data(outcome: Outcome) -> dict[str, Any]:
    stop, trace = outcome.stop, outcome.trace
    assert stop is not None
    assert trace is not None
    places = [f"iteration {stop.iteration}"] if stop.iteration else []
    places += [f"loss {numbers.number(outcome.loss)}"] if outcome.loss is not None else []
    places += [f"sample {stop.sample}"] if stop.sample is not None else []
    where = f"{', '.join(places)}: " if places else ""
    told = explain(trace, stop.position - 1).text if stop.position else ""
    advice = f" What would help: {stop.advice}." if stop.advice else ""
    return {
        "hit": True,
        "iteration": stop.iteration,
        "step": stop.position - 1 if stop.position else None,
        "phase": stop.phase,
        "node": {"id": stop.node, "op": op_name(trace.graph, stop.node), "name": node_name(trace.graph, stop.node)},
        "cause": f"{where}{stop.cause}. {told}{advice}",
        "path": list(stop.nodes) or [stop.node],
    }


def _no_hit_data(iteration: int) -> dict[str, Any]:
    return {
        "hit": False,
        "iteration": iteration,
        "step": None,
        "phase": None,
        "node": None,
        "cause": f"nothing stopped it, up to iteration {iteration}",
        "path": [],
    }


def _answer(options: argparse.Namespace, data: dict[str, Any]) -> None:
    if options.json:
        print_json(data)
    elif not data["hit"]:
        print(data["cause"])
    else:
        node = data["node"]
        print_named(
            [
                ("stopped", f"iteration {data['iteration']}, step {data['step']}, {data['phase']}"),
                ("node", f"{node['id']} {node['op']} {symbols.display(node['name'] or '')}".rstrip()),
                ("cause", data["cause"]),
                ("path", " → ".join(map(str, data["path"]))),
            ]
        )
