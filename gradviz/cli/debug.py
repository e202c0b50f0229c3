"""`gradviz debug`: run, or train, until a condition holds; exit 1 when it does."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.evaluate import node_name, op_name
from gradviz.cli.failure import DONE, NOT_GOOD, Failure, note
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import print_json, print_named
from gradviz.cli.training import Job, add_data, add_settings, job
from gradviz.core.record import record
from gradviz.core.trace import Phase, Step, Trace
from gradviz.errors import FormulaError
from gradviz.session.conditions import condition, path_of
from gradviz.text import numbers, symbols
from gradviz.text.explain import explain
from gradviz.train.descent import Descent, Plan, State, check_steps, plan


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument(
        "--break",
        dest="condition",
        metavar="CONDITION",
        required=True,
        help='where to stop: nan, "abs(h) > 10", "isnan(loss)", "grad(W) > 10 and iteration > 3", "abs(adjoint) > 1e6"',
    )
    add_data(parser)
    add_settings(parser)
    arguments.add_json(parser)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One recorded run of a training, or the only one.

    sample, loss: None without data; the loss is that of all samples of the iteration.
    has_diverged: true in the iteration in which something is not finite.
    """

    iteration: int
    sample: int | None
    trace: Trace
    loss: float | None = None
    has_diverged: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """The run and the step at which the condition holds."""

    run: Run
    step: Step


def run(options: argparse.Namespace) -> int:
    """Run until the condition holds; returns the exit code."""
    asked = job(options)
    try:
        wanted = condition(options.condition, asked.graph)
    except FormulaError as error:
        raise Failure(f"--break: {error.message}") from error
    check_steps(asked.settings.steps)
    is_training = asked.data is not None or options.rate is not None or options.steps is not None
    made = None
    with pointing_into(asked.reading):
        for made in _training_runs(asked) if is_training else _single_run(asked):
            step = wanted.first(made.trace, made.iteration, made.loss)
            if step is not None:
                _answer(options, _hit_data(Hit(made, step), wanted.text))
                return NOT_GOOD
    _answer(options, _no_hit_data(made.iteration if made is not None else 0))
    return NOT_GOOD if made is not None and made.has_diverged else DONE


def _single_run(asked: Job) -> Iterator[Run]:
    trace = record(asked.graph, asked.values)
    yield Run(0, None, trace)
    if trace.failure is not None:
        raise trace.failure


def _training_runs(asked: Job) -> Iterator[Run]:
    """The runs of every iteration, one a sample, each followed by the update; the diverging one is the last."""
    settings = asked.settings
    prepared = plan(
        asked.graph,
        asked.values,
        data=asked.data,
        rate=settings.rate,
        optimizer=settings.optimizer,
        batch=settings.batch,
        reduce=settings.reduce,
        seed=settings.seed,
        fixed=asked.fixed,
    )
    descent = Descent(prepared)
    yield from _runs_at(prepared, descent.state)
    for _ in range(settings.steps):
        if not descent.advance():
            break
        yield from _runs_at(prepared, descent.state)
    if descent.divergence is not None:
        note(descent.divergence.message)
        if descent.divergence.iteration > descent.state.iteration:
            yield from _runs_at(prepared, descent.state_at(descent.divergence.iteration), has_diverged=True)


def _runs_at(prepared: Plan, state: State, *, has_diverged: bool = False) -> Iterator[Run]:
    objective = prepared.objective
    measured = prepared.measure(state)
    updates = prepared.following(state, measured).parameters
    loss = measured.loss if objective.data else None
    chosen = prepared.samples_at(state.iteration)
    samples: Any = range(objective.samples) if chosen is None else np.sort(chosen).tolist()
    for sample in samples if objective.data else (None,):
        trace = record(objective.graph, objective.sample_values(state.parameters, sample or 0))
        whole = trace.with_updates(updates) if trace.failure is None else trace
        yield Run(state.iteration, sample, whole, loss, has_diverged)


def _hit_data(hit: Hit, text: str) -> dict[str, Any]:
    trace, step = hit.run.trace, hit.step
    places = [f"iteration {hit.run.iteration}"] if hit.run.iteration else []
    places += [f"loss {numbers.number(hit.run.loss)}"] if hit.run.loss is not None else []
    places += [f"sample {hit.run.sample}"] if hit.run.sample is not None else []
    where = f"{', '.join(places)}: " if places else ""
    return {
        "hit": True,
        "iteration": hit.run.iteration,
        "step": step.index,
        "phase": Phase.BACKWARD.value if step.phase is Phase.SEED else step.phase.value,
        "node": {
            "id": step.node,
            "op": op_name(trace.graph, step.node),
            "name": node_name(trace.graph, step.node),
        },
        "cause": f"{where}{text} holds. {explain(trace, step.index).text}",
        "path": path_of(trace, step),
    }


def _no_hit_data(iteration: int) -> dict[str, Any]:
    return {
        "hit": False,
        "iteration": iteration,
        "step": None,
        "phase": None,
        "node": None,
        "cause": f"the condition never holds, up to iteration {iteration}",
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
